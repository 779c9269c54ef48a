"""`hairtint export`: a trained network as an .onnx file with its card."""

from __future__ import annotations

from pathlib import Path

import click

from hairtint.cli.options import PATH, data_folders
from hairtint.cli.progress import say
from hairtint.errors import DataError


@click.command()
@click.argument("run", type=PATH)
@data_folders(required=True)
@click.option("--name", help="Name of the .onnx; default: the network's.")
@click.option("--last", is_flag=True, help="The last network, not the best: with few validation photos that is chance.")
@click.option("--zoo", "home", type=PATH, help="Folder of networks to write into; default: zoo in the run folder.")
def export(
    run: Path, data: tuple[Path, ...], no_hair: tuple[Path, ...], name: str | None, last: bool, home: Path | None
) -> None:
    """Write the best network of a run folder as .onnx with a card, checked against torch on its validation photos."""
    from hairtint.training import require

    require()
    from hairtint.training import card, datasets, integers, run_files
    from hairtint.training.compress import compressed
    from hairtint.training.export import Trained, check_name, install, parity, shapes_of, to_onnx
    from hairtint.training.pairs import some

    trained = Trained.load(run / run_files.LAST if last else run)
    if trained.no_better:
        say(f"{run}: {trained.no_better}")
    every, reports = datasets.open_all(data, no_hair)
    for report in reports:
        say(*report.complaints())
    pairs, lacking = datasets.kept_for_validation(every, run, reports)
    if lacking:  # the card would give figures of a part as those of the run
        raise DataError(f"{lacking}; give every --data and --no-hair of the training again")
    name, home = name or trained.config.network, home or run / "zoo"
    shapes = shapes_of(trained.network, trained.config)
    check_name(name)
    onnx = to_onnx(trained.network, shapes)
    if trained.config.network == "swift":  # in integers photos lose outlines, and the report knows none
        kept = {pair.name for pair in pairs}
        onnx = integers.prepared(onnx, shapes, [pair for pair in every if pair.name not in kept])
    photos = [pair.read()[0] for pair in some(pairs, 16)]
    parity(trained.network, onnx, shapes, photos)
    onnx, stored = compressed(onnx)
    worst = parity(trained.network, onnx, shapes, photos, stored)
    facts = card.facts(trained)
    metrics = card.measure(onnx, pairs)
    text = card.write(name, trained, run, onnx, metrics, worst, stored)
    path = install(home, name, onnx, facts | {"metrics": metrics}, text)
    click.echo(f"{path} (largest difference to torch {worst:.1e} {stored.where})")
