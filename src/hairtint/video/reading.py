"""A video file as a row of pictures and packets, in the order of the file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from hairtint.errors import SourceError
from hairtint.photo_reading import one_line

if TYPE_CHECKING:
    from av import Packet, VideoFrame, VideoStream
    from av.container import InputContainer

MAX_PIXELS = 8192 * 8192
_PLAYLISTS = frozenset({"hls", "concat", "dash", "imf", "sdp", "rtsp"})  # what is sent to us names no files of ours
_SHORT = 1.0  # seconds missing at the end from which a file counts as cut off
_BEHIND = 2.0  # seconds by which sound may lie behind its picture in the file
_LISTED = 5  # broken places that are reported one by one


@dataclass(frozen=True, slots=True)
class Decoded:
    """One frame as decoded, and when it is shown, in seconds from the start of the file."""

    frame: VideoFrame
    time: float


class Source:
    """An open video file.

    Args:
        path: the file.
        say: takes a line for each thing that is wrong with the file on the way.
        start: seconds from which frames are given; None for the start of the file.
        end: seconds up to which; None for the end.

    Attributes:
        video: the stream that is dyed: the first that is no cover picture.
        first: its first frame that can be decoded, for its format and tags.
        origin: what is to be taken off all times, in seconds: `start`, and where the file's own clock begins.
        broken: how many packets and frames could not be decoded so far.

    Raises:
        SourceError: no such file, no video in it, a still picture, damaged, protected, or too large.
    """

    def __init__(
        self, path: Path, say: Callable[[str], None], *, start: float | None = None, end: float | None = None
    ) -> None:
        self.path, self.name, self.say = path, one_line(path), say
        self.start, self.end = start, end
        self.broken = 0
        self.first = self._first()
        self.container = _opened(path, self.name)
        try:
            self.video = _video(self.container, self.name)
            self.video.thread_type = "AUTO"
            self.zero = Fraction(max(0, self.container.start_time or 0), 1_000_000)
            self.origin = self.zero + Fraction(start or 0)
            length = self.length
            if start and length and start >= length:
                raise SourceError(f"{self.name} is {length:.1f} s long: there is nothing from {start:g} s on")
        except BaseException:
            self.container.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.container.close()

    @property
    def length(self) -> float | None:
        """How long the file says it is, in seconds."""
        if self.container.duration:
            return self.container.duration / 1_000_000
        if self.video.duration and self.video.time_base:
            return float(self.video.duration * self.video.time_base)
        return None

    @property
    def rate(self) -> Fraction:
        """Frames a second, on the average."""
        return self.video.average_rate or self.video.guessed_rate or Fraction(25)

    def count(self) -> int | None:
        """How many frames there will be, about; None where the file does not say."""
        if self.start is None and self.end is None and self.video.frames:
            return self.video.frames
        if self.length is None and self.end is None:
            return None
        end = min(x for x in (self.length, self.end) if x is not None)
        return max(1, round((end - (self.start or 0)) * self.rate))

    def _seek(self) -> None:
        """Go to a keyframe at or before the start. In MPEG-TS a seek may lead to any packet: then further back."""
        back, start = Fraction(0), Fraction(self.start or 0)
        while back < start:
            where = int((self.zero + start - back) * 1_000_000)
            self.container.seek(where)
            if self._decodes_by(self.zero + start):
                self.container.seek(where)
                return
            back = 2 * back or Fraction(2)
        if start:
            self.container.seek(int(self.zero * 1_000_000))

    def _decodes_by(self, time: Fraction) -> bool:
        """Whether the first frame that can be decoded from here on is shown by then."""
        import av

        for packet in self.container.demux(self.video):
            try:
                frames = packet.decode()
            except (av.FFmpegError, OSError):
                continue
            if frames:
                pts = frames[0].pts
                return pts is None or pts * (frames[0].time_base or self.tick) <= time
        return False

    def items(self) -> Iterator[Decoded | Packet[Any]]:
        """Every frame of the video from start to end, and between them the packets of all other streams.

        Frames come with rising `pts`. What cannot be decoded is reported and passed over.
        """
        self._seek()
        last, reached, first = None, 0.0, True
        self._over = False
        for item in self._raw():
            if not isinstance(item, Decoded):
                if self._wanted(item):
                    yield item
                continue
            frame = item.frame
            if frame.pts is None or (last is not None and frame.pts <= last):
                frame.pts = 0 if last is None else last + max(1, frame.duration)
            last = frame.pts
            time = float(frame.pts * (frame.time_base or self.tick) - self.zero)
            reached = time
            if self.end is not None and time >= self.end:
                self._over = True  # sound may lie behind its picture: a little more of the file is looked through
            elif self.start is None or time >= self.start - 1e-6:
                first = False
                yield Decoded(frame, time)
        if first:
            raise SourceError(f"{self.name} has no frame that can be decoded from {self.start or 0:g} s on")
        if self.end is None and self.length is not None and self.length - reached > max(_SHORT, 2 / float(self.rate)):
            self.say(f"{self.name} says it is {self.length:.1f} s long but its picture ends at {reached:.1f} s")

    def shifted(self, packet: Packet[Any]) -> Packet[Any]:
        """The packet with `origin` taken off its times."""
        off = round(self.origin / packet.time_base) if packet.time_base else 0
        packet.pts = None if packet.pts is None else packet.pts - off
        packet.dts = None if packet.dts is None else packet.dts - off
        return packet

    @property
    def tick(self) -> Fraction:
        """The unit of the video's times, in seconds."""
        return self.video.time_base or Fraction(1, 90_000)

    def _wanted(self, packet: Packet[Any]) -> bool:
        """Whether a packet lies between start and end; a cover picture always does, and gets a time."""
        from av.stream import Disposition

        if packet.stream.disposition & Disposition.attached_pic:
            packet.pts = packet.dts = round(self.origin / packet.time_base) if packet.time_base else 0
            return packet.size > 0
        if packet.dts is None:  # the end of a stream
            return False
        time = float((packet.pts if packet.pts is not None else packet.dts) * packet.time_base - self.zero)
        early = self.start is not None and time < self.start - 1e-6
        return not early and (self.end is None or time < self.end)

    def _raw(self) -> Iterator[Decoded | Packet[Any]]:
        import av

        try:
            for packet in self.container.demux():
                if packet.stream.index != self.video.index:
                    yield packet
                    continue
                if self._over:
                    if packet.dts is None or float(packet.dts * self.tick - self.zero) > (self.end or 0) + _BEHIND:
                        return
                    continue
                for frame in self._decoded(packet):
                    yield Decoded(frame, 0.0)
        except (av.FFmpegError, OSError) as error:
            self._report(f"{self.name} cannot be read further ({_why(error)}); what came before is kept")

    def _decoded(self, packet: Packet[Any]) -> list[VideoFrame]:
        import av

        when = packet.pts if packet.pts is not None else packet.dts
        try:
            frames = list(packet.decode())
        except av.FFmpegError as error:
            time = f"near {float(when * packet.time_base - self.zero):.2f} s " if when is not None else ""
            self._report(f"{self.name}: a broken frame {time}is passed over ({_why(error)})")
            return []
        return frames

    def _report(self, line: str) -> None:
        self.broken += 1
        if self.broken <= _LISTED:
            self.say(line)
        elif self.broken == _LISTED + 1:
            self.say(f"{self.name}: more broken places are counted, not listed")

    def _first(self) -> VideoFrame:
        """The first frame that can be decoded, from a look of its own so that the real reading starts at the start."""
        import av

        with _opened(self.path, self.name) as container:
            video = _video(container, self.name)
            try:
                for packet in container.demux(video):
                    try:
                        for frame in packet.decode():
                            return _usable(frame, self.name)
                    except av.FFmpegError:
                        continue
            except (av.FFmpegError, OSError) as error:
                raise SourceError(f"{self.name} cannot be read ({_why(error)}): copy or download it again") from None
        raise SourceError(f"{self.name} has no frame that can be decoded: it is damaged, or only the start of a file")


def _opened(path: Path, name: str) -> InputContainer:
    import av

    try:
        if not path.exists():
            raise SourceError(f"{name} does not exist: check the name")
        if path.is_dir():
            raise SourceError(f"{name} is a folder: name a video file")
        if path.is_file() and not path.stat().st_size:
            raise SourceError(f"{name} is empty: copy or download it again")
        container = av.open(
            str(path.absolute()), "r", options={"protocol_whitelist": "file"}, metadata_errors="replace"
        )
    except (av.FFmpegError, OSError, ValueError) as error:
        why = "no video that can be read" if isinstance(error, av.InvalidDataError) else _why(error)
        raise SourceError(f"{name} cannot be opened ({why}): it is cut off, damaged, or no video file") from None
    if container.format.name in _PLAYLISTS:
        container.close()
        raise SourceError(f"{name} is a list of other files: name the video file itself")
    return container


def _video(container: InputContainer, name: str) -> VideoStream:
    from av.stream import Disposition

    kind = container.format.name
    if kind == "image2" or kind.endswith("_pipe"):
        raise SourceError(f"{name} is a still picture: use hairtint image")
    found = [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
    if not found:
        what = ", ".join(sorted({s.type for s in container.streams})) or "nothing"
        raise SourceError(f"{name} holds {what} and no video: name a video file")
    if found[0].codec_context is None:
        raise SourceError(f"{name} is in a video codec that this PyAV cannot decode: convert it first")
    return found[0]


def _usable(frame: VideoFrame, name: str) -> VideoFrame:
    if frame.width * frame.height > MAX_PIXELS:
        raise SourceError(f"{name} is {frame.width}x{frame.height}: the most is {MAX_PIXELS} pixels, scale it down")
    if min(frame.width, frame.height) < 2:
        raise SourceError(f"{name} is {frame.width}x{frame.height}: there is nothing to see")
    return frame


def _why(error: BaseException) -> str:
    return one_line(getattr(error, "strerror", None) or error)
