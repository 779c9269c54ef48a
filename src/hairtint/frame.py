"""What counts as a frame: the one check that every function taking pixels shares."""

from __future__ import annotations

import numpy as np

from hairtint.errors import PictureError


def check_frame(rgb: object) -> None:
    """Raise PictureError unless `rgb` is a uint8 array (H, W, 3), RGB, with at least one pixel."""
    if not isinstance(rgb, np.ndarray) or rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3 or not rgb.size:
        what = f"{rgb.dtype} {rgb.shape}" if isinstance(rgb, np.ndarray) else type(rgb).__name__
        raise PictureError(f"the picture is {what}: give a uint8 array (height, width, 3) in RGB order")
