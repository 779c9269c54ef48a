"""The report's figures 4, 9 and 10 with every network that is installed, and 5 and 6, what its networks learnt from."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

import hairtint
from docs.report.sources import DOCS, PICTURES, Sources
from hairtint.training import augment

Rgb = NDArray[np.uint8]

PORTRAIT = DOCS.parent / "examples" / "eileen-collins.jpg"
CROP = np.s_[0:256, 88:344]  # head and shoulders
STARTS = ("female_44.jpg", "male_12.jpg", "female_96.jpg")  # generated (CC0; no real person): long, black, white hair
DYE = "copper"
SIDE, TITLE = 200, 22  # pixels
DRAWS = 5  # of the expansion for each photo


def draw(sources: Sources, portraits: Path | None) -> None:
    """Write results.jpg, and masks.jpg and augmented.jpg, which stay as they are without the folder of portraits."""
    segmenters = {name: hairtint.Segmenter(name) for name in sources.shipped if name in hairtint.models()}
    bundled = np.ascontiguousarray(hairtint.Photo.open(PORTRAIT).rgb[CROP])
    results = [_result(bundled, segmenter.mask(bundled)) for segmenter in segmenters.values()]
    titles = ["input", "mask", "hsv, as the report", "natural"]
    _save("results.jpg", results, titles, list(segmenters))
    if portraits and all((portraits / name).is_file() for name in STARTS):
        photos = [bundled, *(hairtint.Photo.open(portraits / name).rgb for name in STARTS)]
        masks = [[photo, *(_grey(s.mask(photo)) for s in segmenters.values())] for photo in photos]
        _save("masks.jpg", masks, ["input", *segmenters], [])
        rng = np.random.default_rng(22)  # of which some draws are blurred
        expanded = [row for photo in photos[1:3] for row in _expanded(photo, segmenters["fine"].mask(photo), rng)]
        _save("augmented.jpg", expanded, ["photo", *("drawn",) * DRAWS], [])


def _result(rgb: Rgb, mask: NDArray[np.float32]) -> list[Rgb]:
    """Figure 10's three pictures, and what this project makes of the same mask."""
    return [rgb, _grey(mask), hairtint.recolor(rgb, mask, DYE, method="hsv"), hairtint.recolor(rgb, mask, DYE)]


def _expanded(rgb: Rgb, mask: NDArray[np.float32], rng: np.random.Generator) -> tuple[list[Rgb], list[Rgb]]:
    """A photo and what the report's recipe draws from it; their masks."""
    grey = _grey(mask)
    drawn = [augment.report(rgb, grey[..., 0], rng, SIDE) for _ in range(DRAWS)]
    return [rgb, *(picture for picture, _ in drawn)], [grey, *(_grey(part / np.float32(255)) for _, part in drawn)]


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
