"""Times as people write them."""

from __future__ import annotations

import math
import re

from hairtint.errors import InputError

_CLOCK = re.compile(r"(?:(?:(\d+):)?(\d+):)?(\d+(?:\.\d+)?)")


def seconds(value: object) -> float:
    """A time in seconds: a number, or text like "12.5", "1:02.5" or "1:00:00".

    Raises:
        InputError: it is none of these, or negative.
    """
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0:
        return float(value)
    if isinstance(value, str) and (found := _CLOCK.fullmatch(value.strip())):
        hours, minutes, rest = found.groups()
        if minutes is None or float(rest) < 60:
            return 3600 * int(hours or 0) + 60 * int(minutes or 0) + float(rest)
    raise InputError(f'time {value!r}: give seconds like 12.5, or "M:SS" or "H:MM:SS"')
