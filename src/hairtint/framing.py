"""The shape in which a network sees a picture: a square, as in the report, or about the picture's own proportions."""

from __future__ import annotations

import math

Shape = tuple[int, int]  # height, width

STEP = 32  # what both sides of a shape are multiples of: the stride of this project's networks
PROPORTIONS = (9 / 16, 3 / 4, 1.0, 4 / 3, 16 / 9)  # width by height, as cameras and phones have them
LEAST = 3 / 4  # of the square's pixels: fewer would lose strands, and more than the square's would cost time


def proportions(width: int, height: int) -> float:
    """Those of PROPORTIONS that a picture comes nearest to, by ratio."""
    return min(PROPORTIONS, key=lambda p: abs(math.log(width / height / p)))


def shape(size: int, wanted: float) -> Shape:
    """The height and width, multiples of STEP, that come nearest to the proportions `wanted` with the work of a square.

    size: the side of the square, (size, size) for proportions of 1. A size of no multiple of STEP has the square alone.
    """
    if wanted == 1 or size % STEP:
        return size, size
    sides = range(STEP, 2 * size + 1, STEP)
    fitting = [(h, w) for h in sides for w in sides if LEAST * size**2 <= h * w <= size**2]
    return min(fitting, key=lambda s: (abs(math.log(s[1] / s[0] / wanted)), -s[0] * s[1]))
