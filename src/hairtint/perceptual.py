"""Colour spaces: sRGB, linear light and CIELAB (white point D65), for single colours and for tables of them.

Whole pictures never pass through these functions: recolouring builds small tables with them and looks pixels up.
Sources: IEC 61966-2-1 (sRGB), CIE 15:2004 (CIELAB).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE = np.array([0.95047, 1.0, 1.08883])
_EPSILON, _KAPPA = 216 / 24389, 24389 / 27


def to_linear(srgb: npt.ArrayLike) -> Array:
    """SRGB values in [0, 1] of any shape as linear light in [0, 1]."""
    s = np.asarray(srgb, np.float64)
    return np.where(s <= 0.04045, s / 12.92, ((np.maximum(s, 0.04045) + 0.055) / 1.055) ** 2.4)


def to_srgb(linear: npt.ArrayLike) -> Array:
    """Linear light in [0, 1] of any shape as sRGB values in [0, 1]."""
    x = np.asarray(linear, np.float64)
    return np.where(x <= 0.0031308, x * 12.92, 1.055 * np.maximum(x, 0.0031308) ** (1 / 2.4) - 0.055)


def lightness(luminance: npt.ArrayLike) -> Array:
    """CIELAB L* in [0, 100] of relative luminance in [0, 1]."""
    y = np.asarray(luminance, np.float64)
    return np.where(y > _EPSILON, 116 * np.cbrt(y) - 16, _KAPPA * y)


def luminance(lightness: npt.ArrayLike) -> Array:
    """Relative luminance in [0, 1] of CIELAB L* in [0, 100]."""
    f = np.asarray(lightness, np.float64)
    return np.where(f > 8, ((f + 16) / 116) ** 3, f / _KAPPA)


def lab(rgb: npt.ArrayLike) -> Array:
    """CIELAB (..., 3) of sRGB colours (..., 3) given in [0, 255]."""
    xyz = to_linear(np.asarray(rgb, np.float64) / 255) @ _XYZ.T / _WHITE
    f = np.where(xyz > _EPSILON, np.cbrt(xyz), (_KAPPA * xyz + 16) / 116)
    return np.stack([116 * f[..., 1] - 16, 500 * (f[..., 0] - f[..., 1]), 200 * (f[..., 1] - f[..., 2])], axis=-1)
