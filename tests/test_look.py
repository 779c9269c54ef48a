"""A look is right from the start, so that a running loop never meets a wrong one."""

from dataclasses import replace

import numpy as np
import pytest

from hairtint.color import Color
from hairtint.effects import Gloss
from hairtint.errors import ColorError, InputError
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


@pytest.mark.parametrize("wrong", [{"strength": 7}, {"strength": np.nan}, {"strength": "1"}, {"method": "magic"}])
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
