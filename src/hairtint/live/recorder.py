"""Recording what is seen: H.264 in MP4, each picture at the moment it was shown."""

from __future__ import annotations

import time
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from hairtint import extras
from hairtint.errors import OutputError
from hairtint.h273 import FULL, LIMITED, guessed, swscale
from hairtint.live.compose import even, fit
from hairtint.live.sources import Rgb, Size
from hairtint.whole_file import refusal

TICKS = 1000  # a second
LONG = TICKS // 10  # how long a last picture may be missing its end
CODECS: tuple[tuple[str, dict[str, str]], ...] = (
    ("libx264", {"preset": "veryfast", "crf": "20", "tune": "zerolatency", "g": "60"}),
    ("h264", {}),
    ("mpeg4", {"q": "4"}),
)
CONTAINER = {"movflags": "hybrid_fragmented+frag_keyframe", "flush_packets": "1"}  # playable even after a crash


class Recorder:
    """A sink that writes a file; its size is that of the first picture, later ones are fitted into it.

    The last picture stays until the end: where that is a while, it is written once more. Raises MissingExtraError
    where PyAV is not installed, OutputError where the file cannot be written or a picture has less than 2x2 pixels.
    """

    def __init__(self, path: Path) -> None:
        extras.require("video", "av", what="recording needs")
        self.path = path
        self.size: Size | None = None
        self._container: Any = None
        self._stream: Any = None
        self._scaler: Any = None
        self._started, self._last = 0.0, -1
        self._shown: Rgb | None = None

    def __enter__(self) -> Self:
        import av

        try:
            absolute = str(self.path.absolute())  # FFmpeg takes 12:30/clip.mp4 for an address
            self._container = av.open(absolute, "w", format="mp4", options=CONTAINER)
        except (av.FFmpegError, OSError) as error:
            raise self._refusal(error) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Finish the file; one without any picture is taken away."""
        import av

        try:
            if self._shown is not None and error is None and self._now() > self._last + LONG:
                self.show(self._shown)
            if self._stream is not None:
                self._container.mux(self._stream.encode(None))
            self._container.close()
        except (av.FFmpegError, OSError) as failure:
            raise self._refusal(failure) from failure
        if self.size is None:
            self.path.unlink(missing_ok=True)

    def show(self, rgb: Rgb) -> None:
        """See Sink."""
        import av
        from av.video.reformatter import VideoReformatter

        if min(rgb.shape[:2]) < 2:
            raise OutputError(
                f"a picture of {rgb.shape[1]}x{rgb.shape[0]} is too small to be recorded: 2x2 is the least"
            )
        if self.size is None:
            self.size = even((rgb.shape[1], rgb.shape[0]))  # H.264 halves the sides for its colours
            self._stream, self._started = _stream(self._container, self.size), time.monotonic()
            self._scaler = VideoReformatter()
        frame = self._scaler.reformat(
            av.VideoFrame.from_ndarray(fit(rgb, self.size), format="rgb24"), format="yuv420p",
            src_color_range=FULL, dst_color_range=LIMITED, dst_colorspace=swscale(guessed(self.size[1])),
        )  # fmt: skip
        self._shown = rgb
        self._last = max(self._last + 1, self._now())
        frame.pts, frame.time_base = self._last, Fraction(1, TICKS)
        try:
            self._container.mux(self._stream.encode(frame))
        except (av.FFmpegError, OSError) as error:
            raise self._refusal(error) from error

    def _refusal(self, error: Exception) -> OutputError:
        return refusal(f"{self.path} cannot be written", error, "name another folder with --out")

    def _now(self) -> int:
        return round((time.monotonic() - self._started) * TICKS)


def _stream(container: Any, size: Size) -> Any:
    """A video stream by the best encoder that this PyAV has."""
    import av
    from av.codec.codec import UnknownCodecError

    for name, options in CODECS:
        try:
            av.codec.Codec(name, "w")
        except UnknownCodecError:
            continue
        stream = container.add_stream(name, rate=30, options=options)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        context = stream.codec_context
        context.time_base = Fraction(1, TICKS)
        context.color_range, context.colorspace = LIMITED, guessed(size[1])
        context.thread_count = 1  # the other cores are for the network
        return stream
    raise OutputError("this PyAV has no encoder for MP4: pip install --upgrade av")
