"""One photo, one colour. Usage: python examples/photo.py me.jpg auburn me-auburn.png"""

import sys

import hairtint

photo, color, result = sys.argv[1:]
dyed = hairtint.tint(photo, color)
dyed.save(result, **dyed.info)  # with its colour profile and EXIF
