"""`hairtint colors` and `hairtint models`: what there is to choose from."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from hairtint import zoo
from hairtint.cli import tables


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def colors(as_json: bool) -> None:
    """List the named dyes. Any #rrggbb or rgb(r, g, b) works as well."""
    from hairtint.color import palette

    if as_json:
        click.echo(json.dumps([asdict(dye) for dye in palette()], indent=1))
        return
    table = Table("", "name", "hex", "family", box=None)
    for dye in palette():
        table.add_row(Text("    ", style=f"on {dye.hex}"), dye.name, dye.hex, dye.family)
    tables.show(table)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def models(as_json: bool) -> None:
    """List the networks whose weights are here, each checked against its sha256."""
    found = list(zoo.entries().values())
    sizes = [len(entry.read()) for entry in found]
    if as_json:
        click.echo(json.dumps([_facts(*pair) for pair in zip(found, sizes, strict=True)], indent=1))
        return
    table = Table("name", "parameters", "input", "size", "mean IoU by set (validation)", "file", box=None)
    for entry, size in zip(found, sizes, strict=True):
        scores = ", ".join(f"{source} {figures['mean_iou']:.3f}" for source, figures in entry.metrics.items())
        square, count = f"{entry.size}x{entry.size}", f"{entry.parameters:,}" if entry.parameters else "–"
        table.add_row(entry.name, count, square, f"{size / 1000:,.0f} kB", scores, str(entry.path))
    tables.show(table)


def _facts(entry: zoo.Entry, size: int) -> dict[str, Any]:
    return {
        "name": entry.name, "parameters": entry.parameters, "input": entry.size, "shapes": entry.shapes, "bytes": size,
        "metrics": entry.metrics, "path": str(entry.path), "sha256": entry.sha256,
    }  # fmt: skip
