"""A video that turns blue after two seconds. Usage: python examples/video.py me.mp4 me-blue.mp4"""

import sys
from dataclasses import replace

from hairtint import Color
from hairtint.look import Look
from hairtint.video import dye_file

COPPER = Look(Color.parse("copper"), strength=0.9)


def look(seconds: float) -> Look:
    """What to do with the frame at this time."""
    return COPPER if seconds < 2 else replace(COPPER, color=Color.parse("blue"))


print(dye_file(sys.argv[1], sys.argv[2], look))
