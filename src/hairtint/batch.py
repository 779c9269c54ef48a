"""Many photos in one go: which files there are, where their results go, and what each one needs done."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hairtint.errors import OutputError, PictureError
from hairtint.matte import Mask
from hairtint.photo import PICTURE_SUFFIXES, Photo, check_output, side_by_side, write_mask

Rgb = NDArray[np.uint8]
Segment = Callable[[Rgb], Mask]
Dye = Callable[[Rgb, Mask], Rgb]


@dataclass(frozen=True)
class Job:
    """One photo and the files made of it; `mask` and `sheet` are None where they are not wanted."""

    source: Path
    result: Path
    mask: Path | None = None
    sheet: Path | None = None

    @property
    def outputs(self) -> list[Path]:
        """The files that the job writes."""
        return [path for path in (self.result, self.mask, self.sheet) if path]

    @property
    def done(self) -> bool:
        """Whether everything wanted is there already."""
        return all(path.exists() for path in self.outputs)


def find(names: Sequence[str]) -> list[Path]:
    """The picture files of names that are files, folders (every picture in them) or patterns such as "*.jpg".

    Raises PictureError for a folder without a picture and a pattern without a match; a missing file is reported when
    its turn comes.
    """
    found: dict[Path, None] = {}
    for name in names:
        path = Path(name)
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.suffix.lower() in PICTURE_SUFFIXES and p.is_file())
            if not inside:
                raise PictureError(f"{path} holds no picture: give a folder with JPEG, PNG, WebP, … files")
        elif not path.exists() and glob.has_magic(name):
            inside = sorted(Path(p) for p in glob.glob(name, recursive=True) if Path(p).is_file())
            if not inside:
                raise PictureError(f"no file matches {name}: check the pattern")
        else:
            inside = [path]
        found.update(dict.fromkeys(inside))
    return list(found)


def plan(
    sources: Sequence[Path], out: str | None, suffix: str, *, mask: bool = False, sheet: bool = False
) -> list[Job]:
    """Where each result goes: to `out` (a file, or a folder for many), or beside its photo as NAME-`suffix`.EXT.

    `out` is a folder where it is one, ends with a slash, or has no suffix. Raises OutputError where many photos would
    be written to one file.
    """
    folder = out is not None and (Path(out).is_dir() or out.endswith(("/", os.sep)) or not Path(out).suffix)
    if out is not None and len(sources) > 1 and not folder:
        raise OutputError(f"{len(sources)} photos cannot become one file {out}: name a folder, {out}/ say")
    jobs: dict[Path, Job] = {}
    for source in sources:
        if out is None:
            result = source.with_name(f"{source.stem}-{suffix}{source.suffix}")
        else:
            result = Path(out) / source.name if folder else Path(out)
        job = Job(
            source,
            result,
            result.with_name(f"{result.stem}-mask.png") if mask else None,
            result.with_name(f"{result.stem}-side-by-side{result.suffix}") if sheet else None,
        )
        if result in jobs:
            raise OutputError(f"{jobs[result].source} and {source} would both become {result}: give them in two calls")
        jobs[result] = job
    return list(jobs.values())


def run(job: Job, segment: Segment, dye: Dye, *, overwrite: bool = False, resume: bool = False) -> list[str]:
    """Do one job and return notes for the user; nothing is computed where a result could not be written.

    `resume`: files that are there already stay as they are, and only the missing ones are made.
    Raises PictureError or OutputError; no file is ever half-written.
    """
    wanted = [path for path in job.outputs if not (resume and path.exists())]
    for path in wanted:
        check_output(path, overwrite=overwrite)
    photo = Photo.open(job.source)
    mask = segment(photo.rgb)
    dyed = photo.with_rgb(dye(photo.rgb, mask))
    notes = list(photo.notes)
    if not (mask > 0.5).any():
        notes.append(f"{job.source}: no hair was found, so nothing changed")
    if job.mask in wanted:
        write_mask(job.mask, mask, overwrite=overwrite)
    if job.sheet in wanted:
        Photo(side_by_side(photo.rgb, mask, dyed.rgb)).save(job.sheet, overwrite=overwrite)
    if job.result in wanted:
        notes += [f"{job.result}: {line}" for line in dyed.save(job.result, overwrite=overwrite)]
    return notes
