"""The camera of a Raspberry Pi through Picamera2: a picture to show and a small one for the network, from one exposure.

What Picamera2 asks for and this module takes care of:

- The names of its formats read backwards: "BGR888" is R, G, B in memory and "RGB888" is B, G, R.
- The second stream ("lores") is YUV 4:2:0 on a Raspberry Pi 4 and before, no larger than the first, and its rows may be
  padded. It covers the same view as the first, squeezed to its own shape: one of those that the network takes.
- Colours of that stream are asked for in BT.601 with limited range, the only kind that OpenCV converts.
- A small first stream makes the camera choose a mode that sees only the middle of its sensor. Half the sensor's
  resolution is asked for instead: every camera module has such a mode, binned and with the full view.
"""

from __future__ import annotations

import difflib
import importlib.util
import os
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, Self

import cv2
import numpy as np

from hairtint import framing
from hairtint.errors import MissingExtraError, SourceError, brief, reason
from hairtint.live.sources import Frame, NoCameraError, Rgb, Size

SIZE = (640, 480)
SIDE = 192  # of swift's square
SMALLEST = 64  # side of a picture, in pixels
PATIENCE = 5.0  # seconds without a frame after which the camera counts as gone
GLANCE = 0.2  # seconds between two looks at whether the preview is still there
CURE = "switch the Pi off, check the ribbon cable, and try: rpicam-hello --list-cameras"  # of a camera not found
CONTINUOUS = 2  # the AfMode that keeps the picture sharp; Picamera2 leaves autofocus off
PREVIEWS = ("auto", "drm", "qt", "qtgl")
_WINDOWS = {"qt": ("PyQt5",), "qtgl": ("PyQt5", "OpenGL")}  # without them Picamera2 waits for its window without end
_TO_RGB = {
    "BGR888": None,
    "RGB888": cv2.COLOR_BGR2RGB,
    "XBGR8888": cv2.COLOR_RGBA2RGB,
    "XRGB8888": cv2.COLOR_BGRA2RGB,
    "YUV420": cv2.COLOR_YUV2RGB_I420,
    "YVU420": cv2.COLOR_YUV2RGB_YV12,
}


class PreviewClosedError(SourceError):
    """Somebody has closed the window of the preview."""


class PiCameraSource:
    """A camera on the ribbon cable of a Raspberry Pi, as a Source.

    Args:
        size: (width, height) of the picture; odd numbers are rounded down, as the camera wants them even.
        small: the same of the picture for the network, no larger than `size`; None: as swift would be shown it.
        fps: frames per second, or None for what light and sensor allow.
        camera: its number, for boards with two.
        hflip: mirror left to right.
        vflip: mirror upside down; both together turn a camera that hangs upside down.
        controls: Picamera2's own, such as {"ExposureTime": 10000, "Brightness": 0.1}; see rpicam-hello --help.
        preview: None, or the window that shows the camera's picture under an overlay: "drm" (no desktop), "qtgl",
            "qt" (over the network), "auto" for the one that fits.

    Entering raises MissingExtraError without Picamera2 or what the preview's window is made with, and SourceError
    where the camera is missing, busy, or takes no such size, control or preview. Constructing raises SourceError for
    impossible sizes.
    """

    def __init__(
        self,
        size: Size = SIZE,
        *,
        small: Size | None = None,
        fps: float | None = None,
        camera: int = 0,
        hflip: bool = False,
        vflip: bool = False,
        controls: Mapping[str, Any] | None = None,
        preview: str | None = None,
    ) -> None:
        if preview not in (None, *PREVIEWS):
            raise SourceError(f"unknown preview {preview!r}: choose one of {', '.join(PREVIEWS)}")
        self.controls = dict(controls or {})
        fps = self.controls.pop("FrameRate", fps)  # no control of libcamera, but a name that Picamera2 takes for one
        if fps is not None and not (isinstance(fps, int | float) and 0 < fps <= 1000):
            raise SourceError(f"{fps} frames per second: give one number, more than 0 and at most 1000")
        self.size = _even(size)
        height, width = framing.nearest(framing.shapes(SIDE), *self.size)
        width, height = _even(small or (width, height))
        self.small = (min(width, self.size[0]), min(height, self.size[1]))
        self.number, self.flips, self.preview = camera, (hflip, vflip), preview
        if fps:
            self.controls["FrameDurationLimits"] = (round(1e6 / fps),) * 2  # shortest and longest, in microseconds
        self.camera: Any = None
        self._streams: dict[str, dict[str, Any]] = {}

    @property
    def name(self) -> str:
        """See Source."""
        return f"Pi camera {self.number}"

    def __enter__(self) -> Self:
        picamera2, libcamera = _modules()
        found = models()
        if not 0 <= self.number < len(found):
            seen = f"only {len(found)} found" if found else "none found"
            raise NoCameraError(f"no {self.name} ({seen}): {CURE}")
        try:
            self.camera = picamera2.Picamera2(self.number)
            self._start(picamera2, libcamera)
        except (RuntimeError, ValueError, OSError, IndexError) as error:
            self.close()
            cure = "close other programs that use it, or try another size"
            cause = error.__cause__ or error  # Picamera2 says that it failed, libcamera why
            raise SourceError(f"{self.name} cannot be started ({brief(cause)}): {cure}") from error
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *stopped: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the camera back; harmless where it is not open."""
        camera, self.camera = self.camera, None
        if camera is not None:
            camera.close()

    def read(self) -> Frame:
        """See Source. Both pictures are from the same exposure; `time` is when the sensor was read."""
        (main, small), taken = self._captured("main", "lores")
        return Frame(main, taken, small)

    def read_small(self) -> Frame:
        """A frame whose picture is the small one: the large one is not even copied."""
        (small,), taken = self._captured("lores")
        return Frame(small, taken)

    def _captured(self, *names: str) -> tuple[list[Rgb], float]:
        if self.camera is None:
            raise SourceError(f"{self.name} is not open: use it in a `with`")
        try:
            pictures, metadata = self._result(self.camera.capture_arrays(list(names), wait=False))
        except (TimeoutError, RuntimeError) as error:
            if hasattr(self.camera, "cancel_all_and_flush"):  # or closing would wait for the frame that never comes
                self.camera.cancel_all_and_flush()
            cure = "check its ribbon cable, or use a shorter one"
            raise self._preview_error() or SourceError(f"{self.name} sends no frames: {cure}") from error
        taken = metadata.get("SensorTimestamp")
        rgb = [to_rgb(picture, self._streams[name]) for picture, name in zip(pictures, names, strict=True)]
        return rgb, taken / 1e9 if taken else time.monotonic()

    def _result(self, job: Any) -> Any:
        """What Picamera2 gives for a job done; TimeoutError where that takes too long or the preview is gone."""
        for _ in range(round(PATIENCE / GLANCE)):
            with suppress(TimeoutError):
                return job.get_result(timeout=GLANCE)
            if self._preview_error():
                break
        raise TimeoutError

    def _preview_error(self) -> SourceError | None:
        """Why the preview is gone, and with it the loop that does the jobs; None where it is there or unwanted."""
        if not self.preview:
            return None
        shown = getattr(self.camera, "_preview", None)
        if shown is None:  # so Picamera2 forgets a closed window
            return PreviewClosedError(f"the preview of {self.name} was closed")
        if shown.thread.is_alive():
            return None
        cure = "end the desktop, set DISPLAY=:0, or use --serve"  # whoever draws on the screen has it alone
        return SourceError(f"the screen cannot show the preview of {self.name}: {cure}")

    def set_overlay(self, rgba: np.ndarray[Any, Any] | None) -> None:
        """Lay a picture, uint8 (h, w, 4) RGBA of any size, over the preview; None takes it away.

        Raises PreviewClosedError where its window was closed, SourceError where the screen cannot do it.
        """
        if self.camera is None or self.preview is None:
            raise SourceError(f"{self.name} shows no preview to lay anything over: open it with one")
        try:
            self.camera.set_overlay(rgba)
        except (AttributeError, RuntimeError, OSError) as error:
            cure = "use --display window or --serve"
            told = SourceError(f"the screen takes no overlay ({reason(error)}): {cure}")
            raise self._preview_error() or told from error

    def _start(self, picamera2: Any, libcamera: Any) -> None:
        camera = self.camera
        check_names(self.controls, camera.camera_controls)
        autofocus = "AfMode" in camera.camera_controls and "LensPosition" not in self.controls
        width, height = camera.sensor_resolution
        config = camera.create_preview_configuration(
            # windows drawn by OpenGL show four bytes a pixel only
            main={"size": self.size, "format": "XBGR8888" if self.preview else "BGR888"},
            lores={"size": self.small, "format": "YUV420"},
            raw={"size": (width // 2, height // 2)},
            transform=libcamera.Transform(hflip=self.flips[0], vflip=self.flips[1]),
            colour_space=libcamera.ColorSpace.Smpte170m(),
            controls=({"AfMode": CONTINUOUS} if autofocus else {}) | self.controls,
        )
        camera.configure(config)
        check_limits(self.controls, camera.camera_controls)  # the mode's, which were placeholders before
        self._streams = {name: dict(camera.stream_configuration(name)) for name in ("main", "lores")}
        if self.preview:
            kind = choose_preview(self.preview)
            for module in _WINDOWS.get(kind, ()):
                if importlib.util.find_spec(module) is None:
                    cure = "sudo apt install python3-pyqt5 python3-opengl, or use --serve instead"
                    raise MissingExtraError(f"the window of a {kind} preview needs {module}: {cure}")
            camera.start_preview(picamera2.Preview[kind.upper()], x=0, y=0, width=self.size[0], height=self.size[1])
        camera.start()


def models() -> list[str]:
    """The models of the Pi's cameras by their numbers, "imx219" for one; MissingExtraError without Picamera2.

    USB cameras, which Picamera2 counts after them, are left out: they have no second stream.
    """
    picamera2, _ = _modules()
    return [camera["Model"] for camera in picamera2.Picamera2.global_camera_info() if "/usb" not in camera["Id"]]


def to_rgb(array: np.ndarray[Any, Any], stream: Mapping[str, Any]) -> Rgb:
    """What `make_array` gives of a stream, as uint8 (H, W, 3) RGB, contiguous.

    `stream`: its "format" and "size", as the camera answered them. Raises SourceError for another format.
    """
    if stream["format"] not in _TO_RGB:
        raise SourceError(f"the camera sends {stream['format']}, which hairtint cannot read: use --source opencv")
    code = _TO_RGB[stream["format"]]
    rgb = array if code is None else cv2.cvtColor(np.ascontiguousarray(array), code)
    width, height = stream["size"]
    return np.ascontiguousarray(rgb[:height, :width], np.uint8)  # rows of YUV are still padded here


def check_names(wanted: Iterable[str], offered: Iterable[str]) -> None:
    """Raise SourceError for a control that this camera does not offer."""
    names = sorted(offered)
    for name in wanted:
        if name not in names:
            near = difflib.get_close_matches(name, names, 1) or [", ".join(names)]
            raise SourceError(f"this camera has no control {name!r}: try {near[0]}")


def check_limits(wanted: Mapping[str, Any], offered: Mapping[str, tuple[Any, Any, Any]]) -> None:
    """Raise SourceError for a number outside what this camera takes, as it says once it is configured."""
    for name, value in wanted.items():
        low, high, _ = offered[name]
        numbers = all(isinstance(x, int | float) and not isinstance(x, bool) for x in (low, high, value))
        if numbers and not low <= value <= high:
            raise SourceError(f"{name} = {value}: this camera takes {low} to {high}")


def choose_preview(wanted: str = "auto", environment: Mapping[str, str] = os.environ) -> str:
    """The preview that fits: "drm" without a desktop, "qt" over the network, else "qtgl".

    Raises SourceError for a window where there is no desktop: Qt would end the whole program.
    """
    display = environment.get("DISPLAY") or (":0" if environment.get("WAYLAND_DISPLAY") else "")
    if wanted == "auto":
        return "drm" if not display else "qtgl" if display.startswith(":") else "qt"
    if wanted != "drm" and not display:
        raise SourceError(f"no desktop to open a {wanted} preview on: use the preview drm, or set DISPLAY")
    return wanted


def _even(size: Size) -> Size:
    try:
        width, height = (int(side) // 2 * 2 for side in size)
    except (TypeError, ValueError):
        width = height = 0
    if min(width, height) < SMALLEST:
        raise SourceError(f"a picture of {size!r}: give width and height, {SMALLEST} or more each")
    return width, height


def _modules() -> tuple[Any, Any]:
    """Picamera2 and libcamera, which are on a Raspberry Pi only."""
    try:
        return importlib.import_module("picamera2"), importlib.import_module("libcamera")
    except ImportError as error:
        raise MissingExtraError(
            f"this needs {error.name or 'picamera2'}, which Raspberry Pi OS brings and pip does not: sudo apt install"
            " python3-picamera2, and make the environment with python3 -m venv --system-site-packages"
        ) from error
    except ValueError as error:  # its simplejpeg was built for another numpy
        raise MissingExtraError(
            f"Picamera2 does not go with this numpy ({error}): pip install --force-reinstall --no-deps simplejpeg"
        ) from error
