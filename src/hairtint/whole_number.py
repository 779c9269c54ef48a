"""Whole numbers, of Python or numpy."""

import operator
from typing import Any


def whole(value: Any) -> int | None:
    """The value as an int; None where it is no whole number, as a bool or 1.0."""
    try:
        return None if isinstance(value, bool) else operator.index(value)
    except TypeError:
        return None
