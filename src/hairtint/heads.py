"""Several people in one picture: their hair is told apart where one dye would not come out alike on all."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from hairtint.frame import Cover
from hairtint.pixels import every
from hairtint.shade import Shade

APART = 25.0  # difference of median L* from which two regions count as two people's hair, and not as light and shadow
LEAST = 0.05  # of the largest region: smaller ones are strands and specks, and go with it
_SAMPLES = 96  # per side of what is looked at first: one head, as nearly always, costs next to nothing


def told_apart(rgb: npt.NDArray[np.uint8], cover: Cover) -> list[Cover]:
    """The mask of each shade of hair that is clearly another, all together the mask; itself where there is but one.

    rgb: uint8 (H, W, 3); cover: uint8 with 255 for hair or float (H, W) in [0, 1]. Hair that touches is one region.
    """
    step = max(1, min(cover.shape) // _SAMPLES)
    few = every(cover, step)
    if _count(few) < 3 or len(set(_groups(every(rgb, step), few)[1])) < 2:
        return [cover]
    labels, groups = _groups(rgb, cover)
    group = np.array(groups)[labels]
    return [np.where(group == k, cover, cover.dtype.type(0)) for k in sorted(set(groups))]


def _count(cover: Cover) -> int:
    return int(cv2.connectedComponents(np.greater(cover, 0).view(np.uint8))[0])


def _groups(rgb: npt.NDArray[np.uint8], cover: Cover) -> tuple[npt.NDArray[np.int32], list[int]]:
    """The region of each pixel, int32 (H, W), 0 where there is no hair, and the group of each region by its shade."""
    count, found, stats, _ = cv2.connectedComponentsWithStats(np.greater(cover, 0).view(np.uint8), connectivity=8)
    labels = np.asarray(found, np.int32)
    areas = stats[1:, cv2.CC_STAT_AREA]
    if count < 3:
        return labels, [0] * count
    largest = 1 + int(areas.argmax())
    large = [k for k in range(1, count) if areas[k - 1] >= LEAST * areas.max()]
    lightness = {k: Shade.measure(rgb, np.where(labels == k, cover, cover.dtype.type(0))).lightness for k in large}
    large.sort(key=lambda k: lightness[k])
    group, groups = 0, {}
    for before, k in zip([large[0], *large], large, strict=False):
        group += lightness[k] - lightness[before] > APART
        groups[k] = group
    return labels, [groups.get(k, groups[largest]) for k in range(count)]
