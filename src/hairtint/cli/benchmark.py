"""`hairtint benchmark`: every stage of the live road, timed on this machine, beside the report's table."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from hairtint import signals
from hairtint.benchmark import report
from hairtint.benchmark.measure import STAGES, Row
from hairtint.cli import tables
from hairtint.cli.options import Number, Size
from hairtint.cli.progress import bar
from hairtint.errors import OutputError

SIZE = (1280, 720)
FILE = click.Path(path_type=Path, dir_okay=False)
NOTHING = "–"


def _names(context: click.Context, option: click.Parameter, given: Sequence[str]) -> list[str]:
    """What was given as "a,b" or by repeating the option."""
    return [name.strip() for text in given for name in text.split(",") if name.strip()]


@click.command()
@click.option("--models", multiple=True, callback=_names, help="Networks (see: hairtint models): a,b. Default: all.")
@click.option("--devices", multiple=True, callback=_names, help="onnxruntime, …: a,b. Default: all that are here.")
@click.option("--video", type=FILE, help="Video to measure with; default: a portrait under a moving camera.")
@click.option("--size", type=Size(), help="Bring frames to this size. Default: 1280x720, or the video's own.")
@click.option("--seconds", type=Number(0.1, 3600), default=20.0, show_default=True, help="How long.")
@click.option("--json", "json_path", type=FILE, help="Also write the figures here; - prints them, and no table.")
@click.option("--plot", "plot_path", type=FILE, help="Also draw them here: .png, .svg or .pdf (extra plot).")
def benchmark(
    models: list[str],
    devices: list[str],
    video: Path | None,
    size: tuple[int, int] | None,
    seconds: float,
    json_path: Path | None,
    plot_path: Path | None,
) -> None:
    """Measure how fast the live road is here: reading, network, matte, colour, and encoding for a browser.

    Networks and devices take turns frame by frame, so that a busy machine slows all alike; the figures are medians.
    """
    from hairtint.benchmark import moving, plot
    from hairtint.benchmark.measure import measure, roads
    from hairtint.whole_file import check_target, write_bytes

    printed = str(json_path) == "-"
    if json_path and not printed:
        check_target(json_path, True)
    if plot_path:
        plot.check(plot_path)
    _check_apart({"--video": video, "--json": json_path, "--plot": plot_path})
    measured, notes = roads(models, devices)
    for note in notes:
        click.echo(note, err=True)
    with _video(video, size or SIZE) as path, bar() as progress:
        frames = moving.frames(path, size)
        first = next(frames)
        task = progress.add_task("benchmark", total=100)
        rows = measure(measured, frames, seconds, lambda share: progress.update(task, completed=round(100 * share)))
    here = {
        **report.machine(),
        "size": f"{first.shape[1]}x{first.shape[0]}",
        "video": video.name if video else "portrait",
    }
    figures = json.dumps({"machine": here, "rows": [row.as_dict() for row in rows], "report": _published()}, indent=1)
    if json_path and not printed:
        write_bytes(json_path, f"{figures}\n".encode(), overwrite=True)
    if plot_path:
        plot.draw(plot_path, rows, f"{here['processor']}, {here['cores']} cores, frames of {here['size']}")
    if printed:
        click.echo(figures)
        return
    tables.show(_beside(rows))
    tables.show(_stages(rows))
    click.echo(f"{here['processor']}, {here['cores']} cores, {here['system']}; frames of {here['size']}")
    click.echo(report.SETUP)


def _check_apart(paths: dict[str, Path | None]) -> None:
    """OutputError where two options name one file, which would be overwritten."""
    named: dict[Path, str] = {}
    for option, path in paths.items():
        other = path and named.setdefault(path.resolve(), option)
        if other and other != option:
            raise OutputError(f"{other} and {option} name the same file, {path}: name another one for {option}")


@contextmanager
def _video(path: Path | None, size: tuple[int, int]) -> Iterator[Path]:
    """The user's video, or one that is generated and removed again."""
    if path is not None:
        yield path
        return
    from hairtint.benchmark import moving

    with signals.handled(signals.interrupt), tempfile.TemporaryDirectory(prefix="hairtint-") as folder:
        made = Path(folder) / "portrait.avi"
        moving.generate(made, size)
        yield made


def _beside(rows: list[Row]) -> Table:
    """The report's table: networks, parameters, accuracy and frames per second, here and there."""
    devices = list(dict.fromkeys(row.device for row in rows))
    columns = ("network", "parameters", "accuracy", *(f"FPS {device}" for device in devices))
    table = Table(*columns, "report: accuracy", f"FPS {report.GPU}", f"FPS {report.CPU}", box=None)
    for name in dict.fromkeys([*(row.model for row in rows), *report.REPORT]):
        mine = {row.device: row for row in rows if row.model == name}
        published = report.REPORT.get(name)
        known = next(iter(mine.values()), None)
        count = known.parameters if known else published.parameters if published else None
        accuracy = f"{known.accuracy:.1%}" if known and known.accuracy is not None else NOTHING
        speeds = [f"{mine[device].fps:.2f}" if device in mine else NOTHING for device in devices]
        theirs = [f"{published.accuracy:.0%}", *(f"{fps:.2f}" for fps in published.fps.values())] if published else []
        table.add_row(Text(name), f"{count:,}" if count else NOTHING, accuracy, *speeds, *(theirs or [NOTHING] * 3))
    return table


def _stages(rows: list[Row]) -> Table:
    """Where the time of a frame goes, in milliseconds."""
    table = Table("milliseconds", "device", *STAGES, "frame", "FPS", "frames", box=None)
    for row in rows:
        times = [row.milliseconds[stage] for stage in STAGES]
        cells = (f"{value:.1f}" for value in (*times, sum(times)))
        table.add_row(Text(row.model), row.device, *cells, f"{row.fps:.2f}", str(row.frames))
    return table


def _published() -> dict[str, Any]:
    return {
        name: {"parameters": one.parameters, "accuracy": one.accuracy, "fps": one.fps}
        for name, one in report.REPORT.items()
    }
