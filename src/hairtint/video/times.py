"""Times put right, of files whose clock is set anew and of those that know no order of showing; and damage told.

Damage is here because FFmpeg takes a new clock for it.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from av import Packet, VideoFrame

_BACK = 1  # seconds by which sound or picture may step back: more is another clock
_AHEAD = 12 * 3600  # and ahead: a clock that is set back looks like one that runs over
_JOINT = 2  # packets of picture at either side of a place where recordings are joined that may be marked and whole
_REORDERED = 8  # frames that may be decoded before one that is shown first


class Clock:
    """Lets the times of packets go on where recordings are joined or a recorder began to count anew.

    Args:
        name: of the file.
        say: takes one line where that happens first.

    Attributes:
        changes: how often that happened so far.
    """

    def __init__(self, name: str, say: Callable[[str], None]) -> None:
        self.name, self.say = name, say
        self.offsets = [Fraction(0)]  # of the clock before, from which packets may still come, and of the one now
        self.last: dict[int, Fraction] = {}
        self.reached: Fraction | None = None
        self.changes = 0

    def __call__(self, packet: Packet[Any]) -> None:
        """Put the times of the next packet right, in place."""
        base = packet.time_base
        if packet.dts is None or not base:
            return
        index, raw = packet.stream.index, packet.dts * base
        reached = raw if self.reached is None else self.reached
        off = min(self.offsets, key=lambda offset: abs(raw + offset - reached))
        if packet.stream.type in ("video", "audio"):
            if index in self.last and not -_BACK <= raw + off - self.last[index] <= _AHEAD:
                off = reached - raw
                if len(self.offsets) == 1:
                    self.say(f"{self.name}: its clock is set anew in the middle; times go on from there")
                self.offsets = [self.offsets[-1], off]
                self.changes += 1
            self.last[index] = raw + off
            self.reached = max(reached, raw + off + (packet.duration or 0) * base)
        if off:
            ticks = round(off / base)
            packet.dts += ticks
            packet.pts = None if packet.pts is None else packet.pts + ticks


class Damage:
    """Which packets of picture are damaged: those that FFmpeg marks, but for the ends of recordings.

    Where one is joined to the next, packets are missing for FFmpeg as they are where some were lost on the way.
    """

    def __init__(self, clock: Clock) -> None:
        self.clock, self.changes, self.count = clock, 0, 0
        self.recent: deque[Packet[Any] | None] = deque()

    def __call__(self, packet: Packet[Any], marked: bool) -> Packet[Any] | None:
        """Take the next packet; return a damaged one before it, as soon as that is known."""
        if self.clock.changes != self.changes:
            self.changes, self.count = self.clock.changes, 0
            self.recent.clear()
        self.count += 1
        self.recent.append(packet if marked and self.count > _JOINT else None)
        return self.recent.popleft() if len(self.recent) > _JOINT else None


class Rising:
    """Gives frames in the order of showing, whose times are those of their packets, the same times in rising order."""

    def __init__(self) -> None:
        self.frames: deque[VideoFrame] = deque()
        self.times: list[int] = []

    def __call__(self, frames: list[VideoFrame]) -> Iterator[VideoFrame]:
        """The frames that are ready after these."""
        for frame in frames:
            if frame.pts is not None:
                heapq.heappush(self.times, frame.pts)
            self.frames.append(frame)
            if len(self.frames) > _REORDERED:
                yield self._next()

    def rest(self) -> Iterator[VideoFrame]:
        """The frames that wait at the end."""
        while self.frames:
            yield self._next()

    def _next(self) -> VideoFrame:
        frame = self.frames.popleft()
        frame.pts = heapq.heappop(self.times) if frame.pts is not None and self.times else None
        return frame
