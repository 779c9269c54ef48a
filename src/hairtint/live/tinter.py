"""Frame in, dyed frame out: the path of frames that follow each other, from cameras, video files and browsers."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hairtint.live.look import Look, check_look
from hairtint.matte import largest_region
from hairtint.recolor import recolor
from hairtint.segmenter import Segmenter, VideoSegmenter
from hairtint.shade import Shade

SHADE_RATE = 0.1  # how fast the measured shade follows the hair: the dye must not pump with the mask's noise
NEW_HEAD = 25.0  # difference of median L* from which it is other hair or other light: the shade starts anew


@dataclass(frozen=True, slots=True)
class Tinted:
    """A frame after the tinter.

    Attributes:
        rgb: the dyed frame, uint8 (H, W, 3).
        mask: the hair, float32 (H, W) in [0, 1].
        seconds: what each stage took: "mask" (network, memory and matte) and "color".
    """

    rgb: NDArray[np.uint8]
    mask: NDArray[np.float32]
    seconds: dict[str, float]


class Tinter:
    """Dyes the frames of one video, one after another; not for several threads at once.

    Arguments and errors are those of `VideoSegmenter`.
    """

    def __init__(self, model: str | os.PathLike[str] | Segmenter | None = None, *, threads: int | None = None) -> None:
        self.segmenter = VideoSegmenter(model, threads=threads)
        self.shade: Shade | None = None

    def __call__(self, rgb: NDArray[np.uint8], look: Look, small: NDArray[np.uint8] | None = None) -> Tinted:
        """The next frame, uint8 (H, W, 3) RGB, in the colour of `look`.

        `small`, uint8 (h, w, 3), is the same view from a camera's second stream, for the network.
        Raises PictureError where `rgb` is no frame, InputError where `look` is no Look.
        """
        check_look(look)
        started = time.perf_counter()
        mask = self.segmenter.mask(rgb, small)
        if look.largest_region:
            mask = largest_region(mask)
        masked = time.perf_counter()
        dyed = recolor(
            rgb, mask, look.color, strength=look.strength, method=look.method, effects=look.effects,
            shade=self._followed(rgb, mask) if look.method == "natural" else None,
        )  # fmt: skip
        return Tinted(dyed, mask, {"mask": masked - started, "color": time.perf_counter() - masked})

    def reset(self) -> None:
        """Forget the frames before, as at the start of another video."""
        self.segmenter.reset()
        self.shade = None

    def _followed(self, rgb: NDArray[np.uint8], mask: NDArray[np.float32]) -> Shade | None:
        if not mask.any():
            self.shade = None
            return None
        now = Shade.measure(rgb, mask)
        if self.shade is None or self.segmenter.memory.anew or abs(self.shade.lightness - now.lightness) > NEW_HEAD:
            self.shade = now
        else:
            self.shade = self.shade.towards(now, SHADE_RATE)
        return self.shade
