"""The generated pages say what the code says, the two roads are as drawn, and the site's own pages lead somewhere."""

import re
import subprocess
import sys

import pytest

from hairtint import zoo
from hairtint.web.serving import HELD_BYTES
from hairtint.web.settings import Settings
from tests.conftest import ROOT


@pytest.mark.parametrize("script", ["cli-reference", "licences"])
def test_generated_pages_are_up_to_date(script):
    done = subprocess.run([sys.executable, ROOT / "scripts" / script, "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_drawing_of_the_roads_is_up_to_date():
    import runpy

    drawn = runpy.run_path(str(ROOT / "docs" / "pictures" / "roads.py"))["svg"]()
    assert (ROOT / "docs" / "pictures" / "roads.svg").read_text(encoding="utf-8") == drawn


def test_every_network_of_the_wheel_is_named_where_the_wheels_content_is():
    pages = [ROOT / name for name in ("NOTICE", "docs/licences.md", "docs/packaging.md", "scripts/check-package")]
    notice, *others = (page.read_text(encoding="utf-8") for page in pages)
    noticed = [path for pattern in re.findall(r"src/\S+\.onnx", notice) for path in ROOT.glob(pattern)]
    for path in zoo.HOME.rglob("*.onnx"):
        assert path in noticed, path
        for page in others:
            assert re.search(rf"[`/]{path.stem}[`.]", page), path


def test_the_fairness_page_quotes_the_card():
    page = (ROOT / "docs" / "limits.md").read_text(encoding="utf-8")
    card = (ROOT / "src" / "hairtint" / "zoo" / "swift.md").read_text(encoding="utf-8")
    skin = card.split("| skin |")[1]
    for tone in ("dark", "light"):
        [figure] = re.findall(rf"^\| {tone} \(celebamask-hq\) \| ([\d.]+) \|", skin, re.MULTILINE)
        assert figure in page, f"{tone} skin: the card says {figure}"


def test_commands_in_the_pages_exist():
    reference = (ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
    known = set(re.findall(r"--[a-z][a-z-]+", reference)) | {"--help", "--version"}
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for line in re.findall(r"^hairtint .*$", page.read_text(encoding="utf-8"), re.MULTILINE):
            options = set(re.findall(r"(?<=\s)--[a-z][a-z-]+", line.split("#")[0]))
            assert options <= known, f"{page.name}: {line}"


def test_pages_install_the_checkout_where_it_lies():
    """A copy of it would lack weights/ and take the place of what `make demo` installed."""
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        copies = re.findall(r"pip install (?:-c \S+ )?'?\.[\[\s`].*", page.read_text(encoding="utf-8"))
        assert not copies, f"{page.name}: {copies}"


def test_the_composed_servers_fit_their_memory():
    compose = (ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8")
    workers = int(re.search(r'"--workers", "(\d+)"', compose)[1])
    limit = int(re.search(r"memory: (\d+)g", compose)[1]) * 2**30
    most = 580e6 + Settings().keep_bytes + HELD_BYTES + workers * 25 * Settings().max_pixels
    assert most < limit, "see Memory in docs/web.md"


def test_every_page_has_its_place_in_the_navigation():
    nav = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    for page in (ROOT / "docs").rglob("*.md"):
        assert f": {page.relative_to(ROOT / 'docs').as_posix()}" in nav, f"{page.name} is not in mkdocs.yml"


def test_what_the_site_cannot_show_is_in_no_page():
    docs = ROOT / "docs"
    for page in docs.rglob("*.md"):
        text = page.read_text(encoding="utf-8")
        assert "```mermaid" not in text, f"{page.name}: its script would have to be fetched"
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", text):
            target = (page.parent / link).resolve()
            if target.is_relative_to(docs):
                assert target.is_file(), f"{page.name}: {link} is no page or picture"


def test_lower_bounds_are_read_from_the_project_file():
    script = [sys.executable, ROOT / "scripts" / "lower-bounds", "video"]
    lines = subprocess.run(script, capture_output=True, text=True, check=True).stdout.splitlines()
    assert any(re.fullmatch(r"numpy==\d+\.\d+\.\*", line) for line in lines)
    assert any(line.startswith("av==") for line in lines)
