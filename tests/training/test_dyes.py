"""Dyed training photos: hair of any colour, or something else in it; what is hair stays hair."""

import colorsys

import numpy as np
import pytest
from tiny_pictures import picture

from hairtint.training import dyes, shapes
from hairtint.training.dyes import ELSEWHERE, dyed
from hairtint.training.loader import Photos


def draw(seed, rgb, mask):
    return dyed(rgb, mask, np.random.default_rng(seed))


def light_hair(seed):
    """Dark hair hides its dye from a mean of colours."""
    rgb, mask = picture(seed, 90, 120)
    rgb[mask > 0] += 110
    return rgb, mask


def changes(count=200):
    """The share of hair and of the rest that each draw changes."""
    pairs = []
    for seed in range(count):
        rgb, mask = light_hair(seed)
        changed = (draw(seed, rgb, mask) != rgb).any(2)
        pairs.append((changed[mask > 0].mean(), changed[mask == 0].mean()))
    return np.array(pairs)


def test_the_photo_that_is_kept_in_memory_stays_as_it_is():
    for seed in range(20):
        rgb, mask = picture(seed)
        before = rgb.copy(), mask.copy()
        new = draw(seed, rgb, mask)
        assert (new.shape, new.dtype) == (rgb.shape, np.uint8)
        assert np.array_equal(rgb, before[0])
        assert np.array_equal(mask, before[1])


def test_hair_is_dyed_as_a_whole_or_in_part_and_at_times_something_else():
    hair, rest = changes().T
    elsewhere = (hair < 0.1) & (rest > 0.05)
    whole, partly = hair > 0.95, (hair > 0.1) & (hair < 0.9)
    assert ELSEWHERE / 2 < elsewhere.mean() < 2 * ELSEWHERE
    assert whole.mean() > 0.15
    assert partly.mean() > 0.15
    assert rest[whole].max() < 0.2, "loose strands beside the hair at most"


def test_dyes_are_of_every_hue():
    hues = []
    for seed in range(150):
        rgb, mask = light_hair(seed)
        new = draw(seed, rgb, mask)
        hue, saturation, _ = colorsys.rgb_to_hsv(*new[mask > 0].mean(0) / 255)
        hues += [hue] if saturation > 0.2 else []
    counts = np.histogram(hues, bins=6, range=(0, 1))[0]
    assert counts.min() >= 3, counts


def test_the_same_chance_draws_the_same():
    once, again, other = (draw(seed, *light_hair(0)) for seed in (5, 5, 6))
    assert np.array_equal(once, again)
    assert not np.array_equal(once, other)


@pytest.mark.parametrize("most", [0, shapes.LEAST / 2])
def test_where_there_is_hardly_any_hair_something_else_is_dyed(most):
    rgb, mask = picture(1, 100, 100)
    mask[:] = 0
    mask.reshape(-1)[: int(most * mask.size)] = 255
    assert all((draw(seed, rgb, mask) != rgb).any() for seed in range(10))


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (7, 5), (16, 300), (64, 64)])
def test_pictures_of_any_shape_that_are_all_hair(shape):
    rng = np.random.default_rng(0)
    rgb, mask = rng.integers(0, 256, (*shape, 3), dtype=np.uint8), np.full(shape, 255, np.uint8)
    for seed in range(30):
        assert draw(seed, rgb, mask).shape == rgb.shape


def test_a_share_of_the_training_photos_is_dyed(tiny_pairs, monkeypatch):
    calls = []
    monkeypatch.setattr(dyes, "dyed", lambda rgb, mask, rng: calls.append(1) or rgb)
    for share, least, most in ((0.0, 0, 0), (0.5, 30, 70), (1.0, 100, 100)):
        calls.clear()
        photos = Photos(tiny_pairs, 32, recipe="mild", dyed=share)
        for k in range(100):
            photos[k, k % len(tiny_pairs)]
        assert least <= len(calls) <= most
