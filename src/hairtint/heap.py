"""Memory of the process: what one frame gave back, the next one takes."""

from __future__ import annotations

import ctypes
from functools import lru_cache

_KEPT = 64 << 20  # bytes
_SETTINGS = {  # of mallopt(3), by the numbers of glibc's malloc.h
    -3: 32 << 20,  # M_MMAP_THRESHOLD, at its highest: smaller blocks come from the heap
    -1: 2 * _KEPT,  # M_TRIM_THRESHOLD: so much free memory at its end is too much
    -2: _KEPT,  # M_TOP_PAD: so much of that stays
}


@lru_cache(maxsize=1)
def keep_for_next_frame() -> None:
    """Let the C library keep 64 MB of freed memory instead of returning all of it to the system.

    Otherwise the system hands out the same pages anew for each frame, cleared, which takes an eighth of the time of a
    1280x720 frame. C libraries other than glibc are not affected.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # another library; Windows has none of that name
        return
    for number, value in _SETTINGS.items():
        mallopt(number, value)
