"""Training's files on full and read-only disks, and processes killed in the midst of a write."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from unittest.mock import Mock

import cv2
import numpy as np
import pytest
import torch
from disks import full, killed_while_writing, mounted, read_only

from hairtint import zoo
from hairtint.cli import run
from hairtint.errors import DiskError, ModelError, OutputError, TrainingError
from hairtint.segmenter import Segmenter
from hairtint.training import curves
from hairtint.training.datasets import open_dataset
from hairtint.training.files import is_there, put_picture
from hairtint.training.loader import Photos
from hairtint.training.mishaps import uninterrupted
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


def test_a_disk_that_fills_in_the_midst_of_a_training_is_a_line(quick, tiny_pairs, tmp_path, monkeypatch):
    (tmp_path / "disk").mkdir()
    with mounted(tmp_path / "disk", "size=20m") as disk:
        folder, config = disk / "run", quick(epochs=3, checkpoint_minutes=1e-9)

        def fill(done, total, text):
            if done == 2:
                with suppress(OSError), (disk / "others").open("wb", buffering=0) as file:
                    while True:
                        file.write(bytes(4096))

        with pytest.raises(DiskError, match=r"cannot write the checkpoint .*last\.pt, the disk is full: make room"):
            train(config, tiny_pairs, folder, progress=fill)
        with pytest.raises(DiskError, match=r"cannot write .*log\.csv.*, the disk is full: make room"):
            curves.append(folder / "log.csv", {"epoch": 1})
        (disk / "others").unlink()
        assert train(config, tiny_pairs, folder).is_file()


@pytest.mark.parametrize("kind", ["expand", "pack", "train", "export", "evaluate"])
def test_a_read_only_folder_is_refused(kind, commands, tmp_path, capsys):
    with read_only(tmp_path / "disk") as disk:
        refused(commands[kind], disk, capsys)
        assert not list(disk.iterdir())


def test_no_room_for_temporary_files_is_a_line(commands, tmp_path, monkeypatch, capsys):
    with full(tmp_path / "disk") as disk:
        monkeypatch.setattr("tempfile.tempdir", str(disk))
        assert run([word.replace("DISK", str(tmp_path)) for word in commands["export"]]) == 1
        line = capsys.readouterr().err
        assert f"hairtint: cannot write network.onnx into {disk} for a while: No space left" in line
        assert "free some space there or set TMPDIR" in line
        assert [path.name for path in disk.iterdir()] == ["there"]
        monkeypatch.setattr("tempfile.tempdir", str(disk / "none"))
        assert run([word.replace("DISK", str(tmp_path)) for word in commands["export"]]) == 1
        assert "No such file or directory; free some space there or set TMPDIR" in capsys.readouterr().err


@pytest.mark.parametrize(
    "error",
    [
        RuntimeError("[enforce fail at alloc_cpu.cpp:124] DefaultCPUAllocator: can't allocate memory: you tried to"),
        torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB."),
        cv2.error("OpenCV(4.13.0) alloc.cpp:73: error: (-4:Insufficient memory) Failed to allocate 7 bytes"),
        RuntimeError("Caught MemoryError in DataLoader worker process 0.\nUnable to allocate 4 GiB for an array"),
        OSError(12, "Cannot allocate memory"),
        MemoryError(),
    ],
)
def test_too_little_memory_is_a_line(error, quick, tiny_pairs, tmp_path, monkeypatch):
    monkeypatch.setattr("hairtint.training.train.losses.combined", Mock(side_effect=error))
    with pytest.raises(TrainingError, match="too little memory for batch = 4 at size = 32: lower batch or size"):
        train(quick(), tiny_pairs, tmp_path / "run")


def test_a_worker_that_is_killed_is_a_line(quick, tiny_pairs, tmp_path, monkeypatch):
    def killed(photos, index):
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(Photos, "__getitem__", killed)
    with pytest.raises(TrainingError, match="a worker was killed, probably for want of memory"):
        train(quick(workers=1), tiny_pairs, tmp_path / "run")


INTERRUPTED = """
import os, signal, sys
from hairtint.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)
os.register_at_fork(after_in_parent=lambda: os.killpg(os.getpgrp(), signal.SIGINT))
main(sys.argv[1:])
"""


def test_ctrl_c_while_workers_start_ends_the_training(tiny, tmp_path, quick_toml):
    """It reaches the workers too, and Python passes over what is raised in the midst of a fork."""
    quick_toml.write_text(quick_toml.read_text().replace("workers = 0", "workers = 2"))
    words = ["train", str(quick_toml), "--data", str(tiny), "--run", str(tmp_path / "run")]
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, *words], capture_output=True, text=True, check=False, start_new_session=True
    )
    assert done.returncode == -signal.SIGINT, done.stderr
    said = [line for line in done.stderr.splitlines() if line.strip() and not line.startswith("tiny: ")]
    assert said == ["hairtint: interrupted"]


@pytest.mark.parametrize("heard", [True, False])
def test_ctrl_c_waits(heard):
    met = []
    before = signal.signal(signal.SIGINT, (lambda *_: met.append(1)) if heard else signal.SIG_IGN)
    try:
        with uninterrupted():
            signal.raise_signal(signal.SIGINT)
            assert not met
        assert met == [1] * heard
        with uninterrupted():
            pass
        assert met == [1] * heard
    finally:
        signal.signal(signal.SIGINT, before)


def test_any_other_error_stays_what_it_is(quick, tiny_pairs, tmp_path, monkeypatch):
    monkeypatch.setattr("hairtint.training.train.losses.combined", Mock(side_effect=RuntimeError("shapes differ")))
    with pytest.raises(RuntimeError, match="shapes differ"):
        train(quick(), tiny_pairs, tmp_path / "run")


def test_names_as_long_as_a_disk_takes_and_longer(tmp_path):
    grey = np.zeros((2, 2), np.uint8)
    longest = tmp_path / f"{'x' * 251}.png"
    put_picture(longest, grey)
    assert list(tmp_path.iterdir()) == [longest]
    too_long = tmp_path / f"{'x' * 252}.png"
    assert not is_there(too_long)
    with pytest.raises(OutputError, match="give the photo a shorter name"):
        put_picture(too_long, grey)


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
    assert zoo.find("mine").read()
    assert not list(tmp_path.glob("*.part"))
