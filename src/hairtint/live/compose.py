"""What is seen of a picture: before and after, the mask, mirrored or not."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np

from hairtint.live.controls import Controls
from hairtint.live.loop import Picture
from hairtint.live.sources import Rgb, Size

MASK_COLOR = (0, 229, 160)  # a green that no hair has
DIMMED = 0.45  # how much of the light stays where there is no hair


def compose(picture: Picture, controls: Controls, *, mirror: bool | None = None) -> Rgb:
    """The picture as the viewer wants it, uint8 (H, W, 3), contiguous; `mirror` None follows the controls."""
    seen = with_mask(picture) if controls.mask else picture.dyed
    before = picture.rgb
    if controls.mirror if mirror is None else mirror:
        seen = np.asarray(cv2.flip(seen, 1), np.uint8)
        before = np.asarray(cv2.flip(before, 1), np.uint8) if controls.split is not None else before
    if controls.split is not None:
        seen = _split(before, seen, controls.split)
    return seen


def with_mask(picture: Picture) -> Rgb:
    """The picture dimmed and grey, its hair in a signal colour; as it is while there is no mask."""
    if picture.mask is None:
        return picture.rgb
    grey = cv2.cvtColor(picture.rgb, cv2.COLOR_RGB2GRAY)
    signal = np.outer(0.55 + 0.45 * np.arange(256) / 255, MASK_COLOR)
    hair = cv2.applyColorMap(grey, np.rint(signal).astype(np.uint8)[:, None])
    behind = cv2.cvtColor(cv2.convertScaleAbs(grey, alpha=DIMMED), cv2.COLOR_GRAY2RGB)
    return np.asarray(cv2.blendLinear(hair, behind, picture.mask, 1 - picture.mask), np.uint8)


def fit(rgb: Rgb, size: Size) -> Rgb:
    """The whole picture in a frame of this (width, height), uint8; what it leaves over is black.

    Where the frame is the picture made even, the odd last row or column is cut off and the rest stays as it is.
    """
    if size == even((rgb.shape[1], rgb.shape[0])):
        return np.ascontiguousarray(rgb[: size[1], : size[0]])
    left, top, width, height = letterbox((rgb.shape[1], rgb.shape[0]), size)
    out = np.zeros((size[1], size[0], 3), np.uint8)
    out[top : top + height, left : left + width] = scaled(rgb, (width, height))
    return out


def even(size: Size) -> Size:
    """The largest (width, height) within it whose sides are even, as video codecs want them."""
    return size[0] // 2 * 2, size[1] // 2 * 2


def letterbox(picture: Size, frame: Size) -> tuple[int, int, int, int]:
    """Left, top, width and height of a picture fitted into a frame, both (width, height)."""
    by = min(frame[0] / picture[0], frame[1] / picture[1])
    width, height = max(1, round(picture[0] * by)), max(1, round(picture[1] * by))
    return (frame[0] - width) // 2, (frame[1] - height) // 2, width, height


def scaled(rgb: Rgb, size: Size) -> Rgb:
    """The picture at another (width, height), crisp: averaged when it shrinks, cubic when it grows."""
    if size == (rgb.shape[1], rgb.shape[0]):
        return rgb
    how = cv2.INTER_AREA if size[0] < rgb.shape[1] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(rgb, size, interpolation=how), np.uint8)


def _split(before: Rgb, after: Rgb, at: float) -> Rgb:
    """Before on the left, after on the right, a thin line between."""
    width = before.shape[1]
    column = round(at * width)
    out: Any = after.copy()
    out[:, :column] = before[:, :column]
    line = max(1, round(width / 640))
    out[:, max(0, column - line) : column + line] = 255
    return np.asarray(out, np.uint8)
