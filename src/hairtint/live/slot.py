"""A box for one item: whoever is late finds the newest."""

from __future__ import annotations

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Slot(Generic[T]):
    """Hands items from one thread to another and keeps only the newest.

    Attributes:
        dropped: how many items were replaced before anybody took them.
    """

    def __init__(self) -> None:
        self.dropped = 0
        self._item: T | None = None
        self._closed = False
        self._changed = threading.Condition()

    def put(self, item: T) -> None:
        """Leave an item, in place of one that is still there; never waits."""
        with self._changed:
            self.dropped += self._item is not None
            self._item = item
            self._changed.notify()

    def take(self, timeout: float | None = None) -> T | None:
        """The newest item, which is then gone; waits for one. None after `timeout` seconds or once closed and empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._item is not None or self._closed, timeout)
            item, self._item = self._item, None
            return item

    def close(self) -> None:
        """Wake whoever waits: nothing more will come."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
