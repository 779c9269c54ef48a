"""Checkpoints are whole or refused; the learning rate over time; the log."""

import re

import pytest
import torch

from hairtint.errors import TrainingError
from hairtint.networks import unet
from hairtint.training import checkpoint, curves, schedule


class Killed(BaseException):
    """What a killed process feels like from inside: nothing catches it."""


def test_checkpoints_are_whole_or_refused(quick, tmp_path):
    path = tmp_path / "last.pt"
    checkpoint.save(path, {"config": {}, "ema": {}})
    good = path.read_bytes()
    with pytest.raises(Killed):
        checkpoint.save(path, {"config": Unsaveable(), "ema": {}})
    assert path.read_bytes() == good
    path.write_bytes(good[: len(good) // 2])
    other = tmp_path / "other.pt"
    torch.save(unet.build("light").state_dict(), other)
    evil = tmp_path / "evil.pt"
    torch.save({"config": {}, "ema": re.compile("code")}, evil)
    for broken in (path, other, evil, tmp_path / "none.pt", tmp_path):
        with pytest.raises(TrainingError) as refusal:
            checkpoint.load(broken)
        assert "\n" not in str(refusal.value)
    with pytest.raises(TrainingError, match="cannot write the checkpoint"):
        checkpoint.save(tmp_path / "no" / "last.pt", {})


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
