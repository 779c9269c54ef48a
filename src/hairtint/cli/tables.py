"""Tables on standard output: folded to the width of the terminal, and unfolded where a pipe or a file reads them."""

from __future__ import annotations

from rich.console import Console
from rich.measure import Measurement
from rich.table import Table

UNFOLDED = 100_000  # columns, of which a table takes what it needs
LONGEST_WORD = 20  # characters: longer ones, as paths, are folded


def show(table: Table) -> None:
    """Print a table; nothing of it is cut off, and words and numbers stay whole where there is room for them."""
    table.collapse_padding, table.pad_edge = True, False
    words = [[len(word) for cell in (c.header, *c.cells) for word in str(cell).split()] for c in table.columns]
    widths = [min(LONGEST_WORD, max(lengths, default=0)) for lengths in words]
    console = Console()
    if not console.is_terminal:
        console.width = Measurement.get(console, console.options.update(max_width=UNFOLDED), table).maximum
    for column, width in zip(table.columns, widths, strict=True):
        column.overflow = "fold"
        if sum(widths) + len(widths) <= console.width:
            column.min_width = width
    console.print(table)
