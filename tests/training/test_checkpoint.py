"""Checkpoints are whole or refused; the learning rate over time; the log."""

import os
import re
import warnings
from contextlib import suppress

import pytest
import torch

from hairtint.errors import OutputError, TrainingError
from hairtint.networks import unet
from hairtint.training import checkpoint, curves, schedule


class Killed(BaseException):
    """What a killed process feels like from inside: nothing catches it."""


def test_checkpoints_are_whole_or_refused(quick, tmp_path, monkeypatch):
    path, named = tmp_path / "last.pt", []
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: named.append(path.exists()))
        checkpoint.save(path, {"config": {}, "ema": {}})
    assert named == [False], "it lies on the disk before it has its name"
    good = path.read_bytes()
    with pytest.raises(Killed):
        checkpoint.save(path, {"config": Unsaveable(), "ema": {}})
    assert path.read_bytes() == good
    assert list(tmp_path.iterdir()) == [path]
    path.write_bytes(good[: len(good) // 2])
    other = tmp_path / "other.pt"
    torch.save(unet.build("light").state_dict(), other)
    evil = tmp_path / "evil.pt"
    torch.save({"config": {}, "ema": re.compile("code")}, evil)
    for broken in (path, other, evil, tmp_path / "none.pt", tmp_path):
        with pytest.raises(TrainingError) as refusal:
            checkpoint.load(broken)
        assert "\n" not in str(refusal.value)
    with pytest.raises(OutputError, match="cannot write the checkpoint"):
        checkpoint.save(tmp_path / "no" / "last.pt", {})


@pytest.mark.parametrize(
    "state",
    [
        {"config": {}, "ema": {}}, {"config": None, "ema": {}, "step": 1}, {"config": {}, "ema": [], "step": 1},
        {"config": {}, "ema": {}, "step": "last"}, [1, 2],
    ],
)  # fmt: skip
def test_other_contents_are_refused(tmp_path, state):
    torch.save(state, tmp_path / "best.pt")
    with pytest.raises(TrainingError, match=r"best\.pt"):
        checkpoint.load(tmp_path / "best.pt")


@pytest.mark.parametrize("weights", [{1: torch.zeros(1)}, {"head.bias": "x"}, {"head.bias": None}])
def test_weights_of_another_kind_are_refused(tmp_path, weights):
    with pytest.raises(TrainingError, match="another network"):
        checkpoint.into(unet.build("light"), weights, tmp_path)


def test_damaged_pickles_are_refused_whatever_torch_raises(tmp_path):
    path = tmp_path / "old.pt"
    torch.save({"config": {}, "ema": {"a": torch.zeros(2)}, "step": 1}, path, _use_new_zipfile_serialization=False)
    good = path.read_bytes()
    for at in range(0, len(good), 3):
        path.write_bytes(good[:at] + bytes([good[at] ^ 0x41]) + good[at + 1 :])
        with suppress(TrainingError), warnings.catch_warnings(action="ignore"):
            checkpoint.load_state(path)


class Unsaveable:
    def __reduce__(self):
        raise Killed


def test_learning_rate_over_time(quick):
    cosine = quick(schedule="cosine", warmup_steps=10)
    factors = [schedule.factor(cosine, step, 110) for step in range(111)]
    assert factors[0] == pytest.approx(0.1)
    assert factors[9] == factors[10] == 1
    assert factors[60] == pytest.approx(0.5)
    assert factors[110] == pytest.approx(0)
    assert factors[10:] == sorted(factors[10:], reverse=True)
    assert {schedule.factor(quick(), step, 110) for step in range(200)} == {1.0}


def test_a_log_without_lines_draws_nothing(tmp_path):
    curves.plot(tmp_path)
    curves.trim(tmp_path / "log.csv", 3)
    assert not list(tmp_path.iterdir())


def test_lines_of_a_log_that_a_crash_spoilt_are_passed_over(tmp_path):
    log = tmp_path / "log.csv"
    for epoch in (1, 2):
        curves.append(log, {"epoch": epoch, "loss": 0.5})
    log.write_bytes(log.read_bytes() + b"\0\0\0\0\xff\n3\n")
    assert [row["epoch"] for row in curves.read(log)] == [1, 2]
