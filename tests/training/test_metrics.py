"""Metrics against brute force and scikit-image."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from skimage.morphology import isotropic_dilation
from skimage.segmentation import find_boundaries

from hairtint.training.metrics import Counts, bce, boundary_f, image_iou

SHAPE = (9, 7)
MASKS = arrays(bool, SHAPE)


@settings(max_examples=80)
@given(found=MASKS, true=MASKS)
def test_counts_by_brute_force(found, true):
    before = found.copy(), true.copy()
    cells = [(bool(f), bool(t)) for f, t in zip(found.flat, true.flat, strict=True)]
    tp, fp, fn, tn = (cells.count(kind) for kind in ((True, True), (True, False), (False, True), (False, False)))
    counts = Counts.of(found, true)
    assert counts == Counts(tp, fp, fn, tn)
    assert counts.accuracy == pytest.approx((tp + tn) / len(cells))
    assert counts.dice == pytest.approx(2 * tp / (2 * tp + fp + fn) if tp + fp + fn else 1)
    assert counts.iou == pytest.approx(tp / (tp + fp + fn) if tp + fp + fn else 1)
    boundary_f(found, true)
    assert np.array_equal(found, before[0]), "inputs stay"
    assert np.array_equal(true, before[1])


@settings(max_examples=40)
@given(probability=arrays(np.float32, SHAPE, elements=st.floats(0, 1, width=32)), true=MASKS)
def test_bce_by_brute_force(probability, true):
    before = probability.copy()
    total = 0.0
    for p, t in zip(probability.flat, true.flat, strict=True):
        p = min(max(float(p), 1e-6), 1 - 1e-6)
        total -= math.log(p) if t else math.log(1 - p)
    assert bce(probability, true) == pytest.approx(total / true.size, rel=0.02, abs=1e-5)
    assert np.array_equal(probability, before)


def test_pooled_is_not_a_mean_of_ratios():
    small, large = Counts(1, 0, 0, 0), Counts(0, 0, 99, 0)
    assert (small + large).iou == pytest.approx(0.01)


def test_a_photo_without_hair():
    assert image_iou(Counts(0, 49, 0, 9_951)) == 1
    assert image_iou(Counts(0, 50, 0, 9_950)) == 0, "half a percent is hair that is not there"


def test_masks_of_two_shapes_are_refused():
    with pytest.raises(ValueError, match=r"\(9, 7\)"):
        Counts.of(np.zeros(SHAPE, bool), np.zeros((9, 8), bool))


def disc(x, y, radius, size=200):
    yy, xx = np.mgrid[:size, :size]
    return np.hypot(xx - x, yy - y) < radius


def test_boundary_f_orders_and_ends():
    true = disc(100, 100, 50)
    values = [boundary_f(found, true) for found in (true, disc(101, 100, 50), disc(106, 100, 50), disc(30, 30, 9))]
    assert values[:2] == [1, 1]
    assert values[1] > values[2] > values[3] == 0
    nothing = np.zeros_like(true)
    assert (boundary_f(nothing, nothing), boundary_f(nothing, true), boundary_f(true, nothing)) == (1, 0, 0)


def test_boundary_f_against_scikit_image():
    true, found = disc(100, 100, 50), disc(104, 102, 47)
    radius = round(0.0075 * math.hypot(200, 200))
    a, b = (find_boundaries(m, mode="inner") for m in (found, true))
    precision = (a & isotropic_dilation(b, radius)).sum() / a.sum()
    recall = (b & isotropic_dilation(a, radius)).sum() / b.sum()
    expected = 2 * precision * recall / (precision + recall)
    assert boundary_f(found, true) == pytest.approx(expected, abs=0.06)
