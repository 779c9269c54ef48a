"""Random shapes: which part of a photo is drawn over or dyed."""

from __future__ import annotations

import cv2
import numpy as np

from hairtint.training.pairs import Array

LEAST = 0.005  # of a photo must be hair for it to be changed there
COARSE = (3, 8)  # knots across the photo, from and to, of smooth noise


def part(region: Array, hair: Array, rng: np.random.Generator) -> Array:
    """What of a region lies above a slanting line (a wrap, roots), below it (a scarf, tips) or in a band; or all of it.

    region, hair: bool (H, W), the hair not empty: the lines cross it. Returns bool (H, W).
    """
    draw = rng.random()
    if draw < 0.4:
        return region
    rows, columns = np.indices(region.shape, dtype=np.float32)
    slope = np.tan(rng.uniform(-0.5, 0.5))
    height = rows + slope * columns + 0.05 * len(region) * noise(region.shape, rng)
    low, high = np.quantile(height[hair], np.sort(rng.uniform(0.1, 0.95, 2)))
    if draw < 0.8:
        return np.asarray(region & (height < high))
    if draw < 0.9:
        return np.asarray(region & (height > low))
    return np.asarray(region & (height > low) & (height < high))


def noise(shape: tuple[int, ...], rng: np.random.Generator, across: tuple[int, int] = COARSE) -> Array:
    """Smooth noise of about -1 to 1, float32 (H, W), of `across` knots from and to."""
    knots = rng.uniform(-1, 1, rng.integers(*across, 2)).astype(np.float32)
    return cv2.resize(knots, shape[1::-1], interpolation=cv2.INTER_CUBIC)
