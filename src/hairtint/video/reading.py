"""A video file as a row of pictures and packets, in the order of the file."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from hairtint.errors import SourceError, one_line, reason
from hairtint.video import alpha
from hairtint.video.opening import first_frame, opened, usable, video_of
from hairtint.video.part import Decoded, Part
from hairtint.video.seeking import seek, tick_of
from hairtint.video.times import Clock, Damage, Rising

if TYPE_CHECKING:
    from av import Packet, VideoFrame

_SHORT = 1.0  # seconds missing at the end from which a file counts as cut off
_BEHIND = 2.0  # seconds by which sound may lie behind its picture in the file
_FAST = 240  # frames a second: above, a file may mean its ticks
_COUNTED = 100  # packets by which frames a second are counted
_LISTED = 5  # broken places that are reported one by one


class Source:
    """An open video file.

    Args:
        path: the file.
        say: takes a line for each thing that is wrong with the file on the way.
        start: seconds from which frames are given; None for the start of the file.
        end: seconds up to which; None for the end.
        check: called before each packet until the first frame of the part is found; what it raises ends that.

    Attributes:
        video: the stream that is dyed: the first that is no cover picture.
        first: the first frame of the part, for its format and tags.
        origin: what is to be taken off all times, in seconds: `start`, and where the file's own clock begins.
        broken: how many packets and frames are damaged or could not be decoded so far.
        joined: it has a start, and recordings were joined in the file: it is read from the beginning.
        unordered: the file says when frames are decoded, not when they are shown.

    Raises:
        SourceError: no such file, no video in it, a still picture, damaged, protected, or too large.
    """

    def __init__(
        self,
        path: Path,
        say: Callable[[str], None],
        *,
        start: float | None = None,
        end: float | None = None,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self.path, self.name, self.say = path, one_line(path), say
        self.start, self.end = start, end
        self.broken, self._counting = 0, threading.Lock()
        self._check = check
        self._open()
        try:
            avi = self.container.format.name == "avi"
            self.unordered = avi and self.video.codec_context.codec.reorder
            begins = 0 if avi else max(0, self.container.start_time or 0)
            self.zero = Fraction(begins, 1_000_000)
            self.joined = bool(start) and self._is_joined()
            length = self.length
            if start and length and start >= length:
                raise SourceError(f"{self.name} is {length:.1f} s long: there is nothing from {start:g} s on")
            if not self.joined:
                self._seek()
            self.part = Part(start, end, self.zero, self.rate, self.tick)
            self.origin = self.part.origin
            self.decode = alpha.decoder(self.video, self.name, say)
            self.clock = Clock(self.name, say)
            self.damage = Damage(self.clock)
            self._reading, self._ahead = self._given(), deque[Any]()
            self.first = self._first() if start else first_frame(path, self.name)
        except BaseException:
            self.container.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *stopped: object) -> None:
        self.container.close()

    @property
    def length(self) -> float | None:
        """How long the file says it is, in seconds; None for joined recordings, of which it knows but one."""
        if self.joined:
            return None
        if self.container.duration:
            length = Fraction(self.container.duration, 1_000_000)
            if self.container.format.name == "matroska,webm" and length > self.zero:
                length -= self.zero  # Matroska counts from 0, wherever its first picture lies
            return float(length)
        if self.video.duration and self.video.time_base:
            return float(self.video.duration * self.video.time_base)
        return None

    @cached_property
    def rate(self) -> Fraction:
        """Frames a second, on the average."""
        said = self.video.average_rate
        return said if said and said <= _FAST else self._counted()

    def _counted(self) -> Fraction:
        """Frames a second at the beginning, by the times of packets, for files that say none or one of mere ticks."""
        import av

        times: list[Fraction] = []
        with suppress(av.FFmpegError, OSError), opened(self.path, self.name) as container:
            for packet in islice(container.demux(video_of(container, self.name)), _COUNTED):
                if packet.pts is not None:
                    times.append(packet.pts * packet.time_base)
        span = max(times) - min(times) if times else Fraction()
        return ((len(times) - 1) / span).limit_denominator(1001) if span else Fraction(30)

    def count(self) -> int | None:
        """How many frames there will be, about; None where the file does not say."""
        if self.start is None and self.end is None and self.video.frames:
            return self.video.frames
        if self.length is None and self.end is None:
            return None
        end = min(x for x in (self.length, self.end) if x is not None)
        return max(1, round((end - (self.start or 0)) * self.rate))

    def _open(self) -> None:
        self.container = opened(self.path, self.name)
        try:
            self.video = video_of(self.container, self.name)
        except BaseException:
            self.container.close()
            raise
        self.video.thread_type = "AUTO"

    def _is_joined(self) -> bool:
        """Whether the clock is set anew on the way, so that a time is no place to go to: only its packets tell."""
        import av

        clock = Clock(self.name, lambda line: None)
        if self.container.format.name in ("mpegts", "mpeg"):
            with suppress(av.FFmpegError, OSError), opened(self.path, self.name) as container:
                for packet in container.demux():
                    self._check()
                    clock(packet)
                    if clock.changes:
                        return True
        return False

    def _seek(self) -> None:
        """Go to a keyframe at or before the start, or read from the very start where none is found (raw .h264)."""
        import av

        try:
            seek(self.container, self.video, self.zero, self.start or 0)
        except (av.FFmpegError, OSError):
            self.container.close()
            self._open()

    def items(self, check: Callable[[], None] = lambda: None) -> Iterator[Decoded | Packet[Any]]:
        """Every frame of the video from start to end, and between them the packets of all other streams.

        Where the first frame begins noticeably later than the start, the one that is on screen then comes before it,
        with the start for its time. Frames come with rising `pts`. What cannot be decoded is reported and passed over.
        `check` is called before each packet, also where none is given on for long: what it raises ends the reading.
        """
        self._check = check
        while self._ahead:
            yield self._ahead.popleft()
        yield from self._reading

    def _first(self) -> VideoFrame:
        """The first frame of the part; what is read for it is given later."""
        while not isinstance(item := next(self._reading), Decoded):
            self._ahead.append(item)
        self._ahead.append(item)
        return usable(item.frame, self.name)

    def _given(self) -> Iterator[Decoded | Packet[Any]]:
        import av

        part = self.part
        for item in self._raw(lambda: self._check()):
            if isinstance(item, av.VideoFrame):
                yield from part.of_frame(item)
            elif part.takes(item):
                yield item
        yield from part.rest()
        if not part.begun:
            where = f"from {self.start or 0:g} s " + ("on" if self.end is None else f"to {self.end:g} s")
            if part.last is None or self.broken:
                raise SourceError(f"{self.name} has no frame that can be decoded {where}")
            raise SourceError(f"{self.name} has no frame {where}: choose a longer part with --start and --end")
        missing = (self.length or 0) - part.reached
        if self.end is None and not self.clock.changes and missing > max(_SHORT, 2 / float(self.rate)):
            self.say(f"{self.name} says it is {self.length:.1f} s long but its picture ends at {part.reached:.1f} s")

    def shifted(self, packet: Packet[Any]) -> Packet[Any]:
        """The packet with `origin` taken off its times."""
        off = round(self.origin / packet.time_base) if packet.time_base else 0
        packet.pts = None if packet.pts is None else packet.pts - off
        packet.dts = None if packet.dts is None else packet.dts - off
        return packet

    @property
    def tick(self) -> Fraction:
        """The unit of the video's times, in seconds."""
        return tick_of(self.video)

    def _raw(self, check: Callable[[], None]) -> Iterator[VideoFrame | Packet[Any]]:
        """Every frame as it is decoded, and the packets of all other streams."""
        import av

        rising = Rising() if self.unordered else None
        try:
            for packet in self.container.demux():
                check()
                self.clock(packet)
                if packet.stream.index != self.video.index:
                    yield packet
                    continue
                if self.part.over:  # sound may lie behind its picture: a little more of the file is looked through
                    if packet.dts is None or float(packet.dts * self.tick - self.zero) > (self.end or 0) + _BEHIND:
                        return
                    continue
                if rising:
                    packet.pts = packet.dts
                frames = self._decoded(packet)
                yield from rising(frames) if rising else frames
        except (av.FFmpegError, OSError) as error:
            self.report(f"{self.name} cannot be read further ({reason(error)}); what came before is kept")
        if rising:
            yield from rising.rest()

    def _decoded(self, packet: Packet[Any]) -> list[VideoFrame]:
        import av

        marked, frames = packet.is_corrupt, []
        try:
            frames = self.decode(packet)
        except av.FFmpegError as error:
            marked = False
            self.report(f"{self.name}: a broken frame {self._near(packet)}is passed over ({reason(error)})")
        if packet.size and (damaged := self.damage(packet, marked)):
            self.report(f"{self.name}: the picture is damaged {self._near(damaged)}and dyed as it comes")
        return frames

    def _near(self, packet: Packet[Any]) -> str:
        when = packet.pts if packet.pts is not None else packet.dts
        return self.near(when * packet.time_base) if when is not None else ""

    def near(self, time: Fraction) -> str:
        """For a message: where in the file a time of its own clock lies."""
        return f"near {float(time - self.zero):.2f} s "

    def report(self, line: str) -> None:
        """Count a broken place, and say so unless there are many; from any thread."""
        with self._counting:
            self.broken += 1
            number = self.broken
        if number <= _LISTED:
            self.say(line)
        elif number == _LISTED + 1:
            self.say(f"{self.name}: more broken places are counted, not listed")
