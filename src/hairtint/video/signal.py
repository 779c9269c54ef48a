"""What the numbers of a video mean: range, matrix and transfer, and the way to sRGB and back.

Sources: ITU-T H.273 (code points), ITU-R BT.601, BT.709 and BT.2020 (matrices), BT.2100 (PQ and HLG), BT.2408 (where
white lies in them: 203 cd/m², 75 % of HLG's signal).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from hairtint.errors import SourceError
from hairtint.h273 import FULL, LIMITED, guessed, swscale
from hairtint.perceptual import to_linear, to_srgb
from hairtint.video.layout import Layout

if TYPE_CHECKING:
    from av import VideoFrame

Rgb = NDArray[np.uint8]

UNKNOWN = 2  # of matrix, primaries and transfer
PQ, HLG = 16, 18

_WEIGHTS = {  # of red and blue in luma, by matrix
    1: (0.2126, 0.0722),
    4: (0.30, 0.11),
    5: (0.299, 0.114),
    6: (0.299, 0.114),
    7: (0.212, 0.087),
    9: (0.2627, 0.0593),
}
_TO_709 = np.array([[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]])
_FINE = 4095


@dataclass(frozen=True, slots=True)
class Signal:
    """The colour tags of a video, as H.273 numbers; `matrix` 0 is RGB."""

    range: int = LIMITED
    matrix: int = UNKNOWN
    primaries: int = UNKNOWN
    transfer: int = UNKNOWN

    @classmethod
    def of(cls, frame: VideoFrame, name: str) -> Signal:
        """The tags of a frame; raises SourceError for a matrix that is not one (constant luminance, ICtCp, YCgCo)."""
        rgb = frame.format.is_rgb or frame.format.has_palette
        matrix = 0 if rgb else int(frame.colorspace)
        if matrix not in _WEIGHTS and matrix not in (0, 2, 3):
            raise SourceError(f"{name} has a colour matrix (H.273 number {matrix}) that is not read: convert it first")
        full = "j" in frame.format.name or int(frame.color_range) == FULL or rgb
        known = int(frame.color_range) or full
        kind = (FULL if full else LIMITED) if known else 0
        return cls(kind, matrix, int(frame.color_primaries), int(frame.color_trc))

    def as_yuv(self, height: int, *, limited: bool = False) -> Signal:
        """The tags as YCbCr: what was RGB gets limited range, and so does the rest where `limited` asks for it."""
        if self.matrix != 0:
            return replace(self, range=LIMITED) if limited else self
        return Signal(LIMITED, guessed(height), self.primaries, self.transfer)

    def pinned(self, before: int, after: int) -> Signal:
        """The tags for a picture whose height changes: what was guessed is said where the guess would be another."""
        if self.matrix in _WEIGHTS or self.matrix == 0 or guessed(before) == guessed(after):
            return self
        return replace(self, matrix=guessed(before))

    @property
    def high_dynamic(self) -> bool:
        """Whether the picture is made for HDR screens."""
        return self.transfer in (PQ, HLG)

    def known(self, height: int) -> int:
        """The matrix of the YCbCr; a guess by the height where there is no tag."""
        return self.matrix if self.matrix in _WEIGHTS else guessed(height)

    def read_as(self, height: int) -> tuple[bool, int]:
        """What turns its numbers into RGB: whether the range is full, and FFmpeg's number of the matrix."""
        return self.range == FULL, swscale(self.known(height))

    def weights(self, height: int, layout: Layout) -> NDArray[np.float32]:
        """What one step of 8-bit red, green and blue adds to luma and both chromas, float32 (3, 3) in code values."""
        red, blue = _WEIGHTS[self.known(height)]
        luma = np.array([red, 1 - red - blue, blue])
        chroma_blue = (np.array([0, 0, 1]) - luma) / (2 * (1 - blue))
        chroma_red = (np.array([1, 0, 0]) - luma) / (2 * (1 - red))
        high = (1 << layout.bits) - 1
        limited = 1 << (layout.bits - 8)
        tall, wide = (high, high) if self.range == FULL else (219 * limited, 224 * limited)
        return np.asarray(np.stack([luma * tall, chroma_blue * wide, chroma_red * wide]) / 255, np.float32)

    def seen(self, coded: Rgb) -> Rgb:
        """RGB code values of this video as the sRGB picture that a usual screen shows; SDR comes back as it is."""
        if not self.high_dynamic:
            return coded
        light = cv2.transform(cv2.LUT(coded, _light(self.transfer)), _TO_709.astype(np.float32))
        return np.asarray(_SRGB[np.rint(np.clip(light, 0, 1) * _FINE).astype(np.uint16)], np.uint8)

    def change(self, before: Rgb, after: Rgb) -> NDArray[np.int16] | NDArray[np.float32]:
        """What turns `before` into `after`, both sRGB as `seen`, in 8-bit steps of this video's RGB code values."""
        if not self.high_dynamic:
            return np.asarray(cv2.subtract(after, before, dtype=cv2.CV_16S), np.int16)
        return self._coded(after) - self._coded(before)

    def _coded(self, srgb: Rgb) -> NDArray[np.float32]:
        linear = cv2.transform(cv2.LUT(srgb, _LINEAR), np.linalg.inv(_TO_709).astype(np.float32))
        index = np.rint(np.clip(linear, 0, 1) ** 0.5 * _FINE).astype(np.uint16)
        return np.asarray(_code(self.transfer)[index], np.float32)


_LINEAR = np.asarray(to_linear(np.arange(256) / 255), np.float32)
_SRGB = np.rint(255 * to_srgb(np.arange(_FINE + 1) / _FINE)).astype(np.uint8)


@cache
def _light(transfer: int) -> NDArray[np.float32]:
    """Light of each 8-bit code value, white at 1, float32 (256,)."""
    code = np.arange(256) / 255
    if transfer == PQ:
        root = code ** (1 / 78.84375)
        light = (np.maximum(root - 0.8359375, 0) / (18.8515625 - 18.6875 * root)) ** (1 / 0.1593017578125)
        return np.asarray(light * 10_000 / 203, np.float32)
    scene = np.where(code <= 0.5, code**2 / 3, (np.exp((code - 0.55991073) / 0.17883277) + 0.28466892) / 12)
    return np.asarray(scene**1.2 * 1000 / 203, np.float32)  # the screen's gamma, channel by channel


@cache
def _code(transfer: int) -> NDArray[np.float32]:
    """The 8-bit code value, with fractions, of light (i / 4095)², float32 (4096,): `_light` read backwards."""
    light = (np.arange(_FINE + 1) / _FINE) ** 2
    return np.asarray(np.interp(light, _light(transfer), np.arange(256)), np.float32)
