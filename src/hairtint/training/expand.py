"""The report's expansion as files: each photo as it is, and random variants of it, image and mask together."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path

import numpy as np

from hairtint.errors import DataError, OutputError
from hairtint.training import augment
from hairtint.training.files import alone, digest_of, is_there, put, put_picture, read_json, size_of
from hairtint.training.layouts import EXPANDED, ORIGINALS
from hairtint.training.pairs import Original, Pair, Progress, hard, lost
from hairtint.whole_file import refusal

NOTHING = np.zeros(0, np.uint8)


def expand(
    pairs: Sequence[Pair],
    out: Path,
    *,
    copies: int = 7,
    recipe: str = "report",
    size: int = 256,
    seed: int = 0,
    progress: Progress = lambda done, total: None,
) -> int:
    """Write images/STEM-K.jpg and masks/STEM-K.png for K = 0 (as it is) to `copies`; returns how many pairs are new.

    A plain data set that `open_dataset` reads; its expanded.json says that STEM-K comes from STEM, and which photo that
    was, so that a split keeps variants together and beside their original. Pairs that are there already stay, so that a
    stopped run goes on; a mask is written before its photo, whole or not at all.
    Raises DataError where two photos share their stem or one can no longer be read, OutputError where nothing can be
    written, `out` holds another expansion or one of other photos, or another run writes there.
    """
    stem, times = Counter(pair.stem for pair in pairs).most_common(1)[0]
    if times > 1:
        raise DataError(f"{times} photos are called {stem}: expand each --data into a folder of its own")
    with alone(out):
        return _expand(pairs, out, copies, recipe, size, seed, progress)


def _expand(
    pairs: Sequence[Pair], out: Path, copies: int, recipe: str, size: int, seed: int, progress: Progress
) -> int:
    _claim(out, {"recipe": recipe, "size": size, "seed": seed}, {pair.stem: _original(pair) for pair in pairs})
    draw, new = augment.RECIPES[recipe], 0
    for k, pair in enumerate(pairs):
        names = [f"{pair.stem}-{copy}" for copy in range(copies + 1)]
        missing = [c for c, name in enumerate(names) if not is_there(out / "images" / f"{name}.jpg")]
        rgb, mask = pair.read() if missing else (NOTHING, NOTHING)
        for copy in missing:
            if copy == 0:
                picture, hair = augment.fit(rgb, mask, size)
            else:
                picture, hair = draw(rgb, mask, np.random.default_rng([seed, k, copy]), size)
            put_picture(out / "masks" / f"{names[copy]}.png", hard(hair))
            put_picture(out / "images" / f"{names[copy]}.jpg", picture[:, :, ::-1])
        new += len(missing)
        progress(k + 1, len(pairs))
    return new


def _original(pair: Pair) -> list[object]:
    """What expanded.json says of a photo; of one that is a variant itself, what that one was made of."""
    try:
        known = pair.original or Original(pair.source, pair.person, size_of(pair.image), digest_of(pair.image))
    except OSError as error:
        raise lost(pair.image) from error
    return list(astuple(known))


def _claim(out: Path, settings: dict[str, object], originals: dict[str, list[object]]) -> None:
    """Make the folders; refuse those that hold pictures made otherwise, as the two could not be told apart."""
    note = out / EXPANDED
    try:
        known = dict(read_json(note)) if note.exists() else None
        (out / "images").mkdir(parents=True, exist_ok=True)
        (out / "masks").mkdir(exist_ok=True)
        if known is None and any((out / "images").iterdir()):
            raise OutputError(f"{out}/images holds other pictures: choose an empty --out")
        if known is None:
            put(note, (json.dumps(settings | {ORIGINALS: originals}) + "\n").encode())
    except (OSError, ValueError, TypeError) as error:
        raise refusal(f"cannot use {out}", error, "choose another --out") from error
    if known is None:
        return
    before = {key: value for key, value in known.items() if key != ORIGINALS}
    if before != settings:
        raise OutputError(f"{out} was expanded with other settings ({json.dumps(before)}): choose another --out")
    if known.get(ORIGINALS) != originals:
        raise OutputError(f"{out} was expanded from other photos, or by an older hairtint: choose another --out")
