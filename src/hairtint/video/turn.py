"""How a video is turned for showing: phones store the sensor's picture and say in a matrix how to hold it."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from av import VideoFrame


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
        from av.sidedata.sidedata import Type

        found = frame.side_data.get(Type.DISPLAYMATRIX)  # type: ignore[call-overload]
        return cls.of(struct.unpack("=9i", bytes(found))) if found is not None else cls()

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
