"""Video files: every frame dyed, everything else kept.

`dye_file` is the whole of it. The road: reading -> working frames -> tinter -> paint -> writing, on three threads.
"""

from __future__ import annotations

from hairtint.video.keyframes import Keyframes
from hairtint.video.pipeline import Report, dye_file

__all__ = ["Keyframes", "Report", "dye_file"]
