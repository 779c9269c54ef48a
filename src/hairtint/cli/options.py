"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from hairtint.effects import EFFECTS

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

FOLDER = click.Path(path_type=Path)


def dye_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """--strength, --method, --effect and --largest-region: how pictures, videos and the camera are dyed alike."""
    for option in (
        click.option("--largest-region", is_flag=True, help="Keep only the largest region of the mask."),
        click.option(
            "--effect", "effects", multiple=True,
            help=f"{', '.join(EFFECTS)}, with what they take: ombre:platinum:0.5, gloss:0.4. Repeatable, in order.",
        ),
        click.option(
            "--method", type=click.Choice(["natural", "hsv"]), default="natural", show_default=True,
            help="hsv: the report's, only the hue changes.",
        ),
        click.option(
            "--strength", type=click.FloatRange(0, 1), default=1.0, show_default=True,
            help="0 leaves the picture as it is.",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def data_folders(required: bool) -> Decorator:
    """--data and --no-hair: the folders that pairs are read from."""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        command = click.option(
            "--no-hair", "no_hair", type=FOLDER, multiple=True,
            help="Folder of pictures without any hair: nothing in them is to be found. Repeatable.",
        )(command)  # fmt: skip
        return click.option(
            "--data", type=FOLDER, multiple=True, required=required,
            help="Folder with images/ and masks/, Figaro1k or CelebAMask-HQ as published, or shards of hairtint data"
            " pack. Repeatable.",
        )(command)  # fmt: skip

    return add
