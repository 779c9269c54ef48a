"""What may befall one process in the midst of a training, told in one line: no memory, a worker killed, others gone."""

from __future__ import annotations

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
