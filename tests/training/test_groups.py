import numpy as np
import pytest

from hairtint.training import groups


def photo(hair, skin, size=100):
    """A photo whose upper third is hair, and its mask."""
    rgb = np.full((size, size, 3), skin, np.uint8)
    true = np.zeros((size, size), bool)
    true[: size // 3] = True
    rgb[true] = hair
    return rgb, true


@pytest.mark.parametrize(
    ("hair", "expected"), [((20, 16, 14), "dark"), ((120, 80, 50), "medium"), ((215, 190, 140), "light")]
)
def test_hair_by_its_lightness(hair, expected):
    assert groups.hair_lightness(*photo(hair, (200, 150, 120))) == expected


@pytest.mark.parametrize(
    ("skin", "expected"),
    [((240, 210, 190), "light"), ((200, 160, 125), "intermediate"), ((185, 135, 100), "tan"), ((80, 50, 35), "dark")],
)
def test_skin_by_its_typology_angle(skin, expected):
    assert groups.skin_tone(*photo((30, 20, 15), skin), groups.ALIGNED) == expected


def test_hair_over_the_cheeks_does_not_count_as_skin():
    rgb, true = photo((20, 20, 20), (240, 210, 190))
    true[:, :35] = True
    rgb[:, :35] = (20, 20, 20)
    assert groups.skin_tone(rgb, true, groups.ALIGNED) == "light"


def test_unknown_where_nothing_can_be_told():
    rgb, true = photo((20, 20, 20), (200, 150, 120))
    assert groups.skin_tone(rgb, true, "figaro1k") is None
    assert groups.hair_lightness(rgb, np.zeros_like(true)) is None
    assert groups.skin_tone(rgb, np.ones_like(true), groups.ALIGNED) is None
