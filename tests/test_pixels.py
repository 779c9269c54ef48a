import numpy as np
import pytest

from hairtint.pixels import at, every, with_pixels

RGB = np.random.default_rng(0).integers(0, 256, (13, 17, 3), np.uint8)
PLACES = np.array([220, 3, 0, 100, 3])


@pytest.mark.parametrize("picture", [RGB, RGB[:, ::-1], RGB[1:9, 2:11]], ids=["whole", "mirrored", "part"])
def test_pixels_by_their_places_are_those_of_indexing(picture):
    places = PLACES % (picture.shape[0] * picture.shape[1])
    assert np.array_equal(at(picture, places), picture.reshape(-1, 3)[places])


@pytest.mark.parametrize("picture", [RGB, RGB[1:9, 2:11]], ids=["whole", "part"])
def test_other_pixels_come_into_a_copy_and_leave_the_rest(picture):
    before, places = picture.copy(), np.array([5, 60, 7])
    pixels = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 9]], np.uint8)
    changed = with_pixels(picture, places, np.asfortranarray(pixels))
    assert np.array_equal(picture, before)
    assert np.array_equal(at(changed, places), pixels)
    others = np.setdiff1d(np.arange(picture.shape[0] * picture.shape[1]), places)
    assert np.array_equal(at(changed, others), at(before, others))


@pytest.mark.parametrize("step", [1, 2, 3, 5, 13])
@pytest.mark.parametrize("picture", [RGB, RGB[..., 0], RGB[..., 0].astype(np.float32)], ids=["rgb", "u8", "float"])
def test_every_is_the_first_of_each_whole_block(picture, step):
    rows, columns = (side // step * step for side in picture.shape[:2])
    assert np.array_equal(every(picture, step), picture[:rows:step, :columns:step])
