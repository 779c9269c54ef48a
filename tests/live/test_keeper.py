"""Recordings: what the sign says of them is what the file holds."""

import time

import numpy as np

from hairtint.live import keeper as keeping
from hairtint.live.keeper import Keeper


def test_the_sign_counts_from_the_first_picture(tmp_path, monkeypatch):
    with Keeper(tmp_path, print) as keeper:
        assert keeper.seconds is None
        keeper.record(True)
        began = time.monotonic()
        monkeypatch.setattr(keeping.time, "monotonic", lambda: began + 60)
        assert keeper.seconds == 0, "the camera is still being opened"
        keeper.show(np.zeros((48, 64, 3), np.uint8))
        monkeypatch.setattr(keeping.time, "monotonic", lambda: began + 65)
        assert keeper.seconds == 5
        monkeypatch.undo()
    assert keeper.seconds is None
    assert len(list(tmp_path.iterdir())) == 1
