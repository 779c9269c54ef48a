"""The colour wheel: hue around, saturation outwards, brightness on a slider below."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from hairtint.color import Color
from hairtint.live.controls import Hsv
from hairtint.live.paint import FINER, MUTED, PANEL, TEXT, WHITE, Panel, Sheet

WIDTH, HEIGHT = 232.0, 308.0
DISC, EDGE = 200.0, 16.0
SLIDER = 240.0  # height of the slider's middle


@lru_cache(maxsize=4)
def panel(color: Color, hsv: Hsv, unit: float) -> Panel:
    """The wheel with its marks, at the size of `unit` pixels."""
    sheet = Sheet(WIDTH, HEIGHT, unit)
    sheet.box(0, 0, WIDTH, HEIGHT, 18, PANEL)
    sheet.picture(EDGE, EDGE, disc(round(DISC * unit * FINER), round(hsv[2], 2)))
    sheet.region("disc", EDGE, EDGE, DISC, DISC)
    x, y = place(hsv[0], hsv[1])
    opaque = (*color.rgb(), 255)
    _mark(sheet, EDGE + DISC * x, EDGE + DISC * y, opaque)
    full = Color.from_hsv(hsv[0], hsv[1], 1.0)
    steps = 40
    for k in range(steps):
        at = (k + 0.5) / steps
        shade = tuple(round(channel * at) for channel in full.rgb())
        width = DISC / steps
        sheet.box(EDGE + k * width, SLIDER - 5, width + 0.5, 10, 0, (shade[0], shade[1], shade[2], 255))
    sheet.region("value", EDGE, SLIDER - 14, DISC, 28)
    _mark(sheet, EDGE + DISC * hsv[2], SLIDER, opaque)
    sheet.disc(EDGE + 11, 280, 11, opaque)
    sheet.text(EDGE + 32, 280, color.hex, 16, TEXT)
    if color.name:
        sheet.text(WIDTH - EDGE, 280, color.name, 13, MUTED, "rm")
    return sheet.panel()


def place(hue: float, saturation: float) -> tuple[float, float]:
    """Where a hue and saturation lie on the wheel, whose square runs from 0 to 1; undoes `controls.polar`."""
    angle = math.tau * hue
    return 0.5 + 0.5 * saturation * math.cos(angle), 0.5 - 0.5 * saturation * math.sin(angle)


@lru_cache(maxsize=4)
def disc(side: int, value: float) -> NDArray[np.uint8]:
    """The wheel itself at one brightness, RGBA uint8 (side, side, 4), transparent outside."""
    y, x = (np.mgrid[:side, :side].astype(np.float32) + 0.5) / side * 2 - 1
    radius = np.hypot(x, y)
    hue = np.arctan2(-y, x) / np.float32(math.tau)
    shift = np.array([0, 2 / 3, 1 / 3], np.float32)  # each channel is a trapezoid of hue
    pure = np.clip(np.abs((hue[..., None] + shift) % 1 * 6 - 3) - 1, 0, 1)
    saturation = np.minimum(radius, 1)[..., None]
    rgb = np.rint(255 * max(value, 0.15) * (1 - saturation * (1 - pure)))
    alpha = np.rint(255 * np.clip((1 - radius) * side / 4, 0, 1))
    return np.dstack([rgb, alpha]).astype(np.uint8)


def _mark(sheet: Sheet, x: float, y: float, fill: tuple[int, int, int, int]) -> None:
    sheet.disc(x, y, 10, (0, 0, 0, 255))
    sheet.disc(x, y, 9, WHITE)
    sheet.disc(x, y, 6.5, fill)
