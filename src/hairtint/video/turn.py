"""How a video is turned for showing: phones store the sensor's picture and say in a matrix how to hold it."""

from __future__ import annotations

import cmath
import math
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from av import VideoFrame

_ONE = 1 << 16  # in the first two columns of a display matrix


@dataclass(frozen=True, slots=True)
class Turn:
    """One of the eight ways to lay a rectangle on itself: swap the axes, then mirror.

    Attributes:
        transpose: rows become columns.
        mirror: left and right change places, after that.
        flip: top and bottom change places, after that.
        matrix: the nine numbers of the file (ISO/IEC 14496-12, `tkhd`), to be written again; None for none.
    """

    transpose: bool = False
    mirror: bool = False
    flip: bool = False
    matrix: tuple[int, ...] | None = None

    @classmethod
    def of(cls, matrix: Sequence[int]) -> Turn:
        """Read a display matrix: a point (x, y) is shown at (a x + c y, b x + d y) for (a, b, u, c, d, v, x, y, w).

        An angle between the right ones is taken for the nearest of these.
        """
        a, b, _, c, d = matrix[:5]
        if abs(a) >= abs(b):
            return cls(False, a < 0, d < 0, tuple(matrix))
        return cls(True, c < 0, b < 0, tuple(matrix))

    @classmethod
    def of_frame(cls, frame: VideoFrame) -> Turn:
        """The turn that a decoded frame asks for."""
        if found := side_data(frame).get("DISPLAYMATRIX"):
            return cls.of(struct.unpack("=9i", found))
        if not frame.rotation:
            return cls()
        turned = cmath.rect(_ONE, -math.radians(frame.rotation))
        a, b = round(turned.real), round(turned.imag)
        return cls.of((a, b, 0, -b, a, 0, 0, 0, 1 << 30))

    def __bool__(self) -> bool:
        """Whether there is anything to turn."""
        return self.transpose or self.mirror or self.flip

    def upright(self, stored: NDArray[Any]) -> NDArray[Any]:
        """An array (H, W, ...) as stored, the way it is shown; a view."""
        shown = stored.swapaxes(0, 1) if self.transpose else stored
        return shown[:: -1 if self.flip else 1, :: -1 if self.mirror else 1]

    def stored(self, shown: NDArray[Any]) -> NDArray[Any]:
        """The way back; a view."""
        turned = shown[:: -1 if self.flip else 1, :: -1 if self.mirror else 1]
        return turned.swapaxes(0, 1) if self.transpose else turned

    def beside(self, left: NDArray[Any], right: NDArray[Any]) -> NDArray[Any]:
        """Two arrays as stored, joined so that they are shown side by side."""
        return self.stored(np.concatenate([self.upright(left), self.upright(right)], axis=1))


def side_data(frame: VideoFrame) -> dict[str, bytes]:
    """What comes with a decoded frame, by PyAV's names; nothing where PyAV does not know a kind of it, such as EXIF."""
    try:
        return {data.type.name: bytes(data) for data in cast("Iterable[Any]", frame.side_data)}
    except ValueError:
        return {}
