import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hairtint import matte


def disc(size, radius):
    y, x = np.mgrid[:size, :size]
    return np.hypot(x - size / 2, y - size / 2) < radius


def test_the_mask_snaps_to_the_edge_in_the_picture():
    true = disc(480, 150)
    rgb = np.where(true[..., None], np.uint8(60), np.uint8(200)).repeat(3, axis=2)
    coarse = cv2.resize(true.astype(np.float32), (48, 48), interpolation=cv2.INTER_AREA)
    plain = cv2.resize(coarse, (480, 480)) > 0.5
    fine = matte.refine(coarse, rgb) > 0.5
    assert (fine != true).sum() < 0.5 * (plain != true).sum()


@pytest.mark.parametrize("size", [1535, 1536])
def test_the_mask_lies_where_the_map_is_whatever_halves_the_picture_has(size):
    """1535 pixels are halved to 767, 383 and 191, of which each stands for a little more than eight."""
    coarse = np.roll(disc(96, 12), (30, 30), axis=(0, 1)).astype(np.float32)
    fine = matte.refine(coarse, np.full((size, size, 3), 128, np.uint8)) > 0.5
    plain = cv2.resize(coarse, (size, size)) > 0.5
    np.testing.assert_allclose(np.mean(np.nonzero(fine), axis=1), np.mean(np.nonzero(plain), axis=1), atol=0.6)


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_a_certain_map_stays_certain(value):
    rgb = np.random.default_rng(0).integers(0, 256, (90, 70, 3), np.uint8)
    np.testing.assert_allclose(matte.refine(np.full((32, 32), value, np.float32), rgb), value, atol=1e-4)


def test_hair_that_is_all_but_certain_is_dyed_to_the_full():
    rgb = np.random.default_rng(0).integers(0, 256, (96, 96, 3), np.uint8)
    np.testing.assert_allclose(matte.refine(np.full((48, 48), 0.93, np.float32), rgb), 1, atol=1e-4)


@given(st.integers(1, 300), st.integers(1, 300), st.integers(0, 2**32 - 1))
def test_any_size_gives_a_finite_mask_in_range(height, width, seed):
    rng = np.random.default_rng(seed)
    rgb = rng.integers(0, 256, (height, width, 3), np.uint8)
    mask = matte.refine(rng.random((48, 48), np.float32), rgb)
    assert mask.shape == (height, width)
    assert mask.dtype == np.float32
    assert np.isfinite(mask).all()
    assert 0 <= mask.min() <= mask.max() <= 1


def test_only_the_largest_region_stays_with_its_soft_rim():
    mask = np.zeros((60, 60), np.float32)
    mask[5:25, 5:25], mask[4, 5:25] = 0.9, 0.4
    mask[40:50, 40:50] = 1.0
    kept = matte.largest_region(mask)
    np.testing.assert_array_equal(kept[:30], mask[:30])
    assert not kept[30:].any()


def test_the_region_of_the_frame_before_is_kept_until_another_is_clearly_larger():
    mask = np.zeros((60, 60), np.float32)
    mask[5:25, 5:25] = mask[36:60, 36:60] = 1
    before = np.roll(mask, 3, axis=1) * (np.arange(60) < 30)
    assert matte.largest_region(mask, before)[:30].any()
    assert not matte.largest_region(mask, before)[30:].any()
    for other in (np.zeros_like(mask), before[:50]):
        np.testing.assert_array_equal(matte.largest_region(mask, other), matte.largest_region(mask))
    mask[35:60, 35:60] = 1
    assert not matte.largest_region(mask, before)[:30].any()


def test_a_mask_without_a_region_comes_back_empty():
    assert not matte.largest_region(np.full((5, 5), 0.4, np.float32)).any()
