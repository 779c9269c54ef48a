"""What the shell completes an argument to, where click's own types do not know: files, dyes, networks, effects."""

from __future__ import annotations

from collections.abc import Iterable

import click
from click.shell_completion import CompletionItem

from hairtint import zoo
from hairtint.effects import EFFECTS
from hairtint.palette import DYES


def files(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Files and folders, by the shell itself."""
    return [CompletionItem(incomplete, type="file")]


def dyes(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Named dyes, hyphens for their spaces."""
    return _beginning(incomplete, (dye.name.replace(" ", "-") for dye in DYES))


def networks(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str] | list[CompletionItem]:
    """Networks by name; files where no name begins so."""
    return _beginning(incomplete, zoo.entries()) or files(ctx, param, incomplete)


def effects(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Effects by name."""
    return _beginning(incomplete, EFFECTS)


def _beginning(incomplete: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if name.startswith(incomplete)]
