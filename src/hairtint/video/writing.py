"""A video file being written: under a name of its own, and under the right one once it is complete."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hairtint.errors import HairtintError, OutputError, one_line
from hairtint.video.codecs import CODECS, Codec, container_of
from hairtint.video.gif import Delays, Palettes
from hairtint.video.priority import kept_priority
from hairtint.video.signal import Signal
from hairtint.video.turn import Turn
from hairtint.whole_file import check_target, publish, refusal, unfinished

if TYPE_CHECKING:
    from av import Packet, VideoFrame, VideoStream

X265_DELAY = 3  # of fewer frames x265 leaves the times of decoding to chance


@dataclass(frozen=True, slots=True)
class Picture:
    """What the pictures of a file are like.

    Attributes:
        size: width and height as stored.
        format: FFmpeg's pixel format.
        signal: its colour tags.
        rate: frames a second, on the average.
        tick: the unit of its times, in seconds.
        turn: how it is to be turned for showing.
        aspect: width of a pixel by its height.
        interlaced: each frame is two fields.
    """

    size: tuple[int, int]
    format: str
    signal: Signal
    rate: Fraction
    tick: Fraction
    turn: Turn
    aspect: Fraction | None = None
    interlaced: bool = False

    def lost(self, path: Path, codec: Codec) -> list[str]:
        """One line for each thing that this codec does not keep in a file of this name."""
        lines, name, height = [], one_line(path), self.size[1]
        if self.aspect and self.aspect != 1 and not (codec.shape or container_of(path).shape):
            # Matroska's muxer takes it from a place in the stream that PyAV does not set
            shape = f"{self.aspect.numerator}:{self.aspect.denominator}"
            lines.append(f"{name}: its pixels are {shape}, and players may show them square: name an .mp4 or .mov")
        if self.interlaced and not codec.interlaces(height):
            able = ", ".join(key for key, other in CODECS.items() if other.interlaces(height))
            none = f"{codec.encoder} keeps no fields" + (f" at {height} lines" if codec.fields else "")
            lines.append(f"{name}: the interlaced picture is written as progressive: {none}; {able} do")
        return lines


class Sink:
    """One file of pictures, and of packets copied from elsewhere.

    Raises:
        OutputError: the name or the folder cannot be used, or the encoder is missing.
        DiskError: the disk is read-only, or later: full.
    """

    def __init__(self, path: Path, codec: Codec, quality: str, picture: Picture, *, overwrite: bool) -> None:
        import av

        os.environ.setdefault("SVT_LOG", "1")  # SVT-AV1 talks to standard error otherwise
        self.path, self.name, self.overwrite = path, one_line(path), overwrite
        self.target = check_target(path, overwrite)
        kind = container_of(path)
        self.temporary = unfinished(self.target)
        self.made = [self.temporary]  # what `abandon` takes away
        self.palettes: Palettes | None = None
        self.tick = picture.tick
        self.delays = Delays() if kind.name == "gif" else None
        self._encoded = 0
        self._last: tuple[Fraction, Fraction] | None = None  # when the last frame is shown, where its duration is known
        self._reordering: int | None = None  # ticks by which the first packet is decoded before it is shown
        try:
            self.container = av.open(str(self.temporary), "w", format=kind.name)
            self.video = self._stream(codec, quality, picture)
        except (av.FFmpegError, OSError, ValueError) as error:
            raise self._refusal(error) from None
        if kind.turns and picture.turn.matrix:
            self.video.set_display_matrix(picture.turn.matrix)

    def _stream(self, codec: Codec, quality: str, picture: Picture) -> VideoStream:
        from av.codec.context import Flags

        stream: VideoStream = self.container.add_stream(codec.encoder, rate=picture.rate)  # type: ignore[assignment]
        context = stream.codec_context
        if codec.fastest:
            context.framerate = min(picture.rate, Fraction(codec.fastest))
        context.width, context.height = picture.size
        context.pix_fmt = picture.format if codec.encoder != "gif" else "pal8"
        context.time_base = stream.time_base = picture.tick
        context.flags |= Flags.frame_duration
        context.thread_count = 0
        signal = picture.signal
        context.color_range, context.colorspace = signal.range, signal.matrix
        context.color_primaries, context.color_trc = signal.primaries, signal.transfer
        if picture.aspect:
            context.sample_aspect_ratio = picture.aspect
        if codec.tag and container_of(self.path).name in ("mp4", "mov"):
            context.codec_tag = codec.tag
        if picture.interlaced and codec.interlaces(picture.size[1]):
            context.flags |= Flags.interlaced_dct
        stream.options = codec.options(quality, picture.size[0])  # type: ignore[assignment]
        return stream

    @property
    def left_out(self) -> int:
        """How many frames were left out."""
        return self.delays.left_out if self.delays else 0

    def start(self, options: dict[str, str]) -> None:
        """Open the encoder and write the head of the file; after this no stream can be added."""
        import av

        self.container.container_options.update(options)
        try:
            with kept_priority():
                self.container.start_encoding()
        except (av.FFmpegError, OSError, ValueError) as error:
            self.abandon()
            raise self._refusal(error) from None

    def write(self, frame: VideoFrame) -> None:
        """The next frame; its times rise. Of those that come too close for a GIF some are left out."""
        start, tick = frame.pts or 0, frame.time_base or self.tick
        self._last = (start * tick, (start + frame.duration) * tick) if frame.duration else None
        for ready in self._ready(frame):
            self._mux(lambda ready=ready: self._packets(ready))
            self._encoded += 1

    def copy(self, packet: Packet[Any]) -> Exception | None:
        """A packet of another stream, as it is; where it is broken it is left out, and the return value says why."""
        import av

        try:
            self.container.mux(packet)
        except (av.InvalidDataError, av.PatchWelcomeError) as error:  # the second where damage looks like a rare kind
            return error
        except (av.FFmpegError, OSError, ValueError) as error:
            raise self._refusal(error) from None
        return None

    def complete(self) -> None:
        """Write the last of the file, which has no name yet."""
        import av

        for ready in self._ready(None):
            self._mux(lambda ready=ready: self._packets(ready))
        self._mux(self._rest)
        try:
            self.container.close()
        except (av.FFmpegError, OSError) as error:
            raise self._refusal(error) from None

    def _packets(self, frame: VideoFrame | None) -> list[Packet[Any]]:
        packets = self.video.encode(frame)
        if self.video.codec_context.name == "libx265" and self._encoded < X265_DELAY:
            for packet in packets:
                packet.dts = packet.pts
        if packets and self._reordering is None:
            self._reordering = (packets[0].pts or 0) - (packets[0].dts or 0)
        return packets

    def _rest(self) -> list[Packet[Any]]:
        packets = self._packets(None)
        if packets and self._last:
            start, end = (round(time / self.tick) for time in self._last)
            if self.container.format.name in ("mp4", "mov"):
                self._end_track(packets[-1], start, end)
            elif self.delays is None:
                for packet in packets:
                    if packet.pts == start:  # SVT-AV1 gives it the duration of another
                        packet.duration = end - start
        return packets

    def _end_track(self, packet: Packet[Any], start: int, end: int) -> None:
        """Let the track end with its last picture, shown from start to end, though another packet is decoded last.

        Tracks of .mp4 and .mov are as long as their packets take to decode, the last one its duration.
        """
        pts, dts, reach = packet.pts or 0, packet.dts or 0, end - (self._reordering or 0)
        duration = end - pts if pts == start else min(end - pts, reach - dts)
        if duration > 0:
            packet.dts, packet.duration = max(dts, reach - duration), duration

    def check(self) -> None:
        """Refuse what can be known to fail of `publish`."""
        check_target(self.path, self.overwrite)

    def publish(self) -> None:
        """Give the completed file its name."""
        new = not self.target.exists()
        try:
            publish(self.temporary, self.target, overwrite=self.overwrite)
        except OSError as error:
            raise self._refusal(error) from None
        self.made = [self.target] if new else []

    def abandon(self) -> None:
        """Leave nothing behind, except what has taken the place of another file already."""
        import av

        try:
            self.container.close()
        except (av.FFmpegError, OSError, ValueError):
            pass  # what cannot be completed is thrown away
        finally:
            with suppress(OSError):  # on a read-only disk there is nothing to leave behind
                for path in self.made:
                    path.unlink(missing_ok=True)

    def _ready(self, frame: VideoFrame | None) -> list[VideoFrame]:
        """What is ready to be encoded after this frame; None for the last."""
        if self.delays is None:
            return [] if frame is None else [frame]
        ready: list[VideoFrame] = []
        for one in (*self.delays(frame), *([None] if frame is None else [])):
            if self.palettes is None and one is not None:
                self.palettes = Palettes(one)
            ready += [] if self.palettes is None else self.palettes(one)
        return ready

    def _mux(self, packets: Any) -> None:
        import av

        try:
            self.container.mux(packets())
        except (av.FFmpegError, OSError, ValueError) as error:
            raise self._refusal(error) from None

    def _refusal(self, error: Exception) -> HairtintError:
        if isinstance(error, HairtintError):
            return error
        if getattr(error, "errno", None) == errno.EFBIG:
            return OutputError(f"{self.name} grew larger than the disk allows: use a lower --quality or another disk")
        log = getattr(error, "log", None)
        said = f": {one_line(log[2])}" if log and len(log) > 2 else ""
        return refusal(f"{self.name} cannot be written{said}", error, "try another --codec, suffix or folder")
