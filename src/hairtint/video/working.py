"""The form in which frames are dyed: as near to the file's own as the codec of the result allows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np

from hairtint.errors import OutputError
from hairtint.h273 import FULL
from hairtint.video.convert import RGB, Converter
from hairtint.video.layout import Layout, grown, raised, rebuilt
from hairtint.video.signal import Rgb, Signal
from hairtint.video.turn import Turn, side_data

if TYPE_CHECKING:
    from av import VideoFrame

    from hairtint.video.codecs import Codec


@dataclass(frozen=True)
class Working:
    """What every frame is brought to before it is dyed.

    Attributes:
        name: of the file, for messages.
        given: size of the frames in the file, width and height.
        source: what their numbers mean.
        layout: the pixel format they are dyed and written in.
        signal: what the numbers mean then.
        turn: how the picture is turned for showing.
        interlaced: the first frame is two fields.
        even: what needs even sides, or such as chroma's steps divide; None where nothing does.
        sides: what width and height are therefore raised to multiples of, by rows and columns that are repeated.
    """

    name: str
    given: tuple[int, int]
    source: Signal
    layout: Layout
    signal: Signal
    turn: Turn
    interlaced: bool
    even: str | None
    sides: tuple[int, int]

    @classmethod
    def of(cls, first: VideoFrame, name: str, codec: Codec, *, even: str | None, beside: bool = False) -> Working:
        """The form for a file by its first frame and by the codec of the result.

        even: what else needs even sides, named in a message; beside: the result shows the original next to it, which
        needs whole steps of chroma where it is subsampled.

        Raises:
            SourceError: its colours cannot be read.
            OutputError: it is HDR, and the codec has too few bits for that, or it is too small for the codec.
        """
        source = Signal.of(first, name)
        layout = codec.layout_for(first.format)
        if source.high_dynamic and layout.bits < 10:
            raise OutputError(f"{name} is HDR, which needs 10 bits: name an .mp4, .mov or .mkv and no 8-bit --codec")
        if min(first.width, first.height) < codec.least:
            raise OutputError(
                f"{name} is {first.width}x{first.height}, and {codec.encoder} needs {codec.least} pixels a side: name"
                " another --codec"
            )
        given, sides = (first.width, first.height), (2, 2) if even else (1, 1)
        if beside and layout.step != (1, 1):
            sides = (max(2, layout.step[0]), max(2, layout.step[1]))
            even = even if even and sides == (2, 2) else "--side-by-side"
        signal, turn = source, Turn.of_frame(first)
        tall = raised(given, sides)[1] * (2 if beside and turn.transpose else 1)
        if layout.rgb and source.matrix != 0:
            signal = Signal(FULL, 0, source.primaries, source.transfer)
        elif not layout.rgb:
            signal = source.as_yuv(first.height, limited=codec.limited).pinned(first.height, tall)
        return cls(name, given, source, layout, signal, turn, first.interlaced_frame, even, sides)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the working frames, as stored."""
        return raised(self.given, self.sides)

    @cached_property
    def _into_layout(self) -> Callable[[Signal], Converter]:
        return cache(lambda source: Converter(self.layout.name, source, self.signal))

    @cached_property
    def _black(self) -> VideoFrame:
        from av import VideoFrame

        rgb = VideoFrame.from_ndarray(np.zeros((self.given[1], self.given[0], 3), np.uint8), "rgb24")
        return Converter(self.layout.name, RGB, self.signal)(rgb)

    @cached_property
    def _into_rgb(self) -> Converter:
        return Converter("rgb24", self.signal, RGB)

    def notes(self, first: VideoFrame, codec: Codec) -> list[str]:
        """One line for each thing that the result cannot keep."""
        bits = first.format.components[0].bits
        lines = []
        if bits > self.layout.bits:
            lines.append(f"the {bits}-bit picture is written with {self.layout.bits} bits: {codec.encoder} has no more")
        if self.layout.alpha is None and _see_through(first):
            lines.append(f"transparency is not kept: {codec.encoder} has none")
        if self.size != self.given:
            width, height = self.size
            what = "even sides" if self.sides == (2, 2) else "sides that {} and {} divide".format(*self.sides)
            lines.append(f"the picture gets {width}x{height}: {self.even} needs {what}, the edge is repeated")
        if any(name.startswith(("DOVI", "DYNAMIC_HDR")) for name in side_data(first)):
            lines.append("Dolby Vision and HDR10+ data are not kept, the HDR picture under them is")
        return lines

    def changes(self, frame: VideoFrame) -> list[tuple[str, str]]:
        """What of a decoded frame is not as in the first, and what becomes of it."""
        (width, height), signal, lines = self.given, Signal.of(frame, self.name), []
        if (frame.width, frame.height) != self.given:
            fitted = f"it is fitted into {width}x{height}, with borders where its shape is another"
            lines.append((f"the picture changes to {frame.width}x{frame.height}", fitted))
        if signal.read_as(height) != self.source.read_as(height):
            lines.append(("range or matrix of the colours changes", "they are converted to those of the beginning"))
        if signal.high_dynamic != self.source.high_dynamic:
            lines.append(("the picture changes between HDR and SDR", "its colours are off: dye each part by itself"))
        if frame.interlaced_frame and not self.interlaced:
            lines.append(("the picture becomes interlaced", "it is written as progressive, as it began"))
        return lines

    def prepare(self, frame: VideoFrame) -> VideoFrame:
        """A decoded frame in this form: range and matrix converted, one of another size fitted between borders."""
        into_layout = self._into_layout(Signal.of(frame, self.name))
        frame = into_layout(frame) if (frame.width, frame.height) == self.given else self._fitted(frame, into_layout)
        frame.pict_type = 0  # the encoder decides which frames stand alone
        return grown(frame, self.layout, self.sides)

    def _fitted(self, frame: VideoFrame, into_layout: Converter) -> VideoFrame:
        """The whole frame in the middle of a black one, on whole steps of chroma."""
        whole, part, step = (np.array(pair) for pair in (self.given, (frame.width, frame.height), self.layout.step))
        border = (whole - part * (whole / part).min()).clip(0) / 2 // step * step
        width, height = (whole - 2 * border).astype(int).tolist()
        fitted = into_layout(frame, (width, height))
        planes = [plane.copy() for plane in self.layout.arrays(self._black)]
        for into, plane in zip(planes, self.layout.arrays(fitted), strict=True):
            rows, columns = plane.shape[:2]
            top, left = (into.shape[0] - rows) // 2, (into.shape[1] - columns) // 2
            into[top : top + rows, left : left + columns] = plane
        return rebuilt(fitted, planes, self.layout)

    def seen(self, frame: VideoFrame) -> Rgb:
        """A working frame as people see it: upright, sRGB, uint8 (H, W, 3), contiguous."""
        return np.ascontiguousarray(
            self.turn.upright(self.signal.seen(np.asarray(self._into_rgb(frame).to_ndarray(), np.uint8)))
        )


def _see_through(first: VideoFrame) -> bool:
    """Whether there is transparency to lose. Every GIF decodes to a format that has it: there the first frame tells."""
    if not any(c.is_alpha for c in first.format.components):
        return False
    layout = Layout.named("bgra")
    if layout is None or first.format.name != layout.name:
        return True
    return bool((layout.arrays(first)[0][..., 3] < 255).any())
