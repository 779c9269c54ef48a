"""Cloth over hair: what it hides is no longer hair, what it leaves is as it was."""

import cv2
import numpy as np
import pytest
from tiny_pictures import picture

from hairtint.training.cloth import covered
from hairtint.training.loader import Photos
from hairtint.training.shapes import LEAST


def draw(seed, rgb, mask):
    return covered(rgb, mask, np.random.default_rng(seed))


@pytest.mark.parametrize("seed", range(40))
def test_only_what_is_drawn_over_is_no_longer_hair(seed):
    rgb, mask = picture(seed, 90, 120)
    before = rgb.copy(), mask.copy()
    new, left = draw(seed, rgb, mask)
    assert (new.shape, new.dtype, left.shape, left.dtype) == (rgb.shape, np.uint8, mask.shape, np.uint8)
    assert (left <= mask).all(), "nothing becomes hair"
    assert (left > 127).sum() < (mask > 127).sum()
    assert np.array_equal(rgb, before[0]), "the photo that is kept in memory stays as it is"
    assert np.array_equal(mask, before[1])


def test_hair_that_still_shows_looks_as_it_did():
    """Away from the cloth nothing changes; beside it there is its shadow at most."""
    seen = 0
    for seed in range(60):
        rgb, mask = picture(seed, 90, 120)
        new, left = draw(seed, rgb, mask)
        shows = cv2.erode((left == 255).astype(np.uint8), np.ones((15, 15))) > 0
        seen += shows.any()
        assert (np.abs(new[shows].astype(int) - rgb[shows]) <= 1).all()
    assert seen > 10


def test_some_heads_are_covered_as_a_whole_and_some_in_part():
    shares = []
    for seed in range(80):
        rgb, mask = picture(seed, 90, 120)
        shares.append((draw(seed, rgb, mask)[1] > 127).sum() / (mask > 127).sum())
    assert 0.25 < np.mean(np.array(shares) == 0) < 0.6
    assert np.mean((np.array(shares) > 0.1) & (np.array(shares) < 0.9)) > 0.2


def test_cloth_is_not_of_one_kind():
    """Dark and light, plain and printed: the covered hair of one photo seldom looks alike."""
    rgb, mask = picture(4, 90, 120)
    cloths = np.array([draw(seed, rgb, mask)[0][mask > 127].astype(float) for seed in range(60)])
    means = cloths.mean((1, 2))
    assert means.min() < 60
    assert means.max() > 170
    roughness = np.diff(cloths.mean(2), axis=1).std(1)
    assert roughness.max() > 4 * roughness.min()


def test_the_same_chance_draws_the_same():
    once, again, other = (draw(seed, *picture(0)) for seed in (5, 5, 6))
    assert all(np.array_equal(a, b) for a, b in zip(once, again, strict=True))
    assert not np.array_equal(once[0], other[0])


@pytest.mark.parametrize("most", [0, LEAST / 2])
def test_where_there_is_hardly_any_hair_nothing_is_drawn(most):
    rgb, mask = picture(1, 100, 100)
    mask[:] = 0
    mask.reshape(-1)[: int(most * mask.size)] = 255
    new, left = draw(0, rgb, mask)
    assert new is rgb
    assert left is mask


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (7, 5), (16, 300), (64, 64)])
def test_pictures_of_any_shape_that_are_all_hair(shape):
    rng = np.random.default_rng(0)
    rgb, mask = rng.integers(0, 256, (*shape, 3), dtype=np.uint8), np.full(shape, 255, np.uint8)
    for seed in range(30):
        new, left = draw(seed, rgb, mask)
        assert new.shape == rgb.shape
        assert left.shape == mask.shape


def test_a_share_of_the_training_photos_is_covered(tiny_pairs):
    shares = {}
    for share in (0.0, 0.5, 1.0):
        photos = Photos(tiny_pairs, 32, recipe="mild", covered=share)
        shares[share] = np.mean([photos[k, k % len(tiny_pairs)][1].numpy().mean() for k in range(200)])
    assert shares[0] > 1.1 * shares[0.5] > 1.2 * shares[1]
