"""The signals that tell a command to end: SIGINT of Ctrl-C, SIGTERM, and SIGHUP of a terminal that is closed."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

Handler = Callable[[int, FrameType | None], object]
_NAMES = "SIGINT", "SIGTERM", "SIGHUP"  # the last is not there on Windows


def heard() -> list[signal.Signals]:
    """Those that are not ignored, as SIGHUP is under nohup and SIGINT in the background of a script.

    Outside the main thread there are none.
    """
    if threading.current_thread() is not threading.main_thread():
        return []
    present: list[signal.Signals] = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
    return [each for each in present if signal.getsignal(each) is not signal.SIG_IGN]


@contextmanager
def handled(handler: Handler) -> Iterator[None]:
    """Hand those that are heard to a handler while the context lasts."""
    before = {each: signal.signal(each, handler) for each in heard()}
    try:
        yield
    finally:
        for each, old in before.items():
            signal.signal(each, old)


def interrupt(number: int, frame: FrameType | None) -> NoReturn:
    """A handler that unwinds: raises KeyboardInterrupt for SIGINT, and for others SystemExit with a shell's status."""
    raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(128 + number)
