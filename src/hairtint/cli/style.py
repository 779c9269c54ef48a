"""`hairtint style`: which hairstyle a photo shows."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

import click

from hairtint import batch
from hairtint.cli.completions import files
from hairtint.cli.options import check_names, model_option
from hairtint.errors import HairtintError, PictureError
from hairtint.photo import Photo
from hairtint.segmenter import FEW, Segmenter
from hairtint.style import Hairstyle, StyleClassifier

SHOWN = 3  # styles on a line


@click.command()
@click.argument("inputs", nargs=-1, required=True, metavar="IN...", shell_complete=files)
@model_option("Network for the mask, by name or .onnx path; default: the finest for photos.")
@click.option("-r", "--recursive", is_flag=True, help="Folders in folders too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON with the probability of every style.")
def style(inputs: tuple[str, ...], model: str | None, recursive: bool, as_json: bool) -> int:
    """Name the hairstyle in photos: straight, wavy, curly, kinky, braids, dreadlocks or short.

    IN... are files, folders or patterns. A name is the likeliest style, not a sure one: docs/style.md says how often it
    is right.
    """
    check_names("photos", *inputs)
    unread: list[PictureError] = []
    sources = list(dict.fromkeys(path for path, _ in batch.find(inputs, recursive=recursive, refuse=unread.append)))
    for refusal in unread:
        click.echo(f"hairtint: {refusal}", err=True)
    few = len(sources) < FEW
    networks = cache(lambda: (Segmenter(model, few=few), StyleClassifier()))  # not for a photo that cannot be read
    rows, failed = [], 0
    for source in sources:
        try:
            found = named(source, networks)
        except HairtintError as error:
            if len(sources) == 1:
                raise
            failed += 1
            click.echo(f"hairtint: {error}", err=True)
            continue
        rows.append({"path": str(source), "style": found.name, "probabilities": rounded(found)})
        if not as_json:
            click.echo(line(str(source), found))
    if as_json:
        click.echo(json.dumps(rows, indent=1))
    return 1 if failed or unread else 0


def named(source: Path, networks: Callable[[], tuple[Segmenter, StyleClassifier]]) -> Hairstyle:
    """The hairstyle in a photo; the refusals name the file."""
    rgb = Photo.open(source).rgb
    segmenter, classifier = networks()
    mask = segmenter.mask(rgb)
    try:
        return classifier.style(rgb, mask)
    except PictureError as error:
        raise PictureError(f"{source}: {error}") from error


def line(path: str, found: Hairstyle) -> str:
    """The likeliest styles of a photo, as text."""
    likely = list(found.probabilities.items())[:SHOWN]
    return f"{path}: " + ", ".join(f"{name} {100 * share:.0f} %" for name, share in likely)


def rounded(found: Hairstyle) -> dict[str, float]:
    """Probabilities with the digits that mean something."""
    return {name: round(share, 4) for name, share in found.probabilities.items()}
