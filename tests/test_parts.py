import cv2
import numpy as np
import pytest

from hairtint import Segmenter, parts
from hairtint.pyramid import Pyramid

NOTHING = np.zeros((32, 32), np.float32)


def picture(height, width, *heads, side=60):
    rgb = np.zeros((height, width, 3), np.uint8)
    for top, left in heads:
        rgb[top : top + side, left : left + side] = 255
    return Pyramid(rgb)


def look(shown):
    """Calls white hair, but sees one head alone, the one nearest to the upper left corner."""
    count, labels = cv2.connectedComponents((shown.rgb[..., 0] > 127).view(np.uint8))
    rows, columns = (np.arange(256) * side // 256 for side in shown.rgb.shape[:2])
    return (labels[np.ix_(rows, columns)] == 1).astype(np.float32) if count > 1 else NOTHING


def see(calls):
    def whole(shown):
        calls.append(shown.rgb.shape[:2])
        found = look(shown)
        return found, cv2.resize(found, shown.rgb.shape[1::-1], interpolation=cv2.INTER_NEAREST)

    return whole


@pytest.mark.parametrize(
    ("size", "heads"),
    [((700, 1000), [(300, 100), (320, 800)]), ((500, 1500), [(200, 50), (100, 700), (300, 1400)]),
     ((1500, 500), [(50, 200), (1300, 300)])],
)  # fmt: skip
def test_a_head_that_the_whole_does_not_show_is_found_in_a_part(size, heads):
    rgb, calls = picture(*size, *heads), []
    probability, mask = parts.seen(rgb, see(calls), look)
    assert len(calls) == 1 + parts.MANY
    assert probability.shape == look(rgb).shape
    for top, left in heads:
        assert mask[top + 5 : top + 55, left + 5 : left + 55].min() > 0.5
    assert mask[rgb.rgb[..., 0] == 0].mean() < 0.01


@pytest.mark.parametrize(
    ("size", "heads", "side"), [((700, 1000), [(100, 300)], 300), ((1000, 700), [(100, 300)], 60), ((250, 250), [], 1)]
)
def test_a_head_that_fills_its_photo_a_tall_photo_of_one_and_a_small_photo_are_seen_once(size, heads, side):
    rgb, calls, asked = picture(*size, *heads, side=side), [], []
    np.testing.assert_array_equal(parts.seen(rgb, see(calls), asked.append)[1], see([])(rgb)[1])
    assert len(calls) == 1
    assert not asked


@pytest.mark.parametrize(("side", "several"), [(20, True), (300, False)])
def test_where_the_whole_shows_no_hair_only_what_is_too_small_for_it_counts(side, several):
    """Larger hair that it does not show is fur, or grass."""
    rgb, calls, asked = picture(700, 1000, (300, 100), side=side), [], []

    def blind(shown):
        calls.append(shown.rgb.shape)
        return NOTHING, np.zeros(shown.rgb.shape[:2], np.float32)

    def second(shown):
        asked.append(shown.rgb.shape)
        return look(shown)

    parts.seen(rgb, blind, second, look)
    assert len(asked) <= parts.FEW
    assert len(calls) == 1 + parts.MANY * several


def test_all_networks_must_see_what_the_whole_does_not_show():
    rgb, calls = picture(700, 1000, (300, 100), (320, 800)), []
    parts.seen(rgb, see(calls), look, lambda _: NOTHING)
    assert len(calls) == 1


def test_the_parts_leave_no_seams():
    rgb, calls = picture(400, 1201), []

    def even(shown):
        calls.append(shown.rgb.shape)
        share = np.float32(0.7 * (len(calls) > 1))
        return NOTHING + share, np.full(shown.rgb.shape[:2], share)

    for found in parts.seen(rgb, even, look):
        np.testing.assert_allclose(found, 0.7, atol=1e-6)


@pytest.mark.parametrize("size", [(2000, 500), (500, 2000), (1200, 480), (700, 1000)])
def test_there_are_twelve_parts_whatever_the_shape(size):
    rgb, calls = picture(*size, (300, 100), (320, 380)), []
    parts.seen(rgb, see(calls), look)
    assert len(calls) == 1 + parts.MANY


def differing(value):
    """The maps of a strip of which every other part shows hair, and that as probable as this."""
    rgb, count = picture(400, 1200), []

    def some(shown):
        count.append(1)
        share = np.float32(value * (len(count) > 1 and len(count) % 2))
        return NOTHING + share, np.full(shown.rgb.shape[:2], share)

    return parts.seen(rgb, some, look)


def test_where_parts_differ_hair_is_not_dyed_by_halves():
    """One side weighs more nearly everywhere, and the way between them is short."""
    for found in differing(0.9):
        assert 0.2 < (found > 0.5).mean() < 0.8
        assert np.mean((found > 0.1) & (found < 0.8)) < 0.35


def test_what_is_but_faint_everywhere_is_no_hair():
    for found in differing(0.4):
        assert not found.any()


@pytest.mark.parametrize("axis", [0, 1])
def test_the_mask_of_a_strip_of_portraits_is_that_of_each(portrait, axis):
    segmenter = Segmenter()
    small = cv2.resize(portrait, (360, 360), interpolation=cv2.INTER_AREA)
    alone = segmenter.mask(small) > 0.5
    strip = segmenter.mask(np.concatenate([small] * 4, axis=axis)) > 0.5
    for one in np.split(strip, 4, axis=axis):
        assert (one & alone).sum() / (one | alone).sum() > 0.8
