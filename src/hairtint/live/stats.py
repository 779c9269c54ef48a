"""How fast the live picture is: frames per second, and the age of a frame when it is seen."""

from __future__ import annotations

import statistics
import time
from collections import deque
from dataclasses import dataclass

WINDOW = 2.0  # seconds that the figures look back, from the last frame and to the one before it at least
MOST = 1000  # frames kept at most, so that memory stays flat


@dataclass(frozen=True, slots=True)
class Figures:
    """The speed of the last seconds.

    Attributes:
        fps: frames shown a second.
        latency: median seconds from a frame's capture to its showing.
        worst: the latency that one frame in twenty exceeds.
        stages: mean seconds of each stage by name.
    """

    fps: float
    latency: float
    worst: float
    stages: dict[str, float]

    def __str__(self) -> str:
        parts = [f"{self.fps:.1f} fps", f"latency {1000 * self.latency:.0f} ms (95 %: {1000 * self.worst:.0f} ms)"]
        return ", ".join([*parts, *(f"{name} {1000 * seconds:.0f} ms" for name, seconds in self.stages.items())])


class Stats:
    """Counts the frames shown; for one thread.

    Attributes:
        frames: shown dyed since the beginning.
        undyed: shown as they came, before the network was ready.
    """

    def __init__(self) -> None:
        self.frames, self.undyed = 0, 0
        self._recent: deque[tuple[float, float, dict[str, float]]] = deque(maxlen=MOST)

    def shown(self, captured: float, stages: dict[str, float], now: float | None = None) -> None:
        """A frame captured at `captured` (time.monotonic) is on the screen."""
        now = time.monotonic() if now is None else now
        self.frames += 1
        self._recent.append((now, now - captured, stages))

    def summary(self) -> str:
        """How many frames there were, and the figures of the last seconds, in one line."""
        if not self.frames:
            why = "the network was not ready in that time, take longer" if self.undyed else "none came in that time"
            return f"{self.undyed} frames, none dyed: {why}"
        count = f"{self.frames} of {self.frames + self.undyed} frames dyed" if self.undyed else f"{self.frames} frames"
        figures = self.figures()
        return f"{count}, {figures}" if figures else count

    def figures(self) -> Figures | None:
        """The figures of the last seconds in which frames were shown; None before the second one."""
        if len(self._recent) < 2:
            return None
        while len(self._recent) > 2 and self._recent[0][0] < self._recent[-1][0] - WINDOW:
            self._recent.popleft()
        times, latencies, stages = zip(*self._recent, strict=True)
        span = times[-1] - times[0]
        ranked = sorted(latencies)
        return Figures(
            (len(times) - 1) / span if span > 0 else 0.0,
            statistics.median(ranked),
            ranked[min(len(ranked) - 1, int(0.95 * len(ranked)))],
            {name: statistics.fmean(s.get(name, 0.0) for s in stages) for name in stages[-1]},
        )
