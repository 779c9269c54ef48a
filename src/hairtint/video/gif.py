"""Pictures of 256 colours: each GIF frame gets the palette that suits it best."""

from __future__ import annotations

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
