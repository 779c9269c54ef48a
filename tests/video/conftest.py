"""A small video of the bundled portrait, and the look that most tests give it."""

import pytest
from clips import make, pictures

from hairtint.color import Color
from hairtint.live.look import Look


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
