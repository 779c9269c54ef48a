"""The bar at the foot of the window: the colours, the strength, and a button for everything a key does."""

from __future__ import annotations

from functools import lru_cache

from hairtint.color import Color
from hairtint.live.controls import Controls, named
from hairtint.live.paint import DARK, MUTED, PANEL, RAISED, RED, TEXT, WHITE, Paint, Panel, Sheet

WIDTH, HEIGHT = 900.0, 132.0
EDGE = 20.0
SPACING = 34.0  # of the swatches
SLIDER = 170.0
GAP = 5.0  # between buttons, at least
DISPENSABLE = ("t", "f", "i", "m", "c", "e", "b", "space", "s", "r", "h")  # where room lacks, these buttons go first
Button = tuple[str, str, bool, Paint]  # key, label, whether it is on, and the colour that says so
RIM: Paint = (92, 92, 100, 235)  # around each colour: black ones would drown in the panel


def panel(controls: Controls, width: float, unit: float) -> Panel:
    """The bar, at most `width` units wide; in a window without room for it as wide as its edges."""
    buttons = tuple(_labels(controls))
    return _drawn(controls.color, controls.colors, controls.strength, buttons, max(2 * EDGE, min(WIDTH, width)), unit)


@lru_cache(maxsize=4)
def _drawn(
    color: Color, colors: tuple[Color, ...], strength: float, buttons: tuple[Button, ...], width: float, unit: float
) -> Panel:
    sheet = Sheet(width, HEIGHT, unit)
    sheet.box(0, 0, width, HEIGHT, 18, PANEL)
    sheet.text(EDGE, 26, str(color), 20)
    _strength(sheet, strength, width)
    _swatches(sheet, color, colors, width)
    _buttons(sheet, buttons, width)
    return sheet.panel()


def _strength(sheet: Sheet, strength: float, width: float) -> None:
    left, middle = width - EDGE - SLIDER, 26.0
    sheet.text(left - 14, middle, f"strength {strength:.0%}", 14, MUTED, "rm")
    sheet.box(left, middle - 2.5, SLIDER, 5, 2.5, RAISED)
    sheet.box(left, middle - 2.5, max(5.0, SLIDER * strength), 5, 2.5, TEXT)
    sheet.disc(left + SLIDER * strength, middle, 8, WHITE)
    sheet.region("strength", left, middle - 14, SLIDER, 28)


def _swatches(sheet: Sheet, color: Color, colors: tuple[Color, ...], width: float) -> None:
    """As many colours as fit, the chosen one in their middle."""
    count = int((width - 2 * EDGE) // SPACING)
    chosen = colors.index(color) if color in colors else -1
    first = max(0, min(chosen - count // 2, len(colors) - count))
    left = (width - (min(count, len(colors)) - 1) * SPACING) / 2
    for k, shown in enumerate(colors[first : first + count]):
        x, y = left + k * SPACING, 66.0
        if first + k == chosen:
            sheet.disc(x, y, 16, WHITE)
            sheet.disc(x, y, 14, DARK)
        else:
            sheet.disc(x, y, 12.7, RIM)
        sheet.disc(x, y, 12, (*shown.rgb(), 255))
        sheet.region(f"swatch {first + k}", x - SPACING / 2, y - 18, SPACING, 36)


def _buttons(sheet: Sheet, buttons: tuple[Button, ...], width: float) -> None:
    x, y, height = EDGE, 95.0, 26.0
    buttons = _fitting(sheet, buttons, width - 2 * EDGE)
    widths = [sheet.width_of(label, 13) + 20 for _, label, _, _ in buttons]
    gap = min(12.0, (width - 2 * EDGE - sum(widths)) / max(1, len(buttons) - 1))
    for (key, label, on, fill), wide in zip(buttons, widths, strict=True):
        sheet.box(x, y, wide, height, height / 2, fill if on else RAISED)
        sheet.text(x + wide / 2, y + height / 2, label, 13, DARK if on and fill == WHITE else TEXT, "mm")
        sheet.region(f"key {key}", x, y, wide, height)
        x += wide + gap


def _fitting(sheet: Sheet, buttons: tuple[Button, ...], room: float) -> tuple[Button, ...]:
    """As many buttons as there is room for; before any is left out the effect goes without its name."""
    brief = tuple((key, label.partition(":")[0], on, fill) for key, label, on, fill in buttons)
    fewer = (tuple(button for button in brief if button[0] not in DISPENSABLE[:n]) for n in range(len(brief)))
    for some in (buttons, *fewer):
        if sum(sheet.width_of(label, 13) + 20 + GAP for _, label, _, _ in some) - GAP <= room:
            return some
    return ()


def _labels(controls: Controls) -> list[Button]:
    effects = controls.look.effects
    return [
        ("c", "Wheel", controls.wheel, WHITE),
        ("t", "Natural" if controls.method == "natural" else "HSV", controls.method == "hsv", WHITE),
        ("e", f"Effect: {named(effects)}", bool(effects), WHITE),
        ("b", "Before/after", controls.split is not None, WHITE),
        ("m", "Mask", controls.mask, WHITE),
        ("f", "Mirror", controls.mirror, WHITE),
        ("s", "Snapshot", False, WHITE),
        ("r", "Stop" if controls.recording else "Record", controls.recording, RED),
        ("space", "Resume" if controls.paused else "Pause", controls.paused, WHITE),
        ("i", "Info", controls.info, WHITE),
        ("h", "Help", controls.help, WHITE),
    ]
