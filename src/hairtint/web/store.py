"""What is remembered between requests: pictures whose sender wants more colours, and the last frame of live videos.

All of it lies in memory, is bounded, goes by itself, and is found by a random id that only its sender knows.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from hairtint.photo import Photo
from hairtint.tinter import Tinter
from hairtint.web.problems import Problem

V = TypeVar("V")
SESSION_SECONDS = 60.0
_LEAST = 4096  # bytes that even the smallest kept picture takes


@dataclass(frozen=True, eq=False)
class Kept:
    """A decoded picture and its mask, uint8 (H, W) from 0 to 255, which the network called `model` found."""

    photo: Photo
    mask: NDArray[np.uint8]
    model: str | None

    @property
    def bytes(self) -> int:
        """The memory it takes."""
        alpha = 0 if self.photo.alpha is None else self.photo.alpha.nbytes
        return self.photo.rgb.nbytes + self.mask.nbytes + alpha + self.photo.origin.weight + _LEAST


class _Store(Generic[V]):
    """What is remembered, by its id, for `seconds` after it was last asked for."""

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self.seconds, self.clock = seconds, clock
        self.lock = threading.Lock()
        self.held: OrderedDict[str, tuple[V, float]] = OrderedDict()  # id -> value, when asked for; oldest first
        self.timer: threading.Timer | None = None

    def __len__(self) -> int:
        self.sweep()
        return len(self.held)

    def sweep(self) -> None:
        """Forget everything whose time is over."""
        with self.lock:
            past = self.clock() - self.seconds
            while self.held and next(iter(self.held.values()))[1] <= past:
                self._drop_oldest()

    def _hold(self, name: str, value: V) -> None:
        self.held[name] = (value, self.clock())
        self.held.move_to_end(name)
        self._sweep_later()

    def _drop_oldest(self) -> V:
        return self.held.popitem(last=False)[1][0]

    def _sweep_later(self) -> None:
        """Sweep while there is anything, so that it goes in time on a server that nobody uses any more."""
        if self.timer is None:
            self.timer = threading.Timer(max(1.0, self.seconds / 10), self._tick)
            self.timer.daemon = True
            self.timer.start()

    def _tick(self) -> None:
        self.sweep()
        with self.lock:
            self.timer = None
            if self.held:
                self._sweep_later()


class Photos(_Store[Kept]):
    """The kept pictures, up to `most` bytes of them, each for `seconds` after it was last asked for."""

    def __init__(self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(seconds, clock)
        self.most, self.bytes = most, 0

    def put(self, kept: Kept) -> str | None:
        """Keep a picture and return its id; None where it is too large to be kept."""
        if kept.bytes > self.most:
            return None
        name = secrets.token_urlsafe(24)
        with self.lock:
            self._hold(name, kept)
            self.bytes += kept.bytes
            while self.bytes > self.most:
                self._drop_oldest()
        return name

    def get(self, name: str) -> Kept:
        """The picture with this id; Problem 404 where it is gone."""
        self.sweep()
        with self.lock:
            if name not in self.held:
                gone = "this picture is not kept any more; send the image itself again"
                raise Problem(404, gone, field="photo")
            kept, _ = self.held[name]
            self._hold(name, kept)
            return kept

    def _drop_oldest(self) -> Kept:
        kept = super()._drop_oldest()
        self.bytes -= kept.bytes
        return kept


class Session:
    """One live video: its memory, and one place to wait in. The newest frame takes the place of one that waits."""

    def __init__(self, tinter: Tinter) -> None:
        self.tinter = tinter
        self.turns = threading.Condition()
        self.newest = 0
        self.busy = False

    @contextmanager
    def turn(self) -> Iterator[bool]:
        """Wait for the frame before; gives False where a newer frame came meanwhile and this one is not wanted."""
        with self.turns:
            self.newest += 1
            mine = self.newest
            self.turns.notify_all()
            self.turns.wait_for(lambda: not self.busy or mine != self.newest)
            wanted = mine == self.newest
            self.busy = self.busy or wanted
        try:
            yield wanted
        finally:
            if wanted:
                with self.turns:
                    self.busy = False
                    self.turns.notify_all()


class Sessions(_Store[Session]):
    """The live videos by the ids that their clients made up; the one that was idle longest goes first."""

    def __init__(self, most: int, start: Callable[[], Tinter], clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(SESSION_SECONDS, clock)
        self.most, self.start = most, start

    def get(self, name: str) -> Session:
        """The session of this id, a new one where there is none or it was idle for a minute."""
        self.sweep()
        with self.lock:
            session = self.held[name][0] if name in self.held else Session(self.start())
            self._hold(name, session)
            if len(self.held) > self.most:
                self._drop_oldest()
            return session
