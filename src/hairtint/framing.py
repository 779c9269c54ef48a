"""The shape in which a network sees a picture: a square, as in the report, or about the picture's own proportions.

A file of a network that takes several says so in the names of its input's dimensions: "192,160,128" high and
"192,224,224" wide are 192x192, 160x224 and 128x224, the square first.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

Shape = tuple[int, int]  # height, width

STEP = 32  # what both sides of a shape are multiples of: the stride of this project's networks
WIDE = (4 / 3, 16 / 9)  # width by height, as cameras have them
LEAST = 3 / 4  # of the square's pixels: fewer would lose strands, and more than the square's would cost time


def shapes(size: int) -> tuple[Shape, ...]:
    """What a network of this project takes that learnt from squares of `size`: these, and wide ones for no more work.

    Wide pictures in their own proportions get better masks than squeezed ones, upright pictures do not, not even where
    a network has learnt from such (docs/training-log.md). A size of no multiple of STEP has the square alone.
    """
    if size % STEP:
        return ((size, size),)
    sides = range(STEP, 2 * size + 1, STEP)
    fitting = [(h, w) for h in sides for w in sides if LEAST * size**2 <= h * w <= size**2]
    return tuple(dict.fromkeys([(size, size), *(_nearest(fitting, wanted) for wanted in WIDE)]))


def nearest(shapes: Sequence[Shape], width: int, height: int) -> Shape:
    """The shape whose proportions are nearest to those of a picture, by their ratio."""
    return _nearest(shapes, width / height)


def _nearest(shapes: Sequence[Shape], wanted: float) -> Shape:
    return min(shapes, key=lambda s: (abs(math.log(s[1] / s[0] / wanted)), -s[0] * s[1]))


def named(shapes: Sequence[Shape]) -> tuple[str, str]:
    """The names of the two dimensions of a file that takes these shapes."""
    high, wide = zip(*shapes, strict=True)
    return ",".join(map(str, high)), ",".join(map(str, wide))


def read(height: int | str, width: int | str) -> tuple[Shape, ...]:
    """The shapes that a file's dimensions, or their names, stand for; ValueError where they stand for none."""
    sides = ([int(side) for side in str(named).split(",")] for named in (height, width))
    return tuple(zip(*sides, strict=True))
