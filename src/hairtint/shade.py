"""The measured shade of somebody's hair: the anchor that every dye starts from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from hairtint.errors import MaskError
from hairtint.frame import check_frame, check_size
from hairtint.perceptual import lightness, to_linear
from hairtint.pixels import at, every

_SAMPLES = 128  # per side of the hair's box: medians of more pixels move by less than a grey level

_LIGHT_PACE = 5.0  # how much faster the light follows than what is measured of the hair alone: masks are noisy

GREY_LIGHTNESS = lightness(to_linear(np.arange(256) / 255)).astype(np.float32)
"""CIELAB L* of each 8-bit grey, float32 (256,)."""


@dataclass(frozen=True, slots=True)
class Shade:
    """What hair looks like before it is dyed.

    Attributes:
        rgb: the median colour, three floats in [0, 255].
        lightness: the median L* in [0, 100].
        low: L* that one pixel in ten of the hair lies below: its shadows.
        high: L* that one pixel in ten lies above: its highlights.
        light: L* that one pixel in a hundred of the whole picture, or around the hair, lies above: how bright the scene
            is; at least `high`.

    In video, measure each frame and follow with `towards`, so that the dye does not pump with the noise of the mask:

        shade = None
        for rgb in frames:
            mask = segmenter.mask(rgb)  # a VideoSegmenter's
            if mask.any():
                now = Shade.measure(rgb, mask)
                shade = now if shade is None else shade.towards(now, 0.1)
            dyed = recolor(rgb, mask, "copper", shade=shade)
    """

    rgb: tuple[float, float, float]
    lightness: float
    low: float
    high: float
    light: float = 100.0

    @classmethod
    def measure(
        cls, rgb: npt.NDArray[np.uint8], mask: npt.NDArray[np.generic], *, scene: npt.NDArray[np.uint8] | None = None
    ) -> Shade:
        """Measure the hair of one picture, in robust statistics of the pixels that are surely hair.

        Args:
            rgb: uint8 (H, W, 3), RGB.
            mask: float (H, W) in [0, 1], bool, or uint8 with 255 for hair.
            scene: the whole picture, where `rgb` is a part of it.

        Raises:
            PictureError: rgb or scene is not uint8 (H, W, 3) or is empty.
            MaskError: the mask is empty or NaN, or has another size than the picture.
        """
        whole = rgb if scene is None else scene
        check_frame(rgb)
        check_frame(whole)
        check_size(mask, rgb)
        left, top, width, height = cv2.boundingRect(np.asarray(np.greater(mask, 0)).view(np.uint8))
        if not width:
            raise MaskError("the mask has no hair: there is no shade to measure")
        step = max(1, (min(width, height) - 1) // _SAMPLES)
        box = np.s_[top : top + height, left : left + width]
        sampled = every(rgb[box], step), every(mask[box], step)
        hair = sampled if sampled[1].any() else (rgb[box], mask[box])
        few = every(whole, max(1, min(whole.shape[:2]) // _SAMPLES))
        light = max(_brightest(few), _brightest(hair[0]))  # somebody far away may stand in the only light
        return cls._of(hair[0], hair[1], light)

    @classmethod
    def _of(cls, rgb: npt.NDArray[np.uint8], mask: npt.NDArray[np.generic], light: float) -> Shade:
        hair = at(rgb, np.flatnonzero(mask > np.float32(0.5) * np.float32(mask.max())))
        if not hair.size:
            raise MaskError("the mask holds NaN: give values from 0 (not hair) to 1 (hair)")
        grey = np.asarray(cv2.cvtColor(hair[None], cv2.COLOR_RGB2GRAY)[0], np.uint8)
        low, middle, high = GREY_LIGHTNESS[_quantiles(grey, 0.1, 0.5, 0.9)].tolist()
        red, green, blue = (float(_quantiles(channel, 0.5)[0]) for channel in cv2.split(hair[None]))
        return cls((red, green, blue), middle, low, high, max(light, high))

    def towards(self, other: Shade, rate: float) -> Shade:
        """This shade moved the fraction `rate` in [0, 1] of the way to another: a memory over frames.

        It moves up to five times as fast where the light of the scene changes, as far as that explains the change.
        """
        quick = min(1.0, _LIGHT_PACE * rate)
        # L* + 16 is the cube root of luminance but for a factor, so a change of the light scales it.
        lit = (self.lightness + 16) * ((other.light + 16) / (self.light + 16) - 1)
        change = other.lightness - self.lightness
        pace = rate + (quick - rate) * (min(1.0, max(0.0, lit / change)) if change else 0.0)

        def mix(a: float, b: float) -> float:
            return a + pace * (b - a)

        red, green, blue = (mix(a, b) for a, b in zip(self.rgb, other.rgb, strict=True))
        return Shade(
            (red, green, blue),
            mix(self.lightness, other.lightness),
            mix(self.low, other.low),
            mix(self.high, other.high),
            self.light + quick * (other.light - self.light),
        )


def _brightest(rgb: npt.NDArray[np.uint8]) -> float:
    return float(GREY_LIGHTNESS[_quantiles(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), 0.99)[0]])


def _quantiles(values: Any, *shares: float) -> npt.NDArray[np.intp]:
    """The values that these shares of all values reach, by counting: much faster than sorting bytes."""
    reached = np.cumsum(cv2.calcHist([values], [0], None, [256], [0, 256]), dtype=np.float64)
    return np.asarray(np.searchsorted(reached, np.array(shares) * reached[-1]))
