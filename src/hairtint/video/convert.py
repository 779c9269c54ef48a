"""Frames from one pixel format to another, their colours kept: range and matrix are always said, never guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hairtint.h273 import FULL, LIMITED, swscale
from hairtint.video.signal import Signal

if TYPE_CHECKING:
    from av import VideoFrame

RGB = Signal(FULL, 0)


class Converter:
    """One conversion, done to frame after frame; not for several threads at once.

    Args:
        name: FFmpeg's name of the new pixel format.
        before: what the numbers mean.
        after: what they shall mean; for "rgb24" and the like, `RGB`.
    """

    def __init__(self, name: str, before: Signal, after: Signal) -> None:
        from av.video.reformatter import VideoReformatter

        self.name, self.before, self.after = name, before, after
        self.scaler, self.grey = VideoReformatter(), VideoReformatter()

    def __call__(self, frame: VideoFrame, size: tuple[int, int] | None = None) -> VideoFrame:
        """The frame in the new format, with the time of the old one; the same object where nothing is to be done.

        size: width and height to scale to; None to keep them.
        """
        if len(frame.format.components) < 3 and self.before.range == LIMITED:
            frame = self._with_chroma(frame)
        width, height = size or (frame.width, frame.height)
        same = self.before.read_as(frame.height) == self.after.read_as(height)
        if frame.format.name == self.name and same and (width, height) == (frame.width, frame.height):
            return frame
        new = self.scaler.reformat(
            frame, width, height, self.name,
            src_color_range=self.before.range or LIMITED, dst_color_range=self.after.range or LIMITED,
            src_colorspace=swscale(self.before.known(frame.height)), dst_colorspace=swscale(self.after.known(height)),
            threads=1,
        )  # fmt: skip
        new.color_range, new.colorspace = self.after.range, self.after.matrix
        return new

    def _with_chroma(self, frame: VideoFrame) -> VideoFrame:
        """A grey frame of limited range in YCbCr, its numbers as they are: swscale takes all grey for full range."""
        name = self.name if self.name.startswith("yuv") else "yuv420p"
        new = self.grey.reformat(frame, format=name, src_color_range=FULL, dst_color_range=FULL, threads=1)
        new.color_range = self.before.range
        return new
