"""What whoever runs the server can choose."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from hairtint import processor
from hairtint.errors import InputError
from hairtint.photo import MAX_FILE_BYTES, MAX_PIXELS

MOST_WORKERS, MOST_WAITING = 1000, 10_000  # two threads for each: with far more of them no library gets memory
_PORTS = {"http": "80", "https": "443"}  # which browsers leave out


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The limits of one server; the defaults suit a small public one.

    Attributes:
        model: the network for photos, by name; None is the finest.
        workers: pictures worked on at the same time; 0 is one per core.
        queue: requests that may wait for a worker; more are told to come again (503).
        patience: seconds that a request waits for a worker at most; told the same, at once where that can be foreseen.
        rate: requests a minute that one client may send, on average; 0 is no limit.
        max_bytes: the largest picture file that is taken.
        max_pixels: the most pixels a picture may declare.
        keep_bytes: memory for pictures whose sender asked to have them kept for further colours.
        keep_seconds: how long such a picture is kept after it was last asked for.
        sessions: live videos whose last frame is remembered at the same time.
        behind_proxy: whether one reverse proxy stands in front and says who the client is (X-Forwarded-For).
        origins: other sites whose pages may use the API ("https://example.org"); none by default.

    Raises InputError for what is of another type, and for numbers and sites that cannot be meant.
    """

    model: str | None = None
    workers: int = 0
    queue: int = 64
    patience: float = 5.0
    rate: float = 300.0
    max_bytes: int = 20_000_000
    max_pixels: int = 25_000_000
    keep_bytes: int = 256_000_000
    keep_seconds: float = 600.0
    sessions: int = 32
    behind_proxy: bool = False
    origins: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no server could keep to."""
        for name, least, most in (
            ("workers", 0, MOST_WORKERS), ("queue", 0, MOST_WAITING), ("keep_bytes", 0, math.inf),
            ("sessions", 1, math.inf),
            ("max_bytes", 1, MAX_FILE_BYTES), ("max_pixels", 1, MAX_PIXELS),
        ):  # fmt: skip
            if type(value := getattr(self, name)) is not int or not least <= value <= most:
                end = "on" if most == math.inf else f"to {most}"
                raise InputError(f"{name} = {value!r}: give a whole number from {least} {end}")
        for name in ("rate", "patience", "keep_seconds"):
            value = getattr(self, name)
            if type(value) not in (int, float) or not 0 <= value < math.inf or (value == 0 and name != "rate"):
                raise InputError(f"{name} = {value!r}: give a number {'from 0 on' if name == 'rate' else 'above 0'}")
        if isinstance(self.origins, str):
            raise InputError(f"origins = {self.origins!r}: give a list of sites, [{self.origins!r}]")
        object.__setattr__(self, "origins", tuple(map(_origin, self.origins)))

    @property
    def slots(self) -> int:
        """Pictures worked on at the same time."""
        return self.workers or processor.cores()

    @property
    def network_threads(self) -> int:
        """Threads of one call of the network: the cores are shared among the workers."""
        return max(1, processor.cores() // self.slots)

    @property
    def request_bytes(self) -> int:
        """The largest request: base64 makes a picture a third larger, and the other fields are short."""
        return self.max_bytes * 4 // 3 + 65_536


def _origin(site: str) -> str:
    """A site as browsers name it: in small letters, without the port that its scheme has anyway.

    Apps that show pages (capacitor://localhost) and extensions of browsers have schemes of their own.
    """
    found = re.fullmatch(r"([a-z][a-z0-9+.-]*)://([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::([1-9][0-9]{0,4}))?/?", site.lower())
    if not found or int(found[3] or 1) > 65535:
        raise InputError(f"{site!r} is no site; give it as https://example.org or http://localhost:8000")
    scheme, host, port = found.groups()
    return f"{scheme}://{host}" if port in (None, _PORTS.get(scheme)) else f"{scheme}://{host}:{port}"
