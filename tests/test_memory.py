import cv2
import numpy as np
import pytest
from scenes import scene

from hairtint import Segmenter, VideoSegmenter
from hairtint.memory import Memory


def test_the_first_frame_is_the_networks_own_map():
    rgb, true = scene()
    np.testing.assert_array_equal(Memory().blend(true, rgb), true)


def test_flicker_on_a_still_scene_fades():
    rng, memory = np.random.default_rng(1), Memory()
    rgb, true = scene()
    maps = [
        memory.blend(np.clip(true + rng.normal(0, 0.2, true.shape).astype(np.float32), 0, 1), rgb) for _ in range(12)
    ]
    steady, raw = np.abs(maps[-1] - maps[-2]).mean(), 0.2
    assert steady < 0.15 * raw


def test_the_map_moves_with_the_picture():
    memory = Memory()
    for shift in range(0, 48, 4):
        rgb, true = scene(shift)
        found = memory.blend(true, rgb)
    late = scene(36)[1]
    wrong = [((found > 0.5) != (map_ > 0.5)).mean() for map_ in (true, late)]
    assert wrong[0] < 0.01 < wrong[1]


@pytest.mark.parametrize("light", [1, 0.3, 0.1])
def test_a_cut_starts_anew(light):
    memory = Memory()
    rgb, true = scene(seed=0)
    memory.blend(true, (rgb * light).astype(np.uint8))
    rgb, _ = scene(seed=7)
    empty = np.zeros((64, 64), np.float32)
    np.testing.assert_array_equal(memory.blend(empty, (rgb * light).astype(np.uint8)), empty)
    assert memory.anew


@pytest.mark.parametrize("light", [1, 0.3, 0.1])
def test_motion_and_noise_in_one_scene_are_no_cut(light):
    memory, rng = Memory(), np.random.default_rng(2)
    for shift in range(0, 40, 8):
        rgb, true = scene(shift)
        memory.blend(true, np.clip(rgb * light + rng.normal(0, 3, rgb.shape), 0, 255).astype(np.uint8))
        assert memory.anew == (shift == 0)


@pytest.mark.parametrize("contrast", [6, 20])
def test_noise_stronger_than_the_contrast_is_no_cut(contrast):
    memory, rng = Memory(), np.random.default_rng(3)
    smooth = cv2.GaussianBlur(rng.normal(size=(180, 320)), (0, 0), 20)
    smooth *= contrast / smooth.std()
    true = scene()[1]
    for k in range(6):
        grain = cv2.GaussianBlur(rng.normal(size=(180, 320, 3)), (0, 0), 1)
        frame = 60 + smooth[..., None] + grain * (0.8 * contrast / grain.std())
        memory.blend(true, np.clip(frame, 0, 255).astype(np.uint8))
        assert memory.anew == (k == 0)


def test_a_change_of_the_light_is_no_cut():
    """As of an automatic exposure, a lamp or a fade: what is remembered stays as it is."""
    memory = Memory()
    rgb, true = scene()
    first = memory.blend(true, rgb)
    for light in (0.6, 0.3, 0.1, 0.2, 0.8):
        steady = memory.blend(0.8 * true, (rgb * light).astype(np.uint8))
        assert not memory.anew
        assert np.abs(steady - first).mean() < 0.5 * np.abs(0.8 * true - first).mean()
        first = steady


def test_somebody_walking_in_is_there_at_once():
    memory = Memory()
    room, true = scene()
    empty = np.zeros_like(true)
    for _ in range(5):
        memory.blend(empty, room)
    entered = room.copy()
    cv2.circle(entered, (160, 90), 50, (20, 15, 10), -1)
    assert ((memory.blend(true, entered) > 0.5) == (true > 0.5)).mean() > 0.97


def test_hair_that_is_gone_from_an_unchanged_picture_does_not_linger():
    """As where the network was wrong at first: such a change counts more than flicker does."""
    memory = Memory()
    rgb, true = scene()
    memory.blend(true, rgb)
    assert memory.blend(np.zeros_like(true), rgb)[true == 1].mean() < 0.6


def test_nothing_is_remembered_of_what_comes_in_at_the_edge():
    memory, wall = Memory(), scene()[0]
    wall[:, :46] = 100  # it looks as the edge did before
    old, new = np.zeros((2, 64, 64), np.float32)
    old[:, :6], new[:, 3:9] = 1, 1
    memory.blend(old, wall[:, 16:])
    assert not memory.blend(new, wall[:, :-16])[:, :3].any()
    assert not memory.anew


def test_frames_of_another_size_start_anew():
    memory = Memory()
    rgb, true = scene()
    memory.blend(1 - true, rgb)
    np.testing.assert_array_equal(memory.blend(true, rgb[:, :200]), true)


@pytest.fixture(scope="module")
def video():
    return VideoSegmenter("light")


def test_reset_forgets(video, portrait):
    video.reset()
    first = video.mask(portrait)
    video.mask(np.ascontiguousarray(portrait[:, ::-1]))
    video.reset()
    np.testing.assert_array_equal(video.mask(portrait), first)


def test_a_still_picture_shown_twice_keeps_its_mask(video, portrait):
    video.reset()
    first, second = video.mask(portrait), video.mask(portrait)
    assert np.abs(first - second).max() < 0.02


def test_videos_share_a_network_and_nothing_else(portrait):
    still = Segmenter("light")
    one, other = VideoSegmenter(still), VideoSegmenter(still)
    assert one.still is other.still is still
    one.mask(np.ascontiguousarray(portrait[:, ::-1]))
    np.testing.assert_array_equal(other.mask(portrait), VideoSegmenter("light").mask(portrait))


def test_a_map_of_another_shape_starts_anew():
    """Frames a row apart may get maps of two shapes and still be as large when motion is measured on them."""
    memory = Memory()
    rgb, true = scene()
    memory.blend(true, rgb)
    for shape in ((80, 64), (80, 112), (64, 112)):
        other = cv2.resize(true, shape[::-1])
        np.testing.assert_array_equal(memory.blend(other, rgb), other)
        assert memory.anew
        memory.blend(other, rgb)
        assert not memory.anew


@pytest.mark.parametrize("sizes", [((677, 800), (676, 800)), ((512, 800), (511, 800))])
def test_a_video_whose_frames_change_by_a_row_goes_on(portrait, sizes):
    video, still = VideoSegmenter("swift"), Segmenter("swift")
    for height, width in (*sizes, *sizes):
        rgb = cv2.resize(portrait, (width, height))
        np.testing.assert_allclose(video.mask(rgb), still.mask(rgb), atol=1e-6)


def test_a_second_stream_may_come_and_go(portrait):
    video = VideoSegmenter("swift")
    rgb = cv2.resize(portrait, (640, 480))
    masks = [video.mask(rgb, small) for small in (None, cv2.resize(rgb, (192, 192)), None)]
    for mask in masks[1:]:
        assert ((mask > 0.5) != (masks[0] > 0.5)).mean() < 0.01
