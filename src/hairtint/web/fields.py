"""The fields of requests: described once, for reading them and for the OpenAPI document."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hairtint.color import Color
from hairtint.effects import EFFECTS, Effect, is_share
from hairtint.errors import HairtintError
from hairtint.recolor import METHODS
from hairtint.web.problems import Problem

MOST_EFFECTS = 8


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a request.

    Attributes:
        name: in JSON, forms and queries alike.
        about: one sentence for the documentation.
        schema: JSON Schema of the value.
        read: what the rest of the program gets, from a JSON value; a ValueError or HairtintError says what is wrong.
        text: a JSON value from the text of a form or query.
        many: whether a form or query may hold it several times, for a list.
        default: the value where the field is missing.
        required: whether it must not be missing.
    """

    name: str
    about: str
    schema: dict[str, Any]
    read: Callable[[Any], Any]
    text: Callable[[str], Any] = str
    many: bool = False
    default: Any = None
    required: bool = False

    def described(self) -> dict[str, Any]:
        """The JSON Schema with what the field is for."""
        known = self.default is not None and self.default != ()
        return {**self.schema, "description": self.about, **({"default": self.default} if known else {})}


def read(fields: Sequence[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of all fields, by name, out of a JSON object; Problem 422 where one is missing, wrong or unknown."""
    known = {field.name: field for field in fields}
    for name in values:
        if not known:
            raise Problem(422, f"this address takes no fields; leave {str(name)[:40]!r} out", field=str(name)[:40])
        if name not in known:
            near = difflib.get_close_matches(str(name)[:40], known, 1)
            hint = f'did you mean "{near[0]}"?' if near else f"choose among {', '.join(known)}"
            raise Problem(422, f"unknown field {str(name)[:40]!r}: {hint}", field=str(name)[:40])
    return {field.name: _value(field, values) for field in fields}


def from_texts(fields: Sequence[Field], texts: Mapping[str, list[str]]) -> dict[str, Any]:
    """A JSON object out of the texts of a form or query; Problem 422 where a text cannot stand for any value."""
    known = {field.name: field for field in fields}
    values: dict[str, Any] = {}
    for name, found in texts.items():
        field = known.get(name)
        if field is None or field.many:
            values[name] = found
        elif len(found) > 1:
            raise Problem(422, f"{name} was sent {len(found)} times; send it once", field=name)
        else:
            values[name] = _converted(field, found[0])
    return values


def _value(field: Field, values: Mapping[str, Any]) -> Any:
    if field.name not in values:
        if field.required:
            raise Problem(422, f"{field.name} is missing: {field.about}", field=field.name)
        return field.default
    try:
        return field.read(values[field.name])
    except (ValueError, HairtintError) as error:
        text = str(error)
        line = text if text.startswith(field.name) else f"{field.name}: {text}"
        raise Problem(422, " ".join(line.split()), field=field.name) from None


def _converted(field: Field, text: str) -> Any:
    try:
        return field.text(text)
    except ValueError:
        return text  # `read` refuses it and says what it wants


def share(name: str, about: str, default: float) -> Field:
    """A number from 0 to 1."""

    def check(value: Any) -> float:
        if isinstance(value, bool) or not is_share(value):
            raise ValueError("give a number from 0 to 1")
        return float(value)

    schema = {"type": "number", "minimum": 0, "maximum": 1}
    return Field(name, about, schema, check, _number, default=default)


def whole(name: str, about: str, low: int, high: int) -> Field:
    """A whole number from `low` to `high`, or nothing."""

    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high or value % 1:
            raise ValueError(f"give a whole number from {low} to {high}")
        return int(value)

    return Field(name, about, {"type": "integer", "minimum": low, "maximum": high}, check, _number)


def flag(name: str, about: str) -> Field:
    """Yes or no; no where it is missing."""

    def check(value: Any) -> bool:
        if not isinstance(value, bool):
            raise ValueError("give true or false")
        return value

    return Field(name, about, {"type": "boolean"}, check, _flag, default=False)


def choice(name: str, about: str, values: Sequence[str], default: str | None = None) -> Field:
    """One of some words."""

    def check(value: Any) -> str:
        if value not in values:
            raise ValueError(f"choose one of {', '.join(values)}")
        return str(value)

    return Field(name, about, {"type": "string", "enum": list(values)}, check, default=default)


def word(name: str, about: str, pattern: str, least: int, most: int) -> Field:
    """A short text of the characters of `pattern`, a JSON Schema pattern for one character."""
    whole_text = f"^{pattern}{{{least},{most}}}$"

    def check(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(f"{pattern}{{{least},{most}}}", value):
            raise ValueError(f"give {least} to {most} characters of {pattern}")
        return value

    return Field(name, about, {"type": "string", "pattern": whole_text}, check)


def color(*, required: bool = True) -> Field:
    """A colour as text."""

    def check(value: Any) -> Color:
        if not isinstance(value, str):
            raise ValueError('give a name, "#rrggbb" or "rgb(r, g, b)"')
        return Color.parse(value)

    schema = {"type": "string", "maxLength": 40, "examples": ["copper", "#2f5fc4", "rgb(181, 86, 43)"]}
    about = "The dye: a name, #rrggbb or rgb(r, g, b)."
    return Field("color", about, schema, check, required=required)


def strength() -> Field:
    """How much of the dye."""
    return share("strength", "0 leaves the picture as it is, 1 is the full dye.", 1.0)


def method() -> Field:
    """How it is dyed."""
    return choice("method", "hsv: only the hue changes, as in the report.", METHODS, "natural")


def effects() -> Field:
    """A list of effects as texts."""

    def check(value: Any) -> tuple[Effect, ...]:
        if not isinstance(value, list) or len(value) > MOST_EFFECTS or not all(isinstance(v, str) for v in value):
            raise ValueError(f'give a list of at most {MOST_EFFECTS} texts such as "gloss:0.4"')
        return tuple(Effect.parse(text) for text in value)

    about = f"Effects in the order of their painting: {'; '.join(effect.usage() for effect in EFFECTS.values())}."
    schema = {
        "type": "array", "maxItems": MOST_EFFECTS,
        "items": {"type": "string", "maxLength": 60, "examples": ["gloss:0.4", "ombre:platinum:0.5"]},
    }  # fmt: skip
    return Field("effects", about, schema, check, many=True, default=())


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError
    return value


def _flag(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError
    return text == "true"
