"""A small video of the bundled portrait, and the look that most tests give it."""

import numpy as np
import pytest
from clips import make, pictures

from hairtint.color import Color
from hairtint.look import Look
from hairtint.tinter import Tinted
from hairtint.video import pipeline


@pytest.fixture
def clip(tmp_path, portrait):
    """Twelve frames with sound, .mp4."""
    return make(tmp_path / "in.mp4", pictures(portrait, 12), sound="aac")


@pytest.fixture(scope="session")
def blue():
    return Look(Color.parse("#2040ff"))


@pytest.fixture(scope="session")
def nothing():
    return Look(Color.parse("copper"), strength=0.0)


@pytest.fixture
def upper_half(monkeypatch):
    """In place of the network: the upper half of every picture is hair."""

    def tint(rgb, look):
        mask = np.zeros(rgb.shape[:2], np.float32)
        mask[: len(mask) // 2] = 1
        after = rgb.copy()
        after[: len(mask) // 2] = look.color.rgb()
        return Tinted(after, mask, {})

    monkeypatch.setattr(pipeline, "Tinter", lambda *args, **options: tint)
