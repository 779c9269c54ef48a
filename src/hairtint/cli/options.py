"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

FOLDER = click.Path(path_type=Path)


def data_folders(required: bool) -> Decorator:
    """--data and --no-hair: the folders that pairs are read from."""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        command = click.option(
            "--no-hair", "no_hair", type=FOLDER, multiple=True,
            help="Folder of pictures without any hair: nothing in them is to be found. Repeatable.",
        )(command)  # fmt: skip
        return click.option(
            "--data", type=FOLDER, multiple=True, required=required,
            help="Folder with images/ and masks/, or Figaro1k or CelebAMask-HQ as published. Repeatable.",
        )(command)  # fmt: skip

    return add
