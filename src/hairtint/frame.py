"""What counts as a frame: the one check that every function taking pixels shares."""

from __future__ import annotations

import numpy as np

from hairtint.errors import PictureError

MAX_PIXELS = 100_000_000
"""The most pixels a picture may have, whichever way it comes in."""


def check_frame(rgb: object) -> None:
    """Raise PictureError unless `rgb` is a uint8 array (H, W, 3), RGB, of 1 to MAX_PIXELS pixels."""
    if isinstance(rgb, np.ndarray) and rgb.ndim == 3 and rgb.shape[0] * rgb.shape[1] > MAX_PIXELS:
        limit = MAX_PIXELS / 1e6
        raise PictureError(f"the picture is {rgb.shape[1]}x{rgb.shape[0]}: give at most {limit:g} megapixels")
    if not isinstance(rgb, np.ndarray) or rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3 or not rgb.size:
        what = f"{rgb.dtype} {rgb.shape}" if isinstance(rgb, np.ndarray) else type(rgb).__name__
        raise PictureError(f"the picture is {what}: give a uint8 array (height, width, 3) in RGB order")
