"""Hair that is dyed already: hair of a training photo in a colour of the palette or any other.

The training sets show next to no blue, pink or platinum hair, and networks that learnt from those sets left out what
had such a colour. As often as one in four something else is dyed in hair's place, so that a dye alone means nothing.
"""

from __future__ import annotations

import cv2
import numpy as np

from hairtint.color import Color, palette
from hairtint.recolor import recolor
from hairtint.training import shapes
from hairtint.training.pairs import Array

ELSEWHERE = 0.25  # of the photos are dyed where there is no hair


def dyed(rgb: Array, mask: Array, rng: np.random.Generator) -> Array:
    """The photo with its hair, a part of it or a part of what is no hair in another colour; its mask stays right.

    rgb: uint8 (H, W, 3); mask: uint8 (H, W), 255 for hair, greys where it is soft. Returns a new uint8 (H, W, 3).
    """
    hair = mask > 127
    if hair.mean() < shapes.LEAST or rng.random() < ELSEWHERE:
        place = _softened(shapes.noise(mask.shape, rng) > rng.uniform(0, 0.7), rng)
        place = np.minimum(place, 255 - mask)
    else:
        place = _loose(mask, rng)
        kept = shapes.part(np.ones_like(hair), hair, rng)
        if not kept.all():
            place = np.minimum(place, _softened(kept, rng))
    return recolor(rgb, place, _color(rng), strength=rng.uniform(0.6, 1))


def _softened(place: Array, rng: np.random.Generator) -> Array:
    """A place, bool (H, W), as uint8 (H, W) with a border as wide as roots, tips and highlights fade over."""
    return cv2.GaussianBlur(place.astype(np.uint8) * 255, (0, 0), rng.uniform(0.002, 0.04) * max(place.shape))


def _loose(mask: Array, rng: np.random.Generator) -> Array:
    """The mask as it is or, as often, with the loose strands around it that a dye reaches as well; uint8 (H, W)."""
    if rng.random() < 0.5:
        return mask
    around = cv2.GaussianBlur(mask, (0, 0), rng.uniform(0.002, 0.012) * max(mask.shape))
    return np.maximum(mask, around)


def _color(rng: np.random.Generator) -> Color:
    """One of the palette, or any."""
    if rng.random() < 0.4:
        dyes = palette()
        return Color.from_hex(dyes[rng.integers(len(dyes))].hex)
    return Color.from_hsv(rng.random(), rng.uniform(0.15, 1), rng.uniform(0.2, 1))
