"""Every odd file is dyed or refused as docs/robustness.md says, by the command and by the API."""

import pytest
from odd_files import BEGIN, END, FILES, PAGE, by_api, by_command, row
from PIL import UnidentifiedImageError, features

from hairtint.web import create_app

NEEDS = {".avif": "avif", ".jp2": "jpg_2000"}


@pytest.fixture(scope="module")
def client():
    return create_app(model="light", rate=0, workers=1).test_client()


@pytest.fixture(scope="module")
def documented():
    table = PAGE.read_text().partition(BEGIN)[2].partition(END)[0].strip().splitlines()
    return {line.split(" | ")[0].removeprefix("| "): line for line in table[2:]}


def test_the_page_lists_every_kind(documented):
    assert list(documented) == list(FILES)
    assert len(FILES) >= 60


@pytest.mark.parametrize("name", FILES)
def test_what_becomes_of_it_is_what_the_page_says(name, tmp_path, client, documented):
    if (needed := NEEDS.get(name[name.rindex(".") :])) and not features.check(needed):
        pytest.skip(f"this Pillow has no {needed}")
    if name.endswith(".heic"):
        pytest.importorskip("pi_heif")
    data = FILES[name]()
    try:
        assert row(name, by_command(name, data, tmp_path), by_api(name, data, client)) == documented[name]
    except UnidentifiedImageError as error:
        pytest.fail(f"what came out is no picture: {error}")
