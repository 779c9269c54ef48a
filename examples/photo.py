"""One photo, one colour. Usage: python examples/photo.py me.jpg auburn me-auburn.png"""

import sys

import hairtint

photo, color, result = sys.argv[1:]
hairtint.tint(photo, color).save(result)
