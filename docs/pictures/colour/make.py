"""Make the pictures of docs/colour.md: python docs/pictures/colour/make.py PORTRAITS

PORTRAITS is a folder of portraits whose licence allows them here (CC0: generated, no real person). Masks come from the
finest network that is installed.
"""

import sys
from pathlib import Path

import cv2
import numpy as np

from hairtint import Segmenter, recolor

HERE = Path(__file__).parent
WIDE, MANY = 340, 256  # sides of the pictures of a row of two or three, and of one of five
STARTS = ("female_88.jpg", "male_12.jpg", "female_96.jpg")
DYES = ("platinum", "copper", "burgundy", "chestnut", "jet black", "blue", "pink", "silver")
EFFECTS = {
    "ombre": ("chestnut", ["ombre:honey"]),
    "roots": ("platinum", ["roots"]),
    "highlights": ("chestnut", ["highlights:honey:0.9"]),
    "lowlights": ("honey", ["lowlights:chestnut:0.9"]),
    "two-tone": ("jet black", ["two-tone:pink"]),
    "gloss": ("burgundy", ["gloss:0.8"]),
}


def main(folder: Path) -> None:
    """Make them all."""
    segmenter = Segmenter()
    heads = {}
    for name in STARTS:
        rgb = cv2.imread(str(folder / name))[:, :, ::-1].copy()
        heads[name] = rgb, segmenter.mask(rgb)
    for name, (rgb, mask) in heads.items():
        dyed = [recolor(rgb, mask, dye) for dye in DYES]
        save(f"dyes-{Path(name).stem}", MANY, [rgb, *dyed[:4]], [rgb, *dyed[4:]])
    rgb, mask = heads[STARTS[0]]
    for name, (dye, effects) in EFFECTS.items():
        save(name, WIDE, [recolor(rgb, mask, dye), recolor(rgb, mask, dye, effects=effects)])
    save("methods", WIDE, [rgb, recolor(rgb, mask, "blue", method="hsv"), recolor(rgb, mask, "blue")])
    save("strength", MANY, [recolor(rgb, mask, "copper", strength=s) for s in (0, 0.25, 0.5, 0.75, 1)])


def save(name: str, side: int, *rows: list[np.ndarray]) -> None:
    """Write rows of pictures of one shape, each `side` pixels wide."""
    height, width = rows[0][0].shape[:2]
    size = side, round(side * height / width)
    sheet = np.vstack([np.hstack([cv2.resize(p, size, interpolation=cv2.INTER_AREA) for p in row]) for row in rows])
    cv2.imwrite(str(HERE / f"{name}.jpg"), sheet[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 82])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
