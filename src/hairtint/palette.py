"""The palette of named dyes: hairdressers' levels 1 to 10 in three tones, classics, greys and fashion colours.

The levels follow the international chart of hair colour (1 black ... 10 lightest blonde). The neutral shades set the
lightness of a level; warm ones lean to gold and copper, ash ones to grey-green, as the pigments of the trade do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

FAMILIES = ("neutral", "warm", "ash", "classic", "grey", "fashion")


@dataclass(frozen=True, slots=True)
class Dye:
    """A named dye: `name` in lower case, `hex` as "#rrggbb", `family` one of FAMILIES."""

    name: str
    hex: str
    family: str


_LEVELS = {
    1: ("black", "#181615", "#1c1614", "#15171a"),
    2: ("darkest brown", "#221c1a", "#2a1d17", "#1f1e1f"),
    3: ("dark brown", "#32271f", "#3c281c", "#2d2926"),
    4: ("brown", "#453427", "#533522", "#3f3731"),
    5: ("light brown", "#5c4533", "#6d4529", "#54493f"),
    6: ("dark blonde", "#785c43", "#8a5b35", "#6d5f51"),
    7: ("blonde", "#967653", "#aa7642", "#897862"),
    8: ("light blonde", "#b49468", "#c79452", "#a49479"),
    9: ("very light blonde", "#cdb184", "#dcb06a", "#bfb094"),
    10: ("lightest blonde", "#e0caa0", "#ecca88", "#d5c8ac"),
}
_NAMED = {
    "classic": {
        "jet black": "#111111",
        "espresso": "#2b1d17",
        "chocolate": "#43291c",
        "chestnut": "#5a3825",
        "mahogany": "#5b2420",
        "burgundy": "#6b1f33",
        "auburn": "#8e3b2f",
        "cinnamon": "#94502f",
        "copper": "#b5562b",
        "ginger": "#c8703a",
        "strawberry blonde": "#d69a6b",
        "caramel": "#a5733f",
        "honey": "#c9964f",
        "golden blonde": "#d9b36b",
        "sandy blonde": "#c4a57a",
        "champagne": "#e2cba4",
    },
    "grey": {
        "platinum": "#e6d4bb",
        "pearl": "#dcd6d0",
        "silver": "#b9bcc2",
        "ash grey": "#8f9196",
        "steel": "#6d737c",
        "graphite": "#44474d",
        "white": "#eeeae4",
    },
    "fashion": {
        "red": "#b3202a",
        "cherry": "#8c1530",
        "orange": "#e0722a",
        "peach": "#f0a582",
        "yellow": "#e6c63c",
        "lime": "#9ec73f",
        "green": "#2f8a52",
        "emerald": "#13695a",
        "mint": "#9ad6bd",
        "turquoise": "#2ca6ab",
        "sky blue": "#74b3e0",
        "blue": "#2f5fc4",
        "navy": "#1f2f5c",
        "violet": "#6a3fb0",
        "purple": "#5b2470",
        "lavender": "#b7a1d8",
        "magenta": "#b8257f",
        "pink": "#e06a9f",
        "pastel pink": "#f0b3c6",
        "rose gold": "#d8a091",
    },
}


def _chart() -> tuple[Dye, ...]:
    tones = ("neutral", "warm", "ash")
    levels = [
        Dye(name if tone == "neutral" else f"{tone} {name}", shades[k], tone)
        for k, tone in enumerate(tones)
        for name, *shades in _LEVELS.values()
    ]
    named = [Dye(name, code, family) for family, dyes in _NAMED.items() for name, code in dyes.items()]
    return (*levels, *named)


DYES = _chart()


def by_name(text: str) -> Dye | None:
    """The dye of this name, in any case, with spaces, hyphens or underscores; a level also as "7 ash"."""
    return _index().get(plain(text))


def plain(text: str) -> str:
    """A name as the palette writes it."""
    return " ".join(re.split(r"[\s_/-]+", text.strip().lower())).replace("gray", "grey")


def by_hex(code: str) -> Dye | None:
    """The dye of exactly this "#rrggbb" in lower case."""
    return _codes().get(code)


@cache
def _index() -> dict[str, Dye]:
    names = {dye.name: dye for dye in DYES}
    levels = {
        f"{word}{level}{suffix}": names[prefix + shades[0]]
        for word in ("", "level ")
        for level, shades in _LEVELS.items()
        for suffix, prefix in (("", ""), (" warm", "warm "), (" ash", "ash "))
    }
    return {**levels, **{n.replace("blonde", "blond"): d for n, d in names.items()}, **names}


@cache
def _codes() -> dict[str, Dye]:
    return {dye.hex: dye for dye in reversed(DYES)}
