"""`hairtint image`: photos with their hair in another colour."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

import click

from hairtint import processor
from hairtint.cli.completions import files
from hairtint.cli.options import PATH, check_names, chosen, color_option, dye_options, model_option
from hairtint.cli.progress import bar, tell
from hairtint.errors import PictureError, reason
from hairtint.photo import OUTPUT_SUFFIXES
from hairtint.recolor import Method

A_PROCESS = 8  # photos that make it worth the start of another process


@click.command()
@click.argument("inputs", nargs=-1, metavar="[IN...]", shell_complete=files)
@color_option(required=True)
@click.option(
    "-o",
    "--out",
    shell_complete=files,
    help="Result file, or a folder for many; default: beside the photo as NAME-COLOR.",
)
@dye_options
@model_option("Network by name (see: hairtint models) or .onnx path; default: the finest for photos.")
@click.option("--mask", is_flag=True, help="Also write NAME-mask.png.")
@click.option("--side-by-side", is_flag=True, help="Also write photo, mask and result in one picture.")
@click.option("--force", is_flag=True, help="Overwrite files that exist.")
@click.option("-r", "--recursive", is_flag=True, help="Folders in folders too; results keep their places.")
@click.option(
    "--list",
    "listing",
    shell_complete=files,
    help="Also the photos in this file, one path a line; - is standard input.",
)
@click.option(
    "--base",
    type=PATH,
    default=".",
    help="Photos of the list keep their places below this folder; default: the current one.",
)
@click.option("-j", "--jobs", type=click.IntRange(1, 1024), help="Processes; default: all cores where it pays.")
@click.option(
    "--engine",
    type=click.Choice(["local", "ray"]),
    default="local",
    show_default=True,
    help="Where they run: this machine, or a Ray cluster (docs/scale.md).",
)
@click.option("-q", "--quiet", is_flag=True, help="Print only refusals and how many results were there already.")
def image(
    inputs: tuple[str, ...],
    color: str,
    out: str | None,
    strength: float,
    method: Method,
    saturation: float,
    effects: tuple[str, ...],
    model: str | None,
    largest_region: bool,
    mask: bool,
    side_by_side: bool,
    force: bool,
    recursive: bool,
    listing: str | None,
    base: Path,
    jobs: int | None,
    engine: str,
    quiet: bool,
) -> int:
    """Give the hair in photos another colour.

    IN... are files, folders or patterns. Of a folder, a pattern or several files, photos whose results exist are passed
    over, so that a stopped run goes on.
    """
    from hairtint import batch

    if not inputs and not listing:
        raise click.UsageError("name photos: files, folders, patterns, or --list")
    check_names("photos", *inputs, out)
    look = chosen(color, strength, method, saturation, effects, largest_region)
    task = batch.Task(look, model, overwrite=force)
    if out is not None and batch.is_folder(out):
        if not out.endswith(("/", os.sep)) and os.path.exists(out) and not os.path.isdir(out):
            raise click.UsageError(f"{out} is a file without a suffix: end the name in {', '.join(OUTPUT_SUFFIXES)}")
        task = replace(task, folders=True)
    if out is None and any(os.path.isdir(name) for name in inputs):
        raise click.UsageError("with a folder of photos, name a folder for the results: -o FOLDER")

    def work(passed: _Passed) -> Iterator[batch.Job]:
        without = Path(out) if out else None
        found = batch.find(inputs, recursive=recursive, without=without, refuse=passed.folders.append)
        more = batch.listed(_lines(listing), base) if listing else ()
        return batch.plan(
            chain(found, more), out, batch.slug(look.color), mask=mask, sheet=side_by_side, passed=passed.result
        )

    total = None
    if not listing or not _is_stream(listing):  # and whatever is wrong with the names comes first
        passed = _Passed()
        total = sum(1 for _ in work(passed))
        if not total and passed.results:
            raise PictureError(str(passed))
    many = total != 1 or listing is not None or recursive or any(map(batch.is_many, inputs))
    if many and not force:
        task = replace(task, resume=True)
    run = _engine(engine, task, jobs, total)
    if task.folders and out:
        batch.make_folder(Path(out))
    passed = _Passed()
    status = _report(run(work(passed)), total, alone=not many, quiet=quiet)
    if passed.results and not quiet:
        click.echo(str(passed), err=True)
    for error in passed.folders:
        click.echo(f"hairtint: {error}", err=True)
    return 1 if passed.folders else status


class _Passed:
    """What is passed over: folders that cannot be read, and files that are named like results of others.

    As text it says what the latter means for them.
    """

    def __init__(self) -> None:
        self.folders: list[PictureError] = []
        self.results, self.first = 0, ""

    def result(self, source: Path, original: Path) -> None:
        """Count a file that is named like the result of another."""
        self.results += 1
        self.first = self.first or f"{source} is named like the result of {original.name}"

    def __str__(self) -> str:
        others = f", and {self.results - 1} more are like it" if self.results > 1 else ""
        return f"{self.first}, so it was passed over{others}: to dye such a photo, name a place for its result with -o"


def _is_stream(listing: str) -> bool:
    """Whether a list can be read only once, as standard input and the pipes of a shell can."""
    return listing == "-" or (os.path.exists(listing) and not os.path.isfile(listing))


def _lines(listing: str) -> Iterable[bytes]:
    return sys.stdin.buffer if listing == "-" else _file(listing)


def _file(listing: str) -> Iterator[bytes]:
    try:
        with Path(listing).open("rb") as file:
            yield from file
    except OSError as error:
        raise PictureError(f"cannot read the list {listing}: {reason(error)}") from error


def _engine(engine: str, task: Any, jobs: int | None, total: int | None) -> Callable[[Iterable[Any]], Iterator[Any]]:
    """Jobs to outcomes, by as many processes as `jobs` says or as pay."""
    from hairtint.batch import Dyer, crew
    from hairtint.segmenter import FEW

    if engine == "ray":
        from hairtint.batch.cluster import Actors

        actors = Actors(partial(Dyer, replace(task, threads=1).absolute()))
        if not (free := actors.free):
            click.echo("all cores of the Ray cluster are taken: waiting for one", err=True)
        size = min(jobs or actors.size, max(1, free))  # one that waits for a core would keep a photo waiting
        return lambda planned: crew.share(planned, actors, size, resume=task.resume)
    cores = processor.cores()
    size = jobs or (cores if total is None else min(cores, -(-total // A_PROCESS)))
    if size <= 1:
        task = replace(task, few=total is not None and total < FEW)
        return lambda planned: crew.share(planned, crew.Alone(Dyer(task)), 1, resume=task.resume)
    processes = crew.Processes(partial(Dyer, replace(task, threads=1)))
    return lambda planned: crew.share(planned, processes, size, resume=task.resume)


def _report(outcomes: Iterator[Any], total: int | None, *, alone: bool, quiet: bool) -> int:
    """Say what becomes of the photos; the exit status."""
    count = failed = there = 0
    with bar(quiet=quiet or alone) as progress:

        def say(line: str, *, err: bool = False) -> None:
            if not quiet:
                tell(progress, line, err=err)

        for done in progress.track(outcomes, total=total, description="image"):
            count += 1
            if done.passed:
                there += 1
            elif done.error:
                if alone:
                    raise done.error
                failed += 1
                tell(progress, f"hairtint: {done.error}", err=True)
            else:
                for note in done.notes:
                    say(note, err=True)
                for path in done.job.outputs:
                    say(str(path))
    if there:
        results, them = ("1 result was", "it") if there == 1 else (f"{there} results were", "them")
        click.echo(f"{results} there already: --force makes {them} anew", err=True)
    if failed:
        others = ", the others are" if failed < count else ""
        click.echo(f"hairtint: {failed} of {count} photos could not be done{others}", err=True)
    return 1 if failed else 0
