"""Training's files on full and read-only disks, and processes killed in the midst of a write."""

import cv2
import pytest
from disks import full, killed_while_writing, read_only

from hairtint import zoo
from hairtint.cli import run
from hairtint.errors import ModelError
from hairtint.segmenter import Segmenter
from hairtint.training.datasets import open_dataset
from hairtint.training.train import train


@pytest.fixture(scope="module")
def trained(tiny_pairs, tmp_path_factory):
    from hairtint.training.config import Config

    folder = tmp_path_factory.mktemp("runs") / "run"
    train(Config(network="light", size=32, epochs=1, batch=4, lr=3e-3, workers=0), tiny_pairs, folder)
    return folder


@pytest.fixture
def commands(tiny, trained, quick_toml):
    data = ["--data", str(tiny)]
    return {
        "expand": ["data", "expand", *data, "--size", "64", "--out", "DISK/big"],
        "pack": ["data", "pack", *data, "--out", "DISK/shards"],
        "train": ["train", str(quick_toml), *data, "--run", "DISK/run"],
        "export": ["export", str(trained), *data, "--zoo", "DISK/zoo"],
        "evaluate": ["evaluate", "--model", "light", *data, "--limit", "8", "--sheet", "DISK/sheet.png"],
    }


def refused(command, disk, capsys):
    assert run([word.replace("DISK", str(disk)) for word in command]) == 1
    line = capsys.readouterr().err.splitlines()[-1]
    assert line.startswith("hairtint: ")
    assert len(line) < 400


@pytest.mark.parametrize("kind", ["expand", "pack", "train", "export", "evaluate"])
def test_a_full_disk_leaves_only_what_is_whole(kind, commands, tmp_path, capsys):
    with full(tmp_path / "disk") as disk:
        refused(commands[kind], disk, capsys)
        assert not list(disk.rglob("*.part"))
        assert not list(disk.rglob("*.pt"))
        assert not list(disk.rglob("manifest.json"))
        for path in disk.rglob("*.jpg"):
            assert cv2.imread(str(path)) is not None
            assert cv2.imread(str(disk / "big" / "masks" / f"{path.stem}.png")) is not None


@pytest.mark.parametrize("kind", ["expand", "pack", "train", "export", "evaluate"])
def test_a_read_only_folder_is_refused(kind, commands, tmp_path, capsys):
    with read_only(tmp_path / "disk") as disk:
        refused(commands[kind], disk, capsys)
        assert not list(disk.iterdir())


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_an_expansion_that_is_killed_goes_on(suffix, tiny, tiny_pairs, tmp_path):
    out = tmp_path / "big"
    command = ["data", "expand", "--data", str(tiny), "--size", "32", "--copies", "3", "--out"]
    killed_while_writing(f"{tiny_pairs[2].stem}-3.{suffix}", [*command, out])
    there, _ = open_dataset(out)
    assert len(there) == 11
    assert all(pair.read()[0].shape == (32, 32, 3) for pair in there)
    assert run([*command, str(out)]) == 0
    assert run([*command, str(tmp_path / "whole")]) == 0
    for path in (tmp_path / "whole").rglob("*.*"):
        assert (out / path.relative_to(tmp_path / "whole")).read_bytes() == path.read_bytes()
    assert not list(out.rglob("*.part"))


@pytest.mark.parametrize("part", ["mine.onnx", "mine.md"])
def test_an_export_that_is_killed_leaves_no_network_that_is_not_whole(part, trained, tiny, tmp_path, monkeypatch):
    """It replaces an older one of that name."""
    command = ["export", str(trained), "--data", str(tiny), "--name", "mine", "--zoo", str(tmp_path)]
    assert run(command) == 0
    monkeypatch.setenv("HAIRTINT_MODELS", str(tmp_path))
    killed_while_writing(part, command)
    assert "mine" not in zoo.models()
    with pytest.raises(ModelError):
        Segmenter("mine")
    assert run(command) == 0
    assert Segmenter("mine").entry.read()
    assert not list(tmp_path.glob("*.part"))
