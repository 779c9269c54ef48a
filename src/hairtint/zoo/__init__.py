"""The networks that come with their weights: a manifest, one .onnx and one card each.

This is the one place where the two roads meet: training writes here, the live road reads. A folder named by the
environment variable HAIRTINT_MODELS may hold further networks with a manifest.json of the same form.

manifest.json maps a name to
  file         the .onnx beside the manifest
  sha256       of that file; a network whose file differs is refused
  size         side of the square input in pixels
  shapes       [height, width] of all pictures it takes, the square first; without it the square alone
  parameters   of the network
  gflop        billions of operations for one picture of that size, a multiply-add being two
  metrics      what the card says, measured on photos kept apart from training
Every .onnx takes `rgb`, uint8 (1, height, width, 3), and gives `probability`, float32 (1, h, w) in [0, 1], where h and
w are at most height and width (hairtint.framing). The folder style/ holds, in the same form, the network that names
hairstyles (hairtint.style); in place of metrics its entry has `naming`, what hairtint.training.style_card measured.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hairtint.errors import DamagedModelError, ModelError, UnknownModelError, reason
from hairtint.framing import Shape

HOME = Path(__file__).parent
CHECKOUT = HOME.parents[2]
LARGE = CHECKOUT / "weights"  # of a checkout: networks too large for the wheel
MANIFEST = "manifest.json"
ORDER = ("swift", "fine", "deep", "light", "medium", "full")  # this project's own first, then the report's by size
OUTSIDE = ("medium", "full")  # of the wheel: in LARGE
PHOTO_PREFERENCE = ("fine", "deep", "swift", "full", "medium", "light")  # what a photo gets when nobody names a network
TOGETHER = ("fine", "deep")  # the mean is better than each (docs/training-log.md); the slowest first
STYLE = "style"  # the folder of the network that names hairstyles, and its name there

NOTHING = "no network is installed: install hairtint again, or train one with hairtint train"


@dataclass(frozen=True)
class Entry:
    """One network of the zoo: where it lies and what is known of it."""

    name: str
    path: Path
    size: int
    sha256: str | None = None
    parameters: int | None = None
    metrics: dict[str, Any] = field(default_factory=dict)
    shapes: tuple[Shape, ...] = ()  # that it takes; empty: the file says

    def read(self) -> bytes:
        """The bytes of the .onnx; raises DamagedModelError where they are not the ones of the manifest."""
        try:
            data = self.path.read_bytes()
        except OSError as error:
            raise ModelError(
                f"cannot read the network {self.path} ({reason(error)}): check it, or install hairtint again"
            ) from error
        if self.sha256 and hashlib.sha256(data).hexdigest() != self.sha256:
            raise DamagedModelError(
                f"the weights {self.path} are damaged or not the ones of the manifest (sha256 differs):"
                " install hairtint again, or export them again with hairtint export"
            )
        return data


def folders() -> Iterator[Path]:
    """Where networks are looked for, first the user's own."""
    if own := os.environ.get("HAIRTINT_MODELS"):
        if not os.path.isdir(own):
            raise ModelError(f"HAIRTINT_MODELS names {own}, which is no folder: correct it or unset it")
        yield Path(own)
    yield HOME
    if os.path.isfile(CHECKOUT / "pyproject.toml"):
        yield LARGE


def entries(part: str = "") -> dict[str, Entry]:
    """Every network whose weights are here, by name; a user's own hides one of the same name.

    part: "" for those that find hair, STYLE for the one that names hairstyles.
    """
    found: dict[str, Entry] = {}
    for folder in (home / part for home in folders()):
        for name, values in read_manifest(folder).items():
            if name not in found and os.path.isfile(folder / values["file"]):
                found[name] = _entry(name, folder / values["file"], values)
    return {name: found[name] for name in sorted(found, key=_rank)}


def models() -> list[str]:
    """Names of the networks whose weights are here: those of this project first, then the report's, then others."""
    return list(entries())


def find(model: str | os.PathLike[str]) -> Entry:
    """The network by name, or by the path of an .onnx file.

    Raises UnknownModelError where there is none, with the names that would do.
    """
    here = entries()
    if not isinstance(model, str | os.PathLike):
        raise UnknownModelError(f"no network {model!r}: choose one of {', '.join(here)}, or give an .onnx file")
    if isinstance(model, str) and model in here:
        return here[model]
    path = Path(model)
    if path.suffix == ".onnx":
        return _by_path(path)
    where = "name the folder weights of a checkout in HAIRTINT_MODELS" if model in OUTSIDE else "give an .onnx file"
    raise UnknownModelError(f"no network {str(model)!r} here: choose one of {', '.join(here)}, or {where}")


def for_photos(model: str | os.PathLike[str] | None = None) -> list[Entry]:
    """The networks whose mean a photo gets: for None those that are better together, or else the finest one here.

    Raises UnknownModelError as `find` does, and for None where none is installed.
    """
    if model is not None:
        return [find(model)]
    here = entries()
    found = [here[name] for name in PHOTO_PREFERENCE if name in here]
    if not found:
        raise UnknownModelError(NOTHING)
    return [entry for entry in found if entry.name in TOGETHER] or found[:1]


def find_style() -> Entry:
    """The network that names hairstyles; UnknownModelError where it is not installed."""
    try:
        return entries(STYLE)[STYLE]
    except KeyError:
        raise UnknownModelError("the network that names hairstyles is not here: install hairtint again") from None


def fastest() -> str:
    """The name of the network for live video; UnknownModelError where none is installed."""
    for name in models():
        return name
    raise UnknownModelError(NOTHING)


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest of a folder; empty where there is none; raises ModelError where it cannot be understood."""
    path = folder / MANIFEST
    if not os.path.isfile(path):
        return {}
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        for name, values in manifest.items():
            _check(name, values)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ModelError(f"{path} is not a manifest of networks: {error!r}; repair or delete it") from error
    return manifest  # type: ignore[no-any-return]


def _check(name: str, values: dict[str, Any]) -> None:
    """ValueError, or what looking for a value raises, where an entry is not as the head of this module says."""
    file, size, count = values["file"], values["size"], values.get("parameters")
    if not name.isprintable() or not isinstance(values["sha256"], str):
        raise ValueError(f"{name!r} needs a printable name and its sha256 as text")
    if not isinstance(file, str) or Path(file).name != file or not file.isprintable():
        raise ValueError(f"{name!r} names no file beside the manifest")
    if not _is_count(size) or not (count is None or _is_count(count)):
        raise ValueError(f"{name!r} has a size or number of parameters that is no whole number above 0")
    if not all(map(_is_count, [side for height, width in values.get("shapes", []) for side in (height, width)])):
        raise ValueError(f"{name!r} has shapes that are no pairs of whole numbers above 0")
    for figures in values.get("metrics", {}).values():
        if isinstance(iou := figures["mean_iou"], bool) or not isinstance(iou, int | float):
            raise ValueError(f"{name!r} has a mean_iou that is no number")


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**40


def _entry(name: str, path: Path, values: dict[str, Any]) -> Entry:
    known = (values.get("parameters"), values.get("metrics", {}), tuple(map(tuple, values.get("shapes", []))))
    return Entry(name, path, values["size"], values["sha256"], *known)


def _by_path(path: Path) -> Entry:
    if not os.path.isfile(path):
        raise UnknownModelError(f"no network file {path}: check the path, or name one of {', '.join(entries())}")
    for entry in entries().values():
        if entry.path.resolve() == path.resolve():
            return entry
    try:
        beside = read_manifest(path.parent)
    except ModelError:
        if not _of_something_else(path.parent / MANIFEST):
            raise
        beside = {}
    for name, values in beside.items():
        if values["file"] == path.name:
            return _entry(name, path, values)
    return Entry(path.stem, path, size=0)  # 0: the runtime reads it from the file


def _of_something_else(manifest: Path) -> bool:
    """Whether a manifest.json names no files at all: that of a web app, say, and not a damaged one of networks."""
    try:
        values = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(values, dict) and not any(isinstance(v, dict) and "file" in v for v in values.values())


def _rank(name: str) -> tuple[int, str]:
    return (ORDER.index(name) if name in ORDER else len(ORDER), name)
