"""Times as people write them."""

from __future__ import annotations

import re

from hairtint.errors import InputError

LONGEST = 1e9  # seconds: thirty years, and still exact to the microsecond
_CLOCK = re.compile(r"(?:(?:(\d{1,6}):)?(\d{1,9}):)?(\d{1,9}(?:\.\d{1,99})?)")


def seconds(value: object) -> float:
    """A time in seconds: a number, or text like "12.5", "1:02.5" or "1:00:00".

    Raises:
        InputError: it is none of these, negative, or longer than any video.
    """
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= LONGEST:
        return float(value)
    if isinstance(value, str) and (found := _CLOCK.fullmatch(value.strip())):
        hours, minutes, rest = found.groups()
        if minutes is None or float(rest) < 60:
            return seconds(3600 * int(hours or 0) + 60 * int(minutes or 0) + float(rest))
    raise InputError(f'time {str(value)[:40]!r}: give seconds like 12.5, or "M:SS" or "H:MM:SS"')
