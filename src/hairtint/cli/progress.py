"""What is told meanwhile, on standard error so that standard output stays clean for pipes: bars of one look, lines."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text


def bar(*, quiet: bool = False) -> Progress:
    """A bar with counts, rate, elapsed time and ETA; it is silent where standard error is no terminal."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Rate(), TimeElapsedColumn(),
        TimeRemainingColumn(),
    )  # fmt: skip
    return Progress(*columns, console=console, disable=quiet or not console.is_terminal, transient=True)


def tell(progress: Progress, line: str, *, err: bool = False) -> None:
    """Print a line on standard output, or on standard error; on a terminal above a bar that is shown, not behind it."""
    if progress.disable or not (err or sys.stdout.isatty()):
        click.echo(line, err=err)
    else:
        progress.console.out(line, highlight=False)


@contextmanager
def counting(what: str, total: int | None = None) -> Iterator[Callable[[int, int], None]]:
    """A bar of that name, as what to call with how many are done and how many there are."""
    with bar() as progress:
        task = progress.add_task(what, total=total)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def say(*lines: str) -> None:
    """Print lines on standard error."""
    for line in lines:
        click.echo(line, err=True)


class Rate(ProgressColumn):
    """How many a second."""

    def render(self, task: Task) -> Text:
        """Three digits, or nothing before there is a rate."""
        return Text(f"{task.speed:.3g}/s" if task.speed else "")
