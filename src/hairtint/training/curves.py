"""Learning curves: a CSV that grows by a line an epoch, and the report's two plots (its figures 7 and 8)."""

from __future__ import annotations

import csv
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from hairtint.errors import one_line
from hairtint.training.files import whole
from hairtint.training.run_files import LOG
from hairtint.whole_file import refusal


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise refusal(f"cannot write {path}", error, "choose another folder with --run") from error


def append(path: Path, row: dict[str, Any]) -> None:
    """Add one line; the first one writes the header. Raises OutputError where it cannot be written."""
    new = not path.exists() or not path.stat().st_size
    # The name of a set is its folder's, which may be no text.
    with _told(path), path.open("a", newline="", encoding="utf-8", errors="backslashreplace") as file:
        writer = csv.DictWriter(file, list(row))
        if new:
            writer.writeheader()
        writer.writerow({k: f"{v:.6g}" if isinstance(v, float) else v for k, v in row.items()})


def read(path: Path) -> list[dict[str, float]]:
    """The lines so far, oldest first; empty where there is no file. What a kill or a crash spoilt is passed over."""
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8", errors="replace")
    rows = []
    for row in csv.DictReader(text[: text.rfind("\n") + 1].splitlines()):
        with suppress(TypeError, ValueError):  # a value is missing, or no number
            rows.append({k: float(v) for k, v in row.items()})
    return rows


def trim(path: Path, epochs: int) -> None:
    """Drop the lines after the first `epochs` epochs: those that a resumed run is about to repeat.

    Raises OutputError where it cannot be written.
    """
    if not path.exists():
        return
    with _told(path), whole(path) as kept:
        kept.write_bytes(b"")  # a run that was killed here may have left some
        for row in read(path):
            if row["epoch"] <= epochs:
                append(kept, {k: int(v) if k in ("epoch", "step") else v for k, v in row.items()})


def plot(folder: Path) -> None:
    """Draw loss.png and accuracy.png beside the log.csv of a run folder; a run without a line draws nothing.

    Nor does a name that cannot be drawn or a file that cannot be written: no training ends for want of its curves.
    """
    with suppress(OSError, ValueError, RuntimeError, ImportError), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph")  # of a folder's name, in a font that lacks it
        _plot(folder)


def _plot(folder: Path) -> None:
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    rows = read(folder / LOG)
    if not rows:
        return
    epochs = [row["epoch"] for row in rows]
    for name, label in (("loss", "loss"), ("accuracy", "pixel accuracy")):
        figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
        axes.plot(epochs, [row[f"train_{name}"] for row in rows], label="training")
        axes.plot(epochs, [row[f"validation_{name}"] for row in rows], label="validation")
        axes.set(xlabel="epoch", ylabel=label)
        axes.set_title(f"{one_line(folder.name)}: {label}", parse_math=False)
        axes.grid(alpha=0.3)
        axes.legend()
        figure.savefig(folder / f"{name}.png", dpi=120)
        plt.close(figure)
