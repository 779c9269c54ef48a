"""`method="hsv"`: the report's recolouring, the hue replaced in HSV, without ever computing HSV.

With hue h and the channels' largest and smallest values kept (value and chroma of HSV), each channel of the result is
smallest + (largest - smallest) * pure, where `pure` is the fully saturated colour of hue h. A. R. Smith, "Color gamut
transform pairs", SIGGRAPH 1978.
"""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from hairtint.color import Color

U8 = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class HueSwap:
    """Gives pixels another hue.

    Attributes:
        pure: the fully saturated colour of the hue, three floats in [0, 1].
        shift: what is added to the saturation of every pixel; 0 is the report's method to the rounding.
    """

    pure: tuple[float, float, float]
    shift: float = 0.0

    @classmethod
    def of(cls, dye: Color, rgb: U8, cover: npt.NDArray[np.generic], saturation: bool | float) -> HueSwap:
        """The swap to a dye; with `saturation` True, its shift raises the mean of paler hair towards the dye's."""
        hue, wanted, _ = dye.hsv()
        shift = float(saturation)
        if saturation is True:
            step = max(1, max(cover.shape) // 400)
            hair = rgb[::step, ::step][cover[::step, ::step] > 0.5 * cover.max()].astype(np.float32)
            hair = hair[hair.any(axis=1)]  # black takes no saturation, whatever the shift
            mean = float(np.mean(1 - hair.min(axis=1) / hair.max(axis=1))) if hair.size else wanted
            shift = max(0.0, wanted - mean)
        return cls(colorsys.hsv_to_rgb(hue, 1, 1), shift)

    def __call__(self, rgb: U8) -> U8:
        """The pixels uint8 (h, w, 3) with the new hue, as new uint8."""
        channels = cv2.split(rgb)
        high = cv2.max(cv2.max(*channels[:2]), channels[2]).astype(np.float32)
        low = cv2.min(cv2.min(*channels[:2]), channels[2]).astype(np.float32)
        if self.shift:
            low = np.maximum(low - np.float32(self.shift) * high, 0)
        span = high - low
        return np.asarray(cv2.merge([cv2.convertScaleAbs(low + span * np.float32(p)) for p in self.pure]), np.uint8)
