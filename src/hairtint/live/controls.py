"""What the viewer can choose, as an immutable state and the keys that change it. No window in here."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from hairtint.color import Color, palette
from hairtint.effects import Effect
from hairtint.look import Look
from hairtint.recolor import Method

Effects = tuple[Effect, ...]
Hsv = tuple[float, float, float]

STEP = 0.05  # of strength, for a key or a notch of the mouse wheel
DARKEST = 0.06  # value of HSV: below it a colour has no hue to come back to
PRESETS = ("gloss", "highlights", "lowlights", "roots", "ombre:platinum", "ombre:copper", "two-tone:platinum")
STRIP = tuple(Color.parse(dye.hex) for family in ("classic", "grey", "fashion") for dye in palette(family))


@dataclass(frozen=True, slots=True)
class Controls:
    """One state of the viewer's choices.

    Attributes:
        color: the dye.
        hsv: the same as hue, saturation and value in [0, 1], which keeps its hue where the colour has none.
        colors: what next and previous go through.
        strength, method, effects, largest_region, hsv_saturation: as in Look.
        presets: the effects to go through; the first is none.
        split: where the picture changes from before to after, from left (0) to right (1); None shows after alone.
        mask: show where the hair is found.
        mirror: show the picture as a mirror does.
        paused, recording, wheel, help, info, fullscreen, quit: on or off.
        snapshots: how many have been asked for.
        said: the last thing to tell the viewer, and how many there were before it.
    """

    color: Color
    hsv: Hsv
    colors: tuple[Color, ...] = STRIP
    strength: float = 1.0
    method: Method = "natural"
    effects: Effects = ()
    presets: tuple[Effects, ...] = ((),)
    largest_region: bool = False
    hsv_saturation: bool | float = False
    split: float | None = None
    mask: bool = False
    mirror: bool = True
    paused: bool = False
    recording: bool = False
    wheel: bool = False
    help: bool = False
    info: bool = False
    fullscreen: bool = False
    quit: bool = False
    snapshots: int = 0
    said: tuple[int, str] = (0, "")

    @property
    def look(self) -> Look:
        """What the tinter needs; effects belong to the natural method, saturation to the other."""
        if self.method == "natural":
            return Look(self.color, self.strength, self.method, self.effects, self.largest_region)
        return Look(self.color, self.strength, self.method, (), self.largest_region, self.hsv_saturation)

    def dyed(self, color: Color) -> Controls:
        """This colour instead."""
        return replace(self, color=color, hsv=color.hsv())

    def picked(self, hsv: Hsv) -> Controls:
        """This hue, saturation and value instead, each from 0 to 1."""
        hue, saturation, value = hsv[0] % 1.0, _limited(hsv[1]), max(DARKEST, _limited(hsv[2]))
        return replace(self, color=Color.from_hsv(hue, saturation, value), hsv=(hue, saturation, value))

    def strong(self, strength: float) -> Controls:
        """This strength instead, kept within 0 and 1."""
        return replace(self, strength=round(_limited(strength), 2))

    def saying(self, text: str) -> Controls:
        """Something to tell the viewer."""
        return replace(self, said=(self.said[0] + 1, text))


@dataclass(frozen=True, slots=True)
class Key:
    """A key: its name as SDL calls it, what it does in words, the step it takes, and whether it does while held."""

    name: str
    does: str
    act: Callable[[Controls], Controls]
    repeats: bool = False


def begin(look: Look) -> Controls:
    """The state to begin with; a colour or effects of the viewer's own come first in what can be gone through."""
    colors = STRIP if look.color in STRIP else (look.color, *STRIP)
    presets: list[Effects] = [(), *([look.effects] if look.effects else [])]
    presets += [(Effect.parse(text),) for text in PRESETS]
    return Controls(
        look.color, look.color.hsv(), colors, look.strength, look.method, look.effects,
        tuple(dict.fromkeys(presets)), look.largest_region, look.hsv_saturation,
    )  # fmt: skip


def press(state: Controls, name: str, *, held: bool = False) -> Controls:
    """The state after a key, or after another moment of holding it down; an unknown key changes nothing."""
    found = _BY_NAME.get(ALIASES.get(name, name))
    return found.act(state) if found and (found.repeats or not held) else state


def point(state: Controls, place: str, x: float, y: float) -> Controls:
    """The state after pointing at a place of the window; x and y run over it from 0 to 1, dragging may go beyond.

    Places: "key NAME", "swatch NUMBER", "strength", "split", "disc" (the colour wheel) and "value" (its slider).
    """
    kind, _, rest = place.partition(" ")
    match kind:
        case "key":
            return press(state, rest)
        case "swatch":
            return state.dyed(state.colors[int(rest)])
        case "strength":
            return state.strong(x)
        case "split":
            return replace(state, split=_limited(x))
        case "disc":
            hue, saturation = polar(x, y)
            return state.picked((hue, saturation, state.hsv[2]))
        case "value":
            return state.picked((*state.hsv[:2], x))
    return state


def polar(x: float, y: float) -> tuple[float, float]:
    """Hue and saturation in [0, 1] at a place of the colour wheel, whose square runs from 0 to 1; red is right."""
    across, up = 2 * x - 1, 1 - 2 * y
    return math.atan2(up, across) / math.tau % 1.0, min(1.0, math.hypot(across, up))


def obey(state: Controls, command: dict[str, Any]) -> Controls:
    """The state after a choice made in a browser: {"color": "#rrggbb"}, {"strength": x} or {"mask": bool}."""
    for key, value in command.items():
        match key:
            case "color":
                state = state.dyed(Color.parse(value))
            case "strength":
                state = state.strong(float(value))
            case "mask":
                state = replace(state, mask=bool(value))
    return state


def _limited(value: float) -> float:
    return min(1.0, max(0.0, value))


def _after(items: tuple[Any, ...], now: Any, step: int) -> Any:
    """The next or previous item, around the end; for one that is not among them, the first or last."""
    if now not in items:
        return items[0 if step > 0 else -1]
    return items[(items.index(now) + step) % len(items)]


def _color(step: int) -> Callable[[Controls], Controls]:
    return lambda state: state.dyed(_after(state.colors, state.color, step))


def _strength(step: float) -> Callable[[Controls], Controls]:
    return lambda state: state.strong(state.strength + step)


def _method(state: Controls) -> Controls:
    other: Method = "hsv" if state.method == "natural" else "natural"
    return replace(state, method=other)


def _effect(state: Controls) -> Controls:
    """The next effect, and the method that has effects."""
    return replace(state, effects=_after(state.presets, state.effects, 1), method="natural")


def named(effects: Iterable[Effect]) -> str:
    """Effects in words: "ombre platinum + gloss", or "none"."""
    words = []
    for effect in effects:
        color = getattr(effect, "color", None)
        words.append(f"{effect.kind} {color}" if color else effect.kind)
    return " + ".join(words) or "none"


def _split(state: Controls) -> Controls:
    return replace(state, split=0.5 if state.split is None else None)


def _toggle(field: str) -> Callable[[Controls], Controls]:
    def act(state: Controls) -> Controls:
        changes: dict[str, Any] = {field: not getattr(state, field)}
        return replace(state, **changes)

    return act


def _snapshot(state: Controls) -> Controls:
    return replace(state, snapshots=state.snapshots + 1)


def _back(state: Controls) -> Controls:
    """Close what is open, one thing at a time; with nothing open, the end."""
    for field in ("help", "wheel", "fullscreen"):
        if getattr(state, field):
            return _toggle(field)(state)
    return replace(state, quit=True)


KEYS = (
    Key("right", "next colour", _color(1), repeats=True),
    Key("left", "previous colour", _color(-1), repeats=True),
    Key("up", "stronger", _strength(STEP), repeats=True),
    Key("down", "weaker", _strength(-STEP), repeats=True),
    Key("c", "colour wheel", _toggle("wheel")),
    Key("t", "method: natural or hsv", _method),
    Key("e", "next effect", _effect),
    Key("b", "before and after", _split),
    Key("m", "show the mask", _toggle("mask")),
    Key("l", "largest region only", _toggle("largest_region")),
    Key("f", "mirror", _toggle("mirror")),
    Key("space", "pause", _toggle("paused")),
    Key("s", "snapshot", _snapshot),
    Key("r", "record", _toggle("recording")),
    Key("i", "frames per second, latency", _toggle("info")),
    Key("f11", "full screen", _toggle("fullscreen")),
    Key("h", "this help", _toggle("help")),
    Key("q", "quit", lambda state: replace(state, quit=True)),
    Key("escape", "back, then quit", _back),
)
ALIASES = {"n": "right", "p": "left", "+": "up", "-": "down", "=": "up", "f1": "h", "?": "h", "d": "b"}
_BY_NAME = {key.name: key for key in KEYS}
