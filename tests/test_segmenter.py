import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import cv2
import numpy as np
import pytest

import hairtint
from hairtint import framing, glances, matte, recolor, softness, zoo
from hairtint.errors import InputError, PictureError, UnknownModelError
from hairtint.segmenter import OFTEN, Segmenter, preprocess
from hairtint.vivid import coolness


@pytest.fixture(scope="module")
def segmenter():
    return hairtint.Segmenter()


def test_the_mask_is_soft_full_size_and_on_the_hair(segmenter, portrait):
    mask = segmenter.mask(portrait)
    assert mask.shape == portrait.shape[:2]
    assert mask.dtype == np.float32
    assert mask.flags.c_contiguous
    assert 0 <= mask.min() <= mask.max() <= 1
    assert mask[30:60, 195:250].mean() > 0.7, "the top of the head"
    assert mask[110:180, 195:245].mean() < 0.1, "the face"
    assert mask[330:500, 100:400].mean() < 0.1, "the space suit"


@pytest.mark.parametrize("model", hairtint.models())
def test_every_network_finds_the_hair_of_the_portrait(model, portrait):
    mask = hairtint.Segmenter(model).mask(portrait)
    assert mask[25:60, 190:260].mean() > 0.6
    assert mask[110:180, 195:245].mean() < 0.3


@pytest.mark.parametrize("shape", [(1, 1), (1, 700), (700, 1), (17, 31), (1201, 901)])
def test_any_size_works(segmenter, shape):
    rgb = np.random.default_rng(1).integers(0, 256, (*shape, 3), np.uint8)
    mask = segmenter.mask(rgb)
    assert mask.shape == shape
    assert np.isfinite(mask).all()


def test_strides_and_read_only_arrays_change_nothing(segmenter, portrait):
    wide = np.repeat(portrait, 2, axis=1)[:, ::2]
    wide.flags.writeable = False
    np.testing.assert_array_equal(segmenter.mask(wide), segmenter.mask(portrait))


def test_a_larger_copy_gives_the_same_mask(segmenter, portrait):
    small = segmenter.mask(portrait) > 0.5
    large = cv2.resize(segmenter.mask(cv2.resize(portrait, None, fx=2, fy=2)), portrait.shape[1::-1]) > 0.5
    assert (small & large).sum() / (small | large).sum() > 0.95


@pytest.mark.parametrize(
    "bad",
    [None, [[1]], np.zeros((4, 4)), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3)), np.zeros((0, 4, 3), np.uint8)],
)
def test_arrays_that_are_no_picture_are_refused(segmenter, portrait, bad):
    video = hairtint.VideoSegmenter(segmenter)
    for look in (segmenter.mask, segmenter.probability, segmenter.glance, video.mask):
        with pytest.raises(PictureError, match="uint8"):
            look(bad)
    if bad is not None:
        with pytest.raises(PictureError, match="uint8"):
            video.mask(portrait, bad)


def test_an_unknown_model_is_refused():
    with pytest.raises(UnknownModelError, match="light"):
        hairtint.Segmenter("nothing")


@pytest.mark.parametrize("wrong", [{"backend": "nonsense"}, {"backend": "onnxruntime"}, {"threads": 1}])
def test_a_lent_segmenter_takes_no_backend_or_threads(segmenter, wrong):
    with pytest.raises(InputError, match="leave both out"):
        hairtint.VideoSegmenter(segmenter, **wrong)


def test_preprocessing_is_the_squeezed_picture(portrait):
    assert preprocess(portrait, (64, 64)).shape == (64, 64, 3)
    np.testing.assert_array_equal(
        preprocess(np.full((9, 5, 3), 77, np.uint8), (64, 64)), np.full((64, 64, 3), 77, np.uint8)
    )


def test_a_photo_gets_the_mean_of_the_networks_that_are_better_together(portrait):
    finest, alone = Segmenter(), [Segmenter(entry.name) for entry in zoo.for_photos()]
    assert len(alone) == 2
    found = [one.glance(portrait) for one in alone]
    expected = (found[0] + cv2.resize(found[1], found[0].shape[::-1])) / 2
    np.testing.assert_allclose(finest.glance(portrait), expected, atol=1e-6)
    seen = glances.finest(portrait, *(one.glance for one in alone))
    np.testing.assert_allclose(finest.probability(portrait), seen, atol=1e-6)


@pytest.mark.parametrize("blur", [0, 4])
def test_a_photo_out_of_focus_gets_a_mask_as_soft_and_a_sharp_one_is_left_alone(segmenter, portrait, blur):
    photo = cv2.GaussianBlur(portrait, (0, 0), blur) if blur else portrait
    plain = matte.refine(segmenter.probability(photo), photo, reach=matte.PHOTO_REACH)
    mask = segmenter.mask(photo)
    assert (softness.missing(plain, photo) > 1) == (blur > 0)
    assert np.array_equal(mask, plain) == (blur == 0)
    assert softness.missing(mask, photo) == 0


@pytest.mark.parametrize("side", [(192, 192), (320, 240), (224, 128)])
def test_a_second_stream_is_shown_in_the_proportions_of_the_view(side):
    asked = []

    class Spy:
        shapes = framing.shapes(192)

        def __call__(self, rgb):
            asked.append(rgb.shape[:2])
            return np.zeros(rgb.shape[:2], np.float32)

    still = Segmenter("light")
    still.networks = [Spy()]
    hairtint.VideoSegmenter(still).mask(np.zeros((360, 640, 3), np.uint8), np.zeros((*side[::-1], 3), np.uint8))
    assert asked == [(128, 224)]


def test_hair_that_is_dyed_already_is_found_in_video(portrait):
    """From the first frame on; the network looks once a frame, but now and then twice, and back after a cut."""
    video, calls = hairtint.VideoSegmenter("swift"), []
    network = video.still.networks[0]
    video.still.networks[0] = Noted(network, calls)
    hair = hairtint.Segmenter("swift").mask(portrait)
    green = recolor(portrait, hair, "emerald")
    for _ in range(2 * OFTEN):
        found = video.mask(green) > 0.5
        assert (found & (hair > 0.5)).sum() > 0.7 * (found | (hair > 0.5)).sum()
    assert len(calls) == 2 * OFTEN + 3, "at the start, after it, and once more it is asked whether it is a scarf"
    assert sum(np.quantile(coolness(shown), 0.999) > 60 for shown in calls) == 3, "else it is shown brown hair alone"
    calls.clear()
    for _ in range(OFTEN + 2):
        video.mask(portrait[:, ::-1])
    assert calls[-1].tobytes() == preprocess(portrait[:, ::-1], network.shapes[0]).tobytes()
    video.reset()
    calls.clear()
    video.mask(green)
    assert len(calls) == 2


class Noted:
    """A network that notes what it is shown."""

    def __init__(self, network, calls):
        self.network, self.shapes, self.calls = network, network.shapes, calls

    def __call__(self, rgb):
        self.calls.append(rgb.copy())
        return self.network(rgb)


def test_another_process_may_be_sent_a_segmenter(portrait):
    light = Segmenter("light", backend="onnxruntime", threads=1)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        np.testing.assert_array_equal(process.submit(light.mask, portrait).result(), light.mask(portrait))


def test_a_copy_of_a_video_segmenter_remembers_nothing(portrait):
    video = hairtint.VideoSegmenter("light", threads=1)
    first = video.mask(portrait)
    video.mask(255 - portrait)
    again = pickle.loads(pickle.dumps(video))
    assert again.still.name == "light"
    np.testing.assert_array_equal(again.mask(portrait), first)
