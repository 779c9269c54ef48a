"""Where live pictures go besides the screen: a recording, a virtual camera, a browser."""

from __future__ import annotations

import threading
from types import TracebackType
from typing import Any, Protocol, Self

from hairtint.live.slot import Slot
from hairtint.live.sources import Rgb


class Sink(Protocol):
    """Takes pictures while its context lasts."""

    def __enter__(self) -> Any: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> object: ...

    def show(self, rgb: Rgb) -> None:
        """The next picture, uint8 (H, W, 3) RGB; it is not changed afterwards."""


class Beside:
    """Runs a sink in a thread of its own, so that a slow one never holds up the screen: it gets the newest picture.

    Entering and leaving wait for the sink and raise its errors; in between, `show` raises what went wrong.
    """

    def __init__(self, sink: Sink) -> None:
        self.sink = sink
        self._pictures: Slot[Rgb] = Slot()
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name=f"hairtint-{type(sink).__name__.lower()}", daemon=True)

    def __enter__(self) -> Self:
        self.sink.__enter__()
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._pictures.close()
        self._thread.join()
        self.sink.__exit__(kind, error, at)
        if error is None:
            self._raise()

    def show(self, rgb: Rgb) -> None:
        """See Sink; never waits."""
        self._raise()
        self._pictures.put(rgb)

    def _raise(self) -> None:
        """What went wrong in the thread, once."""
        error, self._error = self._error, None
        if error:
            raise error

    def _run(self) -> None:
        try:
            while (rgb := self._pictures.take()) is not None:
                self.sink.show(rgb)
        except BaseException as error:
            self._error = error
