"""Memory of the process: what one frame gave back, the next one takes."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

_LARGEST = 31 << 20  # bytes; glibc learns from blocks below 32 MiB


@lru_cache(maxsize=1)
def keep_for_next_frame() -> None:
    """Let the C library keep up to 64 MB of freed memory instead of returning it to the system after every frame.

    Otherwise the system hands out the same pages anew for each frame, cleared, which took a quarter of the time of a
    1280x720 frame. glibc sets its thresholds by the largest block it has seen freed (mallopt(3), M_MMAP_THRESHOLD);
    other C libraries are not affected.
    """
    np.empty(_LARGEST, np.uint8)
