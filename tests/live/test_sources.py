"""Frames from files, streams and devices: the right pixels, and errors that say what to do."""

import numpy as np
import pytest
from live.streams import COLORS, NetworkCamera, Script, gone, plain, write_clip
from PIL import Image

from hairtint.errors import SourceError
from hairtint.live import capture
from hairtint.live.capture import CameraSource, FileSource, upright_rgb
from hairtint.live.sources import FirstOf, NoCameraError, Turned, open_source


@pytest.fixture
def clip(tmp_path):
    return write_clip(tmp_path / "clip.mp4", [plain(color) for color in COLORS])


def nearest(rgb):
    return int(np.argmin([np.abs(rgb.mean((0, 1)) - color).sum() for color in COLORS]))


def read_on(source):
    for _ in range(1000):
        source.read()


def test_a_file_plays_in_order_again_and_again(clip):
    with open_source(str(clip)) as source:
        frames = [source.read() for _ in range(7)]
    assert [nearest(frame.rgb) for frame in frames] == [0, 1, 2, 0, 1, 2, 0]
    assert all(f.rgb.shape == (48, 64, 3) and f.rgb.dtype == np.uint8 and f.rgb.flags.c_contiguous for f in frames)
    assert source.name == "clip.mp4"


def test_a_file_whose_name_looks_like_an_address(clip, monkeypatch):
    clip.parent.joinpath("12:30").mkdir()
    clip.rename(clip.parent / "12:30" / "clip.mp4")
    monkeypatch.chdir(clip.parent)
    with open_source("12:30/clip.mp4") as source:
        assert nearest(source.read().rgb) == 0
    assert source.name == "clip.mp4"


@pytest.mark.parametrize(("count", "opened"), [(3, 1), (1, 4)])
def test_a_file_is_opened_once_unless_it_cannot_be_wound_back(tmp_path, monkeypatch, count, opened):
    calls = []
    real = capture.quiet_capture
    monkeypatch.setattr(capture, "quiet_capture", lambda *which: calls.append(which) or real(*which))
    clip = write_clip(tmp_path / "clip.mp4", [plain(color) for color in COLORS[:count]])
    with FileSource(clip) as source:
        assert [nearest(source.read().rgb) for _ in range(4)] == [k % count for k in range(4)]
    assert len(calls) == opened


class Clock:
    """Time that passes only in sleep, and while a frame is decoded."""

    def __init__(self, work):
        self.now, self.work = 50.0, work

    def monotonic(self):
        self.now += self.work / 2  # it is looked at twice a frame
        return self.now

    def sleep(self, seconds):
        assert seconds >= 0
        self.now += seconds


@pytest.mark.parametrize(("work", "apart"), [(0.004, 0.02), (0.05, 0.05)])
def test_a_file_keeps_its_own_pace_and_never_hurries(clip, monkeypatch, work, apart):
    monkeypatch.setattr(capture, "time", Clock(work))
    with FileSource(clip) as source:
        assert source.interval == pytest.approx(0.02)
        times = [source.read().time for _ in range(9)]
    np.testing.assert_allclose(np.diff(times), apart)


def test_a_file_keeps_the_times_of_its_frames(tmp_path, monkeypatch):
    delays = [100, 300, 50, 30_000, 700, 200]
    first, *others = [Image.fromarray(plain(COLORS[k % 3])) for k in range(len(delays))]
    first.save(tmp_path / "uneven.gif", save_all=True, append_images=others, duration=delays)
    monkeypatch.setattr(capture, "time", Clock(0.002))
    with FileSource(tmp_path / "uneven.gif") as source:
        times = [source.read().time for _ in range(len(delays))]
    np.testing.assert_allclose(np.diff(times), [0.1, 0.3, 0.05, 2, 0.7])  # after more a camera counts as stalled


def test_a_source_can_be_opened_again(clip):
    source = open_source(str(clip))
    for _ in range(2):
        with source:
            assert nearest(source.read().rgb) == 0


@pytest.mark.parametrize(("degrees", "turns"), [(90, -1), (180, 2), (270, 1)])
def test_turning_is_clockwise(clip, degrees, turns):
    with open_source(str(clip), rotate=degrees) as turned, open_source(str(clip)) as upright:
        assert isinstance(turned, Turned)
        assert turned.name == "clip.mp4"
        np.testing.assert_array_equal(turned.read().rgb, np.rot90(upright.read().rgb, turns))


def test_what_a_user_names():
    assert open_source("2").name == "camera 2"
    assert open_source("/dev/video9").name == "/dev/video9"
    assert open_source("rtsp://me:secret@10.0.0.9:554/live?key=1").name == "rtsp://10.0.0.9:554/live"
    assert isinstance(open_source("http://127.0.0.1/film.mp4"), FileSource)
    assert isinstance(open_source("https://127.0.0.1/live.m3u8?key=1"), FileSource), "or it plays in bursts"
    assert isinstance(open_source(None, kind="opencv"), CameraSource)


@pytest.mark.parametrize(("spec", "rotate"), [("nowhere.mp4", 0), ("", 0), ("0", 45)])
def test_what_cannot_be_a_camera_is_refused_at_once(spec, rotate):
    with pytest.raises(SourceError, match=r"camera|rotate"):
        open_source(spec, rotate=rotate)


def test_the_first_that_opens_is_taken_each_time():
    away, here = Script(plain(COLORS[0])), Script(plain(COLORS[1]), plain(COLORS[2]))
    away.refusals = [gone()]
    both = FirstOf(away, here)
    with both as source:
        assert nearest(source.read().rgb) == 1
    with both as source:
        assert nearest(source.read().rgb) == 0, "it is there by now"
    assert (away.closed, here.closed) == (1, 1)


@pytest.mark.parametrize(
    ("first", "last", "told"),
    [
        (gone("busy"), gone("gone"), "busy"),
        (gone("busy"), NoCameraError("none"), "busy"),
        (NoCameraError("none"), gone("gone"), "none; nor by USB: gone"),
        (NoCameraError("none"), NoCameraError("none at all"), "none; nor by USB: none at all"),
    ],
)
def test_where_none_opens_the_first_is_told_of_and_the_other_where_that_is_not_there(first, last, told):
    sources = Script(), Script()
    for source, error in zip(sources, (first, last), strict=True):
        source.refusals = [error]
    with pytest.raises(SourceError, match=told), FirstOf(*sources):
        pass


def test_picamera2_comes_first_where_it_is_installed(monkeypatch):
    assert open_source("1", kind="picamera2", fps=15).name == "Pi camera 1"
    with pytest.raises(SourceError, match="Pi camera"):
        open_source("clip.mp4", kind="picamera2")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    assert open_source(None).name == "Pi camera 0"
    assert open_source("0").name == "camera 0"


def test_a_file_that_is_no_video(tmp_path):
    (tmp_path / "text.mp4").write_text("hello")
    with pytest.raises(SourceError, match=r"text\.mp4 is no video"), open_source(str(tmp_path / "text.mp4")):
        pass


@pytest.mark.parametrize("spec", ["77", "/dev/video77"])
def test_a_device_that_is_not_there(spec):
    with pytest.raises(SourceError, match=r"no such camera|cannot be opened"), open_source(spec):
        pass


def test_a_network_camera_delivers_and_goes_away():
    with NetworkCamera(plain(COLORS[1])) as server, open_source(server.url) as source:
        assert [nearest(source.read().rgb) for _ in range(3)] == [1, 1, 1]
        server.picture = None
        with pytest.raises(SourceError, match="delivers no picture"):
            read_on(source)


def test_garbage_is_no_picture():
    with (
        NetworkCamera(b"\xff\xd8 this is no JPEG \xff\xd9") as server,
        pytest.raises(SourceError, match=r"delivers no picture|does not answer"),
        open_source(server.url),
    ):
        pass


@pytest.mark.parametrize("path", ["stream", "clip.mp4", "live.m3u8"])
def test_nobody_answers(path):
    with NetworkCamera(None) as server:
        url = f"http://127.0.0.1:{server.port}/{path}"
    with pytest.raises(SourceError, match="does not answer"), open_source(url):
        pass


def test_kinds_of_pixels():
    bgr = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    np.testing.assert_array_equal(upright_rgb(bgr), bgr[..., ::-1])
    np.testing.assert_array_equal(upright_rgb(np.dstack([bgr, bgr[..., 0]])), bgr[..., ::-1])
    np.testing.assert_array_equal(upright_rgb(bgr[..., 0]), np.dstack([bgr[..., 0]] * 3))
    for other in (None, bgr.astype(np.uint16), bgr[:0], bgr[..., :2], np.zeros(5, np.uint8)):
        assert upright_rgb(other) is None
