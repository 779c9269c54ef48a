"""What a larger network says of the training photos: soft masks that a smaller one learns from beside the true ones.

Source: G. Hinton et al., "Distilling the knowledge in a neural network", arXiv:1503.02531. The teacher sees each photo
once, as it is; its mask is then turned and mirrored with the photo, so that a training costs no more than without it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2

from hairtint.errors import DataError, OutputError
from hairtint.photo_mask import to_grey
from hairtint.segmenter import Segmenter
from hairtint.training import content
from hairtint.training.files import alone, digest_of, is_there, put_json, put_picture, read_json
from hairtint.training.pairs import Array, Pair, Progress, decoded
from hairtint.whole_file import refusal

NOTE = "teacher.json"  # which network the masks of a folder are of
PHOTOS = "photos.json"  # the sha256 of the photos that they are of, by name; older folders have none


def teach(
    pairs: Sequence[Pair],
    out: Path,
    mask: Callable[[Array], Array],
    teacher: dict[str, str],
    *,
    progress: Progress = lambda done, total: None,
) -> int:
    """Write the teacher's mask of each pair into SOURCE/STEM.png, 8-bit grey at the photo's size; returns how many are
    new.

    mask: of an RGB picture, uint8 (H, W, 3), as float32 (H, W) in [0, 1]. teacher: what the folder's teacher.json says
    of it (`described`). Photos in which it is known that there is no hair need no teacher and get no mask. Masks
    that are there already stay, so that a stopped run goes on.
    Raises DataError where a photo can no longer be read or is not the one that its mask was made of, OutputError where
    nothing can be written, `out` holds masks of another teacher, or another run writes there.
    """
    with alone(out):
        _claim(out, teacher)
        _note(out, pairs)
        new = 0
        for done, pair in enumerate(pairs, 1):
            path = _place(out, pair)
            if pair.mask is not None and not is_there(path):
                put_picture(path, to_grey(mask(pair.read()[0])))
                new += 1
            progress(done, len(pairs))
    return new


def taught(pairs: Sequence[Pair], folder: Path) -> list[Pair]:
    """The pairs with the masks that `teach` wrote of them; DataError where some are missing."""
    known(folder)
    found = [replace(pair, taught=_place(folder, pair)) if pair.mask is not None else pair for pair in pairs]
    if lacking := [pair.name for pair in found if pair.taught and not pair.taught.is_file()]:
        raise DataError(
            f"{folder} lacks masks of {len(lacking)} photos ({lacking[0]}, say): run hairtint data teach on the same"
            " --data"
        )
    return found


def known(folder: Path) -> dict[str, str]:
    """What teacher.json says: the networks' files by their sha256. Raises DataError where a folder has none."""
    try:
        values: Any = read_json(folder / NOTE)
        return {str(digest): str(name) for digest, name in values.items()}
    except (OSError, ValueError, AttributeError) as error:
        raise DataError(f"{folder} holds no masks of a teacher: make them with hairtint data teach") from error


def check(folder: Path, digests: content.Digests) -> None:
    """Raise DataError where masks are of photos that were others then, as far as the folder says."""
    noted = _photos(folder)
    if stale := [name for name, (photo, _) in digests.items() if noted.get(name, photo) != photo]:
        raise DataError(
            f"{folder} holds masks of {len(stale)} photos that have changed since ({stale[0]}, say): run hairtint data"
            " teach again, into another folder"
        )


def described(segmenter: Segmenter) -> dict[str, str]:
    """What teacher.json says of the networks of a Segmenter."""
    return {digest_of(entry.path): entry.path.name for entry in segmenter.entries}


def read(path: Path, shape: tuple[int, ...]) -> Array:
    """A teacher's mask, uint8 of `shape`, which is the photo's."""
    mask = decoded(path, cv2.IMREAD_GRAYSCALE)
    if mask.shape != shape:
        raise DataError(f"{path} does not fit its photo: remove it and run hairtint data teach again")
    return mask


def _place(folder: Path, pair: Pair) -> Path:
    return folder / pair.source / f"{pair.stem}.png"


def _note(out: Path, pairs: Sequence[Pair]) -> None:
    """Write down of which photos the masks are that are about to be made, and check it of those that are there."""
    shown = [pair for pair in pairs if pair.mask is not None]
    there = {pair.name for pair in shown if is_there(_place(out, pair))}
    digests = content.of([replace(pair, mask=None) for pair in shown])
    check(out, {name: both for name, both in digests.items() if name in there})
    made = {name: photo for name, (photo, _) in digests.items() if name not in there}
    try:
        put_json(out / PHOTOS, _photos(out) | made)
    except OSError as error:
        raise refusal(f"cannot write into {out}", error, "choose another --out") from error


def _photos(folder: Path) -> dict[str, str]:
    try:
        return dict(read_json(folder / PHOTOS))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError) as error:
        raise DataError(f"{folder / PHOTOS} is damaged: run hairtint data teach into another folder") from error


def _claim(out: Path, teacher: dict[str, str]) -> None:
    try:
        if not (out / NOTE).exists():
            put_json(out / NOTE, teacher)
    except OSError as error:
        raise refusal(f"cannot write into {out}", error, "choose another --out") from error
    if known(out).keys() != teacher.keys():
        raise OutputError(f"{out} holds masks of another teacher: choose another --out")
