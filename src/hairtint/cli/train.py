"""`hairtint train`: from photos with masks to a run folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.progress import Progress

from hairtint.cli.options import PATH, Number, data_folders
from hairtint.cli.progress import bar, say
from hairtint.errors import HairtintError

if TYPE_CHECKING:
    from hairtint.training.config import Config
    from hairtint.training.pairs import Pair


@click.command()
@click.argument("config", type=PATH)
@data_folders(required=True)
@click.option(
    "--run", type=PATH, help="Run folder; default: runs/NAME by the config's name. An unfinished one goes on."
)
@click.option("--from", "weights", type=PATH, help="Start from the weights of this checkpoint or exported .onnx.")
@click.option(
    "--mean-with",
    type=PATH,
    help="Start from the mean of the weights of --from and of this, both exported .onnx.",
)
@click.option("--encoder", type=PATH, help="Start the encoder from this file of ImageNet weights (docs/training.md).")
@click.option("--teacher", type=PATH, help="Learn from these masks of hairtint data teach too, as the config says.")
@click.option("--devices", default="1", show_default=True, help="How many devices or processes: a number, or auto.")
@click.option(
    "--nodes",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="How many hosts, each with so many devices; this command runs on each (docs/scale.md).",
)
@click.option(
    "--memory",
    type=Number(0),
    metavar="GB",
    help="Keep decoded photos in memory up to so many gigabytes a process, read the others each time;"
    " default: half of the machine's.",
)
@click.option(
    "--log-every",
    type=click.IntRange(1),
    default=100,
    show_default=True,
    help="Steps between lines where there is no terminal.",
)
def train(
    config: Path,
    data: tuple[Path, ...],
    no_hair: tuple[Path, ...],
    run: Path | None,
    weights: Path | None,
    mean_with: Path | None,
    encoder: Path | None,
    teacher: Path | None,
    devices: str,
    nodes: int,
    memory: float | None,
    log_every: int,
) -> int:
    """Train a network as a config file says; run it again to go on where it stopped."""
    from hairtint.training import require

    require()
    from hairtint.training import datasets, fabric, run_files
    from hairtint.training.config import Config
    from hairtint.training.export import Trained
    from hairtint.training.train import train as learn

    plan = Config.load(config)
    folder = run or Path("runs") / config.stem
    processes = fabric.start(devices, plan, nodes)
    first = fabric.is_first(processes)  # with several processes, one speaks for all
    try:
        pairs, reports = datasets.open_all(data, no_hair)
        if first:
            for report in reports:
                say(*report.lines())
            say(*_misfits(plan, pairs))
            if (weights or mean_with or encoder) and (folder / run_files.LAST).exists():
                say(f"{folder} goes on where it was: --from, --mean-with and --encoder are for its start alone")
        with bar(quiet=not first) as progress:
            best = learn(
                plan, pairs, folder, reports=reports, weights=weights, mean_with=mean_with, encoder=encoder,
                teacher=teacher, memory=None if memory is None else memory * 1e9, fabric=processes,
                progress=_Show(progress, log_every if first else 0),
            )  # fmt: skip
    except fabric.SharedError:
        if first:
            raise
        return 1
    except HairtintError as error:
        if first:
            raise
        raise type(error)(f"process {processes.global_rank}: {error}") from error
    if first:
        if why := Trained.load(best).no_better:
            say(f"{folder}: {why}")
        click.echo(str(best))
    return 0


def _misfits(plan: Config, pairs: Sequence[Pair]) -> Iterator[str]:
    """What of a config was meant for other data, a line each."""
    from hairtint.training.datasets import split
    from hairtint.training.loader import steps

    present = {pair.source for pair in pairs}
    if absent := [name for name in plan.repeat if name not in present]:
        yield f"repeat names what is not in the data: {', '.join(absent)}"
    trained = [pair.source for pair in split(pairs, seed=plan.seed, validation=plan.validation)[0]]
    total = steps(trained, plan.repeat, plan.seed, plan.epochs, plan.batch)
    if 0 < total <= plan.warmup_steps:
        yield f"all {total} steps are warm-up: set warmup_steps, now {plan.warmup_steps}, to a tenth of them at most"


class _Show:
    """Progress as a bar or, where there is no terminal, as a line every so many steps and one an epoch."""

    def __init__(self, progress: Progress, log_every: int) -> None:
        self.progress, self.log_every, self.last = progress, log_every, -1
        self.task = progress.add_task("train", total=None)

    def __call__(self, done: int, total: int, text: str) -> None:
        self.progress.update(self.task, completed=done, total=total, description=text)
        epoch_ended, self.last = done == self.last, done
        if self.progress.disable and self.log_every and (epoch_ended or done % self.log_every == 0):
            say(f"step {done} of {total}: {text}")
