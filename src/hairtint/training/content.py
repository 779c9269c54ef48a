"""What the files of photos and masks hold, by sha256: a photo is the same one whatever its folder is called."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from hairtint.training.files import digest_of
from hairtint.training.pairs import File, Pair, lost

Digests = Mapping[str, tuple[str, str]]  # of a photo and of its mask, "" where it has none, by the pair's name


def of(pairs: Sequence[Pair]) -> Digests:
    """The sha256 of every photo and mask. Raises DataError where one can no longer be read."""
    with ThreadPoolExecutor() as pool:
        photos = pool.map(digest, (pair.image for pair in pairs))
        masks = pool.map(lambda mask: digest(mask) if mask else "", (pair.mask for pair in pairs))
        return {pair.name: (photo, mask) for pair, photo, mask in zip(pairs, photos, masks, strict=True)}


def digest(file: File) -> str:
    """The sha256 of a photo or mask. Raises DataError where it can no longer be read."""
    try:
        return digest_of(file)
    except OSError as error:
        raise lost(file) from error


def together(pairs: Iterable[Pair], digests: Digests) -> str:
    """One sha256 of all these pairs hold, a teacher's masks included, in whatever order they come."""
    rows = sorted([pair.name, *digests[pair.name], *([digest(pair.taught)] if pair.taught else [])] for pair in pairs)
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def photos(pairs: Iterable[Pair], digests: Digests) -> dict[str, str]:
    """The sha256 by which each photo is known, a variant by the photo that it was made of; "" where nobody noted it."""
    return {pair.name: _photo(pair, digests) for pair in pairs}


def _photo(pair: Pair, digests: Digests) -> str:
    if pair.original:
        return pair.original.sha256
    return "" if pair.varied else digests[pair.name][0]
