"""A look is right from the start, so that a running loop never meets a wrong one."""

from dataclasses import replace

import numpy as np
import pytest

from hairtint.color import Color
from hairtint.effects import Gloss
from hairtint.errors import ColorError, InputError, MaskError
from hairtint.look import Look
from hairtint.recolor import recolor

COPPER = Look(Color.parse("copper"))


def test_a_colour_may_be_written_in_any_way():
    assert Look("copper") == Look((181, 86, 43)) == COPPER
    assert COPPER.color is Color.parse(COPPER.color)


@pytest.mark.parametrize("color", ["coper", None, 5])
def test_what_is_no_colour(color):
    with pytest.raises(ColorError, match="colour"):
        Look(color)


@pytest.mark.parametrize(
    "wrong", [{"strength": 7}, {"strength": np.nan}, {"strength": "1"}, {"strength": True}, {"method": "magic"}]
)
def test_what_is_no_strength_or_method(wrong):
    with pytest.raises(InputError, match=r"give a number|choose"):
        Look(COPPER.color, **wrong)
    with pytest.raises(InputError, match=r"give a number|choose"):
        replace(COPPER, **wrong)


@pytest.mark.parametrize(
    "wrong", [{"method": "hsv", "effects": ("gloss",)}, {"effects": ("nonsense",)}, {"effects": 5}]
)
def test_what_are_no_effects_for_it(wrong):
    with pytest.raises(InputError, match="effect"):
        replace(COPPER, **wrong)


def test_effects_may_be_written():
    assert replace(COPPER, effects="gloss:0.4") == replace(COPPER, effects=[Gloss(0.4)])


def test_saturation_belongs_to_the_reports_method(portrait):
    with pytest.raises(InputError, match="hsv_saturation needs method"):
        replace(COPPER, hsv_saturation=0.3)
    with pytest.raises(InputError, match="give a number from 0 to 1"):
        replace(COPPER, method="hsv", hsv_saturation=3)
    mask = np.ones(portrait.shape[:2], np.float32)
    dyed = replace(COPPER, method="hsv", hsv_saturation=0.3).dyed(portrait, mask)
    np.testing.assert_array_equal(dyed, recolor(portrait, mask, "copper", method="hsv", hsv_saturation=0.3))


@pytest.mark.parametrize("kind", [np.float32, np.float64, bool, np.uint8])
def test_the_largest_region_of_any_kind_of_mask_is_dyed(portrait, kind):
    mask = np.zeros(portrait.shape[:2], np.float32)
    mask[10:50, 10:50], mask[9, 10:50], mask[20:40, 80:100] = 1, 0.4, 1
    mask = (mask * 255 if kind == np.uint8 else mask).astype(kind)
    look = replace(COPPER, largest_region=True)
    hair = look.hair(mask)
    expected = mask.copy()
    expected[:, 60:] = 0
    np.testing.assert_array_equal(look.dyed(portrait, hair), recolor(portrait, expected, "copper"))


@pytest.mark.parametrize("mask", [None, [[1.0]], np.zeros((0, 0)), np.ones((4, 4, 3)), np.full((4, 4), np.nan)])
def test_what_has_no_largest_region(mask):
    with pytest.raises(MaskError, match="the mask"):
        replace(COPPER, largest_region=True).hair(mask)
