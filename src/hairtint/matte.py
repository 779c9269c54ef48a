"""From the network's small probability map to a soft mask at the picture's own size that follows the strands."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from hairtint.pyramid import Pyramid

Mask = NDArray[np.float32]

GUIDE = 256  # longest side, within a factor of 1.5, at which the filter is solved; the result is at full size
REACH = 1.6  # radius of the filter's window, in pixels of the probability map: as far as the map can be wrong
SHARE = 0.0125  # the least radius as a share of the map's longer side: fine maps are wrong by more of their pixels
PHOTO_REACH = 4.0  # pixels where small hair has a finer map (hairtint.looks)
DOUBT = 0.1  # probabilities within this of 0 and 1 count as certain, so that hair is dyed to the full
EPSILON = 4e-4  # how flat a window must be to count as flat, in squared grey levels of [0, 1]


def refine(probability: Mask, picture: NDArray[np.uint8] | Pyramid, *, reach: float | None = None) -> Mask:
    """Soft mask, float32 (H, W) in [0, 1], of a small map, float32 (h, w) in [0, 1], and its RGB picture (H, W, 3).

    `reach`: how many pixels of the map the outline may move and soften; None: what suits the map of a whole picture.

    A fast guided filter (K. He, J. Sun, arXiv:1505.00996): within small windows the mask is a linear function of the
    picture's lightness. It is solved on a small copy and applied at full size, only where there can be hair.
    """
    pyramid = Pyramid.of(picture)
    rgb, little = pyramid.rgb, pyramid.near(GUIDE)
    (height, width), small = rgb.shape[:2], little.shape[1::-1]
    step = round(max(height, width) / max(small))
    guide = np.asarray(cv2.cvtColor(little, cv2.COLOR_RGB2GRAY), np.float32) * np.float32(1 / 255)
    mask = np.asarray(cv2.resize(probability, small, interpolation=cv2.INTER_LINEAR), np.float32)
    longest = max(probability.shape)
    radius = max(1, round((reach or max(REACH, SHARE * longest)) * max(small) / longest))
    slope, offset, around = _linear(guide, mask, radius)
    sure = 1 - 4 * around * (1 - around)  # far from the outline the map is right, and no texture must enter the mask
    slope, offset = slope * (1 - sure), offset * (1 - sure) + mask * sure
    slope, offset = slope / (1 - 2 * DOUBT), (offset - DOUBT) / (1 - 2 * DOUBT)
    full = np.zeros((height, width), np.float32)
    hair = _with_core(slope * guide + offset)
    slope, offset = slope * hair, offset * hair
    box = cv2.boundingRect(hair)
    left, right = _span(box[0], box[2], small[0], step, width)
    top, bottom = _span(box[1], box[3], small[1], step, height)
    if left.stop > left.start and top.stop > top.start:
        size = (right.stop - right.start, bottom.stop - bottom.start)
        grey = cv2.cvtColor(rgb[bottom, right], cv2.COLOR_RGB2GRAY)
        fine = cv2.multiply(cv2.resize(slope[top, left], size), grey, scale=1 / 255, dtype=cv2.CV_32F)
        fine = cv2.add(fine, cv2.resize(offset[top, left], size), dst=fine)
        np.clip(fine, 0, 1, out=full[bottom, right])
    return full


def _with_core(mask: Mask) -> NDArray[np.uint8]:
    """1 in the regions of the mask that reach one half somewhere, and around them; 0 where it is but faint."""
    count, labels = cv2.connectedComponents((mask > 0).astype(np.uint8), connectivity=8)
    kept = np.zeros(count, np.uint8)
    kept[labels[mask > 0.5]] = 1
    kept[0] = 0
    return np.asarray(cv2.dilate(kept[labels], np.ones((3, 3), np.uint8)), np.uint8)


def _span(start: int, length: int, count: int, step: int, size: int) -> tuple[slice, slice]:
    """A stretch of the small copy with a margin, and the stretch of the `size` pixels that it stands for."""
    if not length:
        return slice(0, 0), slice(0, 0)
    first, last = max(0, start - 1), min(count, start + length + 1)
    return slice(first, last), slice(first * step, size if last == count else min(size, last * step))


def largest_region(mask: Mask, threshold: float = 0.5) -> Mask:
    """The mask with every region but the largest set to 0 (the report's clean-up, section 4.1).

    mask: float32 (H, W). A region is 8-connected and above `threshold`; its soft rim, down to half the threshold,
    stays with it. A mask without a region comes back empty.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats((mask > threshold).astype(np.uint8), connectivity=8)
    if count < 2:
        return np.zeros_like(mask)
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    _, around = cv2.connectedComponents((mask > threshold / 2).astype(np.uint8), connectivity=8)
    rims = np.unique(around[labels == largest])
    others = (labels > 0) & (labels != largest)
    return np.where(np.isin(around, rims) & ~others, mask, np.float32(0))


def _linear(guide: Mask, mask: Mask, radius: int) -> tuple[Mask, Mask, Mask]:
    """Slope and offset, averaged over all windows a pixel lies in: mask = slope * guide + offset; and the mean mask."""
    window = (2 * radius + 1, 2 * radius + 1)

    def mean(x: Mask) -> Mask:
        return np.asarray(cv2.blur(x, window, borderType=cv2.BORDER_REFLECT), np.float32)

    mean_guide, mean_mask = mean(guide), mean(mask)
    variance: Mask = mean(guide * guide) - mean_guide * mean_guide
    covariance = mean(guide * mask) - mean_guide * mean_mask
    slope = covariance / (variance + EPSILON)
    return mean(slope), mean(mean_mask - slope * mean_guide), mean_mask
