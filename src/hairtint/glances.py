"""A photo is worth more time than a frame: where a first look finds hair, more looks follow (docs/training-log.md).

Where the hair is small it is shown from near, which adds 0.15 IoU on full-body street photos (CCP), where hair is a
hundredth of the picture: to the first network and to one of another origin or, without such a network, to the first
again, as a mirror image. Else the first sees the mirror image of the whole, and the other the whole, which counts half.
Either way the first looks twice and the other once, which takes about ten times as long as a frame of video. Where the
first sees no hair at all, the other looks at the whole, and both from near at what it sees: one overlooks what two do
not. Hair that is blue, pink or green already is shown to all in brown, but only where a network that has learnt from
such hair sees some of it as it is: in brown a printed scarf would pass for hair.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from hairtint import matte, vivid
from hairtint.pyramid import Pyramid

Rgb = NDArray[np.uint8]
Map = NDArray[np.float32]
Glance = Callable[[Pyramid], Map]  # a picture of any size -> a small map of it

MARGIN = 0.5  # of the hair's longer side, kept around it in the second look: the head tells what is hair
LEAST = 112  # pixels a side of the second look: of fewer there would be nothing but blur
NEAR = 0.6  # a second look that would show more of the picture than this shows nothing new
NEAR_COARSE = 0.25  # the same where the picture has no more pixels than the map: from near it is but larger
MOST = 4.0  # how much finer the map may get
FADE = 0.1  # of the second look's longer side, along edges beyond which the picture goes on: what is cut off misleads
SPECK = 0.01  # regions below this share of the largest do not decide what is shown from near
COOL = 0.01  # of the picture: with less in vivid colours it is not looked at in brown
DYED = 0.5  # of the hair seen in brown: where more than that is vivid, the hair is dyed
KNOWN = 0.03  # the mean probability of it in its own colours; of cloth it is a thousandth


def finest(picture: Rgb | Pyramid, first: Glance, *others: Glance, knowing: Glance | None = None) -> Map:
    """Probability of hair, float32 (h, w) in [0, 1], of an RGB picture, uint8 (H, W, 3).

    first: the network whose look decides which further ones are needed; where it sees no hair, another's does.
    knowing: one that has learnt from dyed hair; without it nothing is looked at in brown.
    """
    picture = Pyramid.of(picture)
    size, whole = picture.size, first(picture)
    if knowing and (seen := seen_in_brown(picture, whole.shape, first, knowing)) is not None:
        whole, (first, *others) = seen, map(browned, (first, *others))  # type: ignore[assignment]
    mirror = mirrored(first)
    # Short hair on a dark head is overlooked now and then.
    wide = [] if _some(whole) else [other(picture) for other in others]
    found = next(filter(_some, (whole, *wide)), None)
    if found is None:
        return whole
    box = _around(found, size)
    if box is None:
        own = [whole, mirror(picture)]
        return mean(*own, *own, *(wide or [other(picture) for other in others]))  # the first is the better one
    part = picture.part(*box)
    near = mean(first(part), *(other(part) for other in others or (mirror,)))
    return _pasted(whole, near, box, size)


def _some(probability: Map) -> bool:
    return bool((probability > 0.5).any())


def seen_in_brown(
    picture: Pyramid, shape: tuple[int, ...], look: Glance, knowing: Glance, *, share: float = DYED
) -> Map | None:
    """What `look` sees of the picture in brown, a map of this shape, where more than this share of the hair is vivid.

    None where it is not, or `knowing` sees next to none of it in its own colours: the hair is not dyed, or is cloth.
    """
    little = cv2.resize(picture.covering(*shape[::-1]), shape[::-1], interpolation=cv2.INTER_LINEAR)
    cool = vivid.coolness(np.asarray(little, np.uint8)) > vivid.VIVID
    if cool.mean() < COOL:
        return None
    seen = browned(look)(picture)
    hair = seen > 0.5
    if (cool & hair).sum() <= share * hair.sum():
        return None
    own = np.asarray(cv2.resize(knowing(picture), shape[::-1], interpolation=cv2.INTER_LINEAR))
    return seen if own[hair].mean() >= KNOWN else None


def browned(look: Glance) -> Glance:
    """The same look, but at the picture without vivid colours."""
    return lambda picture: look(picture.changed(vivid.browned))


def mirrored(look: Glance) -> Glance:
    """The same look, but at the picture's mirror image; its map is turned back."""
    return lambda picture: look(picture.mirrored())[:, ::-1]


def mean(first: Map, *others: Map) -> Map:
    """The mean of maps, in the size of the first."""
    if not others:
        return first
    total = first.copy()
    for one in others:
        alike = one.shape == first.shape
        total += one if alike else cv2.resize(one, first.shape[::-1], interpolation=cv2.INTER_LINEAR)
    total *= np.float32(1 / (1 + len(others)))
    return total


def _around(probability: Map, size: tuple[int, int]) -> tuple[slice, slice] | None:
    """Rows and columns of the picture around its hair; None where there is nothing to gain."""
    left, top, width, height = cv2.boundingRect(matte.without_specks(probability > 0.5, SPECK).view(np.uint8))
    by = np.array(size) / probability.shape  # picture pixels a map pixel, down and across
    first, last = np.array([top, left]) * by, np.array([top + height, left + width]) * by
    margin = np.maximum(MARGIN * (last - first).max(), (LEAST - (last - first)) / 2)
    first, last = np.maximum(0, first - margin).astype(int), np.minimum(size, np.ceil(last + margin)).astype(int)
    most = NEAR if np.prod(size) > probability.size else NEAR_COARSE
    if np.prod(last - first) > most * np.prod(size):
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
        fade = FADE * max(bottom - top, right - left)
        down = _faded(bottom - top, fade, begins=top > 0, ends=bottom < height)
        across = _faded(right - left, fade, begins=left > 0, ends=right < width)
        place = result[top:bottom, left:right]
        part = cv2.resize(near, (right - left, bottom - top), interpolation=cv2.INTER_LINEAR)
        place += (part - place) * (down[:, None] * across)
    return result


def _faded(count: int, fade: float, *, begins: bool, ends: bool) -> Map:
    """Weights of so many pixels, float32 (count,), that rise from 0 to 1 within `fade` of either end, where asked."""
    inside = np.full(count, np.inf, np.float32)
    for wanted, from_end in ((begins, np.arange(count)), (ends, np.arange(count)[::-1])):
        if wanted:
            inside = np.minimum(inside, from_end + 0.5)
    return np.asarray(np.minimum(1, inside / max(fade, 1)), np.float32)
