"""One mask, many colours, side by side. Usage: python examples/several_colours.py me.jpg colours.jpg"""

import sys

import numpy as np

import hairtint

photo = hairtint.Photo.open(sys.argv[1])
mask = hairtint.Segmenter().mask(photo.rgb)  # the slow part, once
pictures = [photo.rgb, *(hairtint.recolor(photo.rgb, mask, color) for color in ("copper", "platinum", "blue"))]
hairtint.Photo(np.hstack(pictures)).save(sys.argv[2])
