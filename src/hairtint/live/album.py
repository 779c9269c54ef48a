"""Files for snapshots and recordings: a fresh name each, nothing is ever overwritten."""

from __future__ import annotations

import itertools
import time
from pathlib import Path

from hairtint.errors import OutputError, reason
from hairtint.live.sources import Rgb
from hairtint.photo import Photo


def fresh(folder: Path, suffix: str) -> Path:
    """Reserve an empty file in a folder, which is made where it is missing: hairtint-20260131-174502.png.

    Raises OutputError where the folder cannot be written to.
    """
    stem = time.strftime("hairtint-%Y%m%d-%H%M%S")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for number in itertools.count(1):
            path = folder / (f"{stem}{suffix}" if number == 1 else f"{stem}-{number}{suffix}")
            try:
                path.open("xb").close()  # whoever creates it first has it, other programs included
                return path
            except FileExistsError:
                continue
    except OSError as error:
        raise OutputError(f"{folder} cannot be written to ({reason(error)}): name another folder with --out") from error
    raise AssertionError("itertools.count ends")


def snapshot(folder: Path, rgb: Rgb) -> Path:
    """Write a picture, uint8 (H, W, 3) RGB, as PNG; returns its path. Raises OutputError."""
    path = fresh(folder, ".png")
    try:
        Photo(rgb).save(path, overwrite=True)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path
