"""A mask becomes as soft as its photo, and no softer."""

import cv2
import numpy as np
import pytest

from hairtint import recolor
from hairtint.softness import as_soft, missing

HAIR, WALL = np.array((40, 30, 25), np.float32), np.array((190, 180, 170), np.float32)


def disc(sigma, size=240):
    """A disc of hair whose edge is a blur of so many pixels: what part of each pixel it covers, float32 (H, W)."""
    y, x = np.mgrid[:size, :size] - np.float32(size / 2)
    return cv2.GaussianBlur((np.hypot(x, y) < size / 3).astype(np.float32), (0, 0), sigma)


def photo(share, hair=HAIR, wall=WALL):
    noise = np.random.default_rng(0).normal(0, 2, (*share.shape, 1))
    mixed = share[..., None] * hair + (1 - share[..., None]) * wall
    return np.clip(np.rint(mixed + noise), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("sigma", [1.5, 2.5, 4])
def test_what_is_missing_is_measured(sigma):
    assert missing(disc(1), photo(disc(sigma))) == pytest.approx(np.sqrt(sigma**2 - 1), rel=0.2)


@pytest.mark.parametrize("size", [64, 120])
def test_a_small_head_in_a_large_photo_is_measured_too(size):
    """As in a photo of its own."""
    mask, rgb = disc(0.7, size), photo(disc(1.8, size))
    far = [(200, 700), (500, 60)]
    wide, scene = np.pad(mask, far), np.pad(rgb, [*far, (0, 0)], constant_values=180)
    assert missing(wide, scene) == pytest.approx(missing(mask, rgb), abs=1e-6)
    assert missing(wide, scene) > 1


@pytest.mark.parametrize("dye", ["platinum", "copper", "blue"])
@pytest.mark.parametrize("sigma", [2, 3.5])
def test_a_dyed_soft_photo_comes_nearer_to_the_truth(sigma, dye):
    true, sharper = disc(sigma), disc(0.8)
    rgb = photo(true)
    fresh = np.median(recolor(rgb, sharper, dye)[sharper == 1], axis=0)
    ideal = photo(true, hair=fresh.astype(np.float32))
    edge = (true > 0.02) & (true < 0.98)

    def error(mask):
        return np.abs(recolor(rgb, mask, dye).astype(float) - ideal)[edge].mean()

    assert error(as_soft(sharper, rgb)) < 0.8 * error(sharper)
    assert error(as_soft(sharper, rgb)) < error(true) + 0.1 * error(sharper)


@pytest.mark.parametrize("sigma", [2, 3.5])
def test_the_mask_comes_nearer_to_the_truth(sigma):
    true, sharper = disc(sigma), disc(0.8)
    soft = as_soft(sharper, photo(true))
    assert soft.dtype == np.float32
    assert 0 <= soft.min() <= soft.max() <= 1
    assert np.abs(soft - true).mean() < 0.3 * np.abs(sharper - true).mean()


@pytest.mark.parametrize("sigma", [0.5, 1, 3])
def test_a_photo_as_sharp_as_its_mask_changes_nothing(sigma):
    mask = disc(sigma)
    assert as_soft(mask, photo(mask)) is mask


def test_far_from_the_hair_there_is_none():
    mask = disc(0.8)
    far = cv2.dilate(mask, np.ones((25, 25))) == 0
    assert not as_soft(mask, photo(disc(2)))[far].any()


@pytest.mark.parametrize("wall", [HAIR, HAIR + 20])
def test_before_what_looks_like_hair_the_mask_is_taken_at_its_word(wall):
    mask = disc(1)
    assert as_soft(mask, photo(disc(3), wall=wall)) is mask


@pytest.mark.parametrize(
    "mask", [np.zeros((30, 40)), np.ones((30, 40)), np.zeros((1, 1)), np.ones((1, 300)), np.eye(90)]
)
def test_odd_masks_stay(mask):
    mask = mask.astype(np.float32)
    rgb = np.full((*mask.shape, 3), 90, np.uint8)
    assert as_soft(mask, rgb) is mask


def test_strides_change_nothing():
    mask, rgb = disc(0.8), photo(disc(2))
    wide = np.zeros((240, 480, 4), np.uint8)
    wide[:, ::2, :3] = rgb
    np.testing.assert_array_equal(as_soft(mask, wide[:, ::2, :3]), as_soft(mask, rgb))
