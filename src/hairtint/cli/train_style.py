"""`hairtint train-style`: teach the network that names hairstyles."""

from __future__ import annotations

from pathlib import Path

import click

from hairtint.cli.options import PATH
from hairtint.cli.progress import counting, say


@click.command()
@click.option(
    "--data", type=PATH, multiple=True, required=True,
    help="Figaro1k as published, or images/ and masks/ with its file names, which tell the styles. Repeatable.",
)  # fmt: skip
@click.option("--encoder", type=PATH, required=True, help="File of MobileNetV2 ImageNet weights, as for swift.")
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option("--zoo", "home", type=PATH, help="Zoo folder to write into; default: the one hairtint loads from.")
def train_style(data: tuple[Path, ...], encoder: Path, seed: int, home: Path | None) -> None:
    """Teach the network that names hairstyles and write it with its card into the zoo."""
    from hairtint.training import require

    require()
    from hairtint import zoo
    from hairtint.training import datasets, style_card
    from hairtint.training.export import install
    from hairtint.training.style import learn

    pairs, reports = datasets.open_all(data)
    for report in reports:
        say(*report.lines())
    with counting("train-style") as progress:
        learned = learn(pairs, encoder, seed=seed, progress=progress)
    onnx, worst = style_card.exported(learned)
    metrics = style_card.measure(onnx, learned)
    text = style_card.write(learned, onnx, metrics, worst)
    folder = (home or next(zoo.folders())) / zoo.STYLE
    path = install(folder, zoo.STYLE, onnx, style_card.facts(learned) | {"naming": metrics}, text)
    click.echo(f"{path} (accuracy on photos kept apart: {metrics['accuracy']:.3f})")
