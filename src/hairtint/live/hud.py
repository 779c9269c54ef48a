"""What lies over the picture in the window: which panels, where, and what is under the pointer. No window in here."""

from __future__ import annotations

from dataclasses import dataclass

from hairtint.live import bar, panels, wheel
from hairtint.live.controls import Controls
from hairtint.live.paint import Box, Panel
from hairtint.live.sources import Size

MARGIN = 16.0
SMALLEST, LARGEST = 0.62, 4.0  # pixels a unit
Place = tuple[int, int, int, int]  # left, top, width, height of the picture in the window


@dataclass(frozen=True, slots=True)
class Status:
    """What the window tells besides the choices.

    Attributes:
        trouble: why there is no picture.
        toast: something that just happened.
        figures: lines of figures, shown on demand.
        recorded: seconds recorded so far; None while nothing is recorded.
        active: whether the viewer did something lately: the bar hides when not.
    """

    trouble: str | None = None
    toast: str | None = None
    figures: tuple[str, ...] = ()
    recorded: int | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class Layer:
    """A panel and the pixel of the window that its corner lies on."""

    panel: Panel
    x: int
    y: int


def unit(size: Size) -> float:
    """Pixels a unit in a window of (width, height)."""
    return max(SMALLEST, min(LARGEST, size[0] / 1000, size[1] / 640))


def layers(size: Size, picture: Place | None, controls: Controls, status: Status) -> list[Layer]:
    """The panels over a window of (width, height), from the lowest to the topmost."""
    u = unit(size)
    found = []
    if controls.split is not None and picture:
        found += _divider(picture, controls.split, u)
    if status.active or controls.wheel or controls.paused:
        found.append(_put(size, bar.panel(controls, size[0] / u - 2 * MARGIN, u), 0.5, 1, u))
    if controls.wheel:
        found.append(_put(size, wheel.panel(controls.color, controls.hsv, u), 1, 1, u, up=bar.HEIGHT + 12))
    if controls.info and status.figures:
        found.append(_put(size, panels.figures(status.figures, u), 1, 0, u))
    if status.recorded is not None:
        found.append(_put(size, panels.recording(status.recorded, u), 0, 0, u))
    if status.toast:
        found.append(_put(size, panels.note(status.toast, u), 0.5, 1, u, up=bar.HEIGHT + 12))
    if status.trouble:
        found.append(_put(size, panels.note(status.trouble, u, 18.0), 0.5, 0.42, u))
    if controls.help:
        above = size[0], round(size[1] - (bar.HEIGHT + MARGIN) * u)
        found.append(_put(above, panels.help_panel(min(u, size[0] / (panels.HELP_WIDTH + 2 * MARGIN))), 0.5, 0.5, u))
    return found


def under(found: list[Layer], x: float, y: float) -> tuple[str, Box] | None:
    """The place at a pixel of the window and its box there; "" for a panel's empty parts, None for the picture."""
    for layer in reversed(found):
        height, width = layer.panel.rgba.shape[:2]
        inside_x, inside_y = x - layer.x, y - layer.y
        if 0 <= inside_x < width and 0 <= inside_y < height:
            place = layer.panel.at(inside_x, inside_y) or ""
            left, top, right, bottom = dict(layer.panel.regions).get(place, (0, 0, width, height))
            return place, (left + layer.x, top + layer.y, right + layer.x, bottom + layer.y)
    return None


def _put(size: Size, panel: Panel, across: float, down: float, u: float, up: float = 0.0) -> Layer:
    """A panel in the window: `across` and `down` from 0 to 1 between the margins, `up` units higher."""
    height, width = panel.rgba.shape[:2]
    margin = round(MARGIN * u)
    x = margin + across * (size[0] - 2 * margin - width)
    y = margin + down * (size[1] - 2 * margin - height) - up * u
    return Layer(panel, round(x), round(y))


def _divider(picture: Place, at: float, u: float) -> list[Layer]:
    """The handle of the dividing line and a caption on each side of it."""
    left, top, width, height = picture
    line, y = left + at * width, top + round(MARGIN * u)
    before, after, handle = panels.label("before", u), panels.label("after", u), panels.handle(u)
    gap, side = round(10 * u), handle.rgba.shape[0]
    return [
        Layer(before, round(line) - gap - before.rgba.shape[1], y),
        Layer(after, round(line) + gap, y),
        Layer(handle, round(line - side / 2), round(top + height / 2 - side / 2)),
    ]
