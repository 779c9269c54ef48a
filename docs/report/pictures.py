"""The report's figures 4, 9 and 10 with every network that is installed: input, mask, result."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

import hairtint
from docs.report.sources import DOCS, PICTURES, Sources

Rgb = NDArray[np.uint8]

PORTRAIT = DOCS.parent / "examples" / "eileen-collins.jpg"
CROP = np.s_[0:256, 88:344]  # head and shoulders
STARTS = ("female_44.jpg", "male_12.jpg", "female_96.jpg")  # generated (CC0; no real person): long, black, white hair
DYE = "copper"
SIDE, TITLE = 200, 22  # pixels


def draw(sources: Sources, portraits: Path | None) -> None:
    """Write masks.jpg (needs the folder of portraits; kept as it is without) and results.jpg."""
    segmenters = {name: hairtint.Segmenter(name) for name in sources.shipped if name in hairtint.models()}
    bundled = np.ascontiguousarray(hairtint.Photo.open(PORTRAIT).rgb[CROP])
    results = [_result(bundled, segmenter.mask(bundled)) for segmenter in segmenters.values()]
    titles = ["input", "mask", "hsv, as the report", "natural"]
    _save("results.jpg", results, titles, list(segmenters))
    if portraits and all((portraits / name).is_file() for name in STARTS):
        photos = [bundled, *(hairtint.Photo.open(portraits / name).rgb for name in STARTS)]
        masks = [[photo, *(_grey(s.mask(photo)) for s in segmenters.values())] for photo in photos]
        _save("masks.jpg", masks, ["input", *segmenters], [])


def _result(rgb: Rgb, mask: NDArray[np.float32]) -> list[Rgb]:
    """Figure 10's three pictures, and what this project makes of the same mask."""
    return [rgb, _grey(mask), hairtint.recolor(rgb, mask, DYE, method="hsv"), hairtint.recolor(rgb, mask, DYE)]


def _grey(mask: NDArray[np.float32]) -> Rgb:
    return np.repeat(np.round(255 * mask).astype(np.uint8)[..., None], 3, axis=2)


def _save(name: str, rows: list[list[Rgb]], titles: list[str], labels: list[str]) -> None:
    """A sheet of square pictures under their titles, each row with its label, if there are any."""
    left = 64 if labels else 0
    sheet = Image.new("RGB", (left + SIDE * len(titles), TITLE + SIDE * len(rows)), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(14)
    for column, title in enumerate(titles):
        pen.text((left + SIDE * (column + 0.5), TITLE / 2), title, "black", font, anchor="mm")
    for row, pictures in enumerate(rows):
        if labels:
            pen.text((left / 2, TITLE + SIDE * (row + 0.5)), labels[row], "black", font, anchor="mm")
        for column, picture in enumerate(pictures):
            tile = cv2.resize(picture, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
            sheet.paste(Image.fromarray(tile), (left + SIDE * column, TITLE + SIDE * row))
    PICTURES.mkdir(parents=True, exist_ok=True)
    sheet.save(PICTURES / name, quality=85)
