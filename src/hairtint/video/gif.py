"""Pictures of 256 colours: each GIF frame gets the palette that suits it best."""

from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, UnidentifiedImageError

if TYPE_CHECKING:
    from av import VideoFrame


def loops(source: Path) -> int:
    """How often a GIF made of this file starts again: as often as the file itself where it is one (-1: never), else 0
    for ever.
    """
    try:
        with Image.open(source, formats=["GIF"]) as image:
            return int(image.info.get("loop", -1))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return 0


class Delays:
    """Leaves out frames that come sooner after the one before than browsers show them; that one is shown for longer.

    Times of a GIF are hundredths of a second; a delay of one is shown as ten by Chrome, Firefox and Safari.

    Attributes:
        left_out: how many frames so far.
    """

    shortest = 2  # hundredths of a second

    def __init__(self) -> None:
        self.left_out = 0
        self._held: VideoFrame | None = None

    def __call__(self, frame: VideoFrame | None) -> list[VideoFrame]:
        """The frames that are ready after this one, whose times rise; None for the last."""
        held = self._held
        if frame is not None and held is not None and _hundredths(frame) - _hundredths(held) < self.shortest:
            self.left_out += 1
            held.duration = (frame.pts or 0) + frame.duration - (held.pts or 0)
            return []
        if frame is None and held is not None and held.duration and held.time_base:
            short = held.duration * held.time_base * 100 < self.shortest - Fraction(1, 2)
            held.duration = math.ceil(Fraction(self.shortest, 100) / held.time_base) if short else held.duration
        self._held = frame
        return [] if held is None else [held]


def _hundredths(frame: VideoFrame) -> int:
    return math.floor((frame.pts or 0) * (frame.time_base or 0) * 100 + Fraction(1, 2))


class Palettes:
    """Turns frames, rgb24 or bgra, into frames with a palette each (FFmpeg's palettegen and paletteuse)."""

    def __init__(self, first: VideoFrame) -> None:
        from av.filter import Graph

        self.graph = Graph()
        see_through = int(first.format.name == "bgra")
        source = self.graph.add_buffer(
            width=first.width, height=first.height, format=first.format, time_base=first.time_base
        )
        split = self.graph.add("split")
        palette = self.graph.add("palettegen", f"stats_mode=single:reserve_transparent={see_through}")
        use = self.graph.add("paletteuse", "new=1:dither=sierra2_4a")
        sink = self.graph.add("buffersink")
        source.link_to(split)
        split.link_to(use, 0, 0)
        split.link_to(palette, 1, 0)
        palette.link_to(use, 0, 1)
        use.link_to(sink)
        self.graph.configure()

    def __call__(self, frame: VideoFrame | None) -> list[VideoFrame]:
        """The frames that are ready after this one; None for the last."""
        import av

        ready: list[VideoFrame] = []
        self.graph.push(frame)
        while True:
            try:
                ready.append(self.graph.pull())  # type: ignore[arg-type]
            except (av.BlockingIOError, av.EOFError):
                return ready
