import json

import pytest

from hairtint import zoo
from hairtint.errors import DamagedModelError, HairtintError, ModelError, UnknownModelError


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A user's own folder of networks with a copy of `light` under the name `mine`."""
    entry = zoo.entries()["light"]
    (tmp_path / "mine.onnx").write_bytes(entry.path.read_bytes())
    values = {"file": "mine.onnx", "sha256": entry.sha256, "size": entry.size}
    (tmp_path / "manifest.json").write_text(json.dumps({"mine": values}))
    monkeypatch.setenv("HAIRTINT_MODELS", str(tmp_path))
    return tmp_path


def test_every_shipped_network_is_whole_and_has_a_card():
    assert "light" in zoo.models()
    for name, entry in zoo.entries().items():
        assert entry.read()
        assert (entry.path.parent / f"{name}.md").read_text().startswith(f"# {name}")


def test_shipped_onnx_files_are_all_in_the_manifest():
    assert {path.stem for path in zoo.HOME.glob("*.onnx")} == set(zoo.read_manifest(zoo.HOME))


def test_the_users_own_folder_adds_networks(home):
    assert "mine" in zoo.models()
    assert zoo.find("mine").path == home / "mine.onnx"
    assert zoo.find(home / "mine.onnx").name == "mine"


def test_the_users_own_hides_one_of_the_same_name(home):
    (home / "manifest.json").write_text((home / "manifest.json").read_text().replace('"mine"', '"swift"'))
    assert zoo.find("swift").path == home / "mine.onnx"


def test_a_path_finds_its_entry():
    best = zoo.for_photos()[0]
    assert best.name in zoo.models()
    assert zoo.find(str(best.path)) == best


@pytest.mark.parametrize(
    ("here", "wanted"), [("swift deep fine", "fine deep"), ("deep light", "deep"), ("light swift", "swift")]
)
def test_a_photo_gets_those_that_are_better_together_or_the_finest_here(here, wanted, monkeypatch):
    found = {name: zoo.find(name) for name in here.split()}
    monkeypatch.setattr(zoo, "entries", lambda: found)
    assert [entry.name for entry in zoo.for_photos()] == wanted.split()


def test_without_any_network_a_photo_gets_the_cure(monkeypatch):
    monkeypatch.setattr(zoo, "entries", dict)
    with pytest.raises(UnknownModelError, match="install hairtint again"):
        zoo.for_photos()


def test_a_folder_that_is_not_there_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("HAIRTINT_MODELS", str(tmp_path / "missing"))
    with pytest.raises(ModelError, match="HAIRTINT_MODELS"):
        zoo.models()


def test_a_changed_byte_is_refused(home):
    data = bytearray((home / "mine.onnx").read_bytes())
    data[1000] ^= 1
    (home / "mine.onnx").write_bytes(data)
    with pytest.raises(DamagedModelError, match="sha256 differs"):
        zoo.find("mine").read()


def test_a_manifest_entry_without_its_file_is_not_offered(home):
    (home / "mine.onnx").unlink()
    assert "mine" not in zoo.models()


def test_what_only_a_checkout_has_is_told_where_it_lies(monkeypatch):
    monkeypatch.setattr(zoo, "CHECKOUT", zoo.HOME)  # as in a wheel: no project file beside it
    assert set(zoo.read_manifest(zoo.LARGE)) == set(zoo.OUTSIDE)
    for name in zoo.OUTSIDE:
        with pytest.raises(UnknownModelError, match=rf"'{name}' .* weights of a checkout in HAIRTINT_MODELS"):
            zoo.find(name)
    monkeypatch.setenv("HAIRTINT_MODELS", str(zoo.LARGE))
    assert [zoo.find(name).name for name in zoo.OUTSIDE] == list(zoo.OUTSIDE)


@pytest.mark.parametrize("name", ["ligth", "", "no-such.onnx", "/", "light.pt"])
def test_unknown_names_are_refused_with_a_cure(name):
    with pytest.raises(UnknownModelError, match=r"light|choose|check"):
        zoo.find(name)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"a": 1}',
        '{"a": {"file": "x"}}',
        '{"a":' * 50_000 + "1" + "}" * 50_000,
        *(
            json.dumps({"a": {"file": "mine.onnx", "size": 48, "sha256": ""} | wrong})
            for wrong in (
                {"size": "y"},
                {"size": "48"},
                {"size": 0},
                {"size": True},
                {"size": float("inf")},
                {"size": 2**70},
                {"shapes": [[48, 48], [32]]},
                {"shapes": [[48, 0]]},
                {"shapes": [["48", "48"]]},
                {"shapes": 48},
                {"file": None},
                {"file": 3},
                {"file": "../mine.onnx"},
                {"file": "/etc/passwd"},
                {"file": "a\nb"},
                {"sha256": None},
                {"parameters": "many"},
                {"parameters": {}},
                {"metrics": []},
                {"metrics": {"ccp": 1}},
                {"metrics": {"ccp": {"mean_iou": None}}},
                {"metrics": {"ccp": {"mean_iou": "0.86"}}},
            )
        ),
        json.dumps({"\ud800": {"file": "mine.onnx", "size": 48, "sha256": ""}}),
    ],
)
def test_a_damaged_manifest_is_one_clear_line(home, text):
    (home / "manifest.json").write_text(text)
    with pytest.raises(ModelError, match="not a manifest") as caught:
        zoo.models()
    assert isinstance(caught.value, HairtintError)
    assert str(caught.value).isprintable()


def test_a_network_by_its_path_may_lie_beside_the_manifest_of_something_else(tmp_path):
    path = tmp_path / "own.onnx"
    path.write_bytes(zoo.find("light").path.read_bytes())
    (tmp_path / "manifest.json").write_text('{"name": "an app", "start_url": "/"}')
    assert zoo.find(path).path == path
    for damaged in ('{"mine": {"file": "own.onnx", "size": 0, "sha256": ""}}', '{"mine": {"file": "own.onnx"', ""):
        (tmp_path / "manifest.json").write_text(damaged)
        with pytest.raises(ModelError, match="not a manifest"):
            zoo.find(path)


def test_a_network_by_its_path_is_checked_by_the_manifest_beside_it_whatever_its_name(tmp_path):
    path = tmp_path / "n\u00e9e.onnx"
    path.write_bytes(zoo.find("light").path.read_bytes() + b"?")
    values = {"file": path.name, "size": 40, "sha256": zoo.find("light").sha256}
    (tmp_path / "manifest.json").write_text(json.dumps({"mine": values}))
    with pytest.raises(DamagedModelError, match="sha256"):
        zoo.find(path).read()
