"""hairtint: see anybody with another hair colour.

A network finds the hair in a picture; the colour changes while every strand, shadow and highlight stays.

Examples:
    >>> import hairtint
    >>> hairtint.tint("me.jpg", "auburn").save("me-auburn.png")  # doctest: +SKIP
"""

from __future__ import annotations

from hairtint.color import Color
from hairtint.errors import HairtintError
from hairtint.photo import Photo
from hairtint.recolor import recolor
from hairtint.segmenter import Segmenter, VideoSegmenter
from hairtint.style import StyleClassifier, style
from hairtint.tinting import tint
from hairtint.zoo import models

__all__ = [
    "Color", "HairtintError", "Photo", "Segmenter", "StyleClassifier", "VideoSegmenter",
    "models", "recolor", "style", "tint",
]  # fmt: skip
