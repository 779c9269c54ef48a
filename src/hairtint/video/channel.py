"""A short queue between two threads that either side can close, so that none waits for the other for ever."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Closed(Exception):  # noqa: N818 - it is no error
    """Nobody takes from this channel any more."""


class Channel(Generic[Item]):
    """Hands items over in order; at most `size` wait."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.items: deque[Item] = deque()
        self.closed = False
        self.changed = threading.Condition()

    def put(self, item: Item) -> None:
        """Hand an item over, after waiting for room; raises Closed where the channel is closed."""
        with self.changed:
            self.changed.wait_for(lambda: self.closed or len(self.items) < self.size)
            if self.closed:
                raise Closed
            self.items.append(item)
            self.changed.notify_all()

    def close(self) -> None:
        """No more items: the giver has none left, or the taker wants none. What waits can still be taken."""
        with self.changed:
            self.closed = True
            self.changed.notify_all()

    def __iter__(self) -> Iterator[Item]:
        """Take items, waiting for each, until the channel is closed and empty."""
        while True:
            with self.changed:
                self.changed.wait_for(lambda: self.closed or bool(self.items))
                if not self.items:
                    return
                item = self.items.popleft()
                self.changed.notify_all()
            yield item
