"""The Raspberry Pi's camera, against a stand-in that refuses what the real library refuses (fake_picamera2.py)."""

import subprocess
import sys
import threading

import cv2
import fake_picamera2
import numpy as np
import pytest
from live.streams import NetworkCamera, plain

from hairtint import zoo
from hairtint.cli import run
from hairtint.color import Color
from hairtint.errors import MissingExtraError, SourceError
from hairtint.live import overlay
from hairtint.live.picamera import SIDE, PiCameraSource, check_limits, choose_preview, to_rgb
from hairtint.live.sources import open_source
from hairtint.look import Look
from hairtint.segmenter import Segmenter


@pytest.fixture
def pi(monkeypatch, portrait):
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    kind = fake_picamera2.install(monkeypatch)
    kind.scene = cv2.GaussianBlur(cv2.resize(portrait, (640, 480)), (0, 0), 3)
    return kind


def off(a, b):
    """Mean difference of two pictures in grey levels."""
    assert a.shape == b.shape
    return np.abs(a.astype(float) - b).mean()


@pytest.mark.parametrize("size", [(640, 480), (802, 450), (1280, 720), (641, 481)])
@pytest.mark.parametrize("small", [(256, 256), (300, 170)])
@pytest.mark.parametrize("platform", ["vc4", "pisp"])
@pytest.mark.parametrize("preview", [None, "drm"])
def test_both_pictures_have_the_right_colours_sizes_and_view(pi, size, small, platform, preview):
    pi.platform = platform
    with PiCameraSource(size, small=small, preview=preview) as source:
        frame = source.read()
    assert frame.rgb.dtype == frame.small.dtype == np.uint8
    assert frame.rgb.flags.c_contiguous
    assert frame.small.flags.c_contiguous
    size = tuple(side // 2 * 2 for side in size)
    np.testing.assert_array_equal(frame.rgb, cv2.resize(pi.scene, size, interpolation=cv2.INTER_AREA))
    assert off(frame.small, cv2.resize(pi.scene, small, interpolation=cv2.INTER_AREA)) < 1.5


@pytest.mark.parametrize("code", ["BGR888", "RGB888", "XBGR8888", "XRGB8888", "YUV420", "YVU420"])
def test_every_format_that_the_camera_may_answer_with_becomes_rgb(pi, code):
    pi.scene = np.zeros((96, 128, 3), np.uint8)
    pi.scene[:, :64], pi.scene[:48, 64:], pi.scene[48:, 64:] = (200, 40, 90), (20, 180, 60), (30, 60, 220)
    camera = pi()
    camera.configure(
        camera.create_preview_configuration(
            {"format": code, "size": (100, 90)}, raw={"size": (1640, 1232)},
            colour_space=fake_picamera2.ColorSpace.Smpte170m(),
        )
    )  # fmt: skip
    camera.start()
    (array,), _ = camera.capture_arrays(["main"])
    camera.close()
    wanted = cv2.resize(pi.scene, (100, 90), interpolation=cv2.INTER_AREA)
    assert off(to_rgb(array, {"format": code, "size": (100, 90)}), wanted) < 1.5


def test_a_format_unknown_to_hairtint_is_refused():
    with pytest.raises(SourceError, match=r"MJPEG.*opencv"):
        to_rgb(np.zeros((4, 4), np.uint8), {"format": "MJPEG", "size": (4, 4)})


def test_mirrored_and_upside_down(pi):
    plain = cv2.resize(pi.scene, (640, 480))
    for flips, wanted in (
        ({"hflip": True}, plain[:, ::-1]),
        ({"vflip": True}, plain[::-1]),
        ({"hflip": True, "vflip": True}, plain[::-1, ::-1]),
    ):
        with PiCameraSource(**flips) as source:
            np.testing.assert_array_equal(source.read().rgb, wanted)


def test_time_is_the_sensors_and_goes_on(pi):
    with PiCameraSource() as source:
        first, second = source.read(), source.read()
    assert second.time - first.time == pytest.approx(0.033333)


def test_the_small_picture_is_never_larger_than_the_large_one(pi):
    with PiCameraSource((320, 200), small=(256, 256)) as source:
        assert source.read().small.shape == (200, 256, 3)


def test_the_small_picture_is_what_swift_takes():
    assert zoo.find("swift").size == SIDE


def test_controls_reach_the_camera(pi):
    with PiCameraSource(fps=5, controls={"Brightness": 0.2, "AeEnable": False, "ExposureTime": 100000}) as source:
        assert source.camera.config["controls"] == {
            "Brightness": 0.2, "AeEnable": False, "ExposureTime": 100000, "FrameDurationLimits": (200000, 200000),
        }  # fmt: skip


def test_picamera2s_own_word_for_the_frames_a_second_is_taken(pi):
    with PiCameraSource(controls={"FrameRate": 5}) as source:
        assert source.camera.config["controls"] == {"FrameDurationLimits": (200000, 200000)}


@pytest.mark.parametrize(
    ("controls", "mode"), [({}, 2), ({"AfMode": 1}, 1), ({"LensPosition": 2.0}, None)], ids=["", "chosen", "by hand"]
)
def test_a_camera_with_autofocus_keeps_the_picture_sharp(pi, controls, mode):
    pi.lens = fake_picamera2.LENS
    with PiCameraSource(controls=controls) as source:
        assert source.camera.config["controls"].get("AfMode") == mode


@pytest.mark.parametrize(
    ("controls", "hint"),
    [
        ({"Exposure": 5}, "ExposureTime"),
        ({"Zzz": 5}, "AeEnable, Brightness"),
        ({"Brightness": 2}, "-1.0 to 1.0"),
        ({"ExposureTime": 1}, "75 to"),
    ],
)
def test_controls_that_the_camera_does_not_take_are_refused(pi, controls, hint):
    with pytest.raises(SourceError, match=hint), PiCameraSource(controls=controls):
        pass
    assert not pi.open_numbers, "the camera was given back"


def test_a_control_without_a_range_is_passed_on():
    check_limits({"ScalerCrop": (0, 0, 9, 9)}, fake_picamera2.CONTROLS)


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        ({"size": (0, 0)}, "64 or more"),
        ({"size": (640,)}, "width and height"),
        ({"size": "640x480"}, "width and height"),
        ({"small": (2, 2)}, "64 or more"),
        ({"fps": 0}, "frames per second"),
        ({"fps": float("nan")}, "frames per second"),
        ({"controls": {"FrameRate": (5, 30)}}, "one number"),
        ({"preview": "x11"}, "drm"),
    ],
)
def test_impossible_wishes_are_refused_at_once(arguments, hint):
    with pytest.raises(SourceError, match=hint):
        PiCameraSource(**arguments)


def test_no_camera_a_busy_camera_and_one_that_takes_no_such_size(pi):
    with PiCameraSource(), pytest.raises(SourceError, match=r"resource busy.*other programs"), PiCameraSource():
        pass
    with pytest.raises(SourceError, match="another size"), PiCameraSource((8000, 6000)):
        pass
    with pytest.raises(SourceError, match=r"Pi camera 1 \(only 1 found"), PiCameraSource(camera=1):
        pass
    pi.cameras = 0
    with pytest.raises(SourceError, match="ribbon cable"), PiCameraSource():
        pass
    assert not pi.open_numbers


def test_a_busy_camera_is_told_of_where_no_other_is(pi, monkeypatch):
    """Without --source, which takes any camera that opens."""
    monkeypatch.setattr("hairtint.live.capture.present", lambda before: [])
    with PiCameraSource(), pytest.raises(SourceError, match=r"Pi camera 0.*other programs"), open_source(None):
        pass
    pi.cameras = 0
    with pytest.raises(SourceError, match=r"ribbon cable.*nor by USB.*plug one in"), open_source(None):
        pass


def test_a_webcam_that_picamera2_lists_too_is_left_to_opencv(pi, monkeypatch):
    pi.webcams = 1
    with pytest.raises(SourceError, match=r"Pi camera 1 \(only 1 found"), PiCameraSource(camera=1):
        pass
    pi.cameras = 0
    with pytest.raises(SourceError, match="none found"), open_source(None, kind="picamera2"):
        pass
    with NetworkCamera(plain((200, 40, 40))) as webcam:
        monkeypatch.setattr("hairtint.live.capture.present", lambda before: [webcam.url])
        with open_source(None) as source:
            assert off(source.read().rgb, plain((200, 40, 40))) < 3


def test_a_camera_whose_cable_came_loose_is_reported_and_can_be_opened_again(pi):
    source = PiCameraSource()
    with source:
        source.read()
        pi.alive = False
        with pytest.raises(SourceError, match="sends no frames"):
            source.read()
    pi.alive = True
    with source:
        source.read()
    with pytest.raises(SourceError, match="not open"):
        source.read()


def test_without_picamera2_the_cure_is_named():
    done = subprocess.run(
        [sys.executable, "-c", "from hairtint.live.picamera import PiCameraSource\nwith PiCameraSource(): pass"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert MissingExtraError.__name__ in done.stderr
    assert "apt install python3-picamera2" in done.stderr


def test_another_numpy_than_picamera2s_is_named(monkeypatch):
    def refuse(name):
        raise ValueError("numpy.dtype size changed")

    monkeypatch.setattr("hairtint.live.picamera.importlib.import_module", refuse)
    with pytest.raises(MissingExtraError, match="simplejpeg"), PiCameraSource():
        pass


def test_the_preview_that_fits():
    assert choose_preview("auto", {}) == "drm"
    assert choose_preview("auto", {"DISPLAY": ":0"}) == "qtgl"
    assert choose_preview("auto", {"WAYLAND_DISPLAY": "wayland-1"}) == "qtgl"
    assert choose_preview("auto", {"DISPLAY": "localhost:10.0"}) == "qt"
    assert choose_preview("drm", {"DISPLAY": ":0"}) == "drm"
    with pytest.raises(SourceError, match="drm"):
        choose_preview("qtgl", {})


@pytest.mark.parametrize("preview", ["qt", "qtgl", "auto"])
def test_every_window_can_draw_what_the_camera_sends(pi, monkeypatch, preview):
    monkeypatch.setenv("DISPLAY", ":0")
    with PiCameraSource(preview=preview) as source:
        assert off(source.read().rgb, pi.scene) == 0


@pytest.mark.parametrize(("preview", "missing"), [("qt", "PyQt5"), ("qtgl", "PyQt5"), ("qtgl", "OpenGL")])
def test_a_window_that_never_opens_is_not_waited_for(pi, monkeypatch, preview, missing):
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingExtraError, match=f"{missing}.*apt install"), PiCameraSource(preview=preview):
        pass
    assert not pi.open_numbers


def test_an_overlay_needs_a_preview(pi):
    with PiCameraSource() as source, pytest.raises(SourceError, match="preview"):
        source.set_overlay(np.zeros((4, 4, 4), np.uint8))


def test_the_overlay_lies_on_the_hair_and_follows_the_choice(pi, portrait):
    pi.scene = cv2.resize(portrait, (640, 640))
    looks = [Look(Color(10, 20, 230)), Look(Color(200, 30, 40), strength=0.5)]
    seen, stop = [], threading.Event()

    class Watched(PiCameraSource):
        def set_overlay(self, rgba):
            super().set_overlay(rgba)
            seen.append(self.camera.overlay)
            if len(seen) == len(looks):
                stop.set()

    with Watched((640, 640), preview="drm") as source:
        overlay.run(source, overlay.Overlay("swift"), lambda: looks[len(seen)], stop)
    blue, red, gone = seen
    assert gone is None
    assert set(np.unique(blue[..., 3])) == {0, overlay.ALPHA}
    assert set(np.unique(red[..., 3])) == {0, round(overlay.ALPHA / 2)}
    assert (blue[..., :3] == (10, 20, 230)).all()
    assert (red[..., :3] == (200, 30, 40)).all()
    expected = cv2.resize(Segmenter("swift").mask(portrait), blue.shape[1::-1], interpolation=cv2.INTER_AREA)
    hair = blue[..., 3] > 0
    assert (hair & (expected > 0.5)).sum() / (hair | (expected > 0.5)).sum() > 0.7  # sure hair only, on 128 pixels
    assert expected[hair].mean() > 0.9


def test_a_window_closed_while_a_frame_is_waited_for_is_noticed_at_once(pi):
    with PiCameraSource(preview="drm") as source:
        camera = source.camera
        camera._preview = None
        overlay.run(source, overlay.Overlay("light"), lambda: Look(Color(10, 20, 230)), threading.Event())
    assert camera.job.waited < 1


@pytest.mark.parametrize("closed", [fake_picamera2.Picamera2.closed, AttributeError("of older Picamera2")])
def test_closing_the_window_ends_the_overlay(pi, portrait, closed):
    pi.scene, pi.closed = cv2.resize(portrait, (640, 640)), closed
    with PiCameraSource((640, 640), preview="drm") as source:

        def look():
            source.camera._preview = None  # what the window's X leads to
            return Look(Color(10, 20, 230))

        overlay.run(source, overlay.Overlay("light"), look, threading.Event())


def test_a_screen_that_takes_no_overlay_is_told(pi):
    pi.overlays = False
    with pytest.raises(SourceError, match=r"no overlay \(Overlays not supported.*--serve"):
        overlay.show(Look(Color(1, 2, 3)), model="light")
    assert not pi.open_numbers


def test_a_screen_that_a_desktop_has_is_told_and_not_taken_for_a_loose_cable(pi):
    def look():
        pi.screen = False
        return Look(Color(1, 2, 3))

    with PiCameraSource(preview="drm") as source, pytest.raises(SourceError, match=r"cannot show.*DISPLAY=:0") as told:
        overlay.run(source, overlay.Overlay("light"), look, threading.Event())
    assert isinstance(told.value.__cause__, PermissionError)
    with pytest.raises(SourceError, match=r"cannot show.*DISPLAY=:0"):
        overlay.show(Look(Color(1, 2, 3)), model="light")
    assert not pi.open_numbers


@pytest.mark.parametrize(
    ("rotate", "mirror", "flips"), [(0, False, ""), (0, True, "h"), (180, False, "hv"), (180, True, "v")]
)
def test_the_display_opens_the_camera_the_right_way_up_and_gives_it_back(pi, monkeypatch, rotate, mirror, flips):
    seen = []

    def watched(self, rgba):
        seen.append((rgba, self.config["transform"], self._preview.kind))
        if len(seen) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(pi, "set_overlay", watched)
    with pytest.raises(KeyboardInterrupt):
        overlay.show(Look(Color(1, 2, 3)), rotate=rotate, mirror=mirror, model="light")
    assert [shown is None for shown, _, _ in seen] == [False, False, True]
    assert (seen[0][1].hflip, seen[0][1].vflip) == ("h" in flips, "v" in flips)
    assert seen[0][2] is fake_picamera2.Preview.DRM
    assert not pi.open_numbers


def test_the_display_ends_when_its_time_is_up(pi):
    overlay.show(Look(Color(1, 2, 3)), model="light", seconds=0.05)
    assert not pi.open_numbers


@pytest.mark.parametrize(("options", "size"), [([], (640, 480)), (["--size", "800x480"], (800, 480))])
def test_the_display_fits_a_small_screen_unless_it_is_asked_to_be_larger(pi, monkeypatch, options, size):
    seen, start = [], pi.start_preview
    monkeypatch.setattr(pi, "start_preview", lambda self, kind, **place: seen.append(place) or start(self, kind))
    assert run(["camera", "--display", "overlay", "--model", "light", "--seconds", "0.1", *options]) == 0
    assert seen == [{"x": 0, "y": 0, "width": size[0], "height": size[1]}]


def test_the_display_cannot_lie_on_its_side():
    with pytest.raises(SourceError, match="180"):
        overlay.show(Look(Color(1, 2, 3)), rotate=90)


def test_only_the_largest_sure_region_stays_and_thin_lines_go():
    probability = np.zeros((40, 40), np.float32)
    probability[5:20, 5:20] = 0.95
    probability[25:30, 25:30] = 0.99  # smaller
    probability[32:39, 2:38] = 0.88  # not sure enough
    probability[10, 20:39] = 0.95  # one pixel high
    wanted = np.zeros((40, 40), np.uint8)
    wanted[6:19, 5:20] = 1
    np.testing.assert_array_equal(overlay.clean(probability), wanted)
    assert not overlay.clean(np.zeros((8, 8), np.float32)).any()
