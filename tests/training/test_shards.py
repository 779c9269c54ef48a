"""Shards give what the folders give, to the bit, in little memory, whatever happens while they are written."""

import json
import shutil
import subprocess
import sys
import tracemalloc
from contextlib import contextmanager

import cv2
import numpy as np
import pytest
import torch
from tiny_pictures import picture, write

from hairtint.cli import run
from hairtint.errors import DataError, OutputError
from hairtint.training import checkpoint, shards
from hairtint.training.datasets import open_all, open_dataset, split
from hairtint.training.expand import expand
from hairtint.training.files import alone
from hairtint.training.loader import AT_ONCE, Epoch, Photos, batches
from hairtint.training.train import train

SMALL = 0.02  # megabytes: several shards for a few pictures


@pytest.fixture
def packed(tiny, tmp_path):
    pairs, report = open_dataset(tiny)
    shards.pack(pairs, tmp_path / "shards", megabytes=SMALL, reports=[report])
    return tmp_path / "shards"


def contents(folder):
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.suffix in (".tar", ".json")}


def python(code, *arguments):
    """A process of its own that runs `code`; arguments are in `a`."""
    code = f"import sys; a = sys.argv[1:]\n{code}"
    return subprocess.Popen([sys.executable, "-c", code, *map(str, arguments)], stdin=-1, stdout=-1, text=True)


def test_what_is_packed_comes_back(tiny, tmp_path):
    (tmp_path / "textures").mkdir()
    cv2.imwrite(str(tmp_path / "textures" / "fur.jpg"), picture(3)[0])
    faces = tmp_path / "faces"  # CelebAMask-HQ's masks are half as large as its photos
    (faces / "CelebA-HQ-img").mkdir(parents=True)
    (faces / "CelebAMask-HQ-mask-anno" / "0").mkdir(parents=True)
    cv2.imwrite(str(faces / "CelebA-HQ-img" / "7.jpg"), picture(7)[0])
    cv2.imwrite(str(faces / "CelebAMask-HQ-mask-anno" / "0" / "00007_hair.png"), picture(7, 20, 24)[1])
    (tiny / "masks" / "lonely.png").write_bytes(b"")
    pairs, reports = open_all([tiny, faces], [tmp_path / "textures"])
    (tiny / "masks" / "lonely.png").unlink()
    assert shards.pack(pairs, tmp_path / "shards", megabytes=SMALL, reports=reports) > 2
    again, report = open_dataset(tmp_path / "shards")
    assert (report.pairs, report.empty) == (26, 1)
    assert report.left_out == {"tiny: no photo with this stem": ["lonely.png"]}
    for one, other in zip(pairs, again, strict=True):
        assert (one.name, one.person, one.style, one.varied) == (other.name, other.person, other.style, other.varied)
        assert (one.mask is None) == (other.mask is None)
        assert all(map(np.array_equal, one.read(), other.read()))
    assert [[p.name for p in side] for side in split(again)] == [[p.name for p in side] for side in split(pairs)]
    assert all(tar.stat().st_size <= SMALL * 1e6 + 10240 for tar in (tmp_path / "shards").glob("*.tar"))


def test_any_tar_reader_reads_them(packed, tiny, tmp_path):
    tar = min(packed.glob("*.tar"))
    subprocess.run(["tar", "-xf", tar, "-C", tmp_path], check=True)
    photos = sorted((tmp_path / "tiny").glob("*.jpg"))
    assert photos
    for photo in photos:
        assert photo.read_bytes() == (tiny / "images" / photo.name).read_bytes()
        assert photo.with_suffix(".mask.png").read_bytes() == (tiny / "masks" / f"{photo.stem}.png").read_bytes()


def test_a_training_on_shards_is_the_training_on_the_folders(packed, tiny_pairs, quick, tmp_path):
    config = quick(epochs=1, validation=0.3)
    train(config, tiny_pairs, tmp_path / "folders")
    train(config, open_dataset(packed)[0], tmp_path / "packed", memory=0)
    one, other = (checkpoint.load(tmp_path / name / "best.pt") for name in ("folders", "packed"))
    assert one["network"].keys() == other["network"].keys()
    assert all(torch.equal(one["network"][key], other["network"][key]) for key in one["network"])
    assert (tmp_path / "folders" / "log.csv").read_text() == (tmp_path / "packed" / "log.csv").read_text()


@pytest.mark.parametrize("workers", [0, 2])
def test_batches_do_not_depend_on_what_is_kept_nor_on_workers(packed, tiny_pairs, workers):
    order = Epoch(["tiny"] * 24, {"tiny": 1.5}, 3, 1, 6)
    whole = Photos(tiny_pairs, 16, recipe="mild", seed=3)
    part = Photos(open_dataset(packed)[0], 16, recipe="mild", seed=3, memory=whole.bytes / 2)
    assert 0 < len(part.kept) < 24
    for one, other in zip(batches(whole, order, 0), batches(part, order, workers), strict=True):
        assert all(map(torch.equal, one, other))


def test_memory_does_not_grow_with_the_data(tmp_path):
    rgb, mask = picture(1, 256, 256)
    for k in range(6 * AT_ONCE):
        write(tmp_path / "many", f"p{k}", rgb, mask)
    pairs, report = open_dataset(tmp_path / "many", check=False)
    shards.pack(pairs, tmp_path / "shards", megabytes=1, reports=[report])
    pairs, _ = open_dataset(tmp_path / "shards")
    decoded = len(pairs) * (rgb.nbytes + mask.nbytes)
    tracemalloc.start()
    try:
        photos = Photos(pairs, 128, recipe="mild", memory=2e6)
        for _ in batches(photos, Epoch(["many"] * len(pairs), {}, 0, 0, 4), 0):
            pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert 2e6 < photos.bytes < 2.3e6
    assert peak < decoded / 3  # it holds what is kept, AT_ONCE photos that are read ahead, and a batch


@pytest.mark.parametrize(
    ("where", "times"),
    [("tarfile.TarFile.addfile", 5), ("os.fsync", 2), ("shards.put", 2), ("shards.put_json", 2)],
)
def test_killed_while_packing(tiny, tmp_path, where, times):
    pack = f"""
import os, signal, tarfile
from pathlib import Path
from hairtint.training import datasets, shards
calls, real = [], {where}
def last(*arguments):
    calls.append(1)
    if len(calls) == {times}:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*arguments)
{where} = last
pairs, report = datasets.open_dataset(Path(a[0]))
shards.pack(pairs, Path(a[1]), megabytes={SMALL}, reports=[report])
"""
    assert python(pack, tiny, tmp_path / "cut").wait() == -9
    with pytest.raises(DataError, match="not complete: run the same"):
        open_dataset(tmp_path / "cut")
    pairs, report = open_dataset(tiny)
    total = shards.pack(pairs, tmp_path / "whole", megabytes=SMALL, reports=[report])
    done = len(list((tmp_path / "cut").glob("*[0-9].json")))
    assert shards.pack(pairs, tmp_path / "cut", megabytes=SMALL, reports=[report]) == total - done
    assert contents(tmp_path / "cut") == contents(tmp_path / "whole")
    assert not list((tmp_path / "cut").glob("*.part"))


def test_killed_while_expanding(tiny, tiny_pairs, tmp_path):
    code = """
import os, signal
from pathlib import Path
from hairtint.training import datasets
from hairtint.training.expand import expand
calls, real = [], Path.replace
def last(*arguments):
    calls.append(1)
    if len(calls) == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(*arguments)
Path.replace = last
expand(datasets.open_dataset(Path(a[0]))[0][:3], Path(a[1]), copies=2, size=32)
"""
    assert python(code, tiny, tmp_path / "cut").wait() == -9
    assert len(list((tmp_path / "cut" / "images").glob("*.jpg"))) == 1, "a mask comes before its photo"
    assert expand(tiny_pairs[:3], tmp_path / "cut", copies=2, size=32) == 8
    expand(tiny_pairs[:3], tmp_path / "whole", copies=2, size=32)
    for name in ("images", "masks"):
        assert {p.name: p.read_bytes() for p in (tmp_path / "cut" / name).iterdir()} == {
            p.name: p.read_bytes() for p in (tmp_path / "whole" / name).iterdir()
        }


@contextmanager
def held(folder):
    """A folder that another process writes into."""
    code = """
from pathlib import Path
from hairtint.training.files import alone
with alone(Path(a[0])):
    print("held", flush=True)
    input()
"""
    with python(code, folder) as other:
        assert other.stdout.readline() == "held\n"
        yield
        other.communicate("\n")


def test_one_run_at_a_time(tiny_pairs, quick, tmp_path):
    folder = tmp_path / "out"
    with held(folder):
        for start in (
            lambda: shards.pack(tiny_pairs, folder),
            lambda: expand(tiny_pairs, folder, copies=1, size=16),
            lambda: train(quick(), tiny_pairs, folder),
        ):
            with pytest.raises(OutputError, match=r"another run writes into .*out: wait"):
                start()
    assert [path.name for path in folder.iterdir()] == [".lock"]
    with alone(folder):
        pass


def test_damage_is_seen(packed, tiny, capsys):
    assert run(["data", "check", "--data", str(packed)]) == 0
    first = packed / "00000.tar"
    whole = first.read_bytes()
    first.write_bytes(whole[:700] + bytes([whole[700] ^ 1]) + whole[701:])
    assert run(["data", "check", "--data", str(packed)]) == 1
    assert "00000.tar is damaged: remove it" in capsys.readouterr().err
    first.write_bytes(whole[:-512])
    assert run(["data", "check", "--data", str(packed)]) == 1
    assert "00000.tar is missing or cut: run the same hairtint data pack again" in capsys.readouterr().err
    with pytest.raises(DataError, match=r"00000\.tar is missing or cut"):
        open_dataset(packed)
    pairs, report = open_dataset(tiny)
    assert shards.pack(pairs, packed, megabytes=SMALL, reports=[report]) == 1
    assert first.read_bytes() == whole
    note = json.loads((packed / "00000.json").read_text())
    for damaged in ("nothing", "[]", json.dumps(note | {"pairs": [{"stem": "x"}]}), json.dumps(note | {"pairs": 1})):
        (packed / "00000.json").write_text(damaged)
        with pytest.raises(DataError):
            open_dataset(packed)


def test_a_photo_that_goes_while_training_is_one_line(packed):
    photos = Photos(open_dataset(packed)[0], 16, memory=0)
    (packed / "00000.tar").unlink()
    for workers in (0, 1):
        with pytest.raises(DataError, match=r"^[^\n]*00000\.tar[^\n]*\.jpg can no longer be read[^\n]*$"):
            list(batches(photos, Epoch(["tiny"] * 24, {}, 0, 0, 4), workers))


def test_a_mask_that_changed_is_other_data(tiny, packed, tmp_path):
    for part in ("images", "masks"):
        shutil.copytree(tiny / part, tmp_path / "tiny" / part)
    pairs, report = open_dataset(tmp_path / "tiny")
    assert shards.pack(pairs, packed, megabytes=SMALL, reports=[report]) == 0
    mask = pairs[0].mask
    data = bytearray(mask.read_bytes())
    data[-1] ^= 1  # in PNG's last checksum, which nobody minds
    mask.write_bytes(data)
    with pytest.raises(OutputError, match="other photos"):
        shards.pack(pairs, packed, megabytes=SMALL, reports=[report])


@pytest.mark.parametrize("count", ['"1"', "null", "1.5", "[]", "true"])
def test_a_damaged_index_is_one_line(packed, count, capsys):
    index = json.loads((packed / "shards.json").read_text())
    (packed / "shards.json").write_text(json.dumps(index | {"shards": json.loads(count)}))
    assert run(["data", "check", "--data", str(packed)]) == 1
    line = capsys.readouterr().err
    assert line.startswith("hairtint: ")
    assert line.count("\n") == 1


def test_shards_of_before_can_be_read(packed, tiny_pairs):
    """Their rows had neither sha256 nor kin."""
    for note in packed.glob("0*.json"):
        known = json.loads(note.read_text())
        for row in known["pairs"]:
            row |= {key: row[key][:3] for key in ("image", "mask")}
        note.write_text(json.dumps(known))
    pairs, _ = open_all([packed])
    assert [pair.name for pair in pairs] == [pair.name for pair in tiny_pairs]
    assert np.array_equal(pairs[3].read()[0], tiny_pairs[3].read()[0])


def test_refusals(packed, tiny_pairs, tmp_path):
    with pytest.raises(OutputError, match="other photos or of another size"):
        shards.pack(tiny_pairs[1:], packed)
    with pytest.raises(DataError, match="give them with --data"):
        open_dataset(packed, no_hair=True)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "backup.tar").write_text("")
    with pytest.raises(OutputError, match="holds other files"):
        shards.pack(tiny_pairs, tmp_path / "mine")
    assert (tmp_path / "mine" / "backup.tar").read_text() == ""


def test_the_commands(tiny, tmp_path, capsys):
    call = ["data", "pack", "--data", str(tiny), "-o", str(tmp_path / "shards"), "--megabytes", str(SMALL)]
    assert run(call) == 0
    printed = capsys.readouterr()
    assert printed.out.endswith(f"new shards in {tmp_path / 'shards'} with 24 pairs in all\n")
    assert "tiny: 24 pairs" in printed.err
    assert run(call) == 0
    assert capsys.readouterr().out.startswith("0 new shards")
    sides = []
    for folder in (tiny, tmp_path / "shards"):
        assert run(["data", "split", "--data", str(folder)]) == 0
        sides.append(capsys.readouterr().out)
    assert sides[0] == sides[1]
