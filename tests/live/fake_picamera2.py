"""A stand-in for Picamera2 and libcamera that refuses what the real ones refuse.

Its camera looks at `Picamera2.scene` and answers as the hardware does: names of formats that read backwards in memory,
padded rows, a second stream in YUV, a mode of the sensor that fits the raw stream. Where the real library would hang or
end the process, this one raises Hung or Aborted, which nothing in hairtint catches.

After raspberrypi/picamera2 0.3 (configuration, request, previews) and the Picamera2 manual, appendix A.
"""

import os
import sys
import types
from dataclasses import dataclass
from enum import Enum
from importlib.machinery import ModuleSpec
from importlib.util import find_spec

import cv2
import numpy as np

RGB_FORMATS = {"BGR888": (0, 1, 2), "RGB888": (2, 1, 0), "XBGR8888": (0, 1, 2, 3), "XRGB8888": (2, 1, 0, 3)}
YUV_FORMATS = ("YUV420", "YVU420")
ALIGNMENT = {"vc4": 32, "pisp": 64}  # bytes in a row of every plane, on a Pi 4 and a Pi 5
MODES = ((640, 480, 0.39), (1640, 1232, 1.0), (1920, 1080, 0.59), (3280, 2464, 1.0))  # IMX219: size, share of its width
CONTROLS = {
    "ExposureTime": (75, 11766829, 20000),
    "FrameDurationLimits": (4834, 11767556, 33333),
    "Brightness": (-1.0, 1.0, 0.0),
    "AeEnable": (False, True, True),
    "NoiseReductionMode": (0, 4, 0),
    "ScalerCrop": ((0, 0, 64, 64), (0, 0, 3280, 2464), (0, 0, 3280, 2464)),
}
LENS = {"AfMode": (0, 2, 0), "LensPosition": (0.0, 32.0, 1.0)}  # of a module with autofocus, which is off (0) at first
BEFORE = {"ExposureTime": (0, 66666, 20000), "FrameDurationLimits": (33333, 120000, 33333)}  # any mode is configured


class Hung(BaseException):
    """The real one would wait for ever."""


class Aborted(BaseException):
    """The real one would end the process."""


@dataclass(frozen=True)
class ColorSpace:
    """Which YUV a stream has: the weights of red and blue in its luma, and whether it uses all 256 levels."""

    red: float
    blue: float
    full: bool

    @classmethod
    def Sycc(cls):  # noqa: N802
        return cls(0.299, 0.114, True)

    @classmethod
    def Smpte170m(cls):  # noqa: N802
        return cls(0.299, 0.114, False)

    @classmethod
    def Rec709(cls):  # noqa: N802
        return cls(0.2126, 0.0722, False)


class Transform:
    def __init__(self, *, hflip=False, vflip=False, transpose=False):
        self.hflip, self.vflip, self.transpose = bool(hflip), bool(vflip), bool(transpose)


class Preview(Enum):
    NULL = 0
    DRM = 1
    QT = 2
    QTGL = 3


SHOWN = {  # which formats each window can draw
    Preview.NULL: (*RGB_FORMATS, *YUV_FORMATS),
    Preview.DRM: (*RGB_FORMATS, *YUV_FORMATS),
    Preview.QT: (*RGB_FORMATS, "YUV420"),
    Preview.QTGL: ("XRGB8888", "XBGR8888", *YUV_FORMATS),
}


WINDOWS = {Preview.QT: ["PyQt5"], Preview.QTGL: ["PyQt5", "OpenGL"]}  # and what they are made with


class Job:
    """What capture_arrays promises; `result` is None where it never comes."""

    def __init__(self, result):
        self.result, self.waited = result, 0

    def get_result(self, timeout=None):
        if self.result is None:
            if timeout is None:
                raise Hung("no frame comes, and nobody said how long to wait")
            self.waited += timeout
            raise TimeoutError
        return self.result


class Picamera2:
    cameras = 1
    webcams = 0  # on USB, after the others
    lens = {}  # noqa: RUF012
    platform = "vc4"
    scene = np.zeros((480, 640, 3), np.uint8)
    alive = True  # whether frames come
    overlays = True  # whether the screen can do them
    screen = True  # whether the preview can have it: its loop ends where not
    closed = RuntimeError("No preview specified.")  # what an overlay gives once the preview's window is closed
    open_numbers = set()  # noqa: RUF012
    clock = 100_000_000_000

    @classmethod
    def global_camera_info(cls):
        models = ["imx219"] * cls.cameras + ["HD Webcam"] * cls.webcams
        ports = {"imx219": "/base/soc/i2c0mux/i2c@1/imx219@10", "HD Webcam": "/base/soc/usb@7e980000/usb1@1-1.2:1.0"}
        return [{"Model": model, "Num": number, "Id": ports[model]} for number, model in enumerate(models)]

    def __init__(self, camera_num=0):
        self.number = self.global_camera_info()[camera_num]["Num"]
        if self.number in self.open_numbers:
            busy = RuntimeError("Failed to acquire camera: Device or resource busy")
            raise RuntimeError("Camera __init__ sequence did not complete.") from busy
        self.open_numbers.add(self.number)
        self.sensor_resolution = (3280, 2464)
        self.camera_controls = CONTROLS | self.lens | BEFORE
        self.config = self._preview = self.overlay = None
        self.started = self.pending = False
        self.is_open = True

    def create_preview_configuration(
        self, main=None, lores=None, raw=None, transform=None, colour_space=None, buffer_count=4, controls=None,
        display="main", encode="main", queue=True,
    ):  # fmt: skip
        config = {
            "main": self._stream({"format": "XBGR8888", "size": (640, 480)}, main or {}),
            "lores": None if lores is None else self._stream({"format": "YUV420", "size": (640, 480)}, lores),
            "raw": None if raw is None else self._stream({"format": "SBGGR10", "size": (640, 480)}, raw),
            "transform": transform or Transform(), "colour_space": colour_space or ColorSpace.Sycc(),
            "buffer_count": buffer_count, "controls": controls or {}, "display": display, "encode": encode,
            "queue": queue,
        }  # fmt: skip
        if display is not None and config.get(display) is None:
            raise RuntimeError(f"Display stream {display} was not defined")
        return config

    @staticmethod
    def _stream(default, wanted):
        for key in wanted:
            if key not in ("format", "size", "stride", "preserve_ar"):
                raise ValueError(f"Bad key {key!r}")
        stream = {**default, **wanted}
        if "SBGGR" not in stream["format"]:
            stream["size"] = tuple(side - side % 2 for side in stream["size"])
        return stream

    def configure(self, config):
        if self.started:
            raise RuntimeError("Camera must be stopped before configuring")
        if not isinstance(config["colour_space"], ColorSpace) or not isinstance(config["transform"], Transform):
            raise RuntimeError("Colour space or transform has incorrect type")
        if config["transform"].transpose:
            raise RuntimeError("Invalid camera configuration: transpose is not supported")
        for name in ("main", "lores"):
            if config[name] is not None:
                self._check(config[name], name)
        if lores := config["lores"]:
            if self.number >= self.cameras:
                raise Aborted("undefined behaviour: a USB camera has no second stream")
            if any(a > b for a, b in zip(lores["size"], config["main"]["size"], strict=True)):
                raise RuntimeError("lores stream dimensions may not exceed main stream")
            if self.platform == "vc4" and lores["format"] not in YUV_FORMATS:
                raise RuntimeError("lores stream must be YUV")
        self._check_controls(config["controls"])
        self.config, self.camera_controls = {**config}, CONTROLS | self.lens
        for name in ("main", "lores"):
            if config[name] is not None:
                self.config[name] = {**config[name], "stride": self._stride(config[name])}

    @staticmethod
    def _check(stream, name):
        if stream["format"] not in (*RGB_FORMATS, *YUV_FORMATS):
            raise RuntimeError(f"Bad format {stream['format']} in stream {name}")
        if type(stream["size"]) is not tuple or len(stream["size"]) != 2:
            raise RuntimeError(f"size in {name} stream should be (width, height)")
        if any(side % 2 for side in stream["size"]):
            raise RuntimeError("width and height should be even")
        if min(stream["size"]) < 32 or max(stream["size"]) > 4056:
            raise RuntimeError("Invalid camera configuration")

    def _check_controls(self, controls):
        for name in controls:
            if name not in self.camera_controls:
                raise RuntimeError(f"Control {name} is not advertised by libcamera")
        limits = controls.get("FrameDurationLimits", (1, 1))
        if not all(isinstance(x, int) for x in limits):
            raise TypeError("FrameDurationLimits takes two whole numbers")

    def _stride(self, stream):
        width, align = stream["size"][0], ALIGNMENT[self.platform]
        if stream["format"] in YUV_FORMATS:
            align *= 2  # the colour planes are half as wide and aligned themselves
            return -(-width // align) * align
        return -(-width * len(RGB_FORMATS[stream["format"]]) // align) * align

    def stream_configuration(self, name="main"):
        return self.config[name]

    def start_preview(self, preview=False, **_):
        if self._preview is not None:
            raise RuntimeError("An event loop is already running")
        if preview in (Preview.QT, Preview.QTGL) and not (os.getenv("DISPLAY") or os.getenv("WAYLAND_DISPLAY")):
            raise Aborted("qt.qpa.xcb: could not connect to display")
        if None in [find_spec(module) for module in WINDOWS.get(preview, ())]:
            raise Hung("the window's own thread has ended, and nobody notices")
        self._preview = types.SimpleNamespace(
            kind=preview or Preview.NULL, thread=types.SimpleNamespace(is_alive=lambda: self.screen)
        )

    def start(self, config=None, show_preview=False):
        if config is not None:
            self.configure(config)
        if self.config is None:
            raise RuntimeError("Camera has not been configured")
        if self._preview is None and show_preview is not None:
            self.start_preview(show_preview)
        shown = self.config[self.config["display"]]["format"]
        if shown not in SHOWN[self._preview.kind]:
            raise RuntimeError(f"Format {shown} not supported by {self._preview.kind.name} preview")
        self.started = True

    def set_controls(self, controls):
        self._check_controls(controls)

    def set_overlay(self, overlay):
        if overlay is not None and (overlay.ndim != 3 or overlay.shape[2] != 4):
            raise RuntimeError("Overlay must be a 4-channel image")
        if self._preview is None:
            raise self.closed
        if self.config is None or self.config["buffer_count"] < 2:
            raise RuntimeError("Need at least buffer_count=2 to set overlay")
        if not self.screen:
            raise PermissionError(13, "Permission denied")
        if not self.overlays:
            raise RuntimeError("Overlays not supported on this device")
        if overlay is not None and overlay.dtype != np.uint8:
            raise ValueError("data out of range")
        self.overlay = None if overlay is None else overlay.copy()

    def capture_arrays(self, names=("main",), wait=None, signal_function=None):
        if not self.started:
            raise Hung("no frame ever comes from a camera that is not started")
        for name in names:
            if self.config.get(name) is None:
                raise RuntimeError(f"Stream {name!r} is not defined")
        self.pending = not (self.alive and self._preview and self._preview.thread.is_alive())  # whose loop serves
        Picamera2.clock += 33_333_000
        metadata = {"SensorTimestamp": self.clock, "ExposureTime": 9999}
        result = None if self.pending else ([self._array(self.config[name]) for name in names], metadata)
        self.job = Job(result)
        return self.job if wait is False else self.job.get_result(None if wait in (None, True) else wait)

    def cancel_all_and_flush(self):
        self.pending = False

    def stop(self):
        if self.pending:
            raise Hung("a capture is still waited for")
        self.started = False

    def close(self):
        if self.is_open:
            self.stop()
            self.open_numbers.discard(self.number)
            self.is_open, self._preview, self.config = False, None, None

    def _array(self, stream):
        """What make_array gives: rows without their padding for RGB, with it for YUV."""
        rgb = cv2.resize(self._seen(), stream["size"], interpolation=cv2.INTER_AREA)
        flips = self.config["transform"]
        rgb = rgb[:: -1 if flips.vflip else 1, :: -1 if flips.hflip else 1]
        if stream["format"] in RGB_FORMATS:
            four = np.dstack([rgb, np.full(rgb.shape[:2], 255, np.uint8)])
            return np.ascontiguousarray(four[..., list(RGB_FORMATS[stream["format"]])])
        return yuv420(rgb, stream["stride"], self.config["colour_space"], stream["format"] == "YVU420")

    def _seen(self):
        """The part of the scene that the chosen mode of the sensor sees."""
        raw = self.config["raw"]["size"] if self.config["raw"] else self.config["main"]["size"]
        share = min(MODES, key=lambda mode: abs(mode[0] - raw[0]) + abs(mode[1] - raw[1]))[2]
        height, width = self.scene.shape[:2]
        top, left = (round(side * (1 - share) / 2) for side in (height, width))
        return np.ascontiguousarray(self.scene[top : height - top, left : width - left])


def yuv420(rgb, stride, space, swapped=False):
    """RGB (H, W, 3) as 4:2:0 planes below each other, rows padded with noise: uint8 (H * 3 / 2, stride)."""
    red, green, blue = (rgb[..., k].astype(float) for k in range(3))
    luma = space.red * red + (1 - space.red - space.blue) * green + space.blue * blue
    u, v = (blue - luma) / (2 - 2 * space.blue), (red - luma) / (2 - 2 * space.red)
    u, v = (plane.reshape(plane.shape[0] // 2, 2, -1, 2).mean((1, 3)) for plane in (u, v))
    if not space.full:
        luma, u, v = 16 + luma * 219 / 255, u * 224 / 255, v * 224 / 255
    planes = (luma, 128 + v, 128 + u) if swapped else (luma, 128 + u, 128 + v)
    padded = []
    for plane, width in zip(planes, (stride, stride // 2, stride // 2), strict=True):
        rows = np.random.default_rng(0).integers(0, 256, (plane.shape[0], width), np.uint8)
        rows[:, : plane.shape[1]] = np.clip(np.rint(plane), 0, 255)
        padded.append(rows.ravel())
    return np.concatenate(padded).reshape(-1, stride)


def install(monkeypatch):
    """Put the stand-ins where an import finds them; returns the class, fresh."""
    kind = type("Picamera2", (Picamera2,), {"open_numbers": set()})
    modules = {name: types.ModuleType(name) for name in ("picamera2", "libcamera", "PyQt5", "OpenGL")}
    modules["picamera2"].Picamera2, modules["picamera2"].Preview = kind, Preview
    modules["libcamera"].ColorSpace, modules["libcamera"].Transform = ColorSpace, Transform
    for name, module in modules.items():
        module.__spec__ = ModuleSpec(name, None)
        monkeypatch.setitem(sys.modules, name, module)
    return kind
