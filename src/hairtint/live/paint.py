"""Drawing the window's panels: soft edges, one font, no screen needed. Pillow brings all of it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Paint = tuple[int, int, int, int]
Box = tuple[float, float, float, float]

PANEL: Paint = (17, 17, 21, 205)
RAISED: Paint = (58, 58, 66, 225)
WHITE: Paint = (255, 255, 255, 255)
TEXT: Paint = (240, 240, 244, 255)
MUTED: Paint = (164, 164, 174, 255)
DARK: Paint = (20, 20, 24, 255)
RED: Paint = (235, 64, 52, 255)
FINER = 2  # shapes are drawn this much larger and brought down: that makes their edges soft


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """A part of the window.

    Attributes:
        rgba: uint8 (H, W, 4), alpha not multiplied in.
        regions: what can be pointed at, as (place, (left, top, right, bottom)) in pixels of the panel; see
            hairtint.live.controls.point for the places.
    """

    rgba: NDArray[np.uint8]
    regions: tuple[tuple[str, Box], ...] = ()

    def at(self, x: float, y: float) -> str | None:
        """The place at a pixel of the panel, or None."""
        for place, (left, top, right, bottom) in self.regions:
            if left <= x < right and top <= y < bottom:
                return place
        return None


class Sheet:
    """A transparent sheet to draw on. All measures are in units of `unit` pixels, so that panels fit any window."""

    def __init__(self, width: float, height: float, unit: float) -> None:
        self.unit = unit
        self.size = max(1, round(width * unit)), max(1, round(height * unit))
        self._image = Image.new("RGBA", (self.size[0] * FINER, self.size[1] * FINER), (*PANEL[:3], 0))
        self._draw = ImageDraw.Draw(self._image)
        self._texts: list[tuple[float, float, str, float, Paint, str]] = []
        self._regions: list[tuple[str, Box]] = []

    def box(self, x: float, y: float, width: float, height: float, radius: float, fill: Paint) -> None:
        """A rectangle with round corners; in place of what is under it."""
        corners = self._fine(x, y, x + width, y + height)
        self._draw.rounded_rectangle(corners, radius * self.unit * FINER, fill=fill)

    def disc(self, x: float, y: float, radius: float, fill: Paint) -> None:
        """A disc around (x, y)."""
        self._draw.ellipse(self._fine(x - radius, y - radius, x + radius, y + radius), fill=fill)

    def polygon(self, points: list[tuple[float, float]], fill: Paint) -> None:
        """A filled polygon."""
        self._draw.polygon([(x * self.unit * FINER, y * self.unit * FINER) for x, y in points], fill=fill)

    def text(self, x: float, y: float, text: str, size: float, fill: Paint = TEXT, anchor: str = "lm") -> None:
        """One line of text; `anchor` as in Pillow: left, middle or right, and "m" for its middle height."""
        self._texts.append((x, y, text, size, fill, anchor))

    def region(self, place: str, x: float, y: float, width: float, height: float) -> None:
        """Something that can be pointed at."""
        u = self.unit
        self._regions.append((place, (x * u, y * u, (x + width) * u, (y + height) * u)))

    def picture(self, x: float, y: float, rgba: NDArray[np.uint8]) -> None:
        """A picture laid over, its pixels those of the drawing (FINER times as fine as the panel)."""
        image = Image.fromarray(rgba)
        self._image.alpha_composite(image, tuple(round(v) for v in self._fine(x, y)))

    def panel(self) -> Panel:
        """What has been drawn."""
        image = self._image.reduce(FINER)
        draw = ImageDraw.Draw(image)
        for x, y, text, size, fill, anchor in self._texts:
            draw.text((x * self.unit, y * self.unit), plain(text), fill, _font(size * self.unit), anchor)
        return Panel(np.array(image), tuple(self._regions))

    def width_of(self, text: str, size: float) -> float:
        """The width of a line of text."""
        return measured(text, size * self.unit) / self.unit

    def _fine(self, *values: float) -> Any:
        return [value * self.unit * FINER for value in values]


def measured(text: str, size: float) -> float:
    """The width of a line of text in pixels."""
    return float(_font(size).getlength(plain(text)))


def shortened(text: str, size: float, width: float) -> str:
    """Text no wider than `width` pixels, without its middle where that takes it."""
    short, kept = text, len(text)
    while kept > 2 and measured(short, size) > width:
        kept -= 1
        short = f"{text[: kept - kept // 2]}…{text[-(kept // 2) :]}"
    return short


def wrapped(text: str, size: float, width: float) -> list[str]:
    """Text in lines no wider than `width` pixels."""
    lines = [""]
    for word in (shortened(word, size, width) for word in text.split()):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and measured(longer, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def plain(text: str) -> str:
    """Text in the letters that the font has; "?" for others, without their accents where that helps."""
    text = unicodedata.normalize("NFKD", text.replace("–", "-").replace("’", "'"))
    return "".join(char for char in text if not unicodedata.combining(char)).encode("ascii", "replace").decode()


@lru_cache(maxsize=64)
def _font(size: float) -> Any:
    return ImageFont.load_default(max(9.0, round(2 * size) / 2))
