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
SIDE = 224
STARTS = ("female_88.jpg", "male_12.jpg", "female_96.jpg")
DYES = ("platinum", "copper", "burgundy", "chestnut", "jet black", "blue", "pink", "silver")
EFFECTS = {
    "ombre": ("chestnut", ["ombre:honey"]),
    "roots": ("platinum", ["roots"]),
    "highlights": ("chestnut", ["highlights:caramel"]),
    "lowlights": ("honey", ["lowlights"]),
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
        save(f"dyes-{Path(name).stem}", [rgb, *(recolor(rgb, mask, dye) for dye in DYES)])
    rgb, mask = heads[STARTS[0]]
    for name, (dye, effects) in EFFECTS.items():
        save(name, [recolor(rgb, mask, dye), recolor(rgb, mask, dye, effects=effects)])
    save("methods", [rgb, recolor(rgb, mask, "blue", method="hsv"), recolor(rgb, mask, "blue")])
    save("strength", [recolor(rgb, mask, "copper", strength=s) for s in (0, 0.25, 0.5, 0.75, 1)])


def save(name: str, pictures: list[np.ndarray]) -> None:
    """Write pictures side by side."""
    size = SIDE, round(SIDE * pictures[0].shape[0] / pictures[0].shape[1])
    row = np.hstack([cv2.resize(p, size, interpolation=cv2.INTER_AREA) for p in pictures])
    cv2.imwrite(str(HERE / f"{name}.jpg"), row[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 82])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
