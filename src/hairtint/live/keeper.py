"""Snapshots and recordings of a live picture, written beside it: nothing here holds up the screen."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Self

from hairtint.errors import HairtintError
from hairtint.live import album
from hairtint.live.recorder import Recorder
from hairtint.live.sinks import Beside
from hairtint.live.sources import Rgb


class Keeper:
    """Writes into a folder while its context lasts; leaving finishes what is being written.

    Args:
        folder: where the files go, each under a fresh name.
        tell: takes the path of each file that is written, and why one could not be.

    Attributes:
        failures: how many files could not be written, or not to their end.
    """

    def __init__(self, folder: Path, tell: Callable[[str], None]) -> None:
        self.folder, self.tell = folder, tell
        self.failures = 0
        self._news: list[str] = []
        self._recording: Recording | None = None
        self._writer = ThreadPoolExecutor(1, "hairtint-snapshots")
        self._snapshots: list[Future[Path]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *stopped: object) -> None:
        self.record(False)
        self._writer.shutdown()
        self._look()

    @property
    def seconds(self) -> int | None:
        """How long the recording is so far, 0 before its first picture; None while there is none."""
        return int(self._recording.seconds) if self._recording else None

    def news(self) -> list[str]:
        """What happened since the last call, in words for the viewer."""
        self._look()
        news, self._news = self._news, []
        return news

    def snapshot(self, rgb: Rgb) -> None:
        """Write a picture, uint8 (H, W, 3), in a while."""
        self._snapshots.append(self._writer.submit(album.snapshot, self.folder, rgb))

    def record(self, on: bool, rgb: Rgb | None = None) -> None:
        """Begin or end a recording; where that fails there is none, and the news say why.

        `rgb`, uint8 (H, W, 3), is what is seen when it begins: no other may come while the picture is paused.
        """
        try:
            if on and not self._recording:
                self._recording = Recording(self.folder)
                if rgb is not None:
                    self.show(rgb)
            elif not on and (recording := self._recording):
                self._recording = None
                recording.end()
                self._wrote(recording.path)
        except HairtintError as error:
            self._failed(error)

    def show(self, rgb: Rgb) -> None:
        """The next picture of the recording, if there is one."""
        if not (recording := self._recording):
            return
        try:
            recording.show(rgb)
        except HairtintError as error:
            self._recording = None
            self._failed(error)
            with suppress(HairtintError):  # that it cannot be finished either is no news
                recording.end()

    def _look(self) -> None:
        """Tell of the snapshots that are done."""
        for done in [future for future in self._snapshots if future.done()]:
            self._snapshots.remove(done)
            try:
                self._wrote(done.result())
            except HairtintError as error:
                self._failed(error)

    def _wrote(self, path: Path) -> None:
        if not path.exists():
            self._news.append("nothing was recorded: no picture came")
            return
        self._news.append(f"saved {path.name}")
        self.tell(str(path))

    def _failed(self, error: HairtintError) -> None:
        self.failures += 1
        self._news.append(str(error))
        self.tell(str(error))


class Recording:
    """A recording that runs, in a thread of its own; raises OutputError or MissingExtraError where it cannot."""

    def __init__(self, folder: Path) -> None:
        self.path = album.fresh(folder, ".mp4")
        self._started: float | None = None
        try:
            self._sink = Beside(Recorder(self.path))
            self._sink.__enter__()
        except HairtintError:
            self.path.unlink(missing_ok=True)
            raise

    @property
    def seconds(self) -> float:
        """Since the first picture, with which the file begins."""
        return 0.0 if self._started is None else time.monotonic() - self._started

    def show(self, rgb: Rgb) -> None:
        """The next picture, uint8 (H, W, 3)."""
        self._started = self._started or time.monotonic()
        self._sink.show(rgb)

    def end(self) -> None:
        """Finish the file; one that nothing could be written to is taken away."""
        try:
            self._sink.__exit__(None, None, None)
        finally:
            if self.path.exists() and not self.path.stat().st_size:
                self.path.unlink()
