"""A moving picture to measure with: a video of the user's, or a portrait under a wandering camera."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from hairtint.errors import OutputError, SourceError
from hairtint.live.capture import quiet_capture

Size = tuple[int, int]  # width, height

PORTRAIT = Path(__file__).parent / "portrait.jpg"  # the astronaut Eileen Collins, by NASA, in the public domain
FRAMES, RATE = 48, 24  # of the generated video, which ends where it began


def frames(path: str | os.PathLike[str], size: Size | None = None) -> Iterator[NDArray[np.uint8]]:
    """The frames of a video, uint8 (H, W, 3) RGB, over and over, at the video's own size or brought to `size`.

    Raises SourceError where it cannot be read.
    """
    while True:
        video = quiet_capture(os.fspath(path), cv2.CAP_ANY)
        count = 0
        try:
            while (bgr := _next(video)) is not None:
                count += 1
                if size is not None and bgr.shape[1::-1] != size:
                    bgr = cv2.resize(bgr, size, interpolation=cv2.INTER_AREA)
                yield np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB), np.uint8)
        finally:
            video.release()
        if not count:
            raise SourceError(f"{path} is not a video that can be read: check the path, or leave --video out")


def generate(path: Path, size: Size) -> None:
    """Write the portrait under a wandering camera as Motion JPEG, which is what webcams send; AVI, `size` pixels."""
    portrait = cv2.imread(str(PORTRAIT))
    if portrait is None:
        raise SourceError(f"{PORTRAIT} is missing: install hairtint again, or name a video with --video")
    video = cv2.VideoWriter(str(path), cv2.CAP_OPENCV_MJPEG, cv2.VideoWriter.fourcc(*"MJPG"), RATE, size)
    if not video.isOpened():
        raise OutputError(f"{path} cannot be written: free some space, or name a video with --video")
    try:
        for phase in np.linspace(0, 2 * np.pi, FRAMES, endpoint=False):
            video.write(_seen(portrait, size, float(phase)))
    finally:
        video.release()


def _seen(portrait: NDArray[Any], size: Size, phase: float) -> NDArray[np.uint8]:
    """What a camera sees that circles a little and breathes: the portrait, enlarged to cover `size`."""
    height, width = portrait.shape[:2]
    zoom = max(size[0] / width, size[1] / height) * (1.12 + 0.04 * np.sin(phase))
    x = (size[0] - zoom * width) / 2 * (1 + 0.35 * np.cos(phase))
    y = (size[1] - zoom * height) / 2 * (1 + 0.35 * np.sin(phase))
    move = np.array([[zoom, 0, x], [0, zoom, y]], np.float32)
    return np.asarray(cv2.warpAffine(portrait, move, size, flags=cv2.INTER_LINEAR), np.uint8)


def _next(video: cv2.VideoCapture) -> NDArray[Any] | None:
    good, bgr = video.read()
    return np.asarray(bgr) if good and bgr is not None and bgr.size else None
