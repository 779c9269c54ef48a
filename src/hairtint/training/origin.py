"""Where a training comes from: the code, and the weights that it started from. A run folder's origin.json."""

from __future__ import annotations

import subprocess
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hairtint.errors import TrainingError, reason
from hairtint.training import run_files, teacher
from hairtint.training.files import digest_of, read_json

KINDS = {  # what it came from, by option
    "weights": "--from",
    "mean_with": "--mean-with",
    "encoder": "--encoder",
    "teacher": "--teacher",
}

Given = Mapping[str, Path | None]  # file by kind
Photos = Mapping[str, str]  # sha256 by name, "" where it is not known


def describe(given: Given, learnt: Photos, held: Photos) -> dict[str, Any]:
    """What origin.json says of a training that starts now: `commit`; the file of each kind of KINDS that is given;
    `seen`, the photos other than its own that those weights had learnt from; `all_known`, whether these are all.

    learnt, held: the photos to learn from and those kept for validation. Raises TrainingError where the weights had
    learnt from one of the latter, under whatever name, as figures on them would not be of photos never seen.
    """
    files: dict[str, dict[str, Any]] = {kind: {**file_of(path)} for kind, path in given.items() if path}
    if note := given.get("teacher"):
        networks = teacher.known(note.parent)
        files["teacher"] |= {"networks": " and ".join(networks.values()), "by_sha256": networks}
    seen: dict[str, str] = {}
    all_known = True
    for path in (path for path in given.values() if path):
        some, whole = _learnt_from(path.parent)
        if both := sorted(_common(held, some)):
            raise TrainingError(
                f"{path} has learnt from {len(both)} of the photos that are kept for validation ({both[0]}, say): give"
                " the same --data in folders of the same names, seed and validation share as its training had, or other"
                " weights"
            )
        seen |= some
        all_known &= whole and all(learnt.values())
    before = {name: seen[name] for name in sorted(seen.keys() - _common(seen, learnt))}
    return {"commit": commit(), **files, "seen": before, "all_known": all_known}


def check(folder: Path, given: Given) -> None:
    """Raise TrainingError where a begun run is told to start from other weights than it did."""
    known = read(folder)
    if known is None:  # begun before this was written down
        return
    for kind, path in given.items():
        if path and path.is_file() and file_of(path)["sha256"] != (known.get(kind) or {}).get("sha256"):
            began = f"from {known[kind]['file']}" if known.get(kind) else "without"
            raise TrainingError(
                f"{folder} holds a run that began {began}, not from this {path}: leave {KINDS[kind]} out to go on, or"
                " name a new folder with --run"
            )


def read(folder: Path) -> dict[str, Any] | None:
    """origin.json of a run folder; None where it has none. Raises TrainingError for a damaged one."""
    path = folder / run_files.ORIGIN
    try:
        known = read_json(path)
        good = all(isinstance(known[kind][key], str) for kind in KINDS if kind in known for key in ("file", "sha256"))
        if isinstance(known["seen"], list):  # as it was written before the contents of photos were noted
            known["seen"] = dict.fromkeys(map(str, known["seen"]), "")
        if good and isinstance(known["commit"], str) and isinstance(known["seen"], dict) and "all_known" in known:
            return dict(known)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    raise TrainingError(f"{path} cannot be read: name a new folder with --run")


def file_of(path: Path) -> dict[str, str]:
    """`file`, the last two parts of a path, and `sha256`; TrainingError where it cannot be read."""
    try:
        return {"file": "/".join(path.absolute().parts[-2:]), "sha256": digest_of(path)}
    except OSError as error:
        raise TrainingError(f"cannot read {path}: {reason(error)}") from error


def _learnt_from(folder: Path) -> tuple[dict[str, str], bool]:
    """The photos that the weights of a run folder have learnt from, as far as it is known; whether these are all.

    They are not where a photo's content was not noted: it may be there under another name.
    """
    try:
        sides = read_json(folder / run_files.DATA)
        noted = dict(sides.get("sha256", {}))
        photos = {str(name): str(noted.get(name, "")) for name in sides["training"]}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}, False
    before = read(folder) or {"seen": {}, "all_known": False}
    photos |= before["seen"]
    return photos, bool(before["all_known"]) and all(photos.values())


def _common(some: Photos, others: Photos) -> set[str]:
    """Names of those photos that are among the others, by name or by content."""
    contents = set(others.values()) - {""}
    return {name for name, sha256 in some.items() if name in others or sha256 in contents}


def commit() -> str:
    """The commit of the code that runs, short, and whether files differ from it; "unknown" outside a checkout."""
    code = Path(__file__).parent
    top = _git(code, "rev-parse", "--show-toplevel")
    if not top or not _is_ours(Path(top) / "pyproject.toml"):  # a checkout of something else lies around the code
        return "unknown"
    changed = _git(code, "status", "--porcelain", "--untracked-files=no")
    return (_git(code, "rev-parse", "--short=12", "HEAD") or "unknown") + (" with changes" if changed else "")


def _is_ours(project: Path) -> bool:
    try:
        return bool(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["name"] == "hairtint")
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _git(folder: Path, *words: str) -> str:
    try:
        done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, text=True, check=False)
    except OSError:  # no git here
        return ""
    return done.stdout.strip()
