"""Heads as people have them: a scarf is not dyed, and very short hair on dark skin is found all the same.

The pictures are generated portraits (CC0; no real person).
"""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hairtint.segmenter import Segmenter, VideoSegmenter

HEADS = Path(__file__).parent / "heads"


@pytest.fixture(scope="module", params=["swift", None], ids=["live", "photo"])
def segmenter(request):
    return VideoSegmenter(request.param) if request.param else Segmenter(few=True)


def share(segmenter, name):
    """How much of the picture is called hair."""
    rgb = np.asarray(Image.open(HEADS / name).convert("RGB"))
    if isinstance(segmenter, VideoSegmenter):
        segmenter.reset()
    return (segmenter.mask(rgb) > 0.5).mean()


@pytest.mark.parametrize("name", ["black-scarf.jpg", "blue-scarf.jpg"])
def test_a_headscarf_is_not_hair(segmenter, name):
    assert share(segmenter, name) < 0.05  # a fifth of the picture, before they learnt from drawn cloth


@pytest.mark.parametrize(("name", "least", "most"), [("short-hair.jpg", 0.002, 0.01), ("short-hair-2.jpg", 0.03, 0.06)])
def test_very_short_hair_is_hair(segmenter, name, least, most):
    assert least < share(segmenter, name) < most
