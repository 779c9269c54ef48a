"""The report's expansion as files: each photo as it is, and random variants of it, image and mask together."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import numpy as np

from hairtint.errors import OutputError
from hairtint.training import augment
from hairtint.training.datasets import Array, Pair


def expand(
    pairs: Sequence[Pair],
    out: Path,
    *,
    copies: int = 7,
    recipe: str = "report",
    size: int = 256,
    seed: int = 0,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> int:
    """Write images/STEM-K.jpg and masks/STEM-K.png for K = 0 (as it is) to `copies`; returns how many pairs are new.

    A plain data set that `open_dataset` reads. Pairs that are there already stay, so that a stopped run goes on;
    a mask is written before its photo, whole or not at all. Raises OutputError where nothing can be written.
    """
    (out / "images").mkdir(parents=True, exist_ok=True)
    (out / "masks").mkdir(exist_ok=True)
    draw, new = augment.RECIPES[recipe], 0
    for k, pair in enumerate(pairs):
        names = [f"{pair.stem}-{copy}" for copy in range(copies + 1)]
        missing = [c for c, name in enumerate(names) if not (out / "images" / f"{name}.jpg").exists()]
        rgb, mask = pair.read() if missing else (None, None)
        for copy in missing:
            chance = np.random.default_rng([seed, k, copy])
            if copy == 0:
                picture, hair = augment.fit(rgb, mask, size)
            else:
                picture, hair = draw(rgb, mask, chance, size)
            _write(out / "masks" / f"{names[copy]}.png", hair)
            _write(out / "images" / f"{names[copy]}.jpg", picture[:, :, ::-1])
        new += len(missing)
        progress(k + 1, len(pairs))
    return new


def _write(path: Path, pixels: Array) -> None:
    coded, data = cv2.imencode(path.suffix, pixels, [cv2.IMWRITE_JPEG_QUALITY, 95] if path.suffix == ".jpg" else [])
    partial = path.with_name(f"{path.name}.part")
    try:
        if not coded:
            raise OSError(f"cannot encode {path.name}")
        partial.write_bytes(data.tobytes())
        os.replace(partial, path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}; free some space or choose another --out") from error
