"""A run folder's descriptions: config.json, data.json and origin.json. They bind the folder to one training."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hairtint.errors import TrainingError
from hairtint.training import content, origin, run_files, teacher
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
    content_now = content.together([*sides[0], *sides[1]], digests)
    data: dict[str, Any] = {"training": sorted(learnt), "validation": sorted(held)}
    if note := given.get("teacher"):
        teacher.check(note.parent, digests)
    begun = (folder / run_files.LAST).exists()  # a run that failed before its first checkpoint binds nobody
    if begun and (before := _read(folder / run_files.CONFIG)):
        if differing := _differences(before, config):
            raise TrainingError(
                f"{folder} holds a run of another config ({', '.join(differing)}): name a new folder with --run"
            )
        known = _read(folder / run_files.DATA)
        if any(known.get(side, data[side]) != data[side] for side in data):
            raise TrainingError(
                f"{folder} holds a run on other photos: give its --data again, or a new folder with --run"
            )
        if known.get("content", content_now) != content_now:
            raise TrainingError(
                f"photos or masks have changed since {folder} was begun: give them as they were, or a new folder with"
                " --run"
            )
    if begun:
        origin.check(folder, given)
    began = origin.read(folder) if begun else origin.describe(given, learnt, held)
    data |= {"sha256": learnt, run_files.HELD: {name: digests[name] for name in held}, "content": content_now}
    data["report"] = [line for report in reports for line in report.lines()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        put_json(folder / run_files.CONFIG, config.as_dict())
        put_json(folder / run_files.DATA, data)
        if began and not begun:
            put_json(folder / run_files.ORIGIN, began)
    except OSError as error:
        raise refusal(f"cannot write into {folder}", error, "choose another with --run") from error
    return began


def _differences(before: dict[str, Any], config: Config) -> list[str]:
    """Keys whose values differ and matter; what an older version did not write had the default."""
    now = config.as_dict()
    then = Config(network=config.network).as_dict() | before
    return [key for key in then if key not in ANY_TIME and then[key] != now.get(key)]


def _read(path: Path) -> dict[str, Any]:
    try:
        values = read_json(path)
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise TrainingError(f"{path} cannot be read: name a new folder with --run") from error
    return values if isinstance(values, dict) else {}
