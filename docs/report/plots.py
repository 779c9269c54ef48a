"""Every plot of the pages, as SVG. Each carries a digest of the figures in it and of how they are drawn, so that a
stale one is found."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.transforms import Bbox

from docs.report.sources import FIGARO, PUBLISHED_IOU, Run, Sources
from hairtint.benchmark.report import REPORT

NAMES = {"mediapipe": "MediaPipe", "report-light": "the report's light"}
COLORS = {
    "swift": "tab:red", "fine": "tab:green", "deep": "tab:olive", "light": "tab:blue", "medium": "tab:cyan",
    "full": "tab:purple", "mediapipe": "tab:orange", "report-light": "tab:gray",
}  # fmt: skip
# Where a name may stand: points to the right of its own point and above it, and which of its ends is there.
PLACES = ((-6, 3, "right"), (7, 3, "left"), (7, -10, "left"), (-6, -10, "right"), (0, 9, "center"))
Figures = Any  # plain numbers, lists and dicts
Draw = Callable[[Any, Figures], None]


def all_plots(sources: Sources) -> dict[str, tuple[Draw, Figures]]:
    """File name -> how it is drawn and the figures in it; what has no figures yet is not among them."""
    plots: dict[str, tuple[Draw, Figures]] = {}
    for run in sources.runs:
        plots[f"curves-{run.name}.svg"] = _curves, curves(run)
    plots["iou-work.svg"] = _iou, quality(sources)
    return plots


def draw(sources: Sources, folder: Path) -> None:
    """Draw what is missing or was drawn of other figures, or otherwise; remove plots of runs that are gone."""
    folder.mkdir(parents=True, exist_ok=True)
    plots = all_plots(sources)
    for path in folder.glob("*.svg"):
        if path.name not in plots:
            path.unlink()
    for name, (how, figures) in plots.items():
        path = folder / name
        if shown(path) == digest(figures):
            continue
        with plt.rc_context({"svg.hashsalt": name, "font.size": 9, "axes.grid": True, "grid.alpha": 0.3}):
            figure = plt.figure(figsize=(9, 3.6), layout="constrained")
            how(figure, figures)
            figure.savefig(path, metadata={"Date": None, "Description": digest(figures)})
            plt.close(figure)


def digest(figures: Figures) -> str:
    """A text of fixed length that stands for the figures and for this file, which draws them."""
    return hashlib.sha256(json.dumps(figures, sort_keys=True).encode() + Path(__file__).read_bytes()).hexdigest()


def shown(path: Path) -> str | None:
    """The digest in a plot; None where there is no such plot."""
    found = re.search(r"\b[0-9a-f]{64}\b", path.read_text(encoding="utf-8")) if path.exists() else None
    return found and found[0]


def curves(run: Run) -> Figures:
    """What figures 7 and 8 show, by epoch, and the accuracy that the report states for such a network."""
    columns = ("epoch", "train_loss", "validation_loss", "train_accuracy", "validation_accuracy")
    figures: Figures = {key: [row[key] for row in run.rows] for key in columns}
    figures["loss"] = " + ".join(
        key if weight == 1 else f"{weight:g} {key}" for key, weight in run.config.loss.items() if weight
    )
    stated = REPORT.get(run.config.network)
    return figures | {"name": run.name, "stated": stated and stated.accuracy}


def _curves(figure: Any, figures: Figures) -> None:
    for place, name in enumerate(("loss", "accuracy")):
        axes = figure.add_subplot(1, 2, place + 1)
        for side, label in (("train", "training (augmented, while learning)"), ("validation", "validation")):
            axes.plot(figures["epoch"], figures[f"{side}_{name}"], marker=".", label=label)
        axes.set(xlabel="epoch", ylabel=f"loss ({figures['loss']})" if name == "loss" else "pixel accuracy")
        axes.xaxis.get_major_locator().set_params(integer=True)
        if name == "accuracy" and figures["stated"]:
            axes.axhline(figures["stated"], color="tab:gray", linestyle=":", label="stated in the report")
        axes.legend(fontsize="small")
    figure.suptitle(figures["name"])


def quality(sources: Sources) -> Figures:
    """Mean IoU on Figaro1k's validation photos against work and time; time in multiples of swift's."""
    points: Figures = {}
    times = mask_times(sources)
    for name, entry in sources.shipped.items():
        iou = entry["metrics"].get(FIGARO, {}).get("mean_iou")
        points[name] = {"iou": iou, "gflop": entry["gflop"], "time": times.get(name)}
    for name, peer in sources.measured.get("peers", {}).items():
        iou = peer["validation"][FIGARO]["mean_iou"]
        points[name] = {"iou": iou, "gflop": peer["gflop"], "time": times.get(name)}
    return {"points": {name: point for name, point in points.items() if point["iou"]}, "lines": PUBLISHED_IOU}


def mask_times(sources: Sources, size: str = "1280x720") -> dict[str, float]:
    """How long frame to full-size mask takes, in multiples of swift's, everything by its fastest runtime.

    The report's published network is timed as its own loop runs it.
    """
    fastest: dict[str, float] = {}
    run = sources.speed.get(size, {"inputs": {}, "rows": []})
    if run["inputs"].get("swift") != sources.shipped["swift"]["size"]:
        return {}  # timed with an earlier swift
    for row in run["rows"]:
        name = row["model"] if row["device"] != "report's loop" else f"report-{row['model']}"
        time = row["milliseconds"]["network"] + row["milliseconds"]["matte"]
        fastest[name] = min(time, fastest.get(name, time))
    return {name: round(time / fastest["swift"], 2) for name, time in fastest.items()}


def _iou(figure: Any, figures: Figures) -> None:
    first, drawn = None, []
    for place, (key, label) in enumerate(
        (("gflop", "GFLOP a picture"), ("time", "time from frame to mask, swift = 1"))
    ):
        axes = figure.add_subplot(1, 2, place + 1, sharey=first)
        first = first or axes
        points = {name: (p[key], p["iou"]) for name, p in figures["points"].items() if p[key] is not None}
        for name, at in points.items():
            axes.plot(*at, "o", color=COLORS.get(name, "tab:green"), markersize=8)
        for name, iou in figures["lines"].items():
            axes.axhline(iou, color="tab:gray", linestyle=":")
            axes.annotate(f"{name}, published", (0.99, iou), (0, -10), xycoords=("axes fraction", "data"),
                          textcoords="offset points", ha="right", fontsize="small", color="tab:gray")  # fmt: skip
        axes.set(xscale="log", xlabel=label)
        axes.margins(x=0.8, y=0.15)
        drawn.append((axes, points))
    if first:
        first.set_ylabel("mean IoU, Figaro1k")
    figure.draw_without_rendering()  # from here on it is known where a point lies
    for axes, points in drawn:
        _named(axes, points)


def _named(axes: Any, points: dict[str, tuple[float, float]]) -> None:
    """Write names beside their points, each at the first place where it covers no point and no other name, or above."""
    taken = [Bbox.from_bounds(x - 8, y - 8, 16, 16) for x, y in axes.transData.transform(list(points.values()))]
    for name, at in points.items():
        for place in PLACES:
            text = axes.annotate(NAMES.get(name, name), at, place[:2], textcoords="offset points", ha=place[2])
            if place is PLACES[-1] or not text.get_window_extent().count_overlaps(taken):
                break
            text.remove()
        taken.append(text.get_window_extent())
