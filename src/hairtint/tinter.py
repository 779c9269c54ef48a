"""Frame in, dyed frame out: the path of frames that follow each other, from cameras, video files and browsers."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hairtint.frame import Cover
from hairtint.heads import Heads
from hairtint.look import Look, check_look
from hairtint.segmenter import Segmenter, VideoSegmenter


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

    Model, threads and errors are those of `VideoSegmenter`.
    """

    def __init__(self, model: str | os.PathLike[str] | Segmenter | None = None, *, threads: int | None = None) -> None:
        self.segmenter = VideoSegmenter(model, threads=threads)
        self.heads = Heads()
        self._mask: Cover | None = None  # what was dyed of the frame before

    def __call__(self, rgb: NDArray[np.uint8], look: Look, small: NDArray[np.uint8] | None = None) -> Tinted:
        """The next frame, uint8 (H, W, 3) RGB, in the colour of `look`.

        `small`, uint8 (h, w, 3), is the same view from a camera's second stream, for the network.
        Raises PictureError where `rgb` is no frame, InputError where `look` is no Look.
        """
        check_look(look)
        started = time.perf_counter()
        found = self.segmenter.mask(rgb, small)
        if self.segmenter.memory.anew:
            self._forget()
        mask = self._mask = look.hair(found, self._mask)
        masked = time.perf_counter()
        dyed = look.dyed(rgb, mask, shade=self.heads.follow(rgb, mask) if look.method == "natural" else None)
        return Tinted(dyed, mask, {"mask": masked - started, "color": time.perf_counter() - masked})

    def reset(self) -> None:
        """Forget the frames before, as at the start of another video."""
        self.segmenter.reset()
        self._forget()

    def _forget(self) -> None:
        self.heads.reset()
        self._mask = None
