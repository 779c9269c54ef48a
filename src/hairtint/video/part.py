"""The part of a video that is asked for: what lies between its start and its end, and what is on screen there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from hairtint.video.opening import is_cover

if TYPE_CHECKING:
    from av import Packet, VideoFrame

_LATE = 1.5  # frame intervals after the start by which the first frame may begin and none is held
_SLOWEST = 10  # frames a second: of fewer the intervals are long enough to be seen


@dataclass(frozen=True, slots=True)
class Decoded:
    """One frame as decoded, and when it is shown, in seconds from the start of the file."""

    frame: VideoFrame
    time: float


class Part:
    """Takes the frames and packets of a file in their order, and tells which belong to the part.

    Args:
        start, end: its ends, in seconds from the start of the file; None for those of the file.
        zero: where the file's own clock begins, in seconds.
        rate: frames a second, on the average.
        tick: the unit of the times of frames that bring none, in seconds.

    Attributes:
        origin: where it begins by the file's own clock, in seconds.
        begun, over: whether there was a frame of it, and one behind its end.
        last: `pts` of the last frame; None before the first.
        reached: seconds from the start of the file up to which there was a picture.
    """

    def __init__(self, start: float | None, end: float | None, zero: Fraction, rate: Fraction, tick: Fraction) -> None:
        self.start, self.end, self.zero, self.tick = start, end, zero, tick
        self.origin = zero + Fraction(start or 0)
        self.late = _LATE / max(float(rate), _SLOWEST)
        self.begun = self.over = False
        self.last: int | None = None
        self.reached = 0.0
        self.held: VideoFrame | None = None  # the last before the start

    def of_frame(self, frame: VideoFrame) -> Iterator[Decoded]:
        """What is shown now that the next frame has come; its `pts` is made to rise."""
        if frame.pts is None or (self.last is not None and frame.pts <= self.last):
            frame.pts = 0 if self.last is None else self.last + max(1, frame.duration)
        self.last = frame.pts
        time = self._seconds(frame, frame.pts)
        self.reached = self._seconds(frame, frame.pts + frame.duration)
        if self.start is not None and time < self.start - 1e-6:
            self.held = frame
            return
        yield from self._on_screen(until=frame.pts)
        if self.end is not None and time >= self.end:
            self.over = True
        else:
            yield self._shown(frame, time)

    def rest(self) -> Iterator[Decoded]:
        """What is shown now that no frame will come."""
        if self.held is not None:
            yield from self._on_screen(until=(self.held.pts or 0) + self.held.duration)

    def takes(self, packet: Packet[Any]) -> bool:
        """Whether a packet lies between start and end; a cover picture always does, and gets a time."""
        if is_cover(packet.stream):
            packet.pts = packet.dts = round(self.origin / packet.time_base) if packet.time_base else 0
            return packet.size > 0
        if packet.dts is None:  # the end of a stream
            return False
        time = float((packet.pts if packet.pts is not None else packet.dts) * packet.time_base - self.zero)
        early = self.start is not None and time < self.start - 1e-6
        if early and packet.stream.type == "subtitle" and packet.pts is not None and packet.duration:
            late = round(self.origin / packet.time_base) - packet.pts
            early = packet.duration <= late
            if not early:  # on screen at the start
                packet.pts, packet.dts, packet.duration = packet.pts + late, packet.dts + late, packet.duration - late
                time = self.start or 0.0
        if packet.stream.type == "subtitle" and packet.pts is not None and packet.duration:
            packet.duration = self._until_end(packet.pts, packet.duration, packet.time_base)
        return not early and (self.end is None or time < self.end)

    def _on_screen(self, until: int) -> Iterator[Decoded]:
        """The frame that began before the start, shown from there until a time of its own clock.

        None where that lies so little behind the start that nobody would miss the picture until then.
        """
        frame, self.held = self.held, None
        if frame is not None and self._seconds(frame, until) - (self.start or 0) > self.late:
            frame.pts = round(self.origin / (frame.time_base or self.tick))
            frame.duration = until - frame.pts
            yield self._shown(frame, self.start or 0.0)

    def _shown(self, frame: VideoFrame, time: float) -> Decoded:
        """The frame, which goes from the screen at `end`."""
        self.begun = True
        if frame.duration:
            frame.duration = self._until_end(frame.pts or 0, frame.duration, frame.time_base or self.tick)
        return Decoded(frame, time)

    def _until_end(self, pts: int, duration: int, tick: Fraction) -> int:
        """What is left of a duration at `end`."""
        if self.end is None:
            return duration
        return min(duration, max(1, round((self.zero + Fraction(self.end)) / tick) - pts))

    def _seconds(self, frame: VideoFrame, pts: int) -> float:
        """A time of the frame's clock in seconds from the start of the file."""
        return float(pts * (frame.time_base or self.tick) - self.zero)
