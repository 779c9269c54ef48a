"""What counts as a frame, and as its mask: the checks that all functions taking them share."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hairtint.errors import MaskError, PictureError

Cover = NDArray[Any]

MAX_PIXELS = 155_000_000
"""The most pixels a picture may have, whichever way it comes in."""

_ONE = np.float32(1).view(np.uint32)


def check_frame(rgb: object, *, max_pixels: float = MAX_PIXELS) -> None:
    """Raise PictureError unless `rgb` is a uint8 array (H, W, 3), RGB, of 1 to `max_pixels` pixels."""
    if isinstance(rgb, np.ndarray) and rgb.ndim == 3 and rgb.shape[0] * rgb.shape[1] > max_pixels:
        limit = max_pixels / 1e6
        raise PictureError(f"the picture is {rgb.shape[1]}x{rgb.shape[0]}: give at most {limit:g} megapixels")
    if not isinstance(rgb, np.ndarray) or rgb.dtype != np.uint8 or rgb.ndim != 3 or rgb.shape[2] != 3 or not rgb.size:
        raise PictureError(f"the picture is {described(rgb)}: give a uint8 array (height, width, 3) in RGB order")


def described(value: object) -> str:
    """What somebody gave, for a refusal: dtype and shape of an array, the type of anything else."""
    return f"{value.dtype} {value.shape}" if isinstance(value, np.ndarray) else type(value).__name__


def check_size(mask: object, rgb: NDArray[np.uint8]) -> Cover:
    """The mask of a frame, where it is an array of the frame's size; MaskError otherwise."""
    if not isinstance(mask, np.ndarray) or mask.shape != rgb.shape[:2]:
        what = str(mask.shape) if isinstance(mask, np.ndarray) else type(mask).__name__
        raise MaskError(f"the mask is {what}, the picture {rgb.shape[:2]}: give a mask of the picture's size")
    return mask


def check_mask(mask: object, rgb: NDArray[np.uint8]) -> tuple[Cover, Cover]:
    """As `as_cover`, of a frame's mask; MaskError also where it is not of the frame's size."""
    return as_cover(check_size(mask, rgb))


def as_cover(mask: object) -> tuple[Cover, Cover]:
    """A mask as uint8 up to 255 or float32 up to 1, and the most of each row.

    Takes (H, W): float in [0, 1], bool, or uint8 from 0 to 255 (0 and 1 alone count as bool). Raises MaskError for
    anything else, NaN too.
    """
    if not isinstance(mask, np.ndarray) or mask.ndim != 2 or not 0 < mask.size <= MAX_PIXELS:
        limit = MAX_PIXELS / 1e6
        raise MaskError(f"the mask is {described(mask)}: give (height, width) of 1 pixel to {limit:g} megapixels")
    if mask.dtype.kind not in "bf" and mask.dtype != np.uint8:
        raise MaskError(f"the mask is {mask.dtype}: give float from 0 to 1, bool, or uint8 from 0 to 255")
    mask = np.asarray(mask)
    if mask.dtype == np.float32 and (highest := _peaks(mask)) is not None:
        return mask, highest
    peaks = mask.max(axis=1)
    if mask.dtype == np.bool_ or (mask.dtype == np.uint8 and peaks.max() <= 1):
        return mask.astype(np.uint8) * np.uint8(255), peaks.astype(np.uint8) * np.uint8(255)
    if mask.dtype == np.uint8:
        return mask, peaks
    low, high = float(mask.min()), float(peaks.max())
    if not (low >= -1e-3 and high <= 1 + 1e-3):
        raise MaskError(f"the mask runs from {low:g} to {high:g}: give values from 0 (not hair) to 1 (hair)")
    return mask.astype(np.float32, copy=False), peaks


def _peaks(mask: Cover) -> NDArray[np.float32] | None:
    """The most of each row, where no value lies outside [0, 1]; None where one may.

    Floats of one sign are in the order of their bits, and negative ones and NaN come after 1: one look tells it all.
    """
    bits = mask.view(np.uint32).max(axis=1)
    return bits.view(np.float32) if bits.max() <= _ONE else None
