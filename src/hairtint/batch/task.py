"""What is done to each photo of a batch, described so that another process or host can do it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from hairtint.batch.jobs import Job
from hairtint.errors import HairtintError, OutputError
from hairtint.look import Look
from hairtint.matte import Mask
from hairtint.photo import Photo, check_output, side_by_side, write_mask
from hairtint.photo_origin import Origin
from hairtint.photo_writing import on_white
from hairtint.segmenter import Segmenter
from hairtint.whole_file import refusal

Rgb = NDArray[np.uint8]
Segment = Callable[[Rgb], Mask]
Dye = Callable[[Rgb, Mask], Rgb]

LONGEST_SIDE = {".webp": 16_383, ".avif": 32_768, ".jpg": 65_500, ".jpeg": 65_500, ".gif": 65_535}
"""The most pixels a side that a format holds; of AVIF, that Pillow reads."""


@dataclass(frozen=True)
class Task:
    """Everything that `hairtint image` can be told about photos, alike for all of them.

    resume: files that are there stay, and only the missing ones are made. folders: make those that the results go into.
    threads: of the network, None for all cores. few: as of Segmenter.
    """

    look: Look
    model: str | None = None
    overwrite: bool = False
    resume: bool = False
    folders: bool = False
    threads: int | None = None
    few: bool = False

    def absolute(self) -> Task:
        """The same task, for somebody who is in another folder: a network's path holds there too."""
        if self.model is None or Path(self.model).suffix != ".onnx":
            return self
        return replace(self, model=str(Path(self.model).absolute()))


@dataclass(frozen=True)
class Outcome:
    """What became of a job: notes for the user, or the error; `passed` where it had been done before."""

    job: Job
    notes: tuple[str, ...] = ()
    error: HairtintError | None = None
    passed: bool = False


class Dyer:
    """Does the jobs of one task, one after another; its network is loaded for the first photo that can be read."""

    def __init__(self, task: Task) -> None:
        self.task = task

    @cached_property
    def network(self) -> Segmenter:
        """The network of the task; ModelError where it cannot be had."""
        return Segmenter(self.task.model, threads=self.task.threads, few=self.task.few)

    def do(self, job: Job) -> Outcome:
        """Do a job; raises HairtintError where it cannot be done."""
        if self.task.folders:
            make_folder(job.result.parent)
        notes = run(job, self._mask, self._dyed, overwrite=self.task.overwrite, resume=self.task.resume)
        return Outcome(job, tuple(notes))

    def _mask(self, rgb: Rgb) -> Mask:
        return self.task.look.hair(self.network.mask(rgb))

    def _dyed(self, rgb: Rgb, hair: Mask) -> Rgb:
        return self.task.look.dyed(rgb, hair)


def make_folder(folder: Path) -> None:
    """Make a folder for results, and those it lies in; OutputError where it cannot be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise refusal(f"cannot create {folder}", error, "name another folder with -o") from error


def run(job: Job, segment: Segment, dye: Dye, *, overwrite: bool = False, resume: bool = False) -> list[str]:
    """Do one job and return notes for the user; nothing is computed where a result could not be written.

    `resume`: files that are there already stay as they are, and only the missing ones are made; that another run writes
    one of them meanwhile is no error. Raises PictureError, or OutputError once all others of its files are written; no
    file is ever half-written.
    """
    wanted = [path for path in job.outputs if not (resume and os.path.exists(path))]
    photo = Photo.open(job.source)  # before its folder is looked for, which may be missing as well
    for path in wanted:
        check_output(path, overwrite=overwrite)
    mask = segment(photo.rgb)
    dyed = photo.with_rgb(dye(photo.rgb, mask))
    notes = list(photo.notes)
    if not (mask > 0.5).any():
        notes.append(f"{job.source}: no hair was found, so nothing changed")

    def write(path: Path) -> None:
        if path == job.mask:
            write_mask(path, mask, overwrite=overwrite)
        elif path == job.sheet:
            before, after = (on_white(each.rgb, each.alpha) for each in (photo, dyed))
            sheet = Image.fromarray(side_by_side(before, mask, after))
            longest = LONGEST_SIDE.get(path.suffix.lower(), max(sheet.size))
            if longest < max(sheet.size):
                sheet.thumbnail((longest, longest))
                notes.append(f"{path}: scaled down, as {path.suffix} holds {longest} pixels a side at most")
            Photo(np.asarray(sheet), origin=Origin(icc=photo.origin.icc)).save(path, overwrite=overwrite)
        else:
            notes.extend(f"{path}: {line}" for line in dyed.save(path, overwrite=overwrite))

    refusals = []
    for path in reversed(wanted):  # the result last: it is what people look for
        try:
            write(path)
        except OutputError as error:
            if not (resume and os.path.exists(path)):
                refusals.append(error)
    if refusals:
        raise refusals[0]
    return notes
