"""`hairtint video`: a video with the hair in another colour."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from types import FrameType

import click

from hairtint import signals
from hairtint.cli.options import PATH, check_names, chosen, color_option, dye_options, model_option
from hairtint.cli.progress import bar, tell
from hairtint.errors import InputError
from hairtint.recolor import Method
from hairtint.video import Keyframes, Report, dye_file
from hairtint.video.codecs import CODECS
from hairtint.video.timecode import seconds


class Time(click.ParamType[float]):
    """Seconds, or M:SS, or H:MM:SS."""

    name = "time"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The time in seconds."""
        try:
            return seconds(value)
        except InputError as error:
            self.fail(str(error), param, ctx)


@click.command()
@click.argument("source", type=PATH, metavar="IN")
@click.option("-o", "--out", type=PATH, required=True, help="Result: .mp4, .m4v, .mov, .mkv, .webm or .gif.")
@color_option()
@click.option("--keyframes", type=PATH, help="Looks that change over time, a TOML file: see docs/video.md.")
@dye_options
@model_option("Network by name (see: hairtint models) or .onnx path; default: the fastest.")
@click.option("--start", type=Time(), help="Begin here: seconds, or M:SS.")
@click.option("--end", type=Time(), help="End here.")
@click.option("--side-by-side", is_flag=True, help="Show the original to the left of the result.")
@click.option("--mask-video", type=PATH, help="Also write the mask, white for hair, to this file.")
@click.option(
    "--matte-out", type=PATH, help="Also write the dyed hair cut out, transparent elsewhere: .mov, .webm or .mkv."
)
@click.option("--codec", type=click.Choice(list(CODECS)), help="Default: h264 (hevc above 8 bits); .webm: vp9.")
@click.option(
    "--quality",
    default="good",
    show_default=True,
    help="draft, good, high or lossless, or the codec's CRF: a number, lower is better.",
)
@click.option("--force", is_flag=True, help="Overwrite files that exist.")
@click.option("-q", "--quiet", is_flag=True, help="Print refusals only.")
def video(
    source: Path,
    out: Path,
    color: str | None,
    keyframes: Path | None,
    strength: float,
    method: Method,
    saturation: float,
    effects: tuple[str, ...],
    model: str | None,
    largest_region: bool,
    start: float | None,
    end: float | None,
    side_by_side: bool,
    mask_video: Path | None,
    matte_out: Path | None,
    codec: str | None,
    quality: str,
    force: bool,
    quiet: bool,
) -> int:
    """Give the hair in a video another colour; sound, times, rotation and colours stay.

    Ctrl-C completes the file with what is done so far; a second one throws it away.
    """
    if (color is None) == (keyframes is None):
        raise click.UsageError("give a colour with -c, or looks with --keyframes, one of the two")
    check_names("videos", source, out, mask_video, matte_out)
    common = chosen("black" if color is None else color, strength, method, saturation, effects, largest_region)
    look = Keyframes.load(keyframes, common) if keyframes else common
    stop = Stop()
    with bar(quiet=quiet) as progress, signals.handled(stop.ask):
        task = progress.add_task("video", total=None)
        report = dye_file(
            source, out, look,
            model=model, start=start, end=end, side_by_side=side_by_side, mask_video=mask_video, matte_out=matte_out,
            codec=codec, quality=quality, overwrite=force, stop=stop,
            say=lambda line: None if quiet else tell(progress, line, err=True),
            progress=lambda done, total: progress.update(task, completed=done, total=total),
        )  # fmt: skip
    _tell(report, quiet)
    return stop.status if report.interrupted else 0


class Stop(threading.Event):
    """Set by a signal, whose exit status it keeps."""

    status = 0

    def ask(self, number: int, frame: FrameType | None) -> None:
        """A handler; the second time the signal unwinds, but for SIGHUP, which comes twice of one closed terminal."""
        self.status = 128 + number
        self.set()
        if number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signals.interrupt)


def _tell(report: Report, quiet: bool) -> None:
    if not quiet:
        if report.broken:
            click.echo(f"broken places: {report.broken}", err=True)
        for path in report.outputs:
            click.echo(str(path))
    if report.interrupted:
        kept = f"{report.seconds:.1f} s are kept in {report.outputs[0]}" if report.outputs else "no frame was done"
        click.echo(f"hairtint: interrupted, {kept}", err=True)
