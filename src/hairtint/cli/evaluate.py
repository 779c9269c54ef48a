"""`hairtint evaluate`: how good a network is on photos with true masks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from hairtint.cli import tables
from hairtint.cli.options import PATH, data_folders, model_option
from hairtint.cli.progress import counting, say


@click.command()
@model_option("Network by name or .onnx path; without it, the finest for photos.")
@click.option("--images", type=PATH, help="Folder of photos (with --masks).")
@click.option("--masks", type=PATH, help="Folder of masks that share the photos' stems (with --images).")
@data_folders(required=False)
@click.option("--run", type=PATH, help="A run folder of hairtint train: only the photos it kept for validation.")
@click.option("--limit", type=click.IntRange(1), help="At most this many photos, spread evenly.")
@click.option("--sheet", type=PATH, help="Write a contact sheet of the best, median and worst photos here (PNG).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON with one entry a photo.")
def evaluate(
    model: str | None,
    images: Path | None,
    masks: Path | None,
    data: tuple[Path, ...],
    no_hair: tuple[Path, ...],
    run: Path | None,
    limit: int | None,
    sheet: Path | None,
    as_json: bool,
) -> None:
    """Measure accuracy, Dice, IoU, BCE and boundary F on photos with true masks."""
    from hairtint import zoo
    from hairtint.photo import Photo, check_output
    from hairtint.segmenter import Segmenter
    from hairtint.training import datasets
    from hairtint.training import evaluate as evaluation
    from hairtint.training.files import digest_of

    if (images is None) != (masks is None):
        raise click.UsageError("--images and --masks belong together")
    if images is None and not data and not no_hair:
        raise click.UsageError("name the photos: --images and --masks, or --data, or --no-hair")
    if sheet:
        check_output(sheet, overwrite=True)
    pairs, reports = datasets.open_all(data, no_hair)
    if images and masks:
        more, report = datasets.open_folders(images, masks)
        pairs, reports = pairs + more, [*reports, report]
    if run:
        pairs, lacking = datasets.kept_for_validation(pairs, run, reports)
        if lacking:
            say(lacking)
    if limit:
        pairs = pairs[:: -(-len(pairs) // limit)]
    for report in reports:
        say(*(report.complaints() if as_json else report.lines()))
    segmenter = Segmenter(model)
    segment = segmenter.probability_and_mask
    with counting("evaluate", len(pairs)) as progress:
        rows = evaluation.evaluate(segment, pairs, progress)
    networks = [
        {"file": str(entry.path), "sha256": digest_of(entry.path), "backend": network.backend}
        for entry, network in zip(segmenter.entries, segmenter.networks, strict=True)
    ]
    left_out = [
        {"source": report.source, "why": why, "files": files}
        for report in reports
        for why, files in report.left_out.items()
    ]
    name = segmenter.name if model is None or model in zoo.models() else model  # of a path all there is to know it by
    result = evaluation.as_json(rows, name, networks=networks, left_out=left_out)
    if sheet:
        Photo(evaluation.contact_sheet(segment, pairs, rows)).save(sheet, overwrite=True)
    if as_json:
        click.echo(json.dumps(result, indent=1))
    else:
        tables.show(_table(result))


def _table(result: dict[str, Any]) -> Table:
    columns = ("photos", "accuracy", "dice", "iou", "bce", "mean_iou", "boundary_f", "empty_right")
    table = Table(escape(result["model"]), *columns, box=None)
    rows = {"all": result} | result["by_source"]
    for name, row in rows.items():
        table.add_row(escape(name), *(_cell(row[column]) for column in columns))
    for name, row in result["by_source"].items():
        for key, what in (("by_style", ""), ("by_hair", " hair"), ("by_skin", " skin")):
            for group, iou in row.get(key, {}).items():
                figures = (_cell(iou) if column == "mean_iou" else "" for column in columns)
                table.add_row(escape(f"{name}, {group}{what}"), *figures)
    return table


def _cell(value: float | int | None) -> str:
    return "–" if value is None else str(value) if isinstance(value, int) else f"{value:.4f}"
