"""`hairtint colors` and `hairtint models`: what there is to choose from."""

from __future__ import annotations

import json

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from hairtint import zoo


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def colors(as_json: bool) -> None:
    """List the named dyes. Any #rrggbb or rgb(r, g, b) works as well."""
    from hairtint.color import PALETTE

    if as_json:
        click.echo(json.dumps([{"name": d.name, "hex": d.hex, "family": d.family} for d in PALETTE], indent=1))
        return
    table = Table("", "name", "hex", "family", box=None)
    for dye in PALETTE:
        table.add_row(Text("    ", style=f"on {dye.hex}"), dye.name, dye.hex, dye.family)
    Console().print(table)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def models(as_json: bool) -> None:
    """List the networks whose weights are here, each checked against its sha256."""
    rows = []
    for entry in zoo.entries().values():
        size = len(entry.read())
        rows.append({
            "name": entry.name, "parameters": entry.parameters, "input": entry.size, "bytes": size,
            "metrics": entry.metrics, "path": str(entry.path), "sha256": entry.sha256,
        })  # fmt: skip
    if as_json:
        click.echo(json.dumps(rows, indent=1))
        return
    table = Table("name", "parameters", "input", "size", "mean IoU by set (validation)", "file", box=None)
    for row in rows:
        scores = ", ".join(f"{s} {v['mean_iou']:.3f}" for s, v in row["metrics"].items())
        square, kilobytes = f"{row['input']}x{row['input']}", f"{row['bytes'] / 1000:,.0f} kB"
        table.add_row(row["name"], f"{row['parameters']:,}", square, kilobytes, scores, row["path"])
    Console().print(table)
