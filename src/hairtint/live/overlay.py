"""The report's display on the Raspberry Pi: the mask, in the chosen colour, laid over the camera's own picture.

Section 4.1: the camera's picture goes to the screen without passing the processor, and `set_overlay` lays an RGBA
picture over it whose colour is the dye and whose alpha is the mask. Nothing is done at full size here, neither matte
nor colour, so this is the cheapest way to show a choice; the hair looks glazed, not dyed.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from hairtint import zoo
from hairtint.color import Color
from hairtint.errors import SourceError
from hairtint.live.picamera import SIZE, PiCameraSource, PreviewClosedError
from hairtint.live.sources import Frame, Size
from hairtint.look import Look
from hairtint.matte import Mask, largest_region
from hairtint.memory import Memory
from hairtint.segmenter import Segmenter

THRESHOLD = 0.89  # of the probability, from which a pixel is hair (the report's)
ALPHA = 95  # of 255: how much the colour covers (the report's)
_GRAIN = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (1, 3))  # what the report erodes the mask with


class Camera(Protocol):
    """A source that shows its own picture, with room for an overlay: hairtint.live.picamera.PiCameraSource."""

    def read_small(self) -> Frame:
        """The next frame, as small as the network needs it."""

    def set_overlay(self, rgba: NDArray[np.uint8] | None) -> None:
        """Lay a picture, uint8 (h, w, 4) RGBA, over the camera's own."""


class Overlay:
    """Finds the hair in the camera's frames and lays it, in colour, over the camera's preview.

    `model` and the errors are those of `VideoSegmenter`.
    """

    def __init__(self, model: str | os.PathLike[str] | None = None) -> None:
        self.segmenter = Segmenter(zoo.fastest() if model is None else model)
        self.memory = Memory()

    def __call__(self, frame: Frame, look: Look) -> NDArray[np.uint8]:
        """The overlay for a frame, uint8 (h, w, 4) RGBA at the size of the network's map; the preview stretches it."""
        rgb = frame.rgb if frame.small is None else frame.small
        probability = self.memory.blend(self.segmenter.probability(rgb), rgb)
        return paint(clean(probability), look.color, look.strength)


def clean(probability: Mask) -> NDArray[np.uint8]:
    """The hair, uint8 (h, w) of 0 and 1, in a probability map, float32 (h, w): its largest region, slightly eroded."""
    hair = largest_region((probability > THRESHOLD).astype(np.float32))
    return np.asarray(cv2.erode(hair.astype(np.uint8), _GRAIN), np.uint8)


def paint(hair: NDArray[np.uint8], color: Color, strength: float = 1.0) -> NDArray[np.uint8]:
    """An overlay, uint8 (h, w, 4) RGBA, of a mask of 0 and 1, uint8 (h, w): the dye everywhere, its alpha on hair only.

    Between pixels the preview interpolates colour and alpha apart, so dark surroundings would give a dark rim.
    """
    rgba = np.empty((*hair.shape, 4), np.uint8)
    rgba[..., :3] = color.rgb()
    rgba[..., 3] = hair * round(ALPHA * strength)
    return rgba


def run(camera: Camera, overlay: Overlay, look: Callable[[], Look], stop: threading.Event) -> None:
    """Follow the hair until `stop` is set or the preview is closed; `look` is asked before every frame.

    The overlay is taken away at the end. `camera` is open already. Raises SourceError where it is lost, or the screen
    takes no overlay.
    """
    with suppress(PreviewClosedError):
        try:
            while not stop.is_set():
                camera.set_overlay(overlay(camera.read_small(), look()))
        finally:
            with suppress(SourceError):
                camera.set_overlay(None)


def show(
    look: Look,
    *,
    camera: int = 0,
    size: Size | None = None,
    fps: float | None = None,
    rotate: int = 0,
    mirror: bool = False,
    model: str | os.PathLike[str] | None = None,
    seconds: float | None = None,
) -> None:
    """Open the Raspberry Pi's camera with a preview and overlay the hair, for `seconds` or until interrupted.

    `size`: None for one that every screen has room for. `rotate`: 0 or 180, which the camera does itself; it cannot
    turn a picture on its side (SourceError). The other arguments and errors are those of PiCameraSource and Overlay.
    """
    if rotate not in (0, 180):
        raise SourceError(f"rotate {rotate}: an overlay goes with 0 or 180, or leave --display overlay out")
    overlay, stop = Overlay(model), threading.Event()
    upside_down = rotate == 180
    source = PiCameraSource(
        size or SIZE, fps=fps, camera=camera, hflip=upside_down != mirror, vflip=upside_down, preview="auto"
    )
    with source:
        timer = threading.Timer(seconds or 0, stop.set)
        if seconds:
            timer.start()
        try:
            run(source, overlay, lambda: look, stop)
        finally:
            timer.cancel()
