"""Colours: from what people write to three numbers, and the palette of named dyes."""

from __future__ import annotations

import colorsys
import difflib
import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import lru_cache
from typing import Union

from hairtint.errors import ColorError
from hairtint.palette import DYES, FAMILIES, Dye, by_hex, by_name, plain
from hairtint.whole_number import whole

ColorLike = Union["Color", str, Sequence[int]]
LONGEST_GUESS = 40  # characters: what is longer was no mistyped name, and comparing it takes long
_NO_CHANNELS = (bytes, bytearray, memoryview, Set, Mapping)  # of three items, and no colour: text, or in any order
_HEX = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})", re.IGNORECASE)
_RGB = re.compile(r"rgb\(\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Color:
    """One opaque sRGB colour; each channel is an int from 0 to 255.

    Raises:
        ColorError: a channel is not a whole number from 0 to 255.
    """

    red: int
    green: int
    blue: int

    def __post_init__(self) -> None:
        """Refuse channels that no pixel can hold; those of numpy become Python's."""
        for name, value in zip(("red", "green", "blue"), self.rgb(), strict=True):
            number = whole(value)
            if number is None or not 0 <= number <= 255:
                raise ColorError(f"colour channel {value!r}: give three whole numbers from 0 to 255")
            object.__setattr__(self, name, number)

    @classmethod
    def parse(cls, value: ColorLike) -> Color:
        """Read a colour in any of the usual notations.

        Args:
            value: "#b5562b", "b5562b", "#abc", "rgb(181, 86, 43)", the name of a dye in the palette ("auburn", in any
                case, with spaces, hyphens or underscores), three ints (r, g, b), or a Color, which comes back as it is.

        Raises:
            ColorError: it is none of these; the message names the nearest dyes.
        """
        if isinstance(value, Color):
            return value
        if isinstance(value, str):
            return cls._read(value.strip())
        try:
            if isinstance(value, _NO_CHANNELS):
                raise TypeError
            red, green, blue = value
        except (TypeError, ValueError):
            raise ColorError(f'colour {value!r}: give "#b5562b", "rgb(181, 86, 43)", a name or (r, g, b)') from None
        return cls(red, green, blue)

    @classmethod
    @lru_cache(maxsize=256)
    def _read(cls, text: str) -> Color:
        # names first: "bad" would be a name of somebody's dye and a hex number alike, a palette is the smaller surprise
        if dye := by_name(text):
            return cls.from_hex(dye.hex)
        if _HEX.fullmatch(text):
            return cls.from_hex(text)
        if found := _RGB.fullmatch(text):
            return cls(*(int(v) for v in found.groups()))
        near = suggest(text)
        hint = f"did you mean {' or '.join(near)}?" if near else 'give "#b5562b", "rgb(181, 86, 43)" or a named dye'
        raise ColorError(f"unknown colour {text[:40]!r}: {hint}")

    @classmethod
    def from_hex(cls, text: str) -> Color:
        """A colour from three or six hexadecimal digits, with or without "#"; ColorError otherwise."""
        if not isinstance(text, str) or not (found := _HEX.fullmatch(text.strip())):
            raise ColorError(f'{str(text)[:40]!r} is not a hex colour: write it like "#b5562b" or "#abc"')
        digits = found[1] if len(found[1]) == 6 else "".join(d * 2 for d in found[1])
        return cls(int(digits[0:2], 16), int(digits[2:4], 16), int(digits[4:6], 16))

    @classmethod
    def from_hsv(cls, hue: float, saturation: float, value: float) -> Color:
        """The nearest colour to a hue, saturation and value, each in [0, 1]."""
        return cls(*(round(255 * channel) for channel in colorsys.hsv_to_rgb(hue, saturation, value)))

    @property
    def hex(self) -> str:
        """The colour as "#rrggbb", lower case."""
        return f"#{self.red:02x}{self.green:02x}{self.blue:02x}"

    @property
    def name(self) -> str | None:
        """The name of the dye in the palette that has exactly this colour, or None."""
        dye = by_hex(self.hex)
        return dye.name if dye else None

    def rgb(self) -> tuple[int, int, int]:
        """Red, green and blue, each from 0 to 255."""
        return self.red, self.green, self.blue

    def hsv(self) -> tuple[float, float, float]:
        """Hue, saturation and value, each in [0, 1]."""
        return colorsys.rgb_to_hsv(*(channel / 255 for channel in self.rgb()))

    def __str__(self) -> str:
        """The name where the colour has one, else the hex notation."""
        return self.name or self.hex


def suggest(text: str) -> list[str]:
    """Names of the dyes that are written most like `text`, best first, or some of the family that it names; at most
    three, often none."""
    if len(text) > LONGEST_GUESS:
        return []
    name = plain(text)
    family = [dye.name for dye in DYES if dye.family == name]
    return family[:3] or difflib.get_close_matches(name, [dye.name for dye in DYES], n=3, cutoff=0.6)


def palette(family: str | None = None) -> tuple[Dye, ...]:
    """The named dyes in the order of the colour chart, or those of one family.

    Raises:
        ColorError: there is no such family.
    """
    if family is None:
        return DYES
    if family not in FAMILIES:
        raise ColorError(f"no family {family!r}: choose one of {', '.join(FAMILIES)}")
    return tuple(d for d in DYES if d.family == family)
