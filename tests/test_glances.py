import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hairtint import Segmenter, glances, recolor, vivid
from hairtint.pyramid import Pyramid
from hairtint.segmenter import preprocess


def seen(calls):
    """A look that calls white pixels hair and notes the size of what it is shown."""

    def look(picture):
        rgb = picture.rgb
        calls.append(rgb.shape[:2])
        rows = np.linspace(0, rgb.shape[0] - 1, 32).round().astype(int)
        columns = np.linspace(0, rgb.shape[1] - 1, 32).round().astype(int)
        return (rgb[np.ix_(rows, columns)][..., 0] > 127).astype(np.float32)

    return look


def picture(height, width, top, left, side):
    rgb = np.zeros((height, width, 3), np.uint8)
    rgb[top : top + side, left : left + side] = 255
    return rgb


def test_small_hair_is_looked_at_from_near():
    calls = []
    rgb = picture(400, 300, 40, 100, 60)
    fine = glances.finest(rgb, seen(calls))
    assert calls[0] == (400, 300)
    assert len(calls) == 3
    assert calls[1] == calls[2]
    assert calls[1][0] < 150
    assert fine.shape[0] > 32
    rows, columns = (fine > 0.5).any(1).nonzero()[0], (fine > 0.5).any(0).nonzero()[0]
    cell = 120 / 32  # of the second look, in pixels
    assert rows.mean() / fine.shape[0] == pytest.approx((40 + 30) / 400, abs=cell / 400)
    assert columns.mean() / fine.shape[1] == pytest.approx((100 + 30) / 300, abs=cell / 300)


def test_the_second_look_takes_in_enough_pixels_to_see_by():
    calls = []
    glances.finest(picture(600, 500, 300, 250, 12), seen(calls))
    assert len(calls) == 3
    assert all(glances.LEAST <= side <= glances.LEAST + 2 for side in calls[1])


@pytest.mark.parametrize(("side", "times"), [(180, 2), (0, 1)])
def test_large_hair_is_not_looked_at_from_near_and_none_not_again(side, times):
    calls = []
    assert glances.finest(picture(200, 200, 10, 10, side), seen(calls)).shape == (32, 32)
    assert calls == [(200, 200)] * times


@pytest.mark.parametrize(("side", "cells", "near"), [(100, 32, True), (100, 300, False), (8, 300, True)])
def test_a_picture_of_fewer_pixels_than_the_map_is_shown_from_near_only_for_tiny_hair(side, cells, near):
    """It would be no sharper, only larger."""
    calls = []

    def look(shown):
        return cv2.resize(seen(calls)(shown), (cells, cells), interpolation=cv2.INTER_NEAREST)

    glances.finest(picture(260, 260, 40, 100, side), look, seen(calls))
    assert len(calls) == 3
    assert len(set(calls)) == 1 + near


def test_a_speck_does_not_decide_what_is_shown_from_near():
    """Where the map is just above or below one half, runtimes differ."""
    rgb, calls = picture(400, 300, 40, 100, 60), [[], []]
    for shown, sizes in zip((rgb, picture(400, 300, 396, 296, 4) | rgb), calls, strict=True):

        def look(part, sizes=sizes):
            seen(sizes)(part)
            return cv2.resize(part.rgb[..., 0], (128, 128), interpolation=cv2.INTER_NEAREST) / np.float32(255)

        glances.finest(shown, look)
    assert calls[0] == calls[1]
    assert len(set(calls[0])) == 2


def test_the_near_look_fades_out_where_the_picture_goes_on():
    """What it makes of things that its edge cuts off is not left standing there as a straight edge."""
    rgb = picture(400, 300, 40, 100, 60)

    def look(shown):
        return np.ones((32, 32), np.float32) if shown.rgb.shape[0] < 300 else seen([])(shown)

    fine = glances.finest(rgb, look)
    assert fine.max() == 1
    assert np.abs(np.diff(fine[:, fine.shape[1] // 2])).max() < 0.25
    assert np.abs(np.diff(fine[fine.shape[0] // 6])).max() < 0.25


def test_the_mirrored_map_comes_back_the_right_way_round():
    rgb = Pyramid(picture(100, 100, 0, 0, 50))
    np.testing.assert_array_equal(glances.mirrored(seen([]))(rgb), seen([])(rgb))


def test_the_mirrored_pyramid_is_that_of_the_mirrored_picture(portrait):
    turned = Pyramid(np.ascontiguousarray(portrait[:, ::-1]))
    for size in (1000, 300, 100):
        np.testing.assert_array_equal(Pyramid(portrait).mirrored().covering(size, size), turned.covering(size, size))
        np.testing.assert_array_equal(
            preprocess(Pyramid(portrait).mirrored(), (size, size)), preprocess(turned, (size, size))
        )


@pytest.mark.parametrize(("side", "share"), [(90, 4 / 5), (30, 1 / 2)])
def test_another_network_is_asked_once_where_there_is_hair(side, share):
    """It says the opposite: its share in the mean shows. The first looks twice: at the mirror image, or from near."""
    calls = [], []
    rgb = picture(100, 100, 0, 0, side)
    found = glances.finest(rgb, seen(calls[0]), lambda shown: 1 - seen(calls[1])(shown)[::2, ::2])
    assert [len(made) for made in calls] == [2, 1]
    assert found[0, 0] == pytest.approx(share)
    assert len(set(calls[0] + calls[1])) == (1 if side == 90 else 2)


@pytest.mark.parametrize("side", [0, 30, 90])
def test_what_the_first_alone_calls_nothing_is_hair_only_if_it_says_so_from_near(side):
    """Another network is asked once where the first sees nothing; its word alone dyes nothing."""
    calls = []
    found = glances.finest(picture(100, 100, 0, 0, side), lambda _: np.zeros((32, 32), np.float32), seen(calls))
    assert not (found > 0.5).any()
    assert calls[0] == (100, 100)
    assert len(calls) == (2 if side == 30 else 1)


def test_hair_that_the_first_overlooks_is_shown_to_it_from_near():
    def first(shown):
        return seen([])(shown) if shown.rgb.shape[0] < 100 else np.zeros((32, 32), np.float32)

    rgb = picture(100, 100, 0, 0, 30)
    np.testing.assert_allclose(glances.finest(rgb, first, seen([])), glances.finest(rgb, seen([]), seen([])))


@given(st.integers(16, 200), st.integers(16, 200), st.integers(0, 199), st.integers(0, 199), st.integers(1, 100))
def test_any_place_and_size_gives_a_map_in_range(height, width, top, left, side):
    fine = glances.finest(picture(height, width, top % height, left % width, side), seen([]))
    assert fine.dtype == np.float32
    assert 0 <= fine.min() <= fine.max() <= 1


def brown_seen(calls):
    """A look that calls brown hair, at whatever it is shown, and notes the size of that."""

    def look(picture):
        calls.append(picture.size)
        red, _, blue = (preprocess(picture, (32, 32))[..., c].astype(int) for c in range(3))
        return ((red > blue + 5) & (red < 200)).astype(np.float32)

    return look


@pytest.mark.parametrize(
    ("hair", "ground", "found", "times"),
    [((40, 90, 190), (230, 230, 230), True, 3), ((30, 130, 80), (230, 230, 230), True, 3),
     ((150, 60, 120), (230, 230, 230), True, 3), ((120, 80, 50), (230, 230, 230), True, 2),
     ((120, 80, 50), (40, 90, 190), True, 3), ((220, 215, 210), (230, 230, 230), False, 1)],
)  # fmt: skip
def test_hair_in_vivid_colours_is_looked_at_in_brown(hair, ground, found, times):
    """Where brown shows hair that is none in its own colours; not where the ground alone is vivid."""
    rgb, calls = np.empty((200, 200, 3), np.uint8), []
    rgb[:], rgb[20:180, 20:180] = ground, hair
    if ground[0] < 200:
        rgb[:20] = 230  # of a ground all in blue nothing tells it from hair
        rgb[180:] = 230
    map_ = glances.finest(rgb, brown_seen(calls), knowing=lambda _: np.full((20, 20), 0.1, np.float32))
    assert (map_[8:24, 8:24] > 0.5).all() == found
    assert len(calls) == times
    if max(hair) == hair[0]:
        return
    for ignorant in (None, lambda _: np.zeros((20, 20), np.float32)):  # it may as well be a scarf
        assert not glances.finest(rgb, brown_seen(calls), knowing=ignorant).any()


def test_only_vivid_colours_turn_brown():
    rgb = np.array([[(200, 160, 120), (90, 60, 40), (128, 128, 128), (47, 95, 196), (47, 138, 82)]], np.uint8)
    brown = vivid.browned(rgb)
    np.testing.assert_array_equal(brown[:, :3], rgb[:, :3])
    red, green, blue = brown[0, 3:].astype(int).T
    assert (red > green).all()
    assert (green > blue).all()
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    assert np.abs(cv2.cvtColor(brown, cv2.COLOR_RGB2GRAY).astype(int) - grey).max() < 0.02 * 255


def test_hair_that_is_dyed_already_is_found(portrait):
    segmenter = Segmenter()
    mask = segmenter.mask(portrait)
    again, hair = segmenter.mask(recolor(portrait, mask, "emerald")) > 0.5, mask > 0.5
    assert (again & hair).sum() > 0.8 * (again | hair).sum()
