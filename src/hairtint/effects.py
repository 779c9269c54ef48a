"""What a hairdresser does beyond one colour: small frozen objects that `recolor(..., effects=[...])` paints in turn."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import MISSING, dataclass, fields
from typing import Any, ClassVar

import cv2
import numpy as np

from hairtint.canvas import F32, Rows, mix
from hairtint.color import Color, ColorLike
from hairtint.errors import InputError
from hairtint.natural import at_level, lightness_of
from hairtint.pixels import U8
from hairtint.shade import GREY_LIGHTNESS

_HEX = re.compile(r"[0-9a-f]{3}|[0-9a-f]{6}", re.IGNORECASE)  # a colour, even where it could be a number


def is_share(value: object) -> bool:
    """Whether a value is a number from 0 to 1, of Python or numpy."""
    return isinstance(value, int | float | np.integer | np.floating) and bool(0 <= value <= 1)


@dataclass(frozen=True)
class Effect:
    """One effect; the root of all. Numbers lie in [0, 1]; colours are anything that `Color.parse` reads."""

    kind: ClassVar[str] = ""

    def __post_init__(self) -> None:
        """Refuse numbers outside [0, 1] and read the colours, so that a mistake shows where it is made."""
        for name, value in self._values():
            if name == "color":
                if value is not None or name in _needed(type(self)):
                    object.__setattr__(self, name, Color.parse(value))
            elif not is_share(value):
                raise InputError(f"{self.kind}: {name} is {value!r}, give a number from 0 to 1")
            elif isinstance(value, np.number):
                object.__setattr__(self, name, value.item())  # which is written as it is read

    @staticmethod
    def parse(text: Effect | str) -> Effect:
        """Read "kind:value:value", for example "ombre:platinum:0.5", "gloss:0.4" or "highlights".

        Colours and numbers may come in any order; numbers fill the effect's numbers from the first on. What is no
        number in [0, 1], or has three or six hex digits, is the colour, where one is taken: "ombre:7" is level 7,
        "ombre:000000" black. An Effect comes back as it is.

        Raises:
            InputError: there is no such effect, or it does not take these values.
            ColorError: a colour cannot be read.
        """
        if isinstance(text, Effect):
            return text
        kind, *parts = (p.strip() for p in str(text).split(":"))
        if kind.lower() not in EFFECTS:
            raise InputError(f"unknown effect {kind[:40]!r}: choose one of {', '.join(EFFECTS)}")
        return EFFECTS[kind.lower()]._from(parts)

    @classmethod
    def _from(cls, parts: list[str]) -> Effect:
        names = [f.name for f in fields(cls)]
        numbers = [n for n in names if n != "color"]
        values: dict[str, Any] = {}
        for part in filter(None, parts):
            number = _number(part)
            other = number is None or not 0 <= number <= 1 or _HEX.fullmatch(part)
            if other and "color" in names and "color" not in values:
                values["color"] = part
            elif number is not None and numbers:
                values[numbers.pop(0)] = number
            else:
                raise InputError(f"{cls.kind}: {part[:40]!r} is too much, write {cls.usage()}")
        try:
            return cls(**values)
        except TypeError:
            raise InputError(f"{cls.kind} needs a colour: write {cls.usage()}") from None

    @classmethod
    def usage(cls) -> str:
        """How to write the effect as text: "ombre:COLOR:START:SOFTNESS"."""
        return ":".join([cls.kind, *(f.name.upper() for f in fields(cls))])

    def paint(self, dyed: U8, rows: Rows) -> U8:
        """The effect on rows of hair that is already dyed: uint8 (h, W, 3) to new uint8 (h, W, 3)."""
        raise NotImplementedError

    def __str__(self) -> str:
        """The text that `parse` reads back."""
        values = (v for _, v in self._values() if v is not None)
        return ":".join([self.kind, *(v.hex if isinstance(v, Color) else _written(v) for v in values)])

    def _values(self) -> list[tuple[str, Any]]:
        return [(f.name, getattr(self, f.name)) for f in fields(self)]


@dataclass(frozen=True)
class Ombre(Effect):
    """A second colour towards the tips, run into the first lock by lock as in balayage.

    Attributes:
        color: the colour of the tips.
        start: where along the hair it is half and half, from the crown (0) to the tips (1).
        softness: the length of the transition.
    """

    kind: ClassVar[str] = "ombre"
    color: ColorLike
    start: float = 0.5
    softness: float = 0.4

    def paint(self, dyed: U8, rows: Rows) -> U8:
        """The effect on rows of hair that is already dyed: uint8 (h, W, 3) to new uint8 (h, W, 3)."""
        along = rows.widen(rows.canvas.along) + np.float32(0.08) * rows.widen(rows.canvas.strands)
        return mix(dyed, rows.dyed(Color.parse(self.color)), _step(along, self.start, self.softness))


@dataclass(frozen=True)
class RootShadow(Effect):
    """Darker roots, as if the dye had grown out.

    Attributes:
        color: the colour of the roots; None is the main dye in its own shadow.
        depth: how far down the hair it reaches: from nowhere (0) to the tips (1).
        amount: how much of it there is at the crown.
    """

    kind: ClassVar[str] = "roots"
    color: ColorLike | None = None
    depth: float = 0.4
    amount: float = 0.8

    def paint(self, dyed: U8, rows: Rows) -> U8:
        """The effect on rows of hair that is already dyed: uint8 (h, W, 3) to new uint8 (h, W, 3)."""
        along = rows.widen(rows.canvas.along) + np.float32(0.15 * self.depth) * rows.widen(rows.canvas.strands)
        weight = 1 - _step(along, 0.7 * self.depth, 1.1 * self.depth)
        amount = self.amount if self.depth else 0.0  # the step keeps a width
        return mix(dyed, rows.dyed(_other(self.color, rows, -40)), np.float32(amount) * weight)


@dataclass(frozen=True)
class Highlights(Effect):
    """Single locks in a lighter colour: those that stand out in the light already, so they stay put in video.

    Attributes:
        color: the colour of the locks; None is a lighter tone of the main dye.
        amount: how strong they are.
        share: how many there are: from none (0) to all that are lighter than their neighbours (1), run out softly.
    """

    kind: ClassVar[str] = "highlights"
    side: ClassVar[int] = 1
    color: ColorLike | None = None
    amount: float = 0.7
    share: float = 0.5

    def paint(self, dyed: U8, rows: Rows) -> U8:
        """The effect on rows of hair that is already dyed: uint8 (h, W, 3) to new uint8 (h, W, 3)."""
        locks = _step(self.side * rows.widen(rows.canvas.strands), 0.1 + 1.35 * (1 - self.share) ** 2, 0.9)
        if self.side > 0:
            locks *= 1 - rows.widen(rows.canvas.parting)  # else its skin would be the fattest lock
        other = rows.dyed(_other(self.color, rows, 24 * self.side))
        return mix(dyed, other, np.float32(self.amount) * locks)


@dataclass(frozen=True)
class Lowlights(Highlights):
    """Single locks in a darker colour: those that lie deeper already.

    Attributes:
        color: the colour of the locks; None is a darker tone of the main dye.
        amount: how strong they are.
        share: how many there are: from none (0) to all that are darker than their neighbours (1), run out softly.
    """

    kind: ClassVar[str] = "lowlights"
    side: ClassVar[int] = -1


@dataclass(frozen=True)
class TwoTone(Effect):
    """The half on the right of the picture in a second colour, from the parting on.

    Attributes:
        color: the colour of that half.
        softness: the width of the transition.
    """

    kind: ClassVar[str] = "two-tone"
    color: ColorLike
    softness: float = 0.1

    def paint(self, dyed: U8, rows: Rows) -> U8:
        """The effect on rows of hair that is already dyed: uint8 (h, W, 3) to new uint8 (h, W, 3)."""
        across = rows.widen(rows.canvas.across) + np.float32(0.06) * rows.widen(rows.canvas.strands)
        weight = _step(across, 0.0, self.softness)
        return mix(dyed, rows.dyed(Color.parse(self.color)), weight)


@dataclass(frozen=True)
class Gloss(Effect):
    """More shine: the light that the hair already throws back turns brighter and whiter, its shadows a little deeper.

    Attributes:
        amount: how much.
    """

    kind: ClassVar[str] = "gloss"
    amount: float = 0.5

    def paint(self, dyed: U8, rows: Rows) -> U8:
        """The effect on rows of hair that is already dyed: uint8 (h, W, 3) to new uint8 (h, W, 3)."""
        shade = rows.canvas.shade
        reach = max(shade.high - shade.lightness, 6.0)
        shine = 0.45 * self.amount * _step(GREY_LIGHTNESS, shade.lightness + 0.9 * reach, 1.6 * reach)
        depth = 0.2 * self.amount * (1 - _step(GREY_LIGHTNESS, shade.lightness - 0.5 * reach, reach))
        deeper = mix(dyed, np.zeros_like(dyed), _looked_up(rows.grey, depth))
        return mix(deeper, np.full_like(dyed, 255), _looked_up(rows.grey, shine))


Effects = Iterable[Effect | str] | Effect | str
"""One effect, or several in the order of their painting, as objects or as text that `Effect.parse` reads."""

EFFECTS: dict[str, type[Effect]] = {e.kind: e for e in (Ombre, RootShadow, Highlights, Lowlights, TwoTone, Gloss)}
"""All effects by the name that `Effect.parse` takes."""


def _step(values: F32, middle: float, width: float) -> F32:
    """A smooth step from 0 to 1 around `middle`."""
    t = np.clip((values - np.float32(middle)) / np.float32(max(width, 1e-3)) + np.float32(0.5), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def _looked_up(grey: U8, table: F32) -> F32:
    return np.asarray(cv2.LUT(grey, np.asarray(table, np.float32)), np.float32)


def _other(color: ColorLike | None, rows: Rows, change: float) -> Color:
    """The colour asked for, or the main dye made lighter or darker by `change` of L*."""
    if color is not None:
        return Color.parse(color)
    return at_level(rows.dye, float(np.clip(lightness_of(rows.dye) + change, 8, 92)))


def _needed(kind: type[Effect]) -> list[str]:
    """The fields of an effect that have no default."""
    return [f.name for f in fields(kind) if f.default is MISSING]


def _written(number: float) -> str:
    return repr(number) if number % 1 else f"{number:g}"


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
