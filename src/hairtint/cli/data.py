"""`hairtint data`: look at a data set before training on it, expand it as the report did, pack it into shards."""

from __future__ import annotations

import json
from pathlib import Path

import click

from hairtint.cli.options import PATH, Number, data_folders, model_option
from hairtint.cli.progress import counting, say
from hairtint.training.augment import RECIPES


@click.group()
def data() -> None:
    """Check, split, expand, pack and label photos with hair masks."""


@data.command()
@data_folders(required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def check(data: tuple[Path, ...], no_hair: tuple[Path, ...], as_json: bool) -> None:
    """Count the pairs and say which files are left out and why; of shards, whether they are what was packed."""
    from hairtint.training import datasets, shards

    if not data and not no_hair:
        raise click.UsageError("name a folder: --data or --no-hair")
    for folder in data:
        if shards.found_in(folder):
            shards.verify(folder)
    _, reports = datasets.open_all(data, no_hair)
    if as_json:
        click.echo(json.dumps([vars(report) for report in reports], indent=1))
        return
    for report in reports:
        click.echo("\n".join(report.lines()))


@data.command()
@data_folders(required=True)
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--validation", type=Number(0, 1, min_open=True, max_open=True), default=0.2, show_default=True)
def split(data: tuple[Path, ...], no_hair: tuple[Path, ...], seed: int, validation: float) -> None:
    """Print as JSON which photos a training would learn from and which it would keep for validation."""
    from hairtint.training import datasets

    pairs, _ = datasets.open_all(data, no_hair)
    sides = datasets.split(pairs, seed=seed, validation=validation)
    names = [[f"{pair.source}/{pair.stem}" for pair in side] for side in sides]
    click.echo(json.dumps({"training": names[0], "validation": names[1]}, indent=1))


@data.command()
@data_folders(required=True)
@click.option("-o", "--out", type=PATH, required=True, help="Folder to write images/ and masks/ into.")
@click.option(
    "--copies", type=click.IntRange(0, 1000), default=7, show_default=True, help="Random variants beside each photo."
)
@click.option("--recipe", type=click.Choice(list(RECIPES)), default="report", show_default=True)
@click.option(
    "--size", type=click.IntRange(16, 2048), default=256, show_default=True, help="Side of the square results."
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
def expand(
    data: tuple[Path, ...], no_hair: tuple[Path, ...], out: Path, copies: int, recipe: str, size: int, seed: int
) -> None:
    """Write each photo and random variants of it as files; a stopped run goes on where it was.

    A training on the result keeps all variants of a photo on one side and validates on the photos themselves.
    """
    from hairtint.training import datasets
    from hairtint.training.expand import expand as write

    pairs, _ = datasets.open_all(data, no_hair)
    with counting("expand", len(pairs)) as progress:
        new = write(pairs, out, copies=copies, recipe=recipe, size=size, seed=seed, progress=progress)
    click.echo(f"{new} new pairs in {out}, {len(pairs) * (copies + 1)} in all")


@data.command()
@data_folders(required=True)
@click.option("-o", "--out", type=PATH, required=True, help="Folder to write the shards into.")
@click.option("--megabytes", type=Number(0, min_open=True), default=64, show_default=True, help="Most of one shard.")
def pack(data: tuple[Path, ...], no_hair: tuple[Path, ...], out: Path, megabytes: float) -> None:
    """Pack checked pairs into few large files, as they are; a stopped run goes on where it was.

    A training on the shards (--data OUT) gives the weights that a training on the folders gives.
    """
    from hairtint.training import datasets, shards

    pairs, reports = datasets.open_all(data, no_hair)
    with counting("pack") as progress:
        new = shards.pack(pairs, out, megabytes=megabytes, reports=reports, progress=progress)
    for report in reports:
        say(*report.lines())
    click.echo(f"{new} new shards in {out} with {len(pairs)} pairs in all")


@data.command()
@data_folders(required=True)
@click.option("-o", "--out", type=PATH, required=True, help="Folder to write the teacher's masks into.")
@model_option("The teacher, by name or .onnx path; without it, the finest for photos.")
def teach(data: tuple[Path, ...], no_hair: tuple[Path, ...], out: Path, model: str | None) -> None:
    """Write a larger network's mask of each photo, for a smaller one to learn from; a stopped run goes on.

    The student is trained with `hairtint train --teacher OUT` and a config that says the share of these masks.
    """
    from hairtint.segmenter import Segmenter
    from hairtint.training import datasets, teacher

    pairs, _ = datasets.open_all(data, no_hair)
    segmenter = Segmenter(model)
    with counting("teach", len(pairs)) as progress:
        new = teacher.teach(pairs, out, segmenter.mask, teacher.described(segmenter), progress=progress)
    click.echo(f"{new} new masks in {out}")
