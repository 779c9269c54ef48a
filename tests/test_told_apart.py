"""Hair of several people in one picture: each gets the dye, not the mean of all."""

import itertools

import cv2
import numpy as np
import pytest
from hair import hair

from hairtint import recolor
from hairtint.heads import told_apart
from hairtint.shade import Shade


def beside(*shades):
    """Heads of these shades side by side, and their masks."""
    heads = [hair(shade, seed=k) for k, shade in enumerate(shades)]
    return np.hstack([rgb for rgb, _ in heads]), np.hstack([mask for _, mask in heads]), heads


@pytest.mark.parametrize("color", ["platinum", "copper", "jet black"])
def test_each_head_comes_out_as_it_does_alone(color):
    rgb, mask, heads = beside("dark", "light")
    dyed, left = recolor(rgb, mask, color), 0
    for alone, cover in heads:
        part = dyed[:, left : left + cover.shape[1]][cover > 0.99].astype(int)
        assert np.abs(np.median(part, 0) - np.median(recolor(alone, cover, color)[cover > 0.99], 0)).max() <= 2
        left += cover.shape[1]
    assert np.array_equal(dyed[mask == 0], rgb[mask == 0])


@pytest.mark.parametrize("kind", [np.float32, np.uint8, np.float64])
def test_the_parts_are_the_mask(kind):
    rgb, mask, _ = beside("dark", "light", "dark")
    cover = np.rint(255 * mask).astype(np.uint8) if kind == np.uint8 else mask.astype(kind)
    parts = told_apart(rgb, cover)
    assert len(parts) == 2, "the two dark heads have one shade"
    assert np.array_equal(sum(parts), cover)
    assert all(part.dtype == cover.dtype for part in parts)
    assert (parts[0][:, 140:280] == 0).all()


def test_light_and_shadow_of_one_head_are_not_two_people():
    rgb, mask, _ = beside("medium", "medium")
    rgb[:, 140:] = rgb[:, 140:] * 0.75
    assert told_apart(rgb, mask)[0] is mask


def test_one_head_is_one_however_it_looks():
    rgb, mask = hair("dark", 300, 300)
    rgb[:150] = 255
    assert told_apart(rgb, mask)[0] is mask


def test_a_speck_goes_with_the_largest_head():
    rgb, mask, _ = beside("dark", "light")
    cv2.circle(mask, (140, 150), 4, 1.0, -1)
    rgb[146:155, 136:145] = 255
    dark, light = told_apart(rgb, mask)
    larger = dark if (dark > 0).sum() > (light > 0).sum() else light
    assert larger[150, 140] == 1


def test_a_given_shade_holds_for_all():
    rgb, mask, _ = beside("dark", "light")
    shade = Shade.measure(rgb, mask)
    assert not np.array_equal(recolor(rgb, mask, "copper", shade=shade), recolor(rgb, mask, "copper"))


def test_strength_and_effects_reach_every_head():
    rgb, mask, _ = beside("dark", "light")
    half, full = (recolor(rgb, mask, "blue", strength=s, effects=["gloss"]).astype(int) for s in (0.5, 1))
    between = (half >= np.minimum(rgb, full)) & (half <= np.maximum(rgb, full))
    assert between.all()
    assert np.array_equal(recolor(rgb, mask, "blue", strength=0), rgb)


@pytest.mark.parametrize("bridge", [0.001, 0.05])
def test_a_faint_veil_does_not_join_heads(bridge):
    rgb, mask, _ = beside("dark", "light")
    assert len(told_apart(rgb, np.maximum(mask, np.float32(bridge)))) == 2


def test_a_faint_region_stays_faint():
    rgb, mask, _ = beside("dark", "light")
    cover = np.rint(255 * mask).astype(np.uint8)
    cover[:, 140:] = np.minimum(cover[:, 140:], 1)
    assert np.abs(recolor(rgb, cover, "platinum")[:, 140:].astype(int) - rgb[:, 140:]).max() <= 2


def test_heads_close_to_each_other_are_dyed_from_the_photo():
    rgb, mask, _ = beside("dark", "light")
    steps = [recolor(rgb, mask, "platinum", strength=s).astype(int) for s in (0, 0.3, 0.6, 1)]
    way = np.sign(steps[-1] - steps[0])
    assert all(((b - a) * way >= 0).all() for a, b in itertools.pairwise(steps))


def test_any_number_of_specks_is_one_look():
    rgb = np.random.default_rng(0).integers(0, 256, (400, 300, 3), np.uint8)
    mask = np.zeros((400, 300), np.float32)
    mask[::2, ::2] = 1
    assert np.array_equal(sum(told_apart(rgb, mask)), mask)
