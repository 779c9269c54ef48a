"""The live loop without a window: dyed frames of a camera or a video. Usage: python examples/live.py clip.mp4 20"""

import sys

from hairtint import Color
from hairtint.live.loop import Loop
from hairtint.live.sources import open_source
from hairtint.look import Look
from hairtint.tinter import Tinter

source = open_source(sys.argv[1])  # "0" is the first camera
with Loop(source, Tinter, Look(Color.parse("copper"))) as loop:
    seen = 0
    while seen < int(sys.argv[2]):
        picture = loop.picture(timeout=1)
        if picture is not None and picture.mask is not None:
            seen += 1  # picture.dyed is yours to show: uint8 (H, W, 3), RGB
print(f"{seen} frames, {loop.dropped} passed over for newer ones")
