"""Pairs in few large files: tar shards that hold the files as they are, and beside each an index of where they lie.

A shard folder holds NNNNN.tar, NNNNN.json (its pairs, byte offsets, sha256) and shards.json, which says how many there
are. Offsets give every photo at one seek, so a training on shards draws the very batches it would draw from folders,
whatever the number of its workers, and needs no more memory than a batch.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Any

from hairtint.errors import DataError, OutputError, reason
from hairtint.training import content
from hairtint.training.files import Slice, alone, put, put_json, read_json, size_of, whole
from hairtint.training.pairs import File, Original, Pair, Progress, Report, lost
from hairtint.whole_file import refusal

INDEX = "shards.json"
VERSION = 1
MEGABYTE = 1_000_000

FACTS = ("stem", "source", "person", "style", "varied")

Row = dict[str, Any]


def pack(
    pairs: Sequence[Pair],
    out: Path,
    *,
    megabytes: float = 64,
    reports: Sequence[Report] = (),
    progress: Progress = lambda done, total: None,
) -> int:
    """Write the shards of checked pairs, at most `megabytes` each where no single pair is larger; returns how many
    are new.

    Shards that are there already stay, so that a stopped run goes on; each is written under another name and renamed.
    Raises DataError for a file that can no longer be read, OutputError where nothing can be written, `out` holds other
    shards, or another run writes there.
    """
    plan = list(_shared_out(pairs, megabytes * MEGABYTE))
    left_out: dict[str, list[str]] = {}
    for report in reports:
        for why, names in report.left_out.items():
            left_out.setdefault(f"{report.source}: {why}", []).extend(names)
    index = {"version": VERSION, "content": _digest(plan), "shards": len(plan)}
    index |= {"empty": sum(report.empty for report in reports), "left_out": left_out}
    with alone(out):
        try:
            _claim(out, index)
            new = 0
            for number, some in enumerate(plan):
                if not _whole(out, number, len(some)):
                    _write(out, number, some)
                    new += 1
                progress(number + 1, len(plan))
            put_json(out / INDEX, index | {"complete": True})
        except OSError as error:
            raise refusal(f"cannot write into {out}", error, "choose another --out") from error
    return new


def found_in(folder: Path) -> bool:
    """Whether a folder holds shards."""
    return os.path.isfile(folder / INDEX)


def open_shards(folder: Path, report: Report) -> list[Pair]:
    """The pairs of a shard folder in the order in which they were packed; enters the counts in `report`.

    Decodes nothing: what was packed had been checked. Raises DataError where shards are missing, damaged or incomplete.
    """
    index = _read(folder / INDEX)
    if index.get("version") != VERSION or not index.get("complete"):
        raise DataError(f"the shards in {folder} are not complete: run the same hairtint data pack again")
    try:
        pairs = [_pair(row, _tar(folder, k)) for k in range(index["shards"]) for row in _known(folder, k)["pairs"]]
        report.empty = int(index["empty"])
        report.left_out.update(index["left_out"])
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"the index of {folder} is damaged ({error}): pack the shards again") from error
    return pairs


def verify(folder: Path) -> None:
    """Read every shard of a folder; DataError where one is not, byte for byte, what was packed."""
    count = _read(folder / INDEX).get("shards")
    if type(count) is not int:
        raise DataError(f"{folder / INDEX} is damaged: run the same hairtint data pack again")
    for number in range(count):
        if _known(folder, number).get("sha256") != _sha256(_tar(folder, number)):
            raise DataError(f"{_tar(folder, number)} is damaged: remove it and run the same hairtint data pack again")


def _shared_out(pairs: Sequence[Pair], most: float) -> Iterator[list[Pair]]:
    shard: list[Pair] = []
    filled = 0
    for pair in pairs:
        needs = sum(2 * tarfile.BLOCKSIZE + size_of(file) for file in _files(pair).values())
        if shard and filled + needs > most:
            yield shard
            shard, filled = [], 0
        shard.append(pair)
        filled += needs
    if shard:
        yield shard


def _files(pair: Pair) -> dict[str, File]:
    """The files of a pair by their names in a shard; readers of tar shards take partners by what precedes the dot."""
    files = {f"{pair.name}{Path(pair.image.name).suffix.lower()}": pair.image}
    if pair.mask is not None:
        files[f"{pair.name}.mask{Path(pair.mask.name).suffix.lower()}"] = pair.mask
    return files


def _digest(plan: Sequence[Sequence[Pair]]) -> str:
    """What is packed into which shard, byte for byte, as one short text."""
    total = hashlib.sha256()
    for number, pairs in enumerate(plan):
        for pair in pairs:
            files = [[name, content.digest(file)] for name, file in _files(pair).items()]
            total.update(json.dumps([number, _facts(pair), files]).encode())
    return total.hexdigest()


def _facts(pair: Pair) -> Row:
    row: Row = {key: getattr(pair, key) for key in FACTS}
    row |= {"kin": pair.kin} if pair.kin else {}
    return row | ({"original": astuple(pair.original)} if pair.original else {})


def _claim(out: Path, index: dict[str, Any]) -> None:
    """Bind a folder to what is packed there, before the first shard: those of two packings could not be told apart."""
    if not found_in(out):
        if any(out.glob("*.tar")):
            raise OutputError(f"{out} holds other files: choose an empty --out")
        put_json(out / INDEX, index | {"complete": False})
    elif _read(out / INDEX).get("content") != index["content"]:
        raise OutputError(f"{out} holds shards of other photos or of another size: choose another --out")


def _whole(out: Path, number: int, pairs: int) -> bool:
    """Whether a shard was written to its end: its index is written after it."""
    tar, note = _tar(out, number), _note(out, number)
    if not tar.is_file() or not note.is_file():
        return False
    known = _read(note)
    rows = known.get("pairs")
    return known.get("bytes") == tar.stat().st_size and isinstance(rows, list) and len(rows) == pairs


def _write(out: Path, number: int, pairs: Sequence[Pair]) -> None:
    tar = _tar(out, number)
    rows = []
    with whole(tar, durable=True) as partial:
        with tarfile.open(partial, "w") as archive:
            for pair in pairs:
                places = [_add(archive, name, source) for name, source in _files(pair).items()]
                rows.append(_facts(pair) | {"image": places[0], "mask": places[1] if len(places) > 1 else None})
        known = {"bytes": partial.stat().st_size, "sha256": _sha256(partial), "pairs": rows}
    put(_note(out, number), (json.dumps(known) + "\n").encode())


def _add(archive: tarfile.TarFile, name: str, source: File) -> list[Any]:
    """Name, offset, size and sha256 of a file that is put at the end of an archive, to the byte as at every run."""
    try:
        data = source.read_bytes()
    except OSError as error:
        raise lost(source) from error
    member = tarfile.TarInfo(name)
    member.size = len(data)
    archive.addfile(member, io.BytesIO(data))
    offset = archive.offset - len(data) - -len(data) % tarfile.BLOCKSIZE
    return [name, offset, len(data), hashlib.sha256(data).hexdigest()]


def _pair(row: Row, archive: Path) -> Pair:
    mask = Slice(archive, *row["mask"]) if row["mask"] else None
    facts = {key: row[key] for key in FACTS} | {"kin": row.get("kin", "")}
    original = Original(*row["original"]) if "original" in row else None
    return Pair(image=Slice(archive, *row["image"]), mask=mask, original=original, **facts)


def _known(folder: Path, number: int) -> dict[str, Any]:
    """What is noted of a shard; DataError where it is not there in its full length."""
    known, tar = _read(_note(folder, number)), _tar(folder, number)
    if not tar.is_file() or tar.stat().st_size != known.get("bytes"):
        raise DataError(f"{tar} is missing or cut: run the same hairtint data pack again")
    return known


def _tar(folder: Path, number: int) -> Path:
    return folder / f"{number:05d}.tar"


def _note(folder: Path, number: int) -> Path:
    return folder / f"{number:05d}.json"


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {reason(error)}; check the disk") from error


def _read(path: Path) -> dict[str, Any]:
    try:
        values = read_json(path)
    except (OSError, ValueError) as error:
        raise DataError(f"{path} is missing or damaged: run the same hairtint data pack again") from error
    if not isinstance(values, dict):
        raise DataError(f"{path} is damaged: run the same hairtint data pack again")
    return values
