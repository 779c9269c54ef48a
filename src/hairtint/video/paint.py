"""From the dyed picture back into the frame: only what the dye changed is added, so all else stays to the bit.

A frame is never converted to RGB and back. The tinter sees an RGB copy; the difference that it made is taken through
the video's matrix and added to the planes. Subsampled chroma, ten bits and limited range therefore keep their values
wherever there is no hair.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from numpy.typing import NDArray

from hairtint.video.layout import Layout
from hairtint.video.signal import Rgb, Signal

if TYPE_CHECKING:
    from av import VideoFrame

_ALIGN = 4  # no format has coarser chroma


def paint(frame: VideoFrame, layout: Layout, signal: Signal, before: Rgb, after: Rgb) -> None:
    """Add to `frame` what turns `before` into `after`, uint8 (H, W, 3) sRGB as stored; changes the frame in place."""
    box = _box(before, after)
    if box is None:
        return
    frame.make_writable()
    change = signal.change(np.ascontiguousarray(before[box]), np.ascontiguousarray(after[box]))
    planes = layout.arrays(frame)
    if layout.rgb:
        scale = ((1 << layout.bits) - 1) / 255
        for channel, place in enumerate(layout.order):
            plane = planes[0][..., place] if layout.packed else planes[place]
            _add(plane[box], change[..., channel] * np.float32(scale), layout.bits)
        return
    weights = signal.weights(frame.height, layout)
    _add(planes[0][box], _through(change, weights[:1]), layout.bits)
    coarse = _coarse(change, layout.step)
    part = _chroma_box(box, layout.step)
    for number in (1, 2):
        _add(planes[number][part], _through(coarse, weights[number : number + 1]), layout.bits)


def set_alpha(frame: VideoFrame, layout: Layout, mask: NDArray[np.float32]) -> None:
    """Make `mask`, float32 (H, W) in [0, 1], times what there is the transparency of a frame with room for one."""
    frame.make_writable()
    planes = layout.arrays(frame)
    alpha = planes[0][..., layout.alpha] if layout.packed else planes[layout.alpha or 0]
    alpha[...] = np.rint(alpha * mask)


def _box(before: Rgb, after: Rgb) -> tuple[slice, slice] | None:
    """Rows and columns around all that differs; None where nothing does."""
    height, width = before.shape[:2]
    x, y, wide, tall = cv2.boundingRect(cv2.absdiff(before, after).reshape(height, 3 * width))
    if not wide:
        return None
    return _aligned(y, y + tall, height), _aligned(x // 3, -(-(x + wide) // 3), width)


def _aligned(start: int, stop: int, end: int) -> slice:
    return slice(start // _ALIGN * _ALIGN, min(end, -(-stop // _ALIGN) * _ALIGN))


def _chroma_box(box: tuple[slice, slice], step: tuple[int, int]) -> tuple[slice, slice]:
    rows, columns = box
    return (
        slice(rows.start // step[1], -(-rows.stop // step[1])),
        slice(columns.start // step[0], -(-columns.stop // step[0])),
    )


def _coarse(change: NDArray[Any], step: tuple[int, int]) -> NDArray[Any]:
    """The mean of the pixels that share one of chroma; where the last share is cut off, its edge is repeated."""
    if step == (1, 1):
        return change
    height, width = change.shape[:2]
    more = (-height % step[1], -width % step[0])
    if any(more):
        change = cv2.copyMakeBorder(change, 0, more[0], 0, more[1], cv2.BORDER_REPLICATE)
    size = (change.shape[1] // step[0], change.shape[0] // step[1])
    return np.asarray(cv2.resize(change, size, interpolation=cv2.INTER_AREA))


def _through(change: NDArray[Any], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(cv2.transform(change.astype(np.float32, copy=False), weights), np.float32)


def _add(plane: NDArray[Any], change: NDArray[np.float32], bits: int) -> None:
    """Add to the values of a plane and keep them in their range."""
    if bits == 8:
        plane[...] = cv2.add(plane, change, dtype=cv2.CV_8U)  # rounds and saturates
    else:
        plane[...] = np.clip(np.rint(plane + change), 0, (1 << bits) - 1)
