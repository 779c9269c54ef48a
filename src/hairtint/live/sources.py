"""Where frames come from: cameras, streams and videos behind one small protocol."""

from __future__ import annotations

import importlib.util
import os
import re
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Protocol, Self
from urllib.parse import urlsplit

import cv2
import numpy as np
from numpy.typing import NDArray

from hairtint.errors import SourceError

Rgb = NDArray[np.uint8]
Kind = Literal["auto", "opencv", "picamera2"]
Size = tuple[int, int]

PACED_SUFFIXES = frozenset(  # of addresses that deliver faster than they are to be played; HLS does for seconds
    {".mp4", ".m4v", ".mov", ".mkv", ".webm", ".avi", ".mpg", ".mpeg", ".wmv", ".3gp", ".gif", ".m3u8"}
)
_TURNS = {90: cv2.ROTATE_90_CLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_COUNTERCLOCKWISE}


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One picture of a camera.

    Attributes:
        rgb: uint8 (H, W, 3), contiguous, owned by whoever reads it.
        time: when it was captured, in seconds of time.monotonic().
        small: the same picture at a small size for the network, uint8 (h, w, 3), where the camera makes one itself
            (Picamera2's second stream); else None.
    """

    rgb: Rgb
    time: float
    small: Rgb | None = None


class NoCameraError(SourceError):
    """None is plugged in."""


class Source(Protocol):
    """A camera or what stands in for one.

    `with source:` opens it and closes it, as often as wanted: a camera that went away is entered again. Entering raises
    SourceError where it cannot be opened. One thread at a time.
    """

    @property
    def name(self) -> str:
        """What to call it in messages: "camera 0", "clip.mp4"."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None: ...

    def read(self) -> Frame:
        """The next frame; blocks until there is one. Raises SourceError when the camera is gone or sends garbage."""


def open_source(
    spec: str | None = None, *, kind: Kind = "auto", size: Size | None = None, fps: float | None = None, rotate: int = 0
) -> Source:
    """The source that a user names, not opened yet.

    Args:
        spec: a camera's number ("0"), a device ("/dev/video0"), the URL of a stream, a video file (plays at its own
            pace, again and again), or None for the first camera that works.
        kind: "auto" takes Picamera2 where it is installed and no other camera is named.
        size: (width, height) to ask of the camera; it may answer with another.
        fps: frames per second to ask of the camera.
        rotate: turn the picture clockwise by 0, 90, 180 or 270 degrees.

    Raises:
        SourceError: there is no such file or device; it cannot be turned that way.
    """
    if rotate not in (0, *_TURNS):
        raise SourceError(f"rotate {rotate!r}: choose 0, 90, 180 or 270")
    source = _named(spec, kind, size, fps)
    return Turned(source, rotate) if rotate else source


def _named(spec: str | None, kind: Kind, size: Size | None, fps: float | None) -> Source:
    from hairtint.live.capture import CameraSource, FileSource

    if kind == "picamera2":
        return _pi(spec, size, fps)
    if kind == "auto" and spec is None and importlib.util.find_spec("picamera2"):
        return FirstOf(_pi(None, size, fps), CameraSource(None, size=size, fps=fps))
    if spec is None:
        return CameraSource(None, size=size, fps=fps)
    text = spec.strip()
    if re.fullmatch(r"\d{1,3}", text):
        return CameraSource(int(text), size=size, fps=fps)
    if re.match(r"[a-z][a-z0-9+.-]+://", text, re.IGNORECASE):
        paced = Path(urlsplit(text).path).suffix.lower() in PACED_SUFFIXES
        return FileSource(text) if paced else CameraSource(text, size=size, fps=fps)
    if text.startswith("/dev/"):
        return CameraSource(text, size=size, fps=fps)
    if not os.path.isfile(text):
        raise SourceError(
            f"{text!r} is no camera: give a number, a device such as /dev/video0, a stream's URL or a video"
        )
    return FileSource(text)


def _pi(spec: str | None, size: Size | None, fps: float | None) -> Source:
    from hairtint.live import picamera

    if spec is not None and not spec.isdecimal():
        raise SourceError(f"{spec!r} is no number of a Pi camera: give 0 or 1, or leave --source away")
    return picamera.PiCameraSource(size or picamera.SIZE, fps=fps, camera=int(spec or 0))


class FirstOf:
    """The Pi's camera, or one by USB where it does not open; when it is opened again the choice begins anew."""

    def __init__(self, ribbon: Source, usb: Source) -> None:
        self.sources, self.chosen = (ribbon, usb), ribbon

    @property
    def name(self) -> str:
        """See Source."""
        return self.chosen.name

    def __enter__(self) -> Self:
        """Open one; raises the SourceError of the first, with that of the second where the first is not there."""
        errors: list[SourceError] = []
        for source in self.sources:
            self.chosen = source
            try:
                source.__enter__()
                return self
            except SourceError as error:
                errors.append(error)
        first, second = errors
        raise NoCameraError(f"{first}; nor by USB: {second}") if isinstance(first, NoCameraError) else first

    def __exit__(self, *stopped: Any) -> None:
        self.chosen.__exit__(*stopped)

    def read(self) -> Frame:
        """See Source."""
        return self.chosen.read()


class Turned:
    """A source whose picture is turned clockwise by 90, 180 or 270 degrees: for a camera mounted on its side."""

    def __init__(self, source: Source, degrees: int) -> None:
        self.source, self.turn = source, _TURNS[degrees]

    @property
    def name(self) -> str:
        """See Source."""
        return self.source.name

    def __enter__(self) -> Self:
        self.source.__enter__()
        return self

    def __exit__(self, *stopped: Any) -> None:
        self.source.__exit__(*stopped)

    def read(self) -> Frame:
        """See Source."""
        frame = self.source.read()
        small = None if frame.small is None else self._turned(frame.small)
        return Frame(self._turned(frame.rgb), frame.time, small)

    def _turned(self, rgb: Rgb) -> Rgb:
        return np.asarray(cv2.rotate(rgb, self.turn), np.uint8)
