"""`hairtint train`: from photos with masks to a run folder."""

from __future__ import annotations

from pathlib import Path

import click

from hairtint.cli.options import FOLDER, data_folders
from hairtint.cli.progress import bar


@click.command()
@click.argument("config", type=FOLDER)
@data_folders(required=True)
@click.option("--run", type=FOLDER, help="Run folder; default runs/NAME by the config's name. An unfinished one goes on.")
@click.option("--from", "weights", type=FOLDER, help="Start from the weights of this checkpoint.")
@click.option("--devices", default="1", show_default=True, help="How many devices or processes: a number, or auto.")
@click.option("--log-every", type=click.IntRange(1), default=100, show_default=True, help="Steps between lines where there is no terminal.")
def train(
    config: Path,
    data: tuple[Path, ...],
    no_hair: tuple[Path, ...],
    run: Path | None,
    weights: Path | None,
    devices: str,
    log_every: int,
) -> None:
    """Train a network as a config file says; run it again to go on where it stopped."""
    from hairtint.training import require

    require()
    from hairtint.training import datasets, fabric
    from hairtint.training.config import Config
    from hairtint.training.train import train as learn

    plan = Config.load(config)
    folder = run or Path("runs") / config.stem
    pairs, reports = datasets.open_all(data, no_hair)
    for line in (line for report in reports for line in report.lines()):
        click.echo(line, err=True)
    with bar() as progress:
        task = progress.add_task("train", total=None)

        def show(done: int, total: int, text: str) -> None:
            progress.update(task, completed=done, total=total, description=text)
            if progress.disable and done % log_every == 0:
                click.echo(f"step {done} of {total}: {text}", err=True)

        best = learn(
            plan, pairs, folder, reports=reports, weights=weights, progress=show, fabric=fabric.start(devices, plan)
        )
    click.echo(str(best))
