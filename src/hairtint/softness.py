"""How soft a photo is: where hair fades into the background more slowly than its mask does, the mask follows.

In a photo that is small, out of focus or moved, the outline of the hair is wider than what the matte makes of it. Dyed
by such a mask, a head would get a bright line inside its outline and a dark one outside.
"""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from hairtint.canvas import MARGIN, Canvas, blur, channels, told_by_colour
from hairtint.matte import around
from hairtint.shade import Shade

Mask = NDArray[np.float32]
Values = NDArray[np.float32]
Places = NDArray[np.intp]
Kind = TypeVar("Kind", bound=np.generic)

SHARPER = 0.5  # pixels of blur, as a sigma, by which a mask may be sharper than its photo and count as right
MOST = 7.0  # of blur: what is wider can't be measured
REACH = 0.026  # of the hair's longer side, that edges are looked at: a small head's are as clear as a large one's
POINTS = 256  # of the outline that are looked at
LEAST = 60  # of them, to trust their median
CLEAR = 60.0  # levels between hair and background from which an edge is seen well
TAIL = 0.02  # of the blurred mask, cut off at both ends
GRAIN = 0.4  # of the blur once more: the photo's grain must not enter the mask
_ROWS = 64  # worked on at a time, so that memory stays small
_FLAT = 0.01  # the least slope: nothing is divided by zero
_GAUSSIAN = np.float32(np.sqrt(2 * np.pi))  # times sigma: the inverse of the steepest slope of a blurred edge


def as_soft(mask: Mask, rgb: NDArray[np.uint8]) -> Mask:
    """The mask, float32 (H, W) in [0, 1], as soft as its RGB photo, uint8 (H, W, 3), is along the hair's outline.

    The mask itself where it is no sharper than the photo, or where too little of the outline is clear. Else a copy,
    blurred by what is missing; at both ends of the edge each pixel's own colour then says how much of it is hair.
    """
    sigma = missing(mask, rgb)
    box = around(mask > 0, round(3 * sigma) + MARGIN) if sigma else None
    if box is None:
        return mask
    soft = np.zeros_like(mask)
    blurred = blur(np.ascontiguousarray(mask[box]), sigma)
    told = _by_colour(np.clip((blurred - TAIL) / (1 - 2 * TAIL), 0, 1), rgb[box])
    soft[box] = np.minimum(blur(told, GRAIN * sigma), 1)
    return soft


def missing(mask: Mask, rgb: NDArray[np.uint8]) -> float:
    """By how many pixels, as the sigma of a blur, the edge of the mask is sharper than the photo's; 0 if by few."""
    box = around(mask > 0.5, 1)
    if box is None:
        return 0.0
    reach = min(max(4, round(REACH * max(mask[box].shape))), 14)
    x, y = _outline(mask[box] > 0.5)
    x, y = x + box[1].start, y + box[0].start
    hair, behind, clear = _sides(mask, rgb, x, y, reach)
    if np.count_nonzero(clear) < LEAST:
        return 0.0
    x, y, hair, behind = x[clear], y[clear], hair[clear], behind[clear]
    side = np.arange(-((reach + 1) // 2) - 1, (reach + 1) // 2 + 2)
    places = x[:, None, None] + side, y[:, None, None] + side[:, None]
    along = (hair - behind) / ((hair - behind) ** 2).sum(axis=1, keepdims=True)
    seen = np.einsum("nijk,nk->nij", _at(rgb, *places), along) - np.einsum("nk,nk->n", behind, along)[:, None, None]
    photo, own = _sigma(np.clip(seen, -0.2, 1.2)), _sigma(_at(mask, *places))
    sigma = float(np.sqrt(max(photo**2 - own**2, 0)))
    return min(sigma, MOST) if sigma > SHARPER else 0.0


def _sides(
    mask: Mask, rgb: NDArray[np.uint8], x: Places, y: Places, reach: int
) -> tuple[Values, Values, NDArray[np.bool_]]:
    """The colours (n, 3) of hair and of background beside points of the outline; and where both are surely that."""
    right = _at(mask, x + 2, y) - _at(mask, x - 2, y)
    down = _at(mask, x, y + 2) - _at(mask, x, y - 2)
    steps = reach * np.array([[1.25], [1.75], [2.25], [2.75]]) / np.maximum(np.hypot(right, down), 1e-6)
    by_x, by_y = (np.rint(steps * part).astype(int) for part in (right, down))
    inner, outer = (x + by_x, y + by_y), (x - by_x, y - by_y)
    hair, behind = (_at(rgb, *side).mean(axis=0, dtype=np.float32) for side in (inner, outer))
    sure = (_at(mask, *inner) > 0.5).all(axis=0) & (_at(mask, *outer) < 0.5).all(axis=0)
    return hair, behind, sure & (((hair - behind) ** 2).sum(axis=1) > CLEAR**2)


def _outline(hair: NDArray[np.bool_]) -> tuple[Places, Places]:
    """Columns and rows of at most POINTS pixels where hair begins or ends, in some rows and in some columns."""
    step = max(1, min(hair.shape) // 96)
    rows, columns = hair[::step], hair[:, ::step]
    y, x = np.nonzero(rows[:, 1:] != rows[:, :-1])
    v, u = np.nonzero(columns[1:] != columns[:-1])
    count = x.size + u.size
    few = np.arange(min(count, POINTS)) * count // max(min(count, POINTS), 1)
    return np.concatenate([x, u * step])[few], np.concatenate([y * step, v])[few]


def _at(picture: NDArray[Kind], x: Places, y: Places) -> NDArray[Kind]:
    """Pixels of a picture, or the nearest ones inside."""
    height, width = picture.shape[:2]
    return picture[np.clip(y, 0, height - 1), np.clip(x, 0, width - 1)]


def _sigma(patches: Values) -> float:
    """The blur of edges from 0 to 1 in patches (n, side, side): told by the steepest slope of each; their median."""
    across, down = patches[:, :, 2:] - patches[:, :, :-2], patches[:, 2:] - patches[:, :-2]
    across = across[:, :-2] + 2 * across[:, 1:-1] + across[:, 2:]
    down = down[:, :, :-2] + 2 * down[:, :, 1:-1] + down[:, :, 2:]
    steepest = np.hypot(across, down).max(axis=(1, 2)) / 8
    return float(np.median(1 / (_GAUSSIAN * np.maximum(steepest, _FLAT))))


def _by_colour(mask: Mask, rgb: NDArray[np.uint8]) -> Mask:
    """The mask, in place, with the share of hair that its faint and its nearly solid pixels speak for by their colour.

    Not in the middle, where the mask knows better which side a pixel is on, and where dyeing looks at colours anyway.
    """
    canvas = Canvas(rgb, mask, Shade.measure(rgb, mask))
    for top in range(0, len(mask), _ROWS):
        band = slice(top, top + _ROWS)
        soft = np.flatnonzero((mask[band] > 0) & (mask[band] < 1))
        if not (sides := canvas.sides(soft, top)):
            break
        found, clear = told_by_colour(channels(rgb[band], soft), *sides)
        share = mask[band].reshape(-1)[soft]
        mixed = share * (1 - share)
        trust = clear * (np.minimum(10 * mixed, 1) - 4 * mixed)
        mask[band].reshape(-1)[soft] += trust * (np.clip(found, 0, 1) - share)
    return mask
