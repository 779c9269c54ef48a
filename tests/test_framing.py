import math

import pytest

from hairtint import framing

SQUARE, PHOTO, FILM = SHAPES = ((192, 192), (160, 224), (128, 224))


@pytest.mark.parametrize("size", [192, 320, 416])
def test_wide_shapes_cost_no_more_than_the_square_and_fit(size):
    square, *wide = framing.shapes(size)
    assert square == (size, size)
    for (height, width), wanted in zip(wide, framing.WIDE, strict=True):
        assert height % framing.STEP == width % framing.STEP == 0
        assert 3 / 4 <= height * width / size**2 <= 1
        assert abs(math.log(width / height / wanted)) < 0.06, "squeezed by no more than 6 %"


@pytest.mark.parametrize("size", [32, 40, 48, 100])
def test_sizes_between_the_steps_and_the_smallest_have_the_square_alone(size):
    assert framing.shapes(size) == ((size, size),)


@pytest.mark.parametrize(
    ("width", "height", "found"),
    [(640, 480, PHOTO), (1280, 720, FILM), (250, 250, SQUARE), (1100, 1000, SQUARE), (1080, 1920, SQUARE),
     (178, 218, SQUARE), (30_000, 1, FILM), (1, 30_000, SQUARE)],
)  # fmt: skip
def test_a_picture_gets_the_shape_whose_proportions_are_nearest(width, height, found):
    assert framing.shapes(192) == SHAPES
    assert framing.nearest(SHAPES, width, height) == found


@pytest.mark.parametrize("shapes", [((40, 40),), framing.shapes(320)])
def test_what_names_a_file_gives_its_dimensions_reads_the_same(shapes):
    assert framing.read(*framing.named(shapes)) == shapes


def test_plain_sides_are_one_shape():
    assert framing.read(48, 48) == ((48, 48),)


@pytest.mark.parametrize(("height", "width"), [("height", "width"), ("64,32", "64"), ("", "64"), (None, None)])
def test_other_names_stand_for_no_shape(height, width):
    with pytest.raises(ValueError, match=r"invalid literal|zip"):
        framing.read(height, width)
