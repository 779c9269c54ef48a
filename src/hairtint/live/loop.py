"""Capture and network beside each other, with one-frame slots between: the newest frame wins.

    source --thread--> slot --thread (tinter)--> slot --> whoever asks for pictures, the main thread

No stage waits for a slower one, so a picture is never older than one frame's wait and its own work.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from hairtint.errors import SourceError
from hairtint.live.slot import Slot
from hairtint.live.sources import Frame, Rgb, Source
from hairtint.look import Look
from hairtint.tinter import Tinted

Tint = Callable[[Rgb, Look, Rgb | None], Tinted]

TICK = 0.05  # seconds after which a waiting thread looks around
STALL = 2.5  # seconds without a frame that need a word
FIRST_WAIT, LONGEST_WAIT = 0.25, 4.0  # seconds before a lost camera is tried again: doubled each time
FAREWELL = 2.0  # seconds to wait for the camera; a driver that hangs must not keep the program


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A frame on its way out.

    Attributes:
        rgb: as captured, uint8 (H, W, 3).
        dyed: with its hair dyed, uint8 (H, W, 3); the same array while the network is loading.
        mask: the hair, float32 (H, W) in [0, 1]; None while the network is loading.
        time: of its capture, seconds of time.monotonic().
        stages: seconds that each stage took.
    """

    rgb: Rgb
    dyed: Rgb
    mask: NDArray[np.float32] | None
    time: float
    stages: dict[str, float] = field(default_factory=dict)


class Loop:
    """Runs a source and a tinter while its context lasts.

    Args:
        source: where frames come from; opened, closed and, when lost, opened again by the loop.
        load: makes the tinter, in a thread of its own; until it is ready frames pass through as they are.
        look: the choice to begin with.

    Attributes:
        look: replace it at any moment.
        paused: True keeps the last frame, and dyes it anew when the look changes.
    """

    def __init__(self, source: Source, load: Callable[[], Tint], look: Look) -> None:
        self.source, self.load = source, load
        self.look, self.paused = look, False
        self._frames: Slot[Frame] = Slot()
        self._pictures: Slot[Picture] = Slot()
        self._tint: Tint | None = None
        self._seen: Frame | None = None  # while the network is loading
        self._stop = threading.Event()
        self._error: BaseException | None = None
        self._lost: str | None = None
        self._last = time.monotonic()
        self._begun = False
        self._threads = [
            threading.Thread(target=self._guarded, args=(work,), name=f"hairtint-{work.__name__[1:]}", daemon=True)
            for work in (self._capture, self._make, self._work)
        ]

    def __enter__(self) -> Self:
        """Start the threads."""
        self._last = time.monotonic()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *stopped: object) -> None:
        """Stop the threads and let go of the camera."""
        self._stop.set()
        self._frames.close()
        self._pictures.close()
        capture, *own = self._threads
        for thread in own:  # they come to an end by themselves, and Python must not end while a network is loading
            thread.join()
        capture.join(FAREWELL)

    def picture(self, timeout: float = TICK) -> Picture | None:
        """The newest picture, or None where none comes within `timeout` seconds.

        Raises what a thread raised: SourceError where the camera cannot be had in the first place, ModelError where
        the network cannot. A camera lost later is tried again and again; see `trouble`.
        """
        picture = None if self._error else self._pictures.take(timeout)
        if self._error:
            raise self._error
        return picture

    @property
    def trouble(self) -> str | None:
        """Why there are no frames, in one line; None while they come."""
        if self._lost:
            return f"{self._lost} – trying again"
        if time.monotonic() - self._last < STALL:
            return None
        if self._begun:
            return f"{self.source.name} has stopped delivering pictures – waiting for it"
        return f"waiting for {self.source.name}"

    @property
    def loading(self) -> bool:
        """Whether the network is not there yet."""
        return self._tint is None

    @property
    def begun(self) -> bool:
        """Whether there has been a frame."""
        return self._begun

    @property
    def dropped(self) -> int:
        """Frames that newer ones replaced."""
        return self._frames.dropped + self._pictures.dropped

    def _guarded(self, work: Callable[[], None]) -> None:
        """Carry whatever goes wrong to the main thread."""
        try:
            work()
        except BaseException as error:
            self._error = error
            self._pictures.close()

    def _make(self) -> None:
        tint = self.load()
        if self._seen:  # the first frame takes longer: the network is made ready for its shape
            _dyed(self._seen, self.look, tint)
        self._tint, self._seen = tint, None

    def _capture(self) -> None:
        wait = FIRST_WAIT
        while not self._stop.is_set():
            try:
                with self.source:
                    while not self._stop.is_set():
                        frame = self.source.read()
                        self._frames.put(frame)
                        self._seen = frame if self.loading else None
                        self._last, self._lost, self._begun = time.monotonic(), None, True
                        wait = FIRST_WAIT
            except SourceError as error:
                if not self._begun:
                    raise
                self._lost = str(error)
                self._stop.wait(wait)
                wait = min(2 * wait, LONGEST_WAIT)

    def _work(self) -> None:
        held: Frame | None = None
        done: tuple[Look, Tint | None] | None = None
        while not self._stop.is_set():
            frame = self._frames.take(TICK)
            if self.paused and held is not None:
                frame = held if done != (self.look, self._tint) else None
            if frame is None:
                continue
            held, done = frame, (self.look, self._tint)
            self._pictures.put(_dyed(frame, *done))


def _dyed(frame: Frame, look: Look, tint: Tint | None) -> Picture:
    if tint is None:
        return Picture(frame.rgb, frame.rgb, None, frame.time)
    started = time.monotonic()
    tinted = tint(frame.rgb, look, frame.small)
    return Picture(frame.rgb, tinted.rgb, tinted.mask, frame.time, {"wait": started - frame.time, **tinted.seconds})
