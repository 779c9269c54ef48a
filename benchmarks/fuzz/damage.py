"""How files get damaged: bit flips, cuts, numbers that overflow, parts doubled or taken from another file."""

import struct
import zlib
from collections.abc import Callable, Mapping
from random import Random

from hypothesis import strategies as st

NUMBERS = (0, 1, 2, 7, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
KINDS = ("flip", "byte", "short", "long", "cut", "drop", "twice", "zero", "noise", "other")
MOST = 6  # steps

Case = tuple[str, int, str]


def files(seeds: Mapping[str, bytes]) -> st.SearchStrategy[Case]:
    """Cases (name, number of the damage, name of another): what `damaged` makes of whole files."""
    return st.tuples(st.sampled_from(sorted(seeds)), st.integers(0, 2**40), st.sampled_from(sorted(seeds)))


def damaged(seeds: Mapping[str, bytes], case: Case) -> bytes:
    """The file of a case: up to MOST steps, decided by its number alone."""
    name, number, other = case
    chance, data = Random(number), seeds[name]
    for _ in range(chance.randint(0, MOST)):
        near = chance.random() < 0.4  # the heads of files decide most
        at = min(len(data), chance.randint(0, 255) if near else chance.randint(0, len(data)))
        data = _STEPS[chance.choice(KINDS)](data, at, chance.randint(0, 255), seeds[other])
    return data


def _number(form: str) -> Callable[[bytes, int, int, bytes], bytes]:
    def put(data: bytes, at: int, value: int, other: bytes) -> bytes:
        number = NUMBERS[value % len(NUMBERS)] & (2 ** (8 * struct.calcsize(f"<{form}")) - 1)
        order = "<" if value & 16 else ">"
        return data[:at] + struct.pack(order + form, number) + data[at + struct.calcsize(f"<{form}") :]

    return put


_STEPS: dict[str, Callable[[bytes, int, int, bytes], bytes]] = {
    "flip": lambda data, at, value, other: (
        data[:at] + bytes(b ^ 1 << value % 8 for b in data[at : at + 1]) + data[at + 1 :]
    ),
    "byte": lambda data, at, value, other: data[:at] + bytes([value]) + data[at + 1 :],
    "short": _number("H"),
    "long": _number("I"),
    "cut": lambda data, at, value, other: data[:at],
    "drop": lambda data, at, value, other: data[:at] + data[at + value :],
    "twice": lambda data, at, value, other: data[: at + value] + data[at:],
    "zero": lambda data, at, value, other: data[:at] + bytes(value) + data[at + value :],
    "noise": lambda data, at, value, other: (
        data[:at] + bytes((value * k * 197 + 31) % 256 for k in range(value)) + data[at:]
    ),
    "other": lambda data, at, value, other: data[:at] + other[at:],
}


def mended_png(data: bytes) -> bytes:
    """A PNG whose chunks have right checksums again: damage behind a wrong one would never be looked at."""
    out, at = bytearray(data[:8]), 8
    while at + 12 <= len(data):
        length = min(int.from_bytes(data[at : at + 4], "big"), len(data) - at - 12)
        chunk = data[at + 4 : at + 8 + length]
        out += length.to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big")
        at += 12 + length
    return bytes(out + data[at:])
