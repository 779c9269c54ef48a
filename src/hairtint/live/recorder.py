"""Recording what is seen: H.264 in MP4, each picture at the moment it was shown."""

from __future__ import annotations

import importlib.util
import time
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from hairtint.errors import MissingExtraError, OutputError
from hairtint.live.compose import fit
from hairtint.live.sources import Rgb, Size
from hairtint.video.convert import RGB, Converter
from hairtint.video.signal import Signal

TICKS = 1000  # a second
CODECS: tuple[tuple[str, dict[str, str]], ...] = (
    ("libx264", {"preset": "veryfast", "crf": "20", "tune": "zerolatency", "g": "60"}),
    ("h264", {}),
    ("mpeg4", {"q": "4"}),
)
CONTAINER = {"movflags": "hybrid_fragmented+frag_keyframe", "flush_packets": "1"}  # playable even after a crash


class Recorder:
    """A sink that writes a file; its size is that of the first picture, later ones are fitted into it.

    Raises MissingExtraError where PyAV is not installed, OutputError where the file cannot be written.
    """

    def __init__(self, path: Path) -> None:
        if importlib.util.find_spec("av") is None:
            raise MissingExtraError("recording needs PyAV: pip install 'hairtint[video]'")
        self.path = path
        self.size: Size | None = None
        self._container: Any = None
        self._stream: Any = None
        self._convert: Any = None
        self._started, self._last = 0.0, -1

    def __enter__(self) -> Self:
        import av

        try:
            self._container = av.open(str(self.path), "w", format="mp4", options=CONTAINER)
        except (av.FFmpegError, OSError) as error:
            raise OutputError(f"{self.path} cannot be written ({error}): name another folder with --out") from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Finish the file; one without any picture is taken away."""
        import av

        try:
            if self._stream is not None:
                self._container.mux(self._stream.encode(None))
            self._container.close()
        except (av.FFmpegError, OSError) as failure:
            raise OutputError(f"{self.path} could not be finished ({failure}): is the disk full?") from failure
        if self.size is None:
            self.path.unlink(missing_ok=True)

    def show(self, rgb: Rgb) -> None:
        """See Sink."""
        import av

        now = time.monotonic()
        if self.size is None:
            self.size = rgb.shape[1] // 2 * 2, rgb.shape[0] // 2 * 2  # H.264 halves the sides for its colours
            signal = RGB.as_yuv(self.size[1])  # said, as players guess the matrix of a file that does not
            self._stream, self._started = _stream(self._container, self.size, signal), now
            self._convert = Converter("yuv420p", RGB, signal)
        frame = self._convert(av.VideoFrame.from_ndarray(fit(rgb, self.size), format="rgb24"))
        self._last = max(self._last + 1, round((now - self._started) * TICKS))
        frame.pts, frame.time_base = self._last, Fraction(1, TICKS)
        try:
            self._container.mux(self._stream.encode(frame))
        except (av.FFmpegError, OSError) as error:
            raise OutputError(f"{self.path} cannot be written ({error}): is the disk full?") from error


def _stream(container: Any, size: Size, signal: Signal) -> Any:
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
        context.color_range, context.colorspace = signal.range, signal.matrix
        context.color_primaries, context.color_trc = signal.primaries, signal.transfer
        context.thread_count = 1  # the other cores are for the network
        return stream
    raise OutputError("this PyAV has no encoder for MP4: pip install --upgrade av")
