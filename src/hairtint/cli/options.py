"""Options that several commands share."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from hairtint.cli import completions
from hairtint.color import Color
from hairtint.effects import EFFECTS, Effect
from hairtint.errors import InputError
from hairtint.look import Look
from hairtint.recolor import METHODS, Method

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

PATH = click.Path(path_type=Path)
SIDES = 32, 8192  # pixels of a frame, least and most


class Number(click.FloatRange):
    """A range of numbers without the ones that compare to nothing: nan, and inf where the range is open."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number."""
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value!r} is no number", param, ctx)
        return number


class Size(click.ParamType[tuple[int, int]]):
    """Width and height in pixels, as in 1280x720."""

    name = "WxH"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[int, int]:
        """The two numbers."""
        found = re.fullmatch(r"(\d{2,4})[x×](\d{2,4})", str(value).strip().lower())
        least, most = SIDES
        if not found or not all(least <= int(side) <= most for side in found.groups()):
            self.fail(f"{value!r}: give width and height such as 1280x720, from {least} to {most} each", param, ctx)
        return int(found[1]), int(found[2])


def color_option(**settings: Any) -> Decorator:
    """--color, by the settings of `click.option`."""
    about = "A name (see: hairtint colors), #rrggbb or rgb(r, g, b)."
    return click.option("-c", "--color", shell_complete=completions.dyes, help=about, **settings)


def model_option(about: str) -> Decorator:
    """--model, with its help."""
    return click.option("--model", shell_complete=completions.networks, help=about)


def dye_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """What the result looks like, alike for pictures, videos and the camera; `chosen` reads it."""
    for option in (
        click.option("--largest-region", is_flag=True, help="Keep only the largest region of the mask."),
        click.option(
            "--effect", "effects", multiple=True, shell_complete=completions.effects,
            help=f"{', '.join(EFFECTS)}, with what they take: ombre:platinum:0.5, gloss:0.4. Repeatable, in order.",
        ),
        click.option(
            "--saturation", type=Number(0, 1), default=0.0, show_default=True,
            help="With hsv: add this to the saturation of all hair alike, the report's remedy for dark hair.",
        ),
        click.option(
            "--method", type=click.Choice(METHODS), default="natural", show_default=True,
            help="hsv: the report's, only the hue changes.",
        ),
        click.option(
            "--strength", type=Number(0, 1), default=1.0, show_default=True,
            help="0 leaves the picture as it is.",
        ),
    ):  # fmt: skip
        command = option(command)
    return command


def chosen(
    color: str, strength: float, method: Method, saturation: float, effects: Sequence[str], largest_region: bool
) -> Look:
    """What a colour and the options of `dye_options` say."""
    if saturation and method != "hsv":
        raise click.UsageError("--saturation goes with --method hsv")
    dye, parsed = Color.parse(color), tuple(map(Effect.parse, effects))
    try:
        return Look(dye, strength, method, parsed, largest_region, saturation)
    except InputError as error:  # each by itself is right
        raise click.UsageError(str(error)) from error


def check_names(what: str, *names: object) -> None:
    """Refuse "-" where files are named: photos and videos do not come by way of a pipe."""
    if "-" in map(str, names):
        raise click.UsageError(f"standard input and output hold no {what}: name a file")


def data_folders(required: bool) -> Decorator:
    """--data and --no-hair: the folders that pairs are read from."""

    def add(command: Callable[..., Any]) -> Callable[..., Any]:
        command = click.option(
            "--no-hair", "no_hair", type=PATH, multiple=True,
            help="Folder of pictures without any hair: nothing in them is to be found. Repeatable.",
        )(command)  # fmt: skip
        return click.option(
            "--data", type=PATH, multiple=True, required=required,
            help="Folder with images/ and masks/, Figaro1k or CelebAMask-HQ as published, or shards of hairtint data"
            " pack. Repeatable.",
        )(command)  # fmt: skip

    return add
