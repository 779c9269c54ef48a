"""Encoders that make themselves more important than they are."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

TASKS = Path("/proc/self/task")


@contextmanager
def kept_priority() -> Iterator[None]:
    """Within, no thread gets ahead of the rest of the machine: this one and those that come up are put back after.

    SVT-AV1, run as root, asks for real-time scheduling, for its own threads and for the one that opens it; every
    process started from then on would inherit it, and two busy ones stop a machine of two cores.
    """
    if not hasattr(os, "sched_setscheduler") or not TASKS.is_dir():  # not Linux: there it does not ask
        yield
        return
    policy, parameters, before = os.sched_getscheduler(0), os.sched_getparam(0), _threads()
    try:
        yield
    finally:
        for thread in {0, *(_threads() - before)}:
            with suppress(OSError):  # it has ended meanwhile
                if os.sched_getscheduler(thread) != policy:
                    os.sched_setscheduler(thread, policy, parameters)


def _threads() -> set[int]:
    return {int(task.name) for task in TASKS.iterdir()}
