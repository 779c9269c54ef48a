import math

import pytest

from hairtint import framing

SIZES = [192, 320, 416]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("wanted", framing.PROPORTIONS)
def test_shapes_cost_no_more_than_the_square_and_fit(size, wanted):
    height, width = framing.shape(size, wanted)
    assert height % framing.STEP == width % framing.STEP == 0
    assert framing.LEAST <= height * width / size**2 <= 1
    assert abs(math.log(width / height / wanted)) < 0.06, "squeezed by no more than 6 %"


@pytest.mark.parametrize("size", SIZES)
def test_upright_is_wide_lying_on_its_side(size):
    for wanted in framing.PROPORTIONS:
        assert framing.shape(size, 1 / wanted) == framing.shape(size, wanted)[::-1]


@pytest.mark.parametrize("size", [40, 48, 100])
def test_a_size_between_the_steps_has_the_square_alone(size):
    assert {framing.shape(size, wanted) for wanted in framing.PROPORTIONS} == {(size, size)}


@pytest.mark.parametrize(
    ("width", "height", "nearest"),
    [(640, 480, 4 / 3), (1280, 720, 16 / 9), (1080, 1920, 9 / 16), (178, 218, 3 / 4), (250, 250, 1), (1100, 1000, 1),
     (30_000, 1, 16 / 9), (1, 30_000, 9 / 16)],
)  # fmt: skip
def test_pictures_have_the_proportions_they_come_nearest_to(width, height, nearest):
    assert framing.proportions(width, height) == nearest
