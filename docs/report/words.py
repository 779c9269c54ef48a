"""The figures inside the sentences of the pages: the report's claims, worked out again."""

from __future__ import annotations

from docs.report import arithmetic
from docs.report.sources import CELEBA, DATA, FIGARO, STATED, Sources
from docs.report.tables import percent
from hairtint.benchmark.report import CPU, GPU, REPORT
from hairtint.training.config import Config

PASSES = 3  # a training step is about three forward passes: one forward, two backward


def words(sources: Sources) -> dict[str, str]:
    """All of them."""
    return _sizes() | _dice() | _data(sources) | _peers(sources) | _quality(sources)


def _sizes() -> dict[str, str]:
    """What is 1664 % of what, and who costs what."""
    full, medium, light = (arithmetic.parameters(name) for name in ("full", "medium", "light"))
    work = {name: arithmetic.gflop(name) for name in REPORT}
    speed = {name: stated.fps for name, stated in REPORT.items()}
    return {
        "full_count": f"{full:,}",
        "medium_count": f"{medium:,}",
        "full_per_medium": f"{full / medium:.2f}",
        "full_per_medium_percent": percent(full / medium, 2),
        "medium_smaller": percent(1 - medium / full),
        "medium_per_light": f"{medium / light:.1f}",
        "work_full_per_medium": f"{work['full'] / work['medium']:.2f}",
        "work_medium_per_light": f"{work['medium'] / work['light']:.1f}",
        "fps_cpu_medium_per_full": f"{speed['medium'][CPU] / speed['full'][CPU]:.2f}",
        "fps_gpu_medium_per_full": f"{speed['medium'][GPU] / speed['full'][GPU]:.2f}",
        "fps_cpu_light_per_medium": f"{speed['light'][CPU] / speed['medium'][CPU]:.2f}",
        "fps_gpu_light_per_medium": f"{speed['light'][GPU] / speed['medium'][GPU]:.2f}",
    }


def _dice() -> dict[str, str]:
    """Which Dice goes with which accuracy."""
    found = {}
    for side, stated in STATED.items():
        accuracy = stated["accuracy"]
        found |= {
            f"{side}_accuracy": percent(accuracy, 0),
            f"{side}_dice": percent(stated["dice"], 0),
            f"{side}_most_dice": percent(arithmetic.most_dice(accuracy)),
            f"{side}_most_dice_rounded": percent(arithmetic.most_dice(accuracy + 0.005)),
            f"{side}_least_dice_rounded": percent(stated["dice"] - 0.005),
        }
    return found | {"bce_ratio": f"{STATED['validation']['bce'] / STATED['training']['bce']:.0f}"}


def _data(sources: Sources) -> dict[str, str]:
    """How much of it there is, what is on both sides, and what a network that says nothing would score."""
    pictures = DATA["figaro"] * DATA["copies"]
    plan = Config("full")
    steps = plan.epochs * DATA["all"] * DATA["share"] / plan.batch
    operations = {name: PASSES * arithmetic.gflop(name) * 1e9 * steps * plan.batch for name in REPORT}
    found = {
        "figaro_pictures": f"{pictures:,.0f}",
        "all_pictures": f"{pictures + DATA['celeba']:,.0f}",
        "with_sibling": percent(arithmetic.with_sibling(int(DATA["copies"]), DATA["share"]), 4),
        "report_steps": f"{steps:,.0f}",
    }
    found |= {f"training_pflop_{name}": f"{amount / 1e15:,.0f}" for name, amount in operations.items()}
    for name, source in (("figaro", FIGARO), ("celeba", CELEBA)):
        known = sources.measured.get("data", {}).get(source)
        found[f"nothing_{name}"] = percent(1 - known["hair"]) if known else "not measured yet"
    return found


def _peers(sources: Sources) -> dict[str, str]:
    """Which files of others were measured."""
    known = sources.measured.get("peers", {})
    names = ("mediapipe", "report-light")
    return {f"sha256_{name.replace('-', '_')}": known.get(name, {}).get("sha256", "not measured yet") for name in names}


def _quality(sources: Sources) -> dict[str, str]:
    """How `swift` stands beside the others, and where they work."""
    swift, light = sources.shipped["swift"], arithmetic.gflop("light")
    scales = {name: arithmetic.work_by_scale(name) for name in ("swift", *REPORT)}
    large = {f"large_{name}": percent(part.get(1, 0) + part.get(2, 0), 0) for name, part in scales.items()}
    deep = sum(share for scale, share in scales["swift"].items() if scale >= 16)
    return large | {
        "deep_swift": percent(deep, 0),
        "sees_medium": str(arithmetic.sees("medium")),
        "sees_light": str(arithmetic.sees("light")),
        "photos_figaro": str(swift["metrics"][FIGARO]["photos"]),
        "swift_gflop": f"{swift['gflop']:.2f}",
        "swift_iou": f"{swift['metrics'][FIGARO]['mean_iou']:.3f}",
        "light_per_swift": f"{light / swift['gflop']:.1f}",
        "medium_per_swift": f"{arithmetic.gflop('medium') / swift['gflop']:.0f}",
        "full_per_swift": f"{arithmetic.gflop('full') / swift['gflop']:.0f}",
    }
