"""Tables on standard output: as wide as the terminal, and unfolded where a pipe or a file reads them."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

UNFOLDED = 200  # columns


def show(table: Table) -> None:
    """Print a table."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=UNFOLDED)
    console.print(table)
