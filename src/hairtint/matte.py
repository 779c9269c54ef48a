"""From the network's small probability map to a soft mask at the picture's own size that follows the strands."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from hairtint.frame import Cover
from hairtint.pyramid import Pyramid

Mask = NDArray[np.float32]

GUIDE = 256  # longest side, within a factor of 1.5, at which the filter is solved; the result is at full size
REACH = 1.6  # radius of the filter's window, in pixels of the probability map: as far as the map can be wrong
SHARE = 0.0125  # the least radius as a share of the map's longer side: fine maps are wrong by more of their pixels
PHOTO_REACH = 4.0  # pixels where small hair has a finer map (hairtint.glances)
FAINT = 0.05  # where all is below this, there is no hair
DOUBT = 0.1  # probabilities within this of 0 and 1 count as certain, so that hair is dyed to the full
LARGER = 1.5  # how much larger than the region of the frame before another must be to be kept instead
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
    full = np.zeros((height, width), np.float32)
    mask = np.asarray(cv2.resize(probability, small, interpolation=cv2.INTER_LINEAR), np.float32)
    longest = max(probability.shape)
    radius = max(1, round((reach or max(REACH, SHARE * longest)) * max(small) / longest))
    place = around(mask > FAINT, 4 * radius)  # its rim, two windows wide, comes out empty
    if place is None:
        return full
    slope, offset, hair = _solved(little[place], mask[place], radius)
    box = around(hair, 1)
    if box is None:
        return full
    top, left = (
        slice(outer.start + inner.start, outer.start + inner.stop) for outer, inner in zip(place, box, strict=True)
    )
    bottom, right = _span(top, small[1], height), _span(left, small[0], width)
    size = (right.stop - right.start, bottom.stop - bottom.start)
    if min(size) > 0:
        grey = cv2.cvtColor(rgb[bottom, right], cv2.COLOR_RGB2GRAY)
        fine = cv2.multiply(cv2.resize(slope[box], size), grey, scale=1 / 255, dtype=cv2.CV_32F)
        fine = cv2.add(fine, cv2.resize(offset[box], size), dst=fine)
        np.clip(fine, 0, 1, out=full[bottom, right])
    return full


def _solved(little: NDArray[np.uint8], mask: Mask, radius: int) -> tuple[Mask, Mask, NDArray[np.bool_]]:
    """Slope and offset of the mask by the lightness of a small picture, 0 where there is no hair; and where it is."""
    guide = cv2.cvtColor(little, cv2.COLOR_RGB2GRAY) * np.float32(1 / 255)
    slope, offset, near = _linear(guide, mask, radius)
    unsure = 4 * near * (1 - near)  # far from the outline the map is right, and no texture must enter the mask
    slope *= unsure
    offset -= mask
    offset *= unsure
    offset += mask
    offset -= np.float32(DOUBT)
    for part in (slope, offset):
        part *= np.float32(1 / (1 - 2 * DOUBT))
    hair = with_core(slope * guide + offset)
    for part in (slope, offset):
        part *= hair
    return slope, offset, hair


def with_core(mask: Mask) -> NDArray[np.bool_]:
    """The regions of the mask that reach one half somewhere, and around them, not those where it is but faint."""
    some = mask > 0
    hair = np.zeros(mask.shape, np.uint8)
    box = around(some, 1)
    if box:
        count, found = cv2.connectedComponents(some[box].view(np.uint8), connectivity=8)
        labels = np.asarray(found, np.int32)
        kept = np.zeros(count, np.uint8)
        kept[labels[mask[box] > 0.5]] = 1
        kept[0] = 0
        hair[box] = cv2.dilate(kept.take(labels), np.ones((3, 3), np.uint8))
    return hair.view(np.bool_)


def around(marked: NDArray[np.bool_], margin: int) -> tuple[slice, slice] | None:
    """Rows and columns around all that is marked, (H, W), and a margin; None where nothing is."""
    left, top, width, height = cv2.boundingRect(marked.view(np.uint8))
    if not width:
        return None
    rows, columns = marked.shape
    return (
        slice(max(0, top - margin), min(rows, top + height + margin)),
        slice(max(0, left - margin), min(columns, left + width + margin)),
    )


def _span(part: slice, count: int, size: int) -> slice:
    """Which of the `size` pixels a stretch of the `count` of the small copy stands for."""
    return slice(round(part.start * size / count), round(part.stop * size / count))


def largest_region(mask: Cover, before: Cover | None = None) -> Cover:
    """The mask with every region but the largest set to 0 (the report's clean-up, section 4.1).

    mask: (H, W), uint8 up to 255 or float32 up to 1. A region is 8-connected and above one half; its soft rim, down to
    a quarter, stays with it. A mask without a region comes back empty. `before`: in video, what was kept of the frame
    before; the region that lies on most of it is kept, unless another is clearly larger.
    """
    half = 127.5 if mask.dtype == np.uint8 else 0.5
    count, labels, stats, _ = cv2.connectedComponentsWithStats((mask > half).view(np.uint8), connectivity=8)
    if count < 2:
        return np.zeros_like(mask)
    areas = stats[:, cv2.CC_STAT_AREA]
    areas[0] = 0  # what is no region
    chosen = int(areas.argmax())
    if before is not None and before.shape == mask.shape:
        shared = np.bincount(labels[before > half], minlength=count)
        shared[0] = 0
        known = int(shared.argmax())
        if LARGER * areas[known] >= areas[chosen]:
            chosen = known
    count, found = cv2.connectedComponents((mask > half / 2).view(np.uint8), connectivity=8)
    rims = np.asarray(found, np.int32)
    kept = np.zeros(count, np.bool_)
    kept[rims[labels == chosen]] = True
    return np.asarray(mask * (kept.take(rims) & ((labels == 0) | (labels == chosen))))


def without_specks(marked: NDArray[np.bool_], least: float) -> NDArray[np.bool_]:
    """What is marked, (H, W), without the 8-connected regions below the share `least` of the largest one."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(marked.view(np.uint8), connectivity=8)
    if count < 3:
        return marked
    areas = stats[:, cv2.CC_STAT_AREA]
    areas[0] = 0  # what is not marked
    return np.asarray((areas >= least * areas.max()).take(labels))


def _linear(guide: Mask, mask: Mask, radius: int) -> tuple[Mask, Mask, Mask]:
    """Slope and offset, averaged over all windows a pixel lies in: mask = slope * guide + offset; and the mean mask."""
    window = (2 * radius + 1, 2 * radius + 1)

    def mean(x: Mask) -> Mask:
        return np.asarray(cv2.blur(x, window, borderType=cv2.BORDER_REFLECT), np.float32)

    mean_guide, mean_mask = mean(guide), mean(mask)
    variance, covariance = mean(guide * guide), mean(guide * mask)
    variance -= mean_guide * mean_guide
    variance += np.float32(EPSILON)
    covariance -= mean_guide * mean_mask
    slope = np.divide(covariance, variance, out=covariance)
    return mean(slope), mean(np.subtract(mean_mask, slope * mean_guide)), mean_mask
