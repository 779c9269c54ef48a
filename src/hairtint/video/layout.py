"""How the pixels of a frame lie in memory: planes, subsampling, bits; and views of them as arrays."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from av import VideoFrame

_PLANAR = re.compile(r"(yuv|gbr)(a?)(4\d\d)?p(\d+)?(?:le)?")
_PACKED = ("rgb24", "bgr24", "rgba", "bgra", "rgb0", "bgr0")
_STEPS = {"444": (1, 1), "440": (1, 2), "422": (2, 1), "420": (2, 2), "411": (4, 1), "410": (4, 4)}


@dataclass(frozen=True, slots=True)
class Layout:
    """One of FFmpeg's pixel formats that frames are dyed in as they are.

    Attributes:
        name: FFmpeg's name.
        rgb: red, green and blue; otherwise luma and two chroma planes (YCbCr).
        order: for RGB, where red, green and blue lie: plane or channel numbers.
        alpha: number of the plane or channel that holds transparency, or None.
        packed: the channels lie together in one plane.
        step: columns and rows of luma for each of chroma.
        bits: of each value; above 8 a value takes two bytes.
    """

    name: str
    rgb: bool
    order: tuple[int, ...] = (0, 1, 2)
    alpha: int | None = None
    packed: bool = False
    step: tuple[int, int] = (1, 1)
    bits: int = 8

    @staticmethod
    @cache
    def named(name: str) -> Layout | None:
        """The layout of a pixel format, or None where frames must be converted first."""
        if name in _PACKED:
            order = name.removesuffix("24")
            alpha = order.index("a") if "a" in order else None
            return Layout(name, True, tuple(order.index(c) for c in "rgb"), alpha, packed=True)
        if not (found := _PLANAR.fullmatch(name)) or (found[1] == "yuv") != (found[3] is not None):
            return None
        bits, alpha = int(found[4] or 8), 3 if found[2] else None
        if found[1] == "gbr":
            return Layout(name, True, (2, 0, 1), alpha, bits=bits)
        return Layout(name, False, alpha=alpha, step=_STEPS[found[3]], bits=bits) if found[3] in _STEPS else None

    def arrays(self, frame: VideoFrame) -> list[NDArray[Any]]:
        """The planes of a frame of this layout as views: (H, W) each, or one (H, W, channels) where packed.

        Written to, they change the frame: call `frame.make_writable()` before, as decoders keep frames for later ones.
        """
        kind = np.dtype(np.uint8 if self.bits == 8 else "<u2")
        views: list[NDArray[Any]] = []
        for number, plane in enumerate(frame.planes):
            lines = np.frombuffer(plane, kind)  # type: ignore[call-overload]
            step = self.step if number in (1, 2) and not self.packed else (1, 1)
            width, height = -(-frame.width // step[0]), -(-frame.height // step[1])
            rows = lines.reshape(-1, abs(plane.line_size) // kind.itemsize)[:height]
            if plane.line_size < 0:  # raw AVI: the lowest row comes first
                rows = rows[::-1]
            if self.packed:
                count = 3 if self.name.endswith("24") else 4
                views.append(rows[:, : width * count].reshape(height, width, count))
            else:
                views.append(rows[:, :width])
        return views


GREY = Layout("gray", rgb=False)


def like(frame: VideoFrame, width: int, height: int, name: str) -> VideoFrame:
    """A new frame of this size and format, with the time and the colour tags of `frame`; its pixels are undefined.

    Of interlaced frames it keeps which field comes first, except where size and format stay.
    """
    from av import VideoFrame

    same = (width, height, name) == (frame.width, frame.height, frame.format.name)
    if frame.interlaced_frame and not same:
        new = frame.reformat(width, height, name, threads=1)  # slow, but nothing else hands the order of fields on
    else:
        new = VideoFrame(width, height, name)
    new.pts, new.duration = frame.pts, frame.duration
    if frame.time_base:
        new.time_base = frame.time_base
    new.color_range, new.colorspace = frame.color_range, frame.colorspace
    new.color_trc, new.color_primaries = frame.color_trc, frame.color_primaries
    return new


def rebuilt(frame: VideoFrame, planes: list[NDArray[Any]], layout: Layout) -> VideoFrame:
    """A new frame made of whole planes of this layout, of the size of the first of them; the rest as in `frame`."""
    new = like(frame, planes[0].shape[1], planes[0].shape[0], layout.name)
    for into, plane in zip(layout.arrays(new), planes, strict=True):
        into[...] = plane
    return new


def copied(frame: VideoFrame, layout: Layout) -> VideoFrame:
    """A frame with the same pixels of its own."""
    return rebuilt(frame, layout.arrays(frame), layout)


def raised(size: tuple[int, int], sides: tuple[int, int]) -> tuple[int, int]:
    """The size with width and height as the next multiples of these sides."""
    return size[0] + -size[0] % sides[0], size[1] + -size[1] % sides[1]


def grown(frame: VideoFrame, layout: Layout, sides: tuple[int, int]) -> VideoFrame:
    """The frame with its last row and column repeated up to multiples of these sides; itself where it has them."""
    width, height = raised((frame.width, frame.height), sides)
    if (width, height) == (frame.width, frame.height):
        return frame
    new = like(frame, width, height, layout.name)
    for into, plane in zip(layout.arrays(new), layout.arrays(frame), strict=True):
        more = [(0, into.shape[0] - plane.shape[0]), (0, into.shape[1] - plane.shape[1])] + [(0, 0)] * (plane.ndim - 2)
        into[...] = np.pad(plane, more, mode="edge")
    return new
