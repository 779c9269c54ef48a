"""One look for every progress bar, on standard error so that standard output stays clean for pipes."""

from __future__ import annotations

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


class Rate(ProgressColumn):
    """How many a second."""

    def render(self, task: Task) -> Text:
        """Three digits, or nothing before there is a rate."""
        return Text(f"{task.speed:.3g}/s" if task.speed else "")
