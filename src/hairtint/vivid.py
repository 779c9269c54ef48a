"""Colours that no hair has by nature, as blue, pink and green: where a picture has them, and the picture without them.

The networks learnt from hair in nature's colours, and in others they often find none (docs/training-log.md).
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]

NATURAL, VIVID = 8, 24  # grey levels up to which a colour may be hair's own, and from which on it is none
BROWN = (1.12, 1.0, 0.82)  # red, green and blue of what takes its place, by its lightness


def coolness(rgb: Rgb) -> NDArray[np.uint8]:
    """By how many grey levels each pixel of an RGB picture, uint8 (H, W, 3), is too green or too blue; uint8 (H, W).

    Skin and natural hair have as much red as green or more, and as much green as blue, in any light but a coloured one.
    """
    red, green, blue = cv2.split(rgb)
    return np.asarray(cv2.max(cv2.subtract(green, red), cv2.subtract(blue, green)), np.uint8)


def browned(rgb: Rgb) -> Rgb:
    """The picture, uint8 (H, W, 3), with its vivid colours turned to browns of their lightness."""
    share = np.interp(np.arange(256), (NATURAL, VIVID), (0, 1)).astype(np.float32)[coolness(rgb)]
    levels = np.arange(256)[:, None] * np.array(BROWN)
    grey = cv2.cvtColor(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    brown = cv2.LUT(grey, np.clip(np.rint(levels), 0, 255).astype(np.uint8)[None])
    return np.asarray(cv2.blendLinear(np.ascontiguousarray(rgb), brown, 1 - share, share), np.uint8)
