"""A photo of several people, or a very long one, is seen in parts as well: the networks learnt from one head a photo.

Of several heads they often find but one, or none. The parts overlap by half, so that each head is near the middle of
one, and count the less the nearer to their edges (docs/training-log.md).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from hairtint import matte
from hairtint.pyramid import Pyramid

Map = NDArray[np.float32]
Maps = tuple[Map, Map]
Grid = tuple[int, int]  # how many parts, down and across
Span = tuple[int, int, int]  # where a part begins, where it counts in full and where it ends

WHOLE = (1, 1)
LONG = 2.0  # a side longer than this by the other is squeezed too much
LEAST = 224  # pixels of the shorter side: in parts of fewer there would be nothing but blur
TRACE = 0.05  # what is this probable away from a head may be another's hair
SPECK = 0.01  # regions below this share of the largest are nobody's
APART = 0.25  # of the longer side of regions of hair: what is this far from each other is not of one head
BESIDE = 1 / 3  # of a wide photo: beside one head with this much left free there may be another
FEW, MANY = 6, 12  # parts in which hair is looked for, and in which it is then found


def wanted(probability: Map, picture: Pyramid, look: Callable[[Pyramid], Map]) -> Grid:
    """How many parts a picture is to be seen in as well; WHOLE where the whole shows all there is.

    probability: float32 (h, w) in [0, 1], of the whole. look: is asked about places where more hair may be.
    """
    size = (height, width) = picture.rgb.shape[:2]
    if min(size) < LEAST:
        return WHOLE
    many = _grid(size, MANY)
    if max(size) > LONG * min(size):
        return many
    if not (probability > 0.5).any():
        places = cut(picture, _grid(size, FEW))
    else:
        heads = _heads(probability, size)
        if len(heads) > 1:
            return many
        places = _beside(heads[0], picture) if width > height else iter(())
    return many if any((look(place) > 0.5).any() for place in places) else WHOLE


def cut(picture: Pyramid, grid: Grid) -> Iterator[Pyramid]:
    """The parts of a picture, row by row."""
    for rows, columns in _places(picture.rgb.shape[:2], grid):
        yield Pyramid(np.ascontiguousarray(picture.rgb[rows[0] : rows[2], columns[0] : columns[2]]))


def joined(whole: Maps, seen: Iterable[Maps], grid: Grid) -> Maps:
    """The most of what was seen in the whole and in the parts, map by map, in the sizes of the whole's maps.

    whole: float32 (h, w) in [0, 1] each. seen: as many maps of each part, in the order of `cut`, of any size.
    """
    results = [np.zeros_like(one) for one in whole]
    places = [_places(one.shape, grid) for one in whole]
    for maps, spots in zip(seen, zip(*places, strict=True), strict=True):
        for result, found, (rows, columns) in zip(results, maps, spots, strict=True):
            place = result[rows[0] : rows[2], columns[0] : columns[2]]
            fitting = cv2.resize(found, place.shape[::-1], interpolation=cv2.INTER_LINEAR)
            place += fitting * _weights(rows, len(result))[:, None] * _weights(columns, result.shape[1])
    return tuple(np.maximum(one, result, out=result) for one, result in zip(whole, results, strict=True))


def _grid(size: tuple[int, int], most: int) -> Grid:
    """As many parts as may be, those nearest to squares."""
    grids = [(down, most // down) for down in range(1, most + 1)]
    return min(grids, key=lambda grid: abs(math.log(size[0] / (grid[0] + 1) * (grid[1] + 1) / size[1])))


def _places(size: tuple[int, ...], grid: Grid) -> product[tuple[Span, Span]]:
    return product(*(_spans(length, count) for length, count in zip(size, grid, strict=True)))


def _spans(length: int, count: int) -> list[Span]:
    edges = [round(length * k / (count + 1)) for k in range(count + 2)]
    return list(zip(edges, edges[1:], edges[2:], strict=False))


def _weights(span: Span, length: int) -> Map:
    """Of the pixels of a span, float32; those of all spans of a length add up to 1."""
    first, _, last = span
    rising = [float(first == 0), 1, float(last == length)]
    return np.interp(np.arange(first, last) + 0.5, span, rising).astype(np.float32)


def _heads(probability: Map, size: tuple[int, int]) -> list[tuple[float, float]]:
    """Where each head's hair begins and ends across the picture, as shares of its width, a margin included."""
    height, width = probability.shape
    narrow = size[1] / width * height / size[0]  # width of a place of the map by its height
    hair = matte.without_specks(probability > TRACE, SPECK).view(np.uint8)
    near = np.zeros_like(hair)
    for x, y, wide, high, _ in cv2.connectedComponentsWithStats(hair, connectivity=8)[2][1:]:
        margin = APART * max(wide * narrow, high)
        down, across = math.ceil(margin), math.ceil(margin / narrow)
        near[max(0, y - down) : y + high + down, max(0, x - across) : x + wide + across] = 1
    boxes = cv2.connectedComponentsWithStats(near, connectivity=8)[2][1:]
    return [(x / width, (x + wide) / width) for x, _, wide, _, _ in boxes]


def _beside(head: tuple[float, float], picture: Pyramid) -> Iterator[Pyramid]:
    """The wider side of the picture beside a head, if it is wide enough for another."""
    width = picture.rgb.shape[1]
    left, right = (round(edge * width) for edge in head)
    free = slice(0, left) if left > width - right else slice(right, width)
    if free.stop - free.start >= BESIDE * width:
        yield Pyramid(np.ascontiguousarray(picture.rgb[:, free]))
