"""Whom does a network serve worse? Groups of photos by lightness of hair and tone of skin, read off the pixels.

No set here says who is on a photo, so light and make-up count in both: they tell a trend, not a person's tone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hairtint import perceptual
from hairtint.training import terms

HAIR = {"dark": 22.0, "medium": 50.0, "light": np.inf}  # up to which median L*
SKIN = {"dark": 10.0, "tan": 28.0, "intermediate": 41.0, "light": np.inf}  # up to which typology angle, in degrees
ALIGNED = terms.CELEBAMASK  # faces lie in the same place on every photo, so that the cheeks are known
CHEEKS = ((0.28, 0.38), (0.62, 0.72))  # from left to right, in shares of the width
ROWS = (0.56, 0.66)  # from top to bottom
LEAST = 50  # pixels that a median is taken of


def hair_lightness(rgb: NDArray[np.uint8], true: NDArray[np.bool_]) -> str | None:
    """ "dark", "medium" or "light" by the median L* of the hair; None without enough of it.

    rgb: uint8 (H, W, 3), true: bool (H, W).
    """
    lab = _median_lab(rgb[true])
    return None if lab is None else _group(HAIR, lab[0])


def skin_tone(rgb: NDArray[np.uint8], true: NDArray[np.bool_], source: str) -> str | None:
    """ "dark", "tan", "intermediate" or "light" by the cheeks' individual typology angle; None where they are unknown.

    The angle is atan((L* - 50) / b*), its bounds are those of A. Chardon et al., "Skin colour typology and suntanning
    pathways", 1991, their six groups made four.
    """
    if source != ALIGNED:
        return None
    height, width = true.shape
    rows = slice(round(ROWS[0] * height), round(ROWS[1] * height))
    columns = np.r_[tuple(slice(round(left * width), round(right * width)) for left, right in CHEEKS)]
    cheeks, hair = rgb[rows][:, columns], true[rows][:, columns]
    lab = _median_lab(cheeks[~hair])
    return None if lab is None else _group(SKIN, float(np.degrees(np.arctan2(lab[0] - 50, max(lab[2], 1e-3)))))


def _median_lab(pixels: NDArray[Any]) -> tuple[float, float, float] | None:
    if len(pixels) < LEAST:
        return None
    lightness, a, b = perceptual.lab(np.median(pixels, axis=0))
    return float(lightness), float(a), float(b)


def _group(bounds: dict[str, float], value: float) -> str:
    return next(name for name, most in bounds.items() if value < most)
