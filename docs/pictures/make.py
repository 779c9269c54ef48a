"""Draws the pictures of README.md from the bundled portrait. Usage: python docs/pictures/make.py"""

from pathlib import Path

import numpy as np

import hairtint

HERE = Path(__file__).parent
CROP = np.s_[0:224, 110:334]
COLORS = ("copper", "platinum", "blue")


def before_after() -> None:
    """The portrait as it is and in three colours, side by side."""
    photo = hairtint.Photo.open(HERE.parents[1] / "examples" / "eileen-collins.jpg")
    mask = hairtint.Segmenter().mask(photo.rgb)
    pictures = [photo.rgb, *(hairtint.recolor(photo.rgb, mask, color) for color in COLORS)]
    strip = np.hstack([picture[CROP] for picture in pictures])
    hairtint.Photo(np.ascontiguousarray(strip)).save(HERE / "before-after.jpg", overwrite=True)


if __name__ == "__main__":
    before_after()
