"""`hairtint data`: check, split, and the expansion as files."""

import json
import shutil

import numpy as np
import pytest

from hairtint.cli import run
from hairtint.errors import DataError, OutputError
from hairtint.training.datasets import open_dataset, split
from hairtint.training.expand import expand


def files(folder):
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_pairs_match_and_are_read_back(tiny_pairs, tmp_path):
    assert expand(tiny_pairs[:4], tmp_path / "big", copies=3, recipe="strong", size=48) == 16
    pairs, report = open_dataset(tmp_path / "big")
    assert (len(pairs), dict(report.left_out)) == (16, {})
    assert {p.person for p in pairs} == {p.stem for p in tiny_pairs[:4]}
    assert {p.style for p in pairs} == {p.style for p in tiny_pairs[:4]}
    assert sum(p.varied for p in pairs) == 12
    for pair in pairs:
        rgb, mask = pair.read()
        assert rgb.shape == (48, 48, 3)
        if 0.1 < (mask > 0).mean() < 0.9 and not pair.varied:
            assert rgb[mask > 0].mean() + 20 < rgb[mask == 0].mean()


def test_a_split_of_the_expansion_leaks_nothing(tiny_pairs, tmp_path):
    expand(tiny_pairs, tmp_path / "big", copies=2, size=16)
    train, held = split(open_dataset(tmp_path / "big")[0])
    assert held
    assert not any(p.varied for p in held)
    assert not {p.person for p in train} & {p.person for p in held}


@pytest.mark.parametrize("moment", [1, 3])
def test_stopped_and_gone_on(tiny_pairs, tmp_path, moment):
    expand(tiny_pairs[:4], tmp_path / "whole", copies=2, size=32)

    def stop(done, total):
        if done == moment:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        expand(tiny_pairs[:4], tmp_path / "cut", copies=2, size=32, progress=stop)
    (tmp_path / "cut" / "images" / f"{tiny_pairs[0].stem}-1.jpg").unlink()
    assert expand(tiny_pairs[:4], tmp_path / "cut", copies=2, size=32) == 12 - 3 * moment + 1
    assert files(tmp_path / "cut") == files(tmp_path / "whole")
    assert expand(tiny_pairs[:4], tmp_path / "cut", copies=2, size=32) == 0


def test_refusals(tiny_pairs, tiny, tmp_path):
    expand(tiny_pairs[:1], tmp_path / "big", copies=1, size=32)
    before = files(tmp_path / "big")
    (tmp_path / "file").write_text("")
    for pairs, out, seed, error, words in (
        (tiny_pairs[:1], tmp_path / "big", 1, OutputError, "other settings"),
        (tiny_pairs[1:2], tmp_path / "big", 0, OutputError, "expanded from other photos"),
        (tiny_pairs[:2], tmp_path / "big", 0, OutputError, "expanded from other photos"),
        (tiny_pairs[:1] * 2, tmp_path / "new", 0, DataError, "2 photos are called Frame00001"),
        (tiny_pairs[:1], tmp_path / "file", 0, OutputError, "choose another folder"),
        (tiny_pairs[:1], tiny, 0, OutputError, "holds other pictures"),
    ):
        with pytest.raises(error, match=words):
            expand(pairs, out, copies=1, size=32, seed=seed)
    assert files(tmp_path / "big") == before
    for damaged in ("nothing", "[1]", '{"originals": 3}', '{"originals": {"a": [1]}}'):
        (tmp_path / "big" / "expanded.json").write_text(damaged)
        with pytest.raises(DataError, match=r"expanded\.json is damaged"):
            open_dataset(tmp_path / "big")
    (tmp_path / "big" / "expanded.json").write_text('{"recipe": "report", "size": 32, "seed": 0}')  # an older one
    assert [pair.original for pair in open_dataset(tmp_path / "big")[0]] == [None, None]
    with pytest.raises(OutputError, match="older hairtint"):
        expand(tiny_pairs[:1], tmp_path / "big", copies=1, size=32)
    assert not (tiny / "expanded.json").exists()


def test_the_command(tiny, tmp_path, capsys):
    small = tmp_path / "small"
    for name in ("images", "masks"):
        (small / name).mkdir(parents=True)
        for path in sorted((tiny / name).iterdir())[:3]:
            shutil.copy(path, small / name)
    (small / "masks" / "lonely.png").write_bytes(b"")
    out = ["--out", str(tmp_path / "big"), "--size", "32"]
    assert run(["data", "expand", "--data", str(small), *out]) == 0
    assert "24 new pairs" in capsys.readouterr().out
    assert run(["data", "expand", "--data", str(small), *out]) == 0
    assert "0 new pairs" in capsys.readouterr().out
    assert run(["data", "check", "--data", str(small), "--no-hair", str(tiny), "--json"]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert first.pop("facts")[0].startswith("no persons recognised by file names")
    left_out = {"no photo with this stem": ["lonely.png"]}
    assert first == {"source": "small", "pairs": 3, "empty": 0, "left_out": left_out, "notes": []}
    assert second["empty"] == 24
    assert run(["data", "check", "--data", str(small)]) == 0
    assert "left out 1, no photo with this stem: lonely.png" in capsys.readouterr().out


def test_the_split_as_json(tiny, capsys):
    assert run(["data", "split", "--data", str(tiny), "--validation", "0.25"]) == 0
    sides = json.loads(capsys.readouterr().out)
    assert len(sides["training"]) + len(sides["validation"]) == 24
    assert np.isclose(len(sides["validation"]), 6, atol=1)


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["check"], 2),
        (["expand", "--out", "x"], 2),
        (["split", "--data", "none"], 1),
        (["split", "--data", ".", "--validation", "1"], 2),
        (["expand", "--data", ".", "--out", "x", "--recipe", "wild"], 2),
        (["grow"], 2),
    ],
)
def test_wrong_usage_and_missing_folders(arguments, status, capsys):
    assert run(["data", *arguments]) == status
    assert capsys.readouterr().err


def test_a_training_config_that_is_not_there(tiny, tmp_path, capsys):
    assert run(["train", str(tmp_path / "none.toml"), "--data", str(tiny)]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert run(["train"]) == 2
