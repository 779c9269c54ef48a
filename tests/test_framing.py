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


def test_a_network_of_squeezed_pictures_takes_wide_ones_too_but_no_upright_ones():
    assert framing.shapes(192, upright=False) == ((192, 192), (160, 224), (128, 224))
    assert set(framing.shapes(192, upright=True)) - set(framing.shapes(192, upright=False)) == {(224, 160), (224, 128)}
    assert framing.shapes(192, upright=True)[0] == (192, 192)
    assert framing.shapes(40, upright=True) == ((40, 40),)


@pytest.mark.parametrize(
    ("width", "height", "found"),
    [(640, 480, (160, 224)), (1280, 720, (128, 224)), (250, 250, (192, 192)), (1100, 1000, (192, 192)),
     (1080, 1920, (224, 128)), (178, 218, (224, 160)), (30_000, 1, (128, 224)), (1, 30_000, (224, 128))],
)  # fmt: skip
def test_a_picture_gets_the_shape_whose_proportions_are_nearest(width, height, found):
    assert framing.nearest(framing.shapes(192, upright=True), width, height) == found
    squeezed = framing.nearest(framing.shapes(192, upright=False), width, height)
    assert squeezed == (found if width >= height else (192, 192))


@pytest.mark.parametrize("shapes", [((40, 40),), framing.shapes(320, upright=True)])
def test_what_names_a_file_gives_its_dimensions_reads_the_same(shapes):
    assert framing.read(*framing.named(shapes)) == shapes


def test_plain_sides_are_one_shape():
    assert framing.read(48, 48) == ((48, 48),)


@pytest.mark.parametrize(("height", "width"), [("height", "width"), ("64,32", "64"), ("", "64"), (None, None)])
def test_other_names_stand_for_no_shape(height, width):
    with pytest.raises(ValueError, match=r"invalid literal|zip"):
        framing.read(height, width)
