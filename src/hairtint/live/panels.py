"""The window's smaller panels: help, notes, figures, the sign that a recording runs."""

from __future__ import annotations

from functools import lru_cache

from hairtint.live.controls import KEYS
from hairtint.live.paint import DARK, MUTED, PANEL, RED, TEXT, Panel, Sheet, measured, shortened, wrapped

HELP_WIDTH = 640.0
_WIDEST = 560.0  # that a line of text may be
_TRIANGLES = {"right": (1, 0), "left": (-1, 0), "up": (0, -1), "down": (0, 1)}
_CAPS = {"space": "space", "escape": "esc"}
_MOUSE = "Mouse: click a colour, drag the strength, the wheel or the dividing line; turn its wheel for the strength"


@lru_cache(maxsize=2)
def help_panel(unit: float) -> Panel:
    """All keys and what they do."""
    rows = (len(KEYS) + 1) // 2
    width, height = HELP_WIDTH, 130.0 + 30 * rows
    sheet = Sheet(width, height, unit)
    sheet.box(0, 0, width, height, 18, (*PANEL[:3], 235))
    sheet.text(32, 38, "hairtint", 24)
    sheet.text(width - 32, 38, "H closes this", 13, MUTED, "rm")
    for k, key in enumerate(KEYS):
        x, y = 32 + 300 * (k // rows), 80.0 + 30 * (k % rows)
        _cap(sheet, key.name, x, y)
        sheet.text(x + 76, y, key.does, 15)
    for k, line in enumerate(wrapped(_MOUSE, 13 * unit, (width - 64) * unit)):
        sheet.text(32, height - 42 + 18 * k, line, 13, MUTED)
    return sheet.panel()


def _cap(sheet: Sheet, name: str, x: float, y: float) -> None:
    label = _CAPS.get(name, name.upper())
    width = 26.0 if name in _TRIANGLES else max(26.0, sheet.width_of(label, 13) + 14)
    sheet.box(x, y - 12, width, 24, 6, (228, 228, 232, 255))
    if name in _TRIANGLES:
        dx, dy = _TRIANGLES[name]
        cx, cy = x + width / 2, y
        tip, base = (cx + 6 * dx, cy + 6 * dy), (cx - 4 * dx, cy - 4 * dy)
        sheet.polygon([tip, (base[0] + 6 * dy, base[1] + 6 * dx), (base[0] - 6 * dy, base[1] - 6 * dx)], DARK)
    else:
        sheet.text(x + width / 2, y, label, 13, DARK, "mm")


@lru_cache(maxsize=8)
def note(text: str, unit: float, size: float = 15.0) -> Panel:
    """A few words on a round panel, in several lines where they are many."""
    lines = wrapped(text, size * unit, _WIDEST * unit)
    width = max(measured(line, size * unit) for line in lines) / unit + 40
    step = 1.45 * size
    sheet = Sheet(width, step * len(lines) + 18, unit)
    sheet.box(0, 0, width, step * len(lines) + 18, 17, PANEL)
    for k, line in enumerate(lines):
        sheet.text(width / 2, 9 + step * (k + 0.5), line, size, TEXT, "mm")
    return sheet.panel()


@lru_cache(maxsize=2)
def figures(lines: tuple[str, ...], unit: float) -> Panel:
    """Lines of figures, one under the other."""
    lines = tuple(shortened(line, 14 * unit, _WIDEST * unit) for line in lines)
    width, step = max(measured(line, 14 * unit) for line in lines) / unit + 32, 21.0
    sheet = Sheet(width, step * len(lines) + 18, unit)
    sheet.box(0, 0, width, step * len(lines) + 18, 14, PANEL)
    for k, line in enumerate(lines):
        sheet.text(16, 9 + step * (k + 0.5), line, 14, TEXT if k == 0 else MUTED)
    return sheet.panel()


@lru_cache(maxsize=2)
def recording(seconds: int, unit: float) -> Panel:
    """A red dot and how long the recording is."""
    sheet = Sheet(88, 34, unit)
    sheet.box(0, 0, 88, 34, 17, PANEL)
    sheet.disc(20, 17, 6.5, RED)
    sheet.text(36, 17, f"{seconds // 60}:{seconds % 60:02}", 15)
    return sheet.panel()


@lru_cache(maxsize=4)
def label(text: str, unit: float) -> Panel:
    """A small caption."""
    width = measured(text, 13 * unit) / unit + 22
    sheet = Sheet(width, 25, unit)
    sheet.box(0, 0, width, 25, 12.5, PANEL)
    sheet.text(width / 2, 12.5, text, 13, TEXT, "mm")
    return sheet.panel()


@lru_cache(maxsize=2)
def handle(unit: float) -> Panel:
    """What the dividing line is dragged by."""
    sheet = Sheet(36, 36, unit)
    sheet.disc(18, 18, 17, (255, 255, 255, 245))
    sheet.polygon([(7, 18), (14, 12), (14, 24)], DARK)
    sheet.polygon([(29, 18), (22, 12), (22, 24)], DARK)
    sheet.region("split", 0, 0, 36, 36)
    return sheet.panel()
