"""Several people in one picture: their hair is told apart where one dye would not come out alike on all."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from hairtint.frame import Cover, check_frame, check_mask
from hairtint.pixels import every
from hairtint.shade import GREY_LIGHTNESS, Shade

APART = 25.0  # difference of median L* from which two regions count as two people's hair, and not as light and shadow
LEAST = 0.05  # of the largest region: smaller ones are strands and specks, and go with what is nearest
MOST = 32  # regions that are looked at
CORE = 0.1  # a mask above this is hair that may hang together
SHADE_RATE = 0.1  # how fast a shade follows the hair in video: the dye must not pump with the mask's noise
SHARED = 0.2  # of a region that each of two heads had in the frame before: they touch
STAYS = 10.0  # L* by which a place of such a region must look more like the other head to be taken for it
_SAMPLES = 96  # cells along the shorter side of the map on which all this is worked out
_NEAR = 5  # cells over which the lightness of a place is meant

Cells = npt.NDArray[np.integer[Any]]
Parts = list[tuple[Cover, Shade]]  # the mask of each head, and its hair before dyeing

_NOBODY: Cells = np.zeros((0, 0), int)


def told_apart(rgb: npt.NDArray[np.uint8], cover: Cover) -> list[Cover]:
    """The mask of each shade of hair that is clearly another, all together the mask; itself where there is but one.

    rgb: uint8 (H, W, 3); cover: uint8 with 255 for hair or float (H, W) in [0, 1]. Hair that touches is one region.
    """
    regions = _Regions.of(rgb, cover)
    if len(regions.large) < 2:
        return [cover]
    return _parts(cover, regions.spread(regions.by_shade()), regions.step)


class Heads:
    """The hair of a video: whose is where, and each one's shade, followed from frame to frame."""

    def __init__(self) -> None:
        self.shades: list[Shade] = []
        self._owners: Cells = _NOBODY  # whose the nearest hair was in the frame before, by its place in `shades`

    def reset(self) -> None:
        """Forget the frames before, as at a cut."""
        self.shades, self._owners = [], _NOBODY

    def follow(self, rgb: npt.NDArray[np.uint8], mask: npt.NDArray[np.generic]) -> Parts:
        """The masks of the next frame's heads, all together the mask, each with its steadied shade; none without hair.

        rgb: uint8 (H, W, 3); a frame of another size starts anew. mask: (H, W), any that `recolor` takes.
        Raises PictureError and MaskError as `recolor` does.
        """
        check_frame(rgb)
        cover, peaks = check_mask(mask, rgb)
        if not peaks.any():
            self.reset()
            return []
        regions = _Regions.of(rgb, cover)
        if self._owners.shape != regions.labels.shape:
            self.reset()
        if len(regions.some) < 2 and len(self.shades) < 2:  # nearly always
            known, self._owners, parts = [0], np.zeros(regions.labels.shape, int), [cover]
        else:
            owners = regions.spread(self._recognised(regions) if self.shades else regions.by_shade())
            present = np.bincount(owners.ravel()) > 0
            known = np.flatnonzero(present).tolist()
            self._owners = (np.cumsum(present) - 1)[owners]
            parts = _parts(cover, self._owners, regions.step)
        self.shades = [self._followed(k, Shade.measure(rgb, p)) for k, p in zip(known, parts, strict=True)]
        return list(zip(parts, self.shades, strict=True))

    def _followed(self, number: int, now: Shade) -> Shade:
        """A known head's shade moved towards what is measured; as measured where it is another's, or in other light."""
        before = self.shades[number] if number < len(self.shades) else now
        return now if abs(before.lightness - now.lightness) > APART else before.towards(now, SHADE_RATE)

    def _recognised(self, regions: _Regions) -> Cells:
        """Whose each large region is, (h, w), -1 elsewhere: the head's that was there, unless it looks like another."""
        levels = [shade.lightness for shade in self.shades]
        before = self._before(levels)
        groups = np.full(regions.labels.shape, -1)
        for number in regions.some:
            place = regions.labels == number
            shares = np.bincount(before[place], minlength=len(levels)) / np.count_nonzero(place)
            if np.count_nonzero(shares >= SHARED) > 1:
                groups[place] = _divided(regions.level, place, before, levels, np.flatnonzero(shares >= SHARED))
                continue
            level = float(np.median(regions.grey[place]))
            away = np.abs(np.array(levels) - level)
            there = int(shares.argmax())
            closest = there if away[there] <= APART else int(away.argmin())
            if number not in regions.large and closest != there:
                continue
            if away[closest] > APART:
                closest = len(levels)
                levels.append(level)
            groups[place] = closest
        return groups

    def _before(self, levels: list[float]) -> Cells:
        """Whose the places were; heads that have come to look alike are one."""
        alike = [next(j for j in range(k + 1) if abs(levels[j] - levels[k]) < APART / 2) for k in range(len(levels))]
        return np.asarray(np.array(alike)[self._owners])


@dataclass(frozen=True)
class _Regions:
    """The regions of hair in cells of `step` pixels.

    Attributes:
        labels: the number of each cell's region, (h, w), from 1 on, 0 for none.
        some: the numbers of those that may be known heads, the largest first.
        large: those of them that may be heads.
        few: a pixel of each cell, uint8 (h, w, 3).
        step: pixels a side of a cell.
    """

    labels: Cells
    some: list[int]
    large: list[int]
    few: npt.NDArray[np.uint8]
    step: int

    @classmethod
    def of(cls, rgb: npt.NDArray[np.uint8], cover: Cover) -> _Regions:
        step = max(1, min(cover.shape) // _SAMPLES)
        few = every(cover, step)
        core = np.greater(few, CORE * (255 if cover.dtype == np.uint8 else 1)).view(np.uint8)
        _, labels, stats, _ = cv2.connectedComponentsWithStats(core, connectivity=8)
        areas = stats[:, cv2.CC_STAT_AREA]
        largest = sorted(range(1, len(areas)), key=lambda k: -areas[k])[:MOST]
        some, large = ([k for k in largest if areas[k] >= least * areas[largest[0]]] for least in (LEAST / 2, LEAST))
        return cls(np.asarray(labels, np.int32), some, large, every(rgb, step), step)

    @cached_property
    def grey(self) -> npt.NDArray[np.float32]:
        """The lightness of each cell, L*, (h, w)."""
        return np.asarray(GREY_LIGHTNESS[cv2.cvtColor(self.few, cv2.COLOR_RGB2GRAY)], np.float32)

    @property
    def level(self) -> npt.NDArray[np.float32]:
        """The mean lightness of the hair around each cell, L*, (h, w)."""
        hair = np.asarray(self.labels > 0, np.float32)
        size = (_NEAR, _NEAR)
        weight = np.maximum(cv2.blur(hair, size), 1e-3)
        return np.asarray(cv2.blur(self.grey * hair, size) / weight, np.float32)

    def by_shade(self) -> Cells:
        """The group of each large region by its shade, from 0 for the darkest on, (h, w); -1 elsewhere."""
        levels = {k: float(np.median(self.grey[self.labels == k])) for k in self.large}
        groups = np.full(self.labels.shape, -1)
        group, before = 0, np.inf
        for k in sorted(self.large, key=lambda k: levels[k]):
            group += levels[k] - before > APART
            groups[self.labels == k], before = group, levels[k]
        return groups

    def spread(self, groups: Cells) -> Cells:
        """Each cell's group, that of the nearest one that has any."""
        known = groups >= 0
        if not known.any() or groups.max() == groups[known].min():
            return np.full(groups.shape, max(0, int(groups.max(initial=0))))
        _, nearest = cv2.distanceTransformWithLabels(
            (~known).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
        )
        group_of = np.zeros(int(nearest.max()) + 1, np.uint8)
        group_of[nearest[known]] = groups[known]
        return np.asarray(group_of[nearest])


def _divided(
    level: npt.NDArray[np.float32], place: npt.NDArray[np.bool_], before: Cells, levels: list[float], heads: Cells
) -> Cells:
    """Which of the heads that touch each cell of their region belongs to: by its look, and by where they were."""
    unlike = np.abs(level[place][None] - np.array(levels)[heads, None])
    unlike -= STAYS * (before[place][None] == heads[:, None])
    return np.asarray(heads[unlike.argmin(axis=0)])


def _parts(cover: Cover, groups: Cells, step: int) -> list[Cover]:
    """The mask of each group of cells; the mask itself where there is but one."""
    count = int(groups.max()) + 1
    if count == 1:
        return [cover]
    sides = zip(cover.shape, groups.shape, strict=True)
    rows, columns = (np.minimum(np.arange(side) // step, cells - 1) for side, cells in sides)
    large = groups.astype(np.uint8)[rows][:, columns]
    return [np.multiply(cover, large == k) for k in range(count)]
