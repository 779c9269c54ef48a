"""Times as people write them, and time codes of cameras, "01:02:03:04": hours, minutes, seconds and frames."""

from __future__ import annotations

import math
import re
from fractions import Fraction

from hairtint.errors import InputError

LONGEST = 1e9  # seconds: thirty years, and still exact to the microsecond
_CLOCK = re.compile(r"(?:(?:(\d{1,6}):)?(\d{1,9}):)?(\d{1,9}(?:\.\d{1,99})?)")
_CODE = re.compile(r"(\d\d):(\d\d):(\d\d)([:;.])(\d\d)")


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


def moved(code: str, rate: Fraction, after: Fraction) -> str:
    """The time code of the first frame that begins at or after so many seconds; what is no time code stays.

    With ";" or "." before the frames, numbers are left out so that the code keeps up with a clock (SMPTE ST 12-1):
    the first two of each minute (four at 60 frames a second), but not of every tenth.
    """
    if not (found := _CODE.fullmatch(code)) or not after:
        return code
    hours, minutes, rest, mark, frames = found.groups()
    each = max(1, round(rate))
    dropped = each // 15 if mark != ":" else 0
    minute, ten = 60 * each - dropped, 600 * each - 9 * dropped
    number = ((int(hours) * 60 + int(minutes)) * 60 + int(rest)) * each + int(frames)
    past = int(hours) * 60 + int(minutes)
    number += math.ceil(after * rate - Fraction(1, 1000)) - dropped * (past - past // 10)
    tens, inside = divmod(number % (144 * ten), ten)
    number = number % (144 * ten) + dropped * (9 * tens + max(0, inside - dropped) // minute)
    whole, frame = divmod(number, each)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{mark}{frame:02}"
