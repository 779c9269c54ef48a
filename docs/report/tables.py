"""The tables of the pages, as Markdown, by the name that the templates call them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from docs.report import arithmetic
from docs.report.plots import NAMES, mask_times
from docs.report.sources import CELEBA, DOCS, FIGARO, STATED, Run, Sources
from hairtint import networks, zoo
from hairtint.benchmark.report import CPU, GPU, REPORT
from hairtint.networks import unet
from hairtint.style import STYLES

NOTHING = "–"
ABSENT = "not trained yet"
METRICS = {"bce": "BCE", "accuracy": "accuracy", "dice": "Dice"}
Cells = Sequence[object]


def tables(sources: Sources) -> dict[str, str]:
    """All of them."""
    return {
        "parameters": _parameters(sources),
        "results": _results(sources),
        "metrics": _metrics(sources),
        "trainings": _trainings(sources),
        "curves": _curves(sources),
        "speed": _speed(sources),
        "styles": _styles(sources),
        "networks": _networks(sources),
        "scales": _scales(),
        "pi": _pi(),
    }


def table(head: Cells, rows: Iterable[Cells]) -> str:
    """Markdown; None shows as a dash."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(NOTHING if c is None else str(c) for c in cells) + " |" for cells in lines)


def number(value: float | None, digits: int = 3) -> str:
    """A figure with fixed digits; a dash for None."""
    return NOTHING if value is None else f"{value:.{digits}f}"


def percent(value: float | None, digits: int = 1) -> str:
    """A share in per cent; a dash for None."""
    return NOTHING if value is None else f"{100 * value:.{digits}f} %"


def metric(sources: Sources, name: str, key: str, source: str = FIGARO) -> Any:
    """What a network's card says of a data set; None where there is no card or no such figure."""
    return sources.shipped.get(name, {}).get("metrics", {}).get(source, {}).get(key)


def _parameters(sources: Sources) -> str:
    rows = []
    for name, plan in unet.PLANS.items():
        built, entry = arithmetic.parameters(name), sources.shipped.get(name)
        rows.append((
            f"`{name}`", f"{plan.parameters:,}", f"{built:,}", "-".join(map(str, plan.channels)), plan.convolutions,
            number(arithmetic.gflop(name), 1), f"{arithmetic.sees(name)} px",
            f"{entry['size']} px, {entry['gflop']:.2f} GFLOP" if entry else ABSENT,
        ))  # fmt: skip
    head = ("network", "stated", "counted here", "channels", "convolutions a level", "GFLOP at 256 px", "sees", "ships")
    return table(head, rows)


def _results(sources: Sources) -> str:
    rows = []
    for name, published in REPORT.items():
        own = [percent(metric(sources, name, "accuracy", source)) for source in (FIGARO, CELEBA)]
        own = own if name in sources.shipped else [ABSENT] * 2
        rows.append((f"`{name}`", percent(published.accuracy, 0), *own, number(metric(sources, name, "mean_iou"))))
    own = [percent(metric(sources, "swift", "accuracy", source)) for source in (FIGARO, CELEBA)]
    rows.append(("`swift`", None, *own, number(metric(sources, "swift", "mean_iou"))))
    if peer := sources.measured.get("peers", {}).get("report-light"):
        seen = peer["validation"]
        figures = [percent(seen[source]["accuracy"]) for source in (FIGARO, CELEBA)]
        rows.append(
            (NAMES["report-light"], percent(REPORT["light"].accuracy, 0), *figures, number(seen[FIGARO]["mean_iou"]))
        )
    head = ("network", "accuracy in the report", "here, Figaro1k", "here, CelebAMask-HQ", "mean IoU, Figaro1k")
    return table(head, rows)


def _metrics(sources: Sources) -> str:
    """The report's table of section 3.4, one line for each network and set."""
    names = [name for name in zoo.ORDER if name in sources.shipped]
    rows = [("the report's `medium`", "both", *_sides(STATED))]
    for name in names:
        for source, title in ((FIGARO, "Figaro1k"), (CELEBA, "CelebAMask-HQ")):
            rows.append((f"`{name}`", title, *_sides({side: _side(sources, name, side, source) for side in STATED})))
    head = ("network", "photos", *(f"{side}: {title}" for side in STATED for title in METRICS.values()))
    missing = [name for name in REPORT if name not in names]
    return table(head, rows) + "".join(f"\n\n`{name}`: {ABSENT}." for name in missing)


def _sides(figures: dict[str, dict[str, Any]]) -> list[str]:
    forms = {key: number if key == "bce" else percent for key in METRICS}
    return [form(side.get(key)) for side in figures.values() for key, form in forms.items()]


def _side(sources: Sources, name: str, side: str, source: str) -> dict[str, Any]:
    if side == "validation":
        return sources.shipped[name]["metrics"].get(source, {})
    known = sources.measured.get("networks", {}).get(name, {})
    fresh = known.get("sha256") == sources.shipped[name]["sha256"]
    return known.get("training", {}).get(source, {}) if fresh else {}


def _trainings(sources: Sources) -> str:
    rows: list[Cells] = []
    for name in zoo.ORDER:
        for by_report in (True, False):
            runs = [run for run in sources.runs if run.config.network == name and run.by_report == by_report]
            rows += [_training(run) for run in runs]
            if not runs and (name in REPORT or not by_report):
                ships = name in sources.shipped and not by_report
                state = "weights ship, no log kept" if ships else ABSENT
                rows.append((f"`{name}`", _whose(by_report), *[state, *[None] * 5]))
    head = ("network", "recipe", "epochs", "input", "steps", "accuracy", "Dice", "mean IoU")
    return table(head, rows)


def _whose(by_report: bool) -> str:
    return "the report's" if by_report else "this project's"


def _training(run: Run) -> Cells:
    best, last, plan = run.best, run.rows[-1], run.config
    figures = [number(best[f"validation_{key}"]) for key in ("accuracy", "dice")]
    epochs = f"{last['epoch']:.0f} of {plan.epochs}"
    iou = number(best.get(f"iou_{FIGARO}", best["validation_iou"]))
    return (f"`{plan.network}`", f"{_whose(run.by_report)} ({run.name})", epochs, f"{plan.size} px",
            f"{last['step']:,.0f}", *figures, iou)  # fmt: skip


def _curves(sources: Sources) -> str:
    drawn = [f"![loss and accuracy of {run.name}](pictures/report/curves-{run.name}.svg)" for run in sources.runs]
    trained = {(run.config.network, run.by_report) for run in sources.runs}
    wanted = [("swift", False), *((name, by_report) for name in REPORT for by_report in (True, False))]
    missing = [f"- `{name}` by {_whose(by)} recipe" for name, by in wanted if (name, by) not in trained]
    return "\n\n".join(drawn + (["No log to draw from:", "\n".join(missing)] if missing else []))


def _speed(sources: Sources) -> str:
    """For each size of frames the report's table 3.3, every column in multiples of its own first kind of loop."""
    parts = []
    for size, run in sources.speed.items():
        rows = [row for row in run["rows"] if row["model"] in zoo.ORDER]
        fps = {(row["model"], row["device"]): 1 / sum(row["milliseconds"].values()) for row in rows}
        base = fps["light", "report's loop"]
        devices = list(dict.fromkeys(device for _, device in fps))
        lines = []
        for name, inputs in run["inputs"].items():
            stated = REPORT.get(name)
            theirs = [stated and f"{stated.fps[d] / REPORT['light'].fps[d]:.2f}" for d in (GPU, CPU)]
            mine = [number(fps[name, d] / base, 2) if (name, d) in fps else None for d in devices]
            lines.append((f"`{name}`, {inputs} px", *theirs, *mine))
        title = f"Frames of {size}, one core of an {run['machine']['processor']}"
        head = ("network, its input here", f"report, {GPU}", f"report, {CPU}", *(f"here, {d}" for d in devices))
        parts.append(f"{title}; `light` in the report's loop = 1:\n\n{table(head, lines)}")
    return "\n\n".join(parts) or "Not measured yet (`make report-speed`)."


def _styles(sources: Sources) -> str:
    columns = {f"`{name}`": metric(sources, name, "by_style") or {} for name in zoo.ORDER}
    for name, peer in sources.measured.get("peers", {}).items():
        columns[NAMES[name]] = peer["validation"][FIGARO].get("by_style", {})
    rows = [(style, *(number(values.get(style)) for values in columns.values())) for style in STYLES]
    missing = [name for name in zoo.ORDER if name not in sources.shipped]
    return table(("hairstyle", *columns), rows) + "".join(f"\n\n`{name}`: {ABSENT}." for name in missing)


def _networks(sources: Sources) -> str:
    """Quality, size and time of everything that was measured alike."""
    times, rows = mask_times(sources), []
    for name in zoo.ORDER:
        if entry := sources.shipped.get(name):
            rows.append(_network(f"`{name}`", entry, entry["metrics"].get(FIGARO, {}), times.get(name)))
        else:
            rows.append((f"`{name}`", f"{arithmetic.parameters(name):,}", *[ABSENT, *[None] * 5]))
    for name, peer in sources.measured.get("peers", {}).items():
        rows.append(_network(NAMES[name], peer, peer["validation"][FIGARO], times.get(name)))
    head = ("network", "parameters", "input", "GFLOP", "mean IoU", "boundary F", "weakest style", "time to the mask")
    return table(head, rows)


def _network(title: str, known: dict[str, Any], figures: dict[str, Any], time: float | None) -> Cells:
    styles = figures.get("by_style")
    weakest = min(styles, key=lambda style: styles[style]) if styles else None
    return (
        title, f"{known['parameters']:,}", f"{known['size']} px", number(known["gflop"], 2),
        number(figures.get("mean_iou")), number(figures.get("boundary_f")),
        weakest and f"{weakest} {styles[weakest]:.3f}", time and f"{time:.1f}",
    )  # fmt: skip


def _scales() -> str:
    shares = {name: arithmetic.work_by_scale(name) for name in zoo.ORDER if name in networks.names()}
    rows = []
    for scale in sorted(set().union(*shares.values())):
        where = "full size" if scale == 1 else f"1/{scale}"
        rows.append((where, *(percent(part.get(scale), 0) for part in shares.values())))
    return table(("share of the work at", *(f"`{name}`" for name in shares)), rows)


def _pi() -> str:
    """The estimate out of its own page."""
    text = (DOCS / "raspberry-pi.md").read_text(encoding="utf-8")
    start = text.index("| what runs |")
    return text[start : text.index("\n\n", start)]
