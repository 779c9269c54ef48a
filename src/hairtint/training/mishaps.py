"""What may befall one process in the midst of a training: no memory, a worker killed, others gone, each told in one
line; and Ctrl-C, which must not be taken for one of these."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import cv2

from hairtint.errors import TrainingError
from hairtint.training.config import Config

# The classes say little: most of these are a RuntimeError, and one out of a worker is a text with its whole traceback.
NO_MEMORY = (
    "allocate memory", "out of memory", "OutOfMemoryError", "Insufficient memory", "not enough memory",
    "Unable to allocate", "ALLOC_FAILED",
)  # fmt: skip
WORKER_GONE = ("exited unexpectedly", "is killed by signal")
OTHERS_GONE = (  # and not the libraries' names, which stand in each of their errors
    "Connection closed by peer", "Connection reset by peer", "remote process exiting", "socket has timed",
    "waiting for clients", "wait timeout",
)  # fmt: skip


@contextmanager
def told(config: Config, processes: int) -> Iterator[None]:
    """Raise TrainingError for such a mishap; any other error as it is."""
    try:
        yield
    except (MemoryError, RuntimeError, OSError, cv2.error) as error:
        if why := _why(error, config, processes):
            raise TrainingError(why) from error
        raise


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Ctrl-C waits until the end of this: what is raised in the midst of a fork, Python passes over.

    To block the signal would not do: the system would hand it to another thread, and Python then to the main one.
    """
    if threading.current_thread() is not threading.main_thread():  # no other hears it
        yield
        return
    waiting: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: waiting.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if waiting:
            signal.raise_signal(signal.SIGINT)


def deaf(worker: int) -> None:
    """Leave Ctrl-C to the process that this worker works for, which would take the worker's end for another mishap."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _why(error: Exception, config: Config, processes: int) -> str:
    text = str(error)
    if any(words in text for words in WORKER_GONE):
        return (
            "a worker was killed, probably for want of memory: the same command goes on; lower workers in the config,"
            " or --memory"
        )
    if isinstance(error, MemoryError) or any(words in text for words in NO_MEMORY):
        return f"too little memory for batch = {config.batch} at size = {config.size}: lower batch or size, or --memory"
    if processes > 1 and any(words in text for words in OTHERS_GONE):
        first = text.strip().splitlines()[0]
        return f"another process ended: see its message; the same command goes on ({first[-160:]})"
    return ""
