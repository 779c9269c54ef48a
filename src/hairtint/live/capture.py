"""Cameras, streams and video files through OpenCV."""

from __future__ import annotations

import errno
import os
import sys
import time
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import cv2
import numpy as np

from hairtint.errors import SourceError
from hairtint.live.sources import Frame, NoCameraError, Rgb, Size

PATIENCE = 10  # reads in a row that may fail before a camera counts as gone,
DEADLINE = 4.0  # or seconds, as a read of a camera that stalls takes its time
BUFFERS = 2 if sys.platform == "linux" else 1  # with one, V4L2 has nowhere to put a frame while the last is decoded
PAUSE = 0.02  # seconds between such reads
TIMEOUT = 5000  # milliseconds that a stream may keep us waiting
FARTHEST = 4  # the last number tried when no camera is named, where the system cannot list them
FASTEST, USUAL = 120.0, 25.0  # frames per second of a file: above the first its own figure is not believed
LONGEST = 2.0  # seconds that a file's frame is held: after more a camera counts as stalled, and times may leap


class CameraSource:
    """A camera by number, device path or URL of a stream; None takes the first that delivers a picture.

    size: (width, height) and fps are wishes; the camera answers with the nearest it has. See Source.
    """

    def __init__(self, which: int | str | None = None, *, size: Size | None = None, fps: float | None = None) -> None:
        self.which, self.size, self.fps = which, size, fps
        self.capture: cv2.VideoCapture | None = None
        self.first: Rgb | None = None
        self.found = which

    @property
    def name(self) -> str:
        """See Source."""
        return _name(self.found)

    def __enter__(self) -> Self:
        """Open it and wait for its first picture: many a device opens and then delivers nothing."""
        candidates = [self.which] if self.which is not None else present(self.found)
        if not candidates:
            raise NoCameraError(
                "no camera found: plug one in, or name a device, a stream's URL or a video file with --camera"
            )
        reasons = []
        for which in candidates:
            try:
                self.capture = self._opened(which)
                self.first = self._picture(_name(which))
                self.found = which
                return self
            except SourceError as error:
                reasons.append(str(error))
                self.__exit__(None, None, None)
        raise SourceError(reasons[0])  # the first tried is the one that worked before

    def __exit__(self, *stopped: object) -> None:
        """Let go of the device, so that others may have it."""
        if self.capture is not None:
            self.capture.release()
        self.capture = self.first = None

    def read(self) -> Frame:
        """See Source."""
        rgb, self.first = self.first, None
        if rgb is None:
            rgb = self._picture(self.name)
        return Frame(rgb, time.monotonic())

    def _picture(self, name: str) -> Rgb:
        assert self.capture is not None, "read inside `with source:`"
        end = time.monotonic() + DEADLINE
        for _ in range(PATIENCE):
            delivered, bgr = _read(self.capture)
            if delivered and (rgb := upright_rgb(bgr)) is not None:
                return rgb
            if time.monotonic() > end:
                break
            time.sleep(PAUSE)
        raise SourceError(f"{name} delivers no picture: check that it is plugged in and no other program uses it")

    def _opened(self, which: int | str) -> cv2.VideoCapture:
        if isinstance(which, str) and "://" in which:
            return _stream(which)
        capture = quiet_capture(which, cv2.CAP_V4L2 if sys.platform == "linux" else cv2.CAP_ANY)
        if not capture.isOpened():
            capture.release()
            raise SourceError(_why_not(which))
        self._ask(capture)
        return capture

    def _ask(self, capture: cv2.VideoCapture) -> None:
        """Wishes; a camera that has no such mode keeps its own. Compressed pictures first: USB 2 carries no others."""
        if self.size is not None:
            if max(self.size) > 640:
                capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
            capture.set(cv2.CAP_PROP_FRAME_WIDTH, self.size[0])
            capture.set(cv2.CAP_PROP_FRAME_HEIGHT, self.size[1])
        if self.fps is not None:
            capture.set(cv2.CAP_PROP_FPS, self.fps)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, BUFFERS)


class FileSource:
    """A video by its path or URL that plays at its own pace, again and again: a camera for trying things out.

    See Source.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)
        self.name = _name(self.path) if "://" in self.path else Path(self.path).name
        self.capture: cv2.VideoCapture | None = None
        self.interval = 0.0  # seconds from frame to frame, where the file does not say when each is shown
        self.position = 0.0  # of the last frame in the file, in seconds
        self.due = 0.0  # when that was to be shown

    def __enter__(self) -> Self:
        """Open it, at its beginning."""
        self.capture = _stream(self.path) if "://" in self.path else quiet_capture(self.path, cv2.CAP_FFMPEG)
        if not self.capture.isOpened():
            raise SourceError(f"{self.name} is no video that can be read: give a file such as .mp4, .mkv or .webm")
        fps = self.capture.get(cv2.CAP_PROP_FPS)
        self.interval = 1 / (fps if 0 < fps <= FASTEST else USUAL)
        return self

    def __exit__(self, *stopped: object) -> None:
        """Close it."""
        if self.capture is not None:
            self.capture.release()
        self.capture = None

    def read(self) -> Frame:
        """See Source."""
        assert self.capture is not None, "read inside `with source:`"
        rgb = self._picture()
        if rgb is None:  # the end: from the beginning again
            self.capture.set(cv2.CAP_PROP_POS_FRAMES, 0)  # opened anew, HDR takes seconds to its first picture
            rgb = self._picture()
        if rgb is None:  # nor can it be wound back
            self.__exit__(None, None, None)
            rgb = self.__enter__()._picture()
        if rgb is None:
            raise SourceError(f"{self.name} holds no picture that can be read: give another video")
        self._wait()
        return Frame(rgb, time.monotonic())

    def _picture(self) -> Rgb | None:
        assert self.capture is not None, "read inside `with source:`"
        delivered, bgr = _read(self.capture)
        return upright_rgb(bgr) if delivered else None

    def _wait(self) -> None:
        """Sleep until the frame is due. A machine too slow for the video plays it late and never hurries after it."""
        assert self.capture is not None, "read inside `with source:`"
        before, self.position = self.position, self.capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        step = self.position - before if self.position > before else self.interval
        now = time.monotonic()
        self.due = max(self.due + min(step, LONGEST), now)
        time.sleep(self.due - now)


def upright_rgb(bgr: object) -> Rgb | None:
    """What OpenCV delivered as RGB uint8 (H, W, 3), contiguous; None where it is no picture."""
    if not isinstance(bgr, np.ndarray) or bgr.dtype != np.uint8 or not bgr.size:
        return None
    channels = 1 if bgr.ndim == 2 else bgr.shape[2] if bgr.ndim == 3 else 0
    codes = {1: cv2.COLOR_GRAY2RGB, 3: cv2.COLOR_BGR2RGB, 4: cv2.COLOR_BGRA2RGB}
    return np.asarray(cv2.cvtColor(bgr, codes[channels]), np.uint8) if channels in codes else None


def quiet_capture(which: int | str, backend: int, options: list[int] | None = None) -> cv2.VideoCapture:
    """Open with OpenCV silenced: it reports every device that is only tried, and our own errors say more.

    Raises SourceError for a pipe, and where OpenCV refuses outright; mostly the capture is not open then.
    """
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "2")  # seconds; ten, if nobody says so
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    if isinstance(which, str) and "://" not in which:
        if Path(which).is_fifo():
            raise SourceError(f"{which} is a pipe: write it to a file first")
        which = str(Path(which).absolute())  # FFmpeg takes 12:30/clip.mp4 for an address
    try:
        return cv2.VideoCapture(which, backend, options or [])
    except cv2.error as error:
        raise SourceError(f"{_name(which)} cannot be opened ({error.err})") from error


def _stream(url: str) -> cv2.VideoCapture:
    wait = [cv2.CAP_PROP_OPEN_TIMEOUT_MSEC, TIMEOUT, cv2.CAP_PROP_READ_TIMEOUT_MSEC, TIMEOUT]
    capture = quiet_capture(url, cv2.CAP_FFMPEG, wait)
    if not capture.isOpened():
        raise SourceError(f"{_name(url)} does not answer with a video: check the address, and that the stream runs")
    return capture


def _read(capture: cv2.VideoCapture) -> tuple[bool, Any]:
    try:
        return capture.read()
    except cv2.error:  # a broken packet counts as no picture
        return False, None


def present(before: int | str | None = None) -> list[int | str]:
    """The cameras to try, in order; first the one that worked before. Some may be none.

    Virtual ones are left out: one of them may be where the dyed picture goes.
    """
    found: list[int | str] = list(range(FARTHEST + 1))
    if sys.platform == "linux":
        devices = sorted(Path("/dev").glob("video*"), key=lambda p: (len(p.name), p.name))
        found = [str(path) for path in devices if not Path("/sys/devices/virtual/video4linux", path.name).exists()]
    return sorted(found, key=lambda which: which != before)


def _name(which: int | str | None) -> str:
    if which is None:
        return "camera"
    if isinstance(which, int):
        return f"camera {which}"
    if "://" in which:
        parts = urlsplit(which)
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"  # passwords stay out of messages
    return which


def _why_not(which: int | str) -> str:
    """Why a camera did not open, as far as the system tells, and what to do."""
    name = _name(which)
    if sys.platform != "linux":
        return (
            f"{name} cannot be opened: close other programs that use it, and allow the camera in the system's settings"
        )
    device = f"/dev/video{which}" if isinstance(which, int) else which
    try:
        os.close(os.open(device, os.O_RDWR | os.O_NONBLOCK))
    except OSError as error:
        if error.errno in (errno.EACCES, errno.EPERM):
            return f"{name}: no permission; add yourself to the group video: sudo usermod -aG video $USER"
        if error.errno != errno.EBUSY:
            return f"{name}: there is no such camera ({device}); plug it in, or leave --camera away to take the first"
    return f"{name} is busy or no camera: close other programs that use it, or name another with --camera"
