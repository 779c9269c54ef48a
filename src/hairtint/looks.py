"""A photo is worth more time than a frame: several networks look at it, the first one mirrored as well, and all again at
the hair from near.

The second look adds 0.15 IoU on full-body street photos (CCP), where hair is a hundredth of the picture
(docs/training.md).
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from hairtint.pyramid import Pyramid

Rgb = NDArray[np.uint8]
Map = NDArray[np.float32]
Look = Callable[[Pyramid], Map]  # a picture of any size -> a small map of it

MARGIN = 0.5  # of the hair's longer side, kept around it in the second look: the head tells what is hair
LEAST = 112  # pixels a side of the second look: of fewer there would be nothing but blur
NEAR = 0.6  # a second look that would show more of the picture than this shows nothing new
MOST = 4.0  # how much finer the map may get


def finest(picture: Rgb | Pyramid, *networks: Look) -> Map:
    """Probability of hair, float32 (h, w) in [0, 1], of an RGB picture, uint8 (H, W, 3)."""
    picture = Pyramid.of(picture)
    rgb = picture.rgb
    whole = mirrored(picture, *networks)
    box = _around(whole, rgb.shape[:2])
    if box is None:
        return whole
    rows, columns = box
    near = mirrored(np.ascontiguousarray(rgb[rows, columns]), *networks)
    return _pasted(whole, near, box, rgb.shape[:2])


def mirrored(picture: Rgb | Pyramid, first: Look, *others: Look) -> Map:
    """The mean of the picture's maps and of the first network's map of its mirror image, in the size of that one's."""
    picture = Pyramid.of(picture)
    mirror = Pyramid(np.ascontiguousarray(picture.rgb[:, ::-1]))
    maps = [first(picture), first(mirror)[:, ::-1], *(other(picture) for other in others)]
    height, width = maps[0].shape
    maps = [cv2.resize(np.ascontiguousarray(m), (width, height), interpolation=cv2.INTER_LINEAR) for m in maps]
    return np.mean(maps, axis=0, dtype=np.float32)


def _around(probability: Map, size: tuple[int, int]) -> tuple[slice, slice] | None:
    """Rows and columns of the picture around its hair; None where there is none, or nothing to gain."""
    left, top, width, height = cv2.boundingRect((probability > 0.5).astype(np.uint8))
    if not width:
        return None
    by = np.array(size) / probability.shape  # picture pixels a map pixel, down and across
    first, last = np.array([top, left]) * by, np.array([top + height, left + width]) * by
    margin = np.maximum(MARGIN * (last - first).max(), (LEAST - (last - first)) / 2)
    first, last = np.maximum(0, first - margin).astype(int), np.minimum(size, np.ceil(last + margin)).astype(int)
    if np.prod(last - first) > NEAR * np.prod(size):
        return None
    return slice(int(first[0]), int(last[0])), slice(int(first[1]), int(last[1]))


def _pasted(whole: Map, near: Map, box: tuple[slice, slice], size: tuple[int, int]) -> Map:
    """The map of the whole picture, fine enough for the near look, which takes its place inside the box."""
    sides = [part.stop - part.start for part in box]
    finer = min(MOST, max(full / side for full, side in zip(size, sides, strict=True)))
    height, width = (round(n * finer) for n in whole.shape)
    result = np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)
    top, bottom = (round(edge / size[0] * height) for edge in (box[0].start, box[0].stop))
    left, right = (round(edge / size[1] * width) for edge in (box[1].start, box[1].stop))
    if bottom > top and right > left:
        result[top:bottom, left:right] = cv2.resize(near, (right - left, bottom - top), interpolation=cv2.INTER_LINEAR)
    return result
