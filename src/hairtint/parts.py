"""A photo of several people, or a very long one, is seen in parts as well: the networks learnt from one head a photo.

Of several heads they often find but one, or none. The parts overlap by half, so that each head is near the middle of
one, and count the less the nearer to their edges (docs/training-log.md).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from hairtint import matte
from hairtint.pyramid import Pyramid

Map = NDArray[np.float32]
Maps = tuple[Map, ...]  # the probability of hair, and whatever else is made of it
Glance = Callable[[Pyramid], Map]  # a picture of any size -> a small map of it
Grid = tuple[int, int]  # how many parts, down and across
Span = tuple[int, int, int]  # where a part begins, where it counts in full and where it ends

LONG = 2.4  # longer side by shorter: a longer photo is squeezed too much
LEAST = 512**2  # pixels of a photo: with fewer its parts are but larger, not sharper
TRACE = 0.05  # what is this probable away from a head may be another's hair
CELLS = 256  # a side of the map on which heads are told apart
SPECK = 0.05  # regions below this share of the largest are nobody's
APART = 0.5  # of the longer side of regions of hair: what is this far from each other is not of one head
BESIDE = 1 / 3  # of a wide photo: beside one head with this much left free there may be another
SMALL = 0.04  # of a part: larger hair would have been seen in the whole, so this is fur, or grass
FEW, MANY = 6, 12  # parts in which hair is looked for, and in which it is then found


def seen(picture: Pyramid, see: Callable[[Pyramid], Maps], *looks: Glance) -> Maps:
    """What `see` makes of a picture, the probability of hair and, say, the mask: the most that whole and parts show.

    see: gives them, float32 in [0, 1], in any size, but the same size for the same picture. looks: are asked about
    places where more hair may be; the quickest first, as all must see some.
    """
    whole = see(picture)
    grid = _wanted(whole[0], picture, looks)
    if grid is None:
        return whole
    sums = tuple(np.zeros_like(one) for one in whole)
    for part, *places in zip(_cut(picture, grid), *(_places(one.shape, grid) for one in sums), strict=True):
        for total, found, (rows, columns) in zip(sums, see(part), places, strict=True):
            place = total[rows[0] : rows[2], columns[0] : columns[2]]
            fitting = cv2.resize(found, place.shape[::-1], interpolation=cv2.INTER_LINEAR)
            place += fitting * _weights(rows, total.shape[0])[:, None] * _weights(columns, total.shape[1])
    for total, one in zip(sums, whole, strict=True):
        np.maximum(total, one, out=total)
    return sums


def _wanted(probability: Map, picture: Pyramid, looks: tuple[Glance, ...]) -> Grid | None:
    """How many parts the picture is to be seen in; None where the whole shows all there is."""
    size = (height, width) = picture.rgb.shape[:2]
    if height * width < LEAST:
        return None
    many = _grid(size, MANY)
    if max(size) > LONG * min(size):
        return many
    if (probability > 0.5).any():
        heads = _heads(probability, width / height)
        if len(heads) > 1:
            return many
        places, most = _beside(heads, picture), 1.0
    else:
        places, most = _cut(picture, _grid(size, FEW)), SMALL
    return many if any(all(0 < (look(place) > 0.5).mean() < most for look in looks) for place in places) else None


def _cut(picture: Pyramid, grid: Grid) -> Iterator[Pyramid]:
    for rows, columns in _places(picture.rgb.shape, grid):
        yield Pyramid(np.ascontiguousarray(picture.rgb[rows[0] : rows[2], columns[0] : columns[2]]))


def _grid(size: tuple[int, int], most: int) -> Grid:
    """As many parts as may be, those nearest to squares."""
    grids = [(down, most // down) for down in range(1, most + 1)]
    return min(grids, key=lambda grid: abs(math.log(size[0] / (grid[0] + 1) * (grid[1] + 1) / size[1])))


def _places(size: tuple[int, ...], grid: Grid) -> product[tuple[Span, Span]]:
    """Rows and columns of each part, row by row."""
    return product(_spans(size[0], grid[0]), _spans(size[1], grid[1]))


def _spans(length: int, count: int) -> list[Span]:
    edges = [round(length * k / (count + 1)) for k in range(count + 2)]
    return list(zip(edges[:-2], edges[1:-1], edges[2:], strict=True))


def _weights(span: Span, length: int) -> Map:
    """Of the pixels of a span, float32 (n,); those of all spans of a length add up to 1."""
    first, _, last = span
    return np.asarray(np.interp(np.arange(first, last) + 0.5, span, [first == 0, 1, last == length]), np.float32)


def _heads(probability: Map, narrow: float) -> list[tuple[float, float]]:
    """Where each head's hair begins and ends across the picture, as shares of its width, a margin included.

    narrow: a cell's width by its height.
    """
    cells = cv2.resize(probability, (CELLS, CELLS), interpolation=cv2.INTER_LINEAR)
    hair = matte.without_specks(cells > TRACE, SPECK).view(np.uint8)
    near = np.zeros_like(hair)
    for x, y, wide, high, _ in cv2.connectedComponentsWithStats(hair, connectivity=8)[2][1:]:
        margin = APART * max(wide * narrow, high)
        down, across = math.ceil(margin), math.ceil(margin / narrow)
        near[max(0, y - down) : y + high + down, max(0, x - across) : x + wide + across] = 1
    boxes = cv2.connectedComponentsWithStats(near, connectivity=8)[2][1:]
    return [(x / CELLS, (x + wide) / CELLS) for x, _, wide, _, _ in boxes]


def _beside(heads: list[tuple[float, float]], picture: Pyramid) -> Iterator[Pyramid]:
    """The wider side of a wide picture beside a head, where there is room for another."""
    height, width = picture.rgb.shape[:2]
    for edges in heads:
        left, right = (round(edge * width) for edge in edges)
        free = slice(0, left) if left > width - right else slice(right, width)
        if width > height and free.stop - free.start >= BESIDE * width:
            yield Pyramid(np.ascontiguousarray(picture.rgb[:, free]))
