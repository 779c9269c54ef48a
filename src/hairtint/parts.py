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

from hairtint import matte
from hairtint.glances import Glance, Map
from hairtint.pyramid import Pyramid

Maps = tuple[Map, ...]  # the probability of hair, and whatever else is made of it
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
STEEP = 2.5  # where parts differ: by how much faster the one side gives way to the other than the weights do


def seen(picture: Pyramid, see: Callable[[Pyramid], Maps], *looks: Glance) -> Maps:
    """What `see` makes of a picture, the probability of hair and, say, the mask: the most that whole and parts show.

    In parts, what nowhere reaches one half is no hair.

    see: gives them, float32 in [0, 1], in any size, but the same size for the same picture. looks: are asked about
    places where more hair may be; the quickest first, as all must see some.
    """
    whole = see(picture)
    grid = _wanted(whole[0], picture, looks)
    if grid is None:
        return whole
    votes = [_Votes(one.shape) for one in whole]
    for part, *places in zip(_cut(picture, grid), *(_places(one.shape, grid) for one in whole), strict=True):
        for vote, found, place in zip(votes, see(part), places, strict=True):
            vote.add(found, *place)
    joined = tuple(np.maximum(one, vote.result()) for one, vote in zip(whole, votes, strict=True))
    for one in joined:
        one *= matte.with_core(one)
    return joined


class _Votes:
    """Of one map: what the parts show at each place, those that see hair there apart from those that do not.

    The mean of both would dye the hair by halves where they differ, and by less what but one of them takes for hair.
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._hair, self._rest, self._weight = (np.zeros(shape, np.float32) for _ in range(3))

    def add(self, found: Map, rows: Span, columns: Span) -> None:
        """What the part of these rows and columns shows."""
        place = (slice(rows[0], rows[2]), slice(columns[0], columns[2]))
        height, width = self._weight.shape
        weight = _weights(rows, height)[:, None] * _weights(columns, width)
        found = np.asarray(cv2.resize(found, weight.shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)
        sees = weight * (found > 0.5)
        self._weight[place] += sees
        self._hair[place] += sees * found
        self._rest[place] += (weight - sees) * found

    def result(self) -> Map:
        """The mean of those that see hair where they weigh more, else of the others, with a short way in between."""
        share = np.clip(STEEP * (self._weight - 0.5) + 0.5, 0, 1)
        hair = self._hair / np.maximum(self._weight, 1e-6)
        rest = self._rest / np.maximum(1 - self._weight, 1e-6)
        return np.asarray(rest + share * (hair - rest), np.float32)


def _wanted(probability: Map, picture: Pyramid, looks: tuple[Glance, ...]) -> Grid | None:
    """How many parts the picture is to be seen in; None where the whole shows all there is."""
    size = (height, width) = picture.size
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
        yield picture.part(slice(rows[0], rows[2]), slice(columns[0], columns[2]))


def _grid(size: tuple[int, int], count: int) -> Grid:
    """So many parts, those nearest to squares."""
    grids = [(down, count // down) for down in range(1, count + 1) if count % down == 0]
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
    height, width = picture.size
    for edges in heads:
        left, right = (round(edge * width) for edge in edges)
        free = slice(0, left) if left > width - right else slice(right, width)
        if width > height and free.stop - free.start >= BESIDE * width:
            yield picture.part(slice(None), free)
