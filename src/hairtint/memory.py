"""Memory of the frames before, so that masks are steady in motion without trailing behind it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from hairtint import matte
from hairtint.pyramid import Pyramid

Map = NDArray[np.float32]
Grey = NDArray[np.uint8]

SIDE = 160  # longest side of the frames that motion is measured on
KEEP = 0.96  # how much of the carried map stays where frame and memory agree
CUT = 0.33  # mean error of the carried frame, in contrasts of the frame, above which it is another scene
TRUST = 0.3  # error of the carried frame, likewise, at which a pixel's memory counts half
LEAST_CONTRAST = 4.0  # standard deviation in grey levels: what differs in flatter frames is noise
MARGIN = 8  # pixels of the map around the hair of both frames; further away there is nothing to remember
SURPRISE = 0.8  # difference of the maps at which the memory counts half


class Memory:
    """Carries the last map along the motion of the picture and blends the new one into it.

    Motion is dense optical flow on small grey frames (DIS: T. Kroeger et al., arXiv:1603.03590). The memory counts
    where the carried frame looks like the new one, less where the network has changed its mind for good, and not at
    all after a cut, so the first frame of a scene is as right as a single photo.
    """

    def __init__(self) -> None:
        self.flow = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
        self.flow.setFinestScale(1)  # with half the pixels looked at, refining the motion gains little and costs most
        self.flow.setVariationalRefinementIterations(0)
        self.frame: NDArray[np.uint8] | None = None
        self.map: Map | None = None
        self.anew = True  # whether the last frame was the first of its scene

    def reset(self) -> None:
        """Forget everything: the next frame is the first."""
        self.frame = self.map = None

    def blend(self, probability: Map, picture: NDArray[np.uint8] | Pyramid) -> Map:
        """The steadied map, float32 (h, w) in [0, 1], of the network's map for the frame, RGB uint8 (H, W, 3)."""
        frame = _small_grey(Pyramid.of(picture))
        before, old, known = self.frame, self.map, None
        if before is not None and old is not None and (before.shape, old.shape) == (frame.shape, probability.shape):
            known = self._carried(probability, frame, before, old)
        self.anew = known is None
        steady = probability if known is None else known
        self.frame, self.map = frame, steady
        return steady

    def _carried(self, new: Map, frame: Grey, before: Grey, old: Map) -> Map | None:
        """The new map with what is left of the old one; None where the frame is of another scene."""
        box = matte.around(np.maximum(new, old) > matte.FAINT, MARGIN)
        if box is None:
            return new
        motion = np.asarray(self.flow.calc(frame, before, None), np.float32)  # type: ignore[call-overload]
        carried = _moved(before, _places(*frame.shape) + motion)  # motion is to where each pixel was
        # A change of the light is none of the scene, and in the dark all differences are small.
        (mean, contrast), (mean_before, contrast_before) = _light(frame), _light(before)
        gain = contrast / contrast_before
        carried = cv2.addWeighted(carried, gain, carried, 0, mean - gain * mean_before)
        error = cv2.absdiff(cv2.blur(frame, (5, 5)), cv2.blur(carried, (5, 5)))  # noise has no part in it
        if cv2.mean(error)[0] > CUT * contrast:
            return None
        size = new.shape[::-1]
        scale = np.array([size[0] / frame.shape[1], size[1] / frame.shape[0], 0, 0])
        motion = np.asarray(cv2.multiply(motion, scale), np.float32)
        to = _places(*new.shape)[box] + np.asarray(cv2.resize(motion, size), np.float32)[box]
        steady = new.copy()
        unlike = np.asarray(cv2.resize(error, size)[box], np.float32) / np.float32(TRUST * contrast)
        steady[box] = _blended(new[box], _moved(old, to), unlike, cv2.inRange(to, (-1, -1), size) > 0)
        return steady


def _blended(new: Map, carried: Map, unlike: Map, inside: NDArray[np.bool_]) -> Map:
    """The new map and the old one carried to it, less of it where the frames are unlike and none beyond the old."""
    change = carried - new
    surprise = np.asarray(cv2.blur(cv2.absdiff(new, carried), (5, 5)), np.float32)
    surprise *= np.float32(1 / SURPRISE)
    change *= KEEP / ((1 + unlike * unlike) * (1 + surprise * surprise))
    change *= inside
    return new + change


def _light(frame: Grey) -> tuple[float, float]:
    """Mean and contrast of a frame, in grey levels."""
    mean, deviation = cv2.meanStdDev(frame)
    return float(mean[0, 0]), max(LEAST_CONTRAST, float(deviation[0, 0]))


def _moved(values: NDArray[Any], there: NDArray[np.float32]) -> NDArray[Any]:
    """The values at the places `there`, float32 (H, W, 2) of x and y."""
    return cv2.remap(values, there, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload,no-any-return]


def _small_grey(pyramid: Pyramid) -> Grey:
    height, width = pyramid.rgb.shape[:2]
    by = SIDE / max(width, height)
    size = (max(16, round(width * by)), max(16, round(height * by)))
    small = cv2.resize(pyramid.covering(*size), size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)


@lru_cache(maxsize=8)
def _places(height: int, width: int) -> NDArray[np.float32]:
    """x and y of every pixel, float32 (height, width, 2)."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    places = np.stack([x, y], axis=-1)
    places.flags.writeable = False
    return places
