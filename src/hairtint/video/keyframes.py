"""Looks that change over time, written by hand in a small TOML file.

    # looks.toml: brown at first, copper from 0:02 to 0:04, then a sudden blue
    [[look]]
    at = 0
    color = "chestnut"

    [[look]]
    at = 2
    color = "copper"

    [[look]]
    at = "0:04"
    color = "blue"
    effects = ["gloss:0.4"]
    sudden = true

`at` is the time in the input that a player shows, in seconds or as "M:SS" or "H:MM:SS". Between two looks the colour
goes straight through CIELAB and the strength straight through its numbers; effects change when their time comes. A look
with `sudden = true` is not approached: the one before it stays until then. Before the first look and after the last
nothing changes. What a look leaves out (color, strength, effects) it has from the look before.
"""

from __future__ import annotations

import os
import tomllib
from bisect import bisect_right
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from hairtint.color import Color
from hairtint.effects import Effect
from hairtint.errors import HairtintError, InputError, one_line, reason
from hairtint.look import Look
from hairtint.video.timecode import seconds

_MOST_BYTES = 1 << 20
_KEYS = ("at", "color", "strength", "effects", "sudden")


@dataclass(frozen=True, slots=True)
class Keyframes:
    """Looks with their times.

    Attributes:
        times: in seconds, rising.
        looks: as many.
        sudden: for each look, whether it comes without being approached.
    """

    times: tuple[float, ...]
    looks: tuple[Look, ...]
    sudden: tuple[bool, ...]

    @classmethod
    def load(cls, path: str | os.PathLike[str], common: Look | None = None) -> Keyframes:
        """Read a script.

        Args:
            path: a TOML file as above.
            common: its method, hsv_saturation and largest_region hold for all looks, its strength and effects where the
                first look leaves them out; its colour does not count.

        Raises:
            InputError: the file cannot be read or is no such script; the message is one line that says where.
            ColorError: a colour cannot be read.
        """
        name = one_line(path)
        try:
            with Path(path).open("rb") as file:
                data = file.read(_MOST_BYTES + 1)
            if len(data) > _MOST_BYTES:
                raise InputError(f"{name} is too large for a script of looks: name the right file")
            script = tomllib.loads(data.decode("utf-8-sig"))
        except OSError as error:
            raise InputError(f"{name} cannot be read ({reason(error)}): name a script of looks") from None
        except (ValueError, RecursionError) as error:  # ValueError: not TOML, not UTF-8, or a number without end
            raise InputError(f"{name} is not a script of looks ({one_line(error)}): see docs/video.md") from None
        return cls._of(script, common or Look(Color(0, 0, 0)), name)

    @classmethod
    def _of(cls, script: dict[str, Any], common: Look, name: str) -> Keyframes:
        entries = script.get("look")
        proper = isinstance(entries, list) and entries and all(isinstance(e, dict) for e in entries)
        if set(script) != {"look"} or not isinstance(entries, list) or not proper:
            raise InputError(f"{name}: write looks as [[look]] with at and color, and nothing else")
        times: list[float] = []
        looks: list[Look] = []
        for number, entry in enumerate(entries, 1):
            where = f"{name}, look {number}"
            time, look = _read(entry, looks[-1] if looks else _first(entry, common, where), where)
            if times and time <= times[-1]:
                raise InputError(f"{where}: at {time:g} s does not come after {times[-1]:g} s; put them in order")
            times.append(time)
            looks.append(look)
        return cls(tuple(times), tuple(looks), tuple(bool(e.get("sudden")) for e in entries))

    def __call__(self, time: float) -> Look:
        """The look at a time in seconds."""
        after = bisect_right(self.times, time)
        if after == 0:
            return self.looks[0]
        before = self.looks[after - 1]
        if after == len(self.looks) or self.sudden[after]:
            return before
        start, end = self.times[after - 1], self.times[after]
        return between(before, self.looks[after], (time - start) / (end - start))


def between(first: Look, second: Look, share: float) -> Look:
    """The look on the way from the first (share 0) to the second (share 1); effects and method are the first's."""
    strength = first.strength + share * (second.strength - first.strength)
    return replace(first, color=blend(first.color, second.color, share), strength=strength)


def blend(first: Color, second: Color, share: float) -> Color:
    """The colour on the straight way through CIELAB from the first (share 0) to the second (share 1)."""
    if first == second or share <= 0:
        return first
    pair = np.array([[first.rgb(), second.rgb()]], np.float32) / 255
    lab = cv2.cvtColor(pair, cv2.COLOR_RGB2LAB)
    mixed = lab[:, :1] + np.float32(min(share, 1)) * (lab[:, 1:] - lab[:, :1])
    red, green, blue = np.clip(np.rint(cv2.cvtColor(mixed, cv2.COLOR_LAB2RGB)[0, 0] * 255), 0, 255)
    return Color(int(red), int(green), int(blue))


def _first(entry: dict[str, Any], common: Look, where: str) -> Look:
    if "color" not in entry:
        raise InputError(f'{where}: the first look needs a colour, like color = "copper"')
    return common


def _read(entry: dict[str, Any], before: Look, where: str) -> tuple[float, Look]:
    if unknown := sorted(set(entry) - set(_KEYS)):
        raise InputError(f"{where}: unknown {unknown[0][:40]!r}; a look has {', '.join(_KEYS)}")
    if "at" not in entry:
        raise InputError(f"{where}: say when, like at = 2.5")
    if not isinstance(entry.get("sudden", False), bool):
        raise InputError(f"{where}: sudden is true or false")
    try:
        time = seconds(entry["at"])
        color = Color.parse(_text(entry["color"])) if "color" in entry else before.color
        effects = tuple(map(Effect.parse, _texts(entry["effects"]))) if "effects" in entry else before.effects
        return time, replace(before, color=color, effects=effects, strength=entry.get("strength", before.strength))
    except HairtintError as error:
        raise type(error)(f"{where}: {error}") from None
    except ValueError:  # a message with a number of more digits than Python writes
        raise InputError(f"{where}: a number has thousands of digits, write a shorter one") from None


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise InputError(f"{value!r} must be text in quotes")
    return value


def _texts(value: object) -> list[str]:
    if not isinstance(value, list):
        raise InputError('effects is a list, like ["gloss:0.4"]')
    return [_text(v) for v in value]
