"""`hairtint image`: photos with their hair in another colour."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import click

from hairtint import batch
from hairtint.batch import Rgb
from hairtint.cli.options import Number, dye_options
from hairtint.cli.progress import bar
from hairtint.color import Color
from hairtint.effects import Effect
from hairtint.errors import HairtintError, OutputError
from hairtint.matte import Mask
from hairtint.recolor import Method, recolor


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="IN...")
@click.option("-c", "--color", required=True, help="A name (see: hairtint colors), #rrggbb or rgb(r, g, b).")
@click.option("-o", "--out", help="Result file, or a folder for many; default: beside the photo as NAME-COLOR.")
@dye_options
@click.option(
    "--saturation",
    type=Number(0, 1),
    default=0.0,
    show_default=True,
    help="With hsv: add this to the saturation of all hair alike, the report's remedy for dark hair.",
)
@click.option("--model", help="Network by name (see: hairtint models) or .onnx path; default: the finest for photos.")
@click.option("--mask", is_flag=True, help="Also write NAME-mask.png.")
@click.option("--side-by-side", is_flag=True, help="Also write photo, mask and result in one picture.")
@click.option("--force", is_flag=True, help="Overwrite files that exist.")
@click.option("-q", "--quiet", is_flag=True, help="Print refusals only.")
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
    quiet: bool,
) -> int:
    """Give the hair in photos another colour.

    IN... are files, folders or patterns. Of many photos, those whose results exist are passed over, so that a stopped
    run goes on.
    """
    from hairtint.matte import largest_region as clean
    from hairtint.segmenter import Segmenter

    if saturation and method != "hsv":
        raise click.UsageError("--saturation goes with --method hsv")
    dye = Color.parse(color)
    parsed = [Effect.parse(text) for text in effects]
    if out is None and any(Path(name).is_dir() for name in inputs):
        raise click.UsageError("with a folder of photos, name a folder for the results: -o FOLDER")
    jobs = batch.plan(batch.find(inputs), out, _slug(dye), mask=mask, sheet=side_by_side)
    many = len(jobs) > 1
    if out is not None and jobs[0].result != Path(out):
        _make(Path(out))
    network = cache(lambda: Segmenter(model))  # loaded once, and not for a photo that cannot be read

    def segment(rgb: Rgb) -> Mask:
        found = network().mask(rgb)
        return clean(found) if largest_region else found

    def dyed(rgb: Rgb, hair: Mask) -> Rgb:
        return recolor(rgb, hair, dye, strength=strength, method=method, effects=parsed, hsv_saturation=saturation)

    failed = 0
    with bar(quiet=quiet or not many) as progress:
        for job in progress.track(jobs, description="image"):
            if many and job.done and not force:
                _say(quiet, f"{job.result} exists, passed over")
                continue
            try:
                notes = batch.run(job, segment, dyed, overwrite=force, resume=many)
            except HairtintError as error:
                if not many:
                    raise
                failed += 1
                click.echo(f"hairtint: {error}", err=True)
                continue
            for note in notes:
                _say(quiet, note, err=True)
            for path in job.outputs:
                _say(quiet, str(path))
    if failed:
        click.echo(f"hairtint: {failed} of {len(jobs)} photos could not be done, the others are", err=True)
    return 1 if failed else 0


def _slug(dye: Color) -> str:
    return re.sub(r"[^a-z0-9]+", "-", (dye.name or dye.hex[1:]).lower())


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"cannot create {folder} ({error.strerror}): name another folder with -o") from error


def _say(quiet: bool, text: str, *, err: bool = False) -> None:
    if not quiet:
        click.echo(text, err=err)
