"""Times every stage of the live road for several networks and devices, turn by turn, in one process.

Each frame goes through every network before the next frame is read, and who begins changes from frame to frame: a
machine that is busy for a while is busy for all. Figures are medians, which a hiccup does not move.
"""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from hairtint import matte, runtime, zoo
from hairtint.color import Color
from hairtint.errors import InputError, MissingExtraError, ModelError
from hairtint.heads import Heads
from hairtint.live.jpeg_slot import QUALITY, encode
from hairtint.pyramid import Pyramid
from hairtint.recolor import recolor
from hairtint.segmenter import VideoSegmenter

STAGES = ("read", "network", "matte", "color", "show")
DYE = Color.parse("copper")
WARM = 3  # frames before the clock counts: memory is claimed and caches fill
FEWEST = 5  # frames that count, however short the time
ACCURACY_ON = "figaro1k"  # the set of the cards that the report measured on as well

T = TypeVar("T")
Rgb = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Row:
    """One network on one device.

    Attributes:
        model, device: their names, each pair once; parameters: of the network, None where unknown.
        accuracy: share of pixels that are right, in [0, 1], on the photos of Figaro1k that its card was measured on.
        milliseconds: the median of each stage (STAGES): reading, the network with its preprocessing, memory and matte,
            colour, and encoding for a browser.
        frames: how many were measured.
    """

    model: str
    device: str
    parameters: int | None
    accuracy: float | None
    milliseconds: dict[str, float]
    frames: int

    @property
    def fps(self) -> float:
        """Frames per second with one stage after the other, as the report measured."""
        return 1000 / sum(self.milliseconds.values())

    def as_dict(self) -> dict[str, Any]:
        """The row for JSON."""
        return {**asdict(self), "fps": round(self.fps, 2)}


@dataclass(slots=True)
class Road:
    """The live road of one network on one device, from frame to picture, with a clock at every stage."""

    entry: zoo.Entry
    device: str
    segmenter: VideoSegmenter
    heads: Heads = field(default_factory=Heads)
    times: dict[str, list[float]] = field(default_factory=lambda: {stage: [] for stage in STAGES})

    @classmethod
    def open(cls, name: str, model: str, device: str) -> Road:
        """Load a network, which goes by `name` here; the errors are those of VideoSegmenter."""
        return cls(replace(zoo.find(model), name=name), device, VideoSegmenter(model, backend=device))

    def run(self, rgb: Rgb, reading: float) -> None:
        """Take one frame all the way; `reading`: the seconds that it took to read."""
        self.times["read"].append(reading)
        pyramid = Pyramid(rgb)
        probability = self._timed("network", lambda: self.segmenter.still.glance(pyramid))
        mask = self._timed("matte", lambda: matte.refine(self.segmenter.memory.blend(probability, pyramid), pyramid))
        if self.segmenter.memory.anew:
            self.heads.reset()
        dyed = self._timed("color", lambda: recolor(rgb, mask, DYE, shade=self.heads.follow(rgb, mask)))
        self._timed("show", lambda: encode(dyed, QUALITY))

    def row(self) -> Row:
        """The medians after the warm-up."""
        middle = {stage: 1000 * statistics.median(seconds[WARM:]) for stage, seconds in self.times.items()}
        accuracy = self.entry.metrics.get(ACCURACY_ON, {}).get("accuracy")
        counted = len(self.times["read"]) - WARM
        return Row(self.entry.name, self.device, self.entry.parameters, accuracy, middle, counted)

    def _timed(self, stage: str, work: Callable[[], T]) -> T:
        started = time.perf_counter()
        result = work()
        self.times[stage].append(time.perf_counter() - started)
        return result


def roads(models: Sequence[str] = (), devices: Sequence[str] = ()) -> tuple[list[Road], list[str]]:
    """The roads to measure, and a line for each device that is passed over; nothing named means all there are.

    Raises UnknownModelError, InputError for an unknown device, MissingExtraError for a named one not installed.
    """
    known = [name for name in runtime.BACKENDS if name != "auto"]
    for device in devices:
        if device not in known:
            raise InputError(f"unknown device {device!r}: choose one of {', '.join(known)}")
    named = _named(models or zoo.models())
    found, notes = [], []
    for device in dict.fromkeys(devices or known):
        try:
            found += [Road.open(name, model, device) for name, model in named.items()]
        except MissingExtraError as error:
            if devices:
                raise
            if device != "cuda":  # most machines have no such card
                notes.append(f"{device} is passed over: {error}")
    if not found:
        raise ModelError("there is nothing to measure: install hairtint again, or name a network with --models")
    return found, notes


def _named(models: Sequence[str]) -> dict[str, str]:
    """What each network goes by, and how it was given; of two with one name, one given by its path goes by that."""
    found: dict[Path, tuple[str, str]] = {}
    for model in models:
        entry = zoo.find(model)
        found.setdefault(entry.path.resolve(), (entry.name, model))
    count = Counter(name for name, _ in found.values())
    return {model if count[name] > 1 else name: model for name, model in found.values()}


def measure(
    roads: Sequence[Road], frames: Iterator[Rgb], seconds: float, told: Callable[[float], None] = lambda share: None
) -> list[Row]:
    """Send frames, uint8 (H, W, 3) RGB, through all roads for `seconds`, and at least WARM + FEWEST frames.

    `told` hears the share that is done, in [0, 1], after every frame.
    """
    started = time.perf_counter()
    count = 0
    while count < WARM + FEWEST or time.perf_counter() - started < seconds:
        before = time.perf_counter()
        rgb = next(frames)
        reading = time.perf_counter() - before
        first = count % len(roads)
        for road in (*roads[first:], *roads[:first]):
            road.run(rgb, reading)
        count += 1
        told(min(1.0, (time.perf_counter() - started) / seconds, count / (WARM + FEWEST)))
    return [road.row() for road in roads]
