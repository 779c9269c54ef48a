"""The benchmark as a picture: where the time of a frame goes, and frames per second beside the report's."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path

from hairtint import extras
from hairtint.benchmark.measure import STAGES, Row
from hairtint.benchmark.report import REPORT
from hairtint.errors import OutputError
from hairtint.whole_file import check_target, write_bytes

SUFFIXES = (".png", ".svg", ".pdf")


def check(path: str | os.PathLike[str]) -> None:
    """Raise before the measuring what `draw` would raise after it: MissingExtraError, OutputError."""
    extras.require("plot", "matplotlib", what="the plot needs", otherwise=", or leave --plot out")
    if Path(path).suffix.lower() not in SUFFIXES:
        raise OutputError(f"{path}: name a plot that ends in {', '.join(SUFFIXES)}")
    check_target(Path(path), True)


def draw(path: str | os.PathLike[str], rows: Sequence[Row], title: str) -> None:
    """Write the plot; its format is that of the suffix."""
    check(path)
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, (stages, speed) = plt.subplots(1, 2, figsize=(12, 1.8 + 0.5 * (len(rows) + 6)), layout="constrained")
    labels = [f"{row.model}\n{row.device}" for row in rows]
    left = [0.0] * len(rows)
    for stage in STAGES:
        widths = [row.milliseconds[stage] for row in rows]
        stages.barh(labels, widths, left=left, label=stage)
        left = [before + width for before, width in zip(left, widths, strict=True)]
    stages.set(xlabel="milliseconds a frame (medians)", title="where the time goes")
    stages.legend(ncols=len(STAGES), fontsize="small", loc="upper center", bbox_to_anchor=(0.5, -0.12))
    bars = [(f"{row.model}\n{row.device}", row.fps, "tab:blue") for row in rows]
    for name, published in REPORT.items():
        bars += [(f"{name}, report\n{device}", fps, "tab:gray") for device, fps in published.fps.items()]
    drawn = speed.barh([bar[0] for bar in bars], [bar[1] for bar in bars], color=[bar[2] for bar in bars])
    speed.bar_label(drawn, fmt="%.1f", padding=3, fontsize="small")
    speed.margins(x=0.12)  # room for the longest bar's label
    speed.set(xlabel="frames per second", title="beside the report (grey)")
    for axes in (stages, speed):
        axes.invert_yaxis()
        axes.tick_params(labelsize="small")
    figure.suptitle(title, fontsize="medium")
    buffer = io.BytesIO()
    figure.savefig(buffer, format=Path(path).suffix[1:].lower(), dpi=120)
    plt.close(figure)
    write_bytes(Path(path), buffer.getvalue(), overwrite=True)
