"""Several people in one picture: their hair is told apart where one dye would not come out alike on all."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from hairtint.frame import Cover
from hairtint.pixels import every
from hairtint.shade import GREY_LIGHTNESS

APART = 25.0  # difference of median L* from which two regions count as two people's hair, and not as light and shadow
LEAST = 0.05  # of the largest region: smaller ones are strands and specks, and go with what is nearest
MOST = 32  # regions that are looked at
CORE = 0.1  # a mask above this is hair that may hang together
_SAMPLES = 96  # cells along the shorter side of the map on which all this is worked out


def told_apart(rgb: npt.NDArray[np.uint8], cover: Cover) -> list[Cover]:
    """The mask of each shade of hair that is clearly another, all together the mask; itself where there is but one.

    rgb: uint8 (H, W, 3); cover: uint8 with 255 for hair or float (H, W) in [0, 1]. Hair that touches is one region.
    """
    step = max(1, min(cover.shape) // _SAMPLES)
    few = every(cover, step)
    core = np.greater(few, CORE * (255 if cover.dtype == np.uint8 else 1)).view(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(core, connectivity=8)
    if count < 3:
        return [cover]
    groups = _groups(np.asarray(labels, np.int32), stats[:, cv2.CC_STAT_AREA], every(rgb, step))
    if max(groups.values()) == 0:
        return [cover]
    known = np.isin(labels, list(groups))
    _, nearest = cv2.distanceTransformWithLabels(
        (~known).view(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    group_of = np.zeros(int(nearest.max()) + 1, np.uint8)
    group_of[nearest[known]] = [groups[k] for k in labels[known]]
    rows, columns = (np.minimum(np.arange(side) // step, n - 1) for side, n in zip(cover.shape, few.shape, strict=True))
    large = group_of[nearest][rows][:, columns]
    return [np.where(large == k, cover, cover.dtype.type(0)) for k in range(max(groups.values()) + 1)]


def _groups(labels: npt.NDArray[np.int32], areas: npt.NDArray[np.int32], rgb: npt.NDArray[np.uint8]) -> dict[int, int]:
    """The group of each large region by its shade, from 0 for the darkest on."""
    grey = GREY_LIGHTNESS[cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)]
    largest = sorted(range(1, len(areas)), key=lambda k: -areas[k])[:MOST]
    large = [k for k in largest if areas[k] >= LEAST * areas[largest[0]]]
    lightness = {k: float(np.median(grey[labels == k])) for k in large}
    group, groups, before = 0, {}, np.inf
    for k in sorted(large, key=lambda k: lightness[k]):
        group += lightness[k] - before > APART
        groups[k], before = group, lightness[k]
    return groups
