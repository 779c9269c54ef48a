"""The path that frames of cameras and files share: what it carries from one frame to the next, and what it does not."""

import numpy as np
import pytest
from scenes import two_heads

from hairtint.heads import APART
from hairtint.look import Look
from hairtint.shade import Shade
from hairtint.tinter import Tinter

COPPER = Look(color="copper")


@pytest.fixture(scope="module")
def tinter():
    return Tinter()


def after_a_cut(portrait):
    """Another scene with hair that is lighter, but by less than would pass for another head."""
    return (np.roll(portrait[:, ::-1], portrait.shape[1] // 4, 1) * 0.6 + 70).astype(np.uint8)


def test_the_first_frame_after_a_cut_is_as_right_as_a_photo(tinter, portrait):
    tinter.reset()
    for _ in range(2):
        before = tinter(portrait, COPPER).mask
    other = after_a_cut(portrait)
    found = tinter(other, COPPER)
    shades = Shade.measure(portrait, before), Shade.measure(other, found.mask)
    assert 5 < shades[1].lightness - shades[0].lightness < APART
    tinter.reset()
    np.testing.assert_array_equal(found.rgb, tinter(other, COPPER).rgb)


def test_the_shade_follows_slowly_within_a_scene(tinter, portrait):
    tinter.reset()
    first = Shade.measure(portrait, tinter(portrait, COPPER).mask).lightness
    brighter = np.clip(portrait.astype(int) + 12, 0, 255).astype(np.uint8)
    tinter(brighter, COPPER)
    now = Shade.measure(brighter, tinter(brighter, COPPER).mask).lightness
    assert first < tinter.heads.shades[0].lightness < first + 0.5 * (now - first)


def test_a_fade_to_black_takes_the_hair_with_it(tinter, portrait):
    """It is never much brighter than the brightest spots of the picture."""
    tinter.reset()
    inside = tinter(portrait, Look(color="platinum")).mask > 0.9
    for k in range(1, 18):
        frame = (portrait * (1 - k / 18)).astype(np.uint8)
        dyed = tinter(frame, Look(color="platinum")).rgb
        assert np.median(dyed[inside]) < np.percentile(frame, 99) + 12


def test_the_largest_region_stays_on_its_head(tinter, portrait):
    """Where another is but a little larger."""
    look, frames = Look("copper", largest_region=True), two_heads(portrait)
    tinter.reset()
    for rgb, second in frames:
        mask = tinter(rgb, look).mask
        assert mask[:, :second].any()
        assert not mask[:, second:].any()
    tinter.reset()
    assert not tinter(rgb, look).mask[:, :second].any()
