"""What the processor at hand is called, what it can do and how much of it is ours, as far as the system says."""

from __future__ import annotations

import os
import platform
import re
from functools import lru_cache
from pathlib import Path

_INFO = Path("/proc/cpuinfo")
_BOARD = Path("/proc/device-tree/model")


def name(board: Path = _BOARD, info: Path = _INFO) -> str:
    """The name of the board or the processor, such as "Raspberry Pi 4 Model B Rev 1.4"."""
    try:
        return board.read_text(encoding="utf-8").strip("\0 \n")
    except OSError:
        return _first("model name", info) or platform.processor() or platform.machine()


def cores() -> int:
    """How many cores this process may use: fewer than the machine has where taskset, Slurm or a container says so."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@lru_cache(maxsize=1)
def instructions(info: Path = _INFO) -> frozenset[str]:
    """Its instruction sets, as Linux spells them; empty where the system lists none."""
    return frozenset(_first("flags|Features", info).split())


@lru_cache(maxsize=1)
def by_intel(info: Path = _INFO) -> bool:
    """Whether the system says that Intel has made it."""
    return _first("vendor_id", info) == "GenuineIntel"


def fast_in_bfloat16() -> bool:
    """Whether OpenVINO is at its fastest in bfloat16: not on Intel's without AMX, as virtual machines hide it, where it
    takes 1.7 times as long as float32."""
    return bool({"amx_bf16"} & instructions() or ({"avx512_bf16"} & instructions() and not by_intel()))


def fast_in_int8() -> bool:
    """Whether it multiplies 8-bit integers in one instruction, so that their sums cannot overflow."""
    return bool({"avx512_vnni", "avx_vnni"} & instructions())


def _first(field: str, info: Path) -> str:
    """What is listed of the first core; empty where nothing is."""
    try:
        listed = info.read_text(encoding="utf-8")
    except OSError:
        return ""
    found = re.search(rf"^(?:{field})[ \t]*:(.*)$", listed, re.MULTILINE)
    return found[1].strip() if found else ""
