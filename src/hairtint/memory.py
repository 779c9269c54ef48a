"""Memory of the frames before, so that masks are steady in motion without trailing behind it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Map = NDArray[np.float32]

SIDE = 160  # longest side of the frames that motion is measured on
KEEP = 0.96  # how much of the carried map stays where frame and memory agree
CUT = 0.12  # mean error of the carried frame, in [0, 1], above which it is another scene
TRUST = 0.1  # error of the carried frame at which a pixel's memory counts half
SURPRISE = 0.8  # difference of the maps at which the memory counts half


class Memory:
    """Carries the last map along the motion of the picture and blends the new one into it.

    Motion is dense optical flow on small grey frames (DIS: T. Kroeger et al., arXiv:1603.03590). The memory counts
    where the carried frame looks like the new one, less where the network has changed its mind for good, and not at
    all after a cut, so the first frame of a scene is as right as a single photo.
    """

    def __init__(self) -> None:
        self.flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        self.frame: NDArray[np.uint8] | None = None
        self.map: Map | None = None

    def reset(self) -> None:
        """Forget everything: the next frame is the first."""
        self.frame = self.map = None

    def blend(self, probability: Map, rgb: NDArray[np.uint8]) -> Map:
        """The steadied map, float32 (h, w) in [0, 1], of the network's map for the frame rgb, uint8 (H, W, 3)."""
        by = SIDE / max(rgb.shape[:2])
        size = (max(16, round(rgb.shape[1] * by)), max(16, round(rgb.shape[0] * by)))
        small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
        frame = np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)
        steady = probability
        if self.frame is not None and self.map is not None and self.frame.shape == frame.shape:
            steady = self._carried(probability, frame, self.frame, self.map)
        self.frame, self.map = frame, steady
        return steady

    def _carried(self, new: Map, frame: NDArray[np.uint8], before: NDArray[np.uint8], old: Map) -> Map:
        motion = self.flow.calc(frame, before, np.zeros((*frame.shape, 2), np.float32))  # to where each pixel was
        height, width = frame.shape
        x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
        x, y = x + motion[..., 0], y + motion[..., 1]
        error = cv2.absdiff(frame, cv2.remap(before, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE))
        error = cv2.blur(error.astype(np.float32) / 255, (5, 5))
        if float(error.mean()) > CUT:
            return new
        size = new.shape[::-1]
        scale = np.array([size[0] / width, size[1] / height], np.float32)
        to_x = (cv2.resize(x, size) + 0.5) * scale[0] - 0.5
        to_y = (cv2.resize(y, size) + 0.5) * scale[1] - 0.5
        carried = cv2.remap(old, to_x, to_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        inside = (to_x > -1) & (to_y > -1) & (to_x < size[0]) & (to_y < size[1])
        unlike = np.asarray(cv2.resize(error, size), np.float32) / TRUST
        surprise = np.asarray(cv2.blur(np.abs(new - carried), (5, 5)), np.float32) / SURPRISE
        keep = np.where(inside, np.float32(KEEP), np.float32(0)) / ((1 + unlike * unlike) * (1 + surprise * surprise))
        return np.asarray(new + keep * (carried - new), np.float32)
