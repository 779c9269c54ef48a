"""A run folder's descriptions: config.json, data.json and origin.json. They bind the folder to one training."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hairtint.errors import TrainingError
from hairtint.training import checkpoint, content, origin, run_files, teacher
from hairtint.training.config import Config
from hairtint.training.files import put_json, read_json
from hairtint.training.pairs import Pair, Report
from hairtint.whole_file import refusal

ANY_TIME = frozenset({"workers", "checkpoint_minutes"})  # keys that change nothing in what is learnt
Sides = tuple[Sequence[Pair], Sequence[Pair]]  # trained on, kept for validation


def prepare(
    folder: Path, config: Config, sides: Sides, reports: Sequence[Report], given: origin.Given
) -> dict[str, Any] | None:
    """Make the folder, or check that the run in it is of this config, these photos and these weights to start from.

    Returns what its origin.json says, None for a run that an older hairtint began. Raises TrainingError where it is
    another run, or the weights have learnt from photos kept for validation; OutputError where nothing can be written;
    DataError where a file can no longer be read or the teacher's masks are of other photos.
    """
    digests = content.of([*sides[0], *sides[1]])
    learnt, held = (content.photos(side, digests) for side in sides)
    data: dict[str, Any] = {
        "training": sorted(learnt), "validation": sorted(held), "sha256": learnt,
        run_files.HELD: {name: digests[name] for name in held},
        "content": content.together([*sides[0], *sides[1]], digests),
        "report": [line for report in reports for line in report.lines()],
    }  # fmt: skip
    if note := given.get("teacher"):
        teacher.check(note.parent, digests)
    if last := _last(folder):
        _check(folder, last, config, data)
        _write(folder, _lost(folder, last))
        origin.check(folder, given)
        return origin.read(folder)
    began = origin.describe(given, learnt, held)
    _write(folder, {run_files.CONFIG: config.as_dict(), run_files.DATA: data, run_files.ORIGIN: began})
    return began


def _check(folder: Path, last: dict[str, Any], config: Config, data: dict[str, Any]) -> None:
    """Raise TrainingError where the run in a folder is of another config or other data than now."""
    if differing := _differences(last["config"], config):
        raise TrainingError(
            f"{folder} holds a run of another config ({', '.join(differing)}): name a new folder with --run"
        )
    known = _read(folder / run_files.DATA)
    if not known:
        raise TrainingError(
            f"{folder / run_files.DATA} is lost or damaged, so nobody can tell which photos this run has kept apart:"
            f" {_cure(folder)}"
        )
    if any(known.get(side, data[side]) != data[side] for side in ("training", "validation")):
        raise TrainingError(f"{folder} holds a run on other photos: give its --data again, or a new folder with --run")
    if known.get("content", data["content"]) != data["content"]:
        raise TrainingError(
            f"photos or masks have changed since {folder} was begun: give them as they were, or a new folder with --run"
        )


def _last(folder: Path) -> dict[str, Any] | None:
    """The checkpoint of the run in a folder; None before its first, as a run that failed by then binds nobody."""
    last = folder / run_files.LAST
    if not last.exists():
        return None
    try:
        return checkpoint.load(last)
    except TrainingError as error:
        raise TrainingError(f"{error}; remove it to start anew, or {_cure(folder)}") from error


def _cure(folder: Path) -> str:
    best = folder / run_files.BEST
    return f"go on from {best} with --from, into another --run" if best.exists() else "name a new folder with --run"


def _lost(folder: Path, last: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What config.json and origin.json said, of those that are lost or damaged, as far as a checkpoint says it."""
    said = {run_files.CONFIG: last["config"]}
    if began := last.get("origin"):  # all but which photos the weights it started from had learnt from
        said[run_files.ORIGIN] = began | {"seen": {}, "all_known": not began.keys() & origin.KINDS.keys()}
    return {name: values for name, values in said.items() if not _read(folder / name)}


def _write(folder: Path, files: dict[str, dict[str, Any]]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, values in files.items():
            put_json(folder / name, values)
    except OSError as error:
        raise refusal(f"cannot write into {folder}", error, "choose another with --run") from error


def _differences(before: dict[str, Any], config: Config) -> list[str]:
    """Keys whose values differ and matter; what an older version did not write had the default."""
    now = config.as_dict()
    then = Config(network=config.network).as_dict() | before
    return [key for key in then if key not in ANY_TIME and then[key] != now.get(key)]


def _read(path: Path) -> dict[str, Any]:
    """A JSON object; empty where it is lost or damaged."""
    try:
        values = read_json(path)
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}
