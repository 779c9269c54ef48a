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
    """It is as bright as in a photo of each moment."""
    look = Look(color="platinum")
    tinter.reset()
    inside = tinter(portrait, look).mask > 0.9
    for k in range(1, 18):
        frame = (portrait * (1 - k / 18)).astype(np.uint8)
        found = tinter(frame, look)
        alone = look.dyed(frame, found.mask)
        assert abs(np.median(found.rgb[inside]) - np.median(alone[inside])) < 10


@pytest.mark.parametrize("gains", [np.linspace(0.05, 1, 20), [0.6] * 2 + [1] * 4, [1] * 2 + [0.6] * 4])
def test_where_the_light_changes_the_hair_is_as_bright_as_in_a_photo(tinter, portrait, gains):
    """At a fade-in, and soon after a lamp goes on or off."""
    tinter.reset()
    for gain in gains:
        frame = np.rint(portrait * gain).astype(np.uint8)
        found = tinter(frame, COPPER)
    alone = COPPER.dyed(frame, found.mask)
    inside = found.mask > 0.9
    assert abs(found.rgb[inside].mean() - alone[inside].mean()) < 10


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
