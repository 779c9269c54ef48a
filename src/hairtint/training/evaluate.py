"""How good a network is on photos with true masks: numbers pooled and per photo, and a sheet to look at.

Runs through the live road (Segmenter, full-size masks, threshold 0.5), so what is measured is what a user gets, and
torch is not needed. The metrics are defined in metrics.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from hairtint.style import STYLES
from hairtint.training import groups
from hairtint.training.groups import HAIR, SKIN
from hairtint.training.metrics import Counts, bce, boundary_f, image_iou
from hairtint.training.pairs import Pair, Progress

SegmentFunction = Callable[[NDArray[np.uint8]], tuple[NDArray[np.float32], NDArray[np.float32]]]
THRESHOLD = 0.5
_EACH = 4  # photos in a row of the contact sheet
_TILE = (240, 300)  # width and height of each


@dataclass(frozen=True)
class Row:
    """The figures of one photo."""

    source: str
    stem: str
    style: str | None
    hair: float
    accuracy: float
    dice: float
    iou: float
    bce: float
    boundary_f: float | None
    counts: Counts
    hair_lightness: str | None = None
    skin_tone: str | None = None


GROUPS = {
    "by_style": ("style", STYLES),
    "by_hair": ("hair_lightness", tuple(HAIR)),
    "by_skin": ("skin_tone", tuple(SKIN)),
}


def evaluate(
    segment: SegmentFunction, pairs: Sequence[Pair], progress: Progress = lambda done, total: None
) -> list[Row]:
    """One row a photo, in the order of `pairs`; `segment` is `Segmenter().probability_and_mask` or of its shape.

    BCE is taken of the probability: a matte is sharper than the network is sure.
    """
    rows = []
    for k, pair in enumerate(pairs):
        rgb, mask = pair.read()
        true = mask > 127
        row = score(pair, *segment(rgb), true)
        lightness, tone = groups.hair_lightness(rgb, true), groups.skin_tone(rgb, true, pair.source)
        rows.append(replace(row, hair_lightness=lightness, skin_tone=tone))
        progress(k + 1, len(pairs))
    return rows


def score(pair: Pair, probability: NDArray[np.float32], mask: NDArray[np.float32], true: NDArray[np.bool_]) -> Row:
    """The figures of a probability (h, w) and a mask (H, W), float32 in [0, 1], against the true mask, bool (H, W)."""
    found = mask > THRESHOLD
    counts = Counts.of(found, true)
    edge = boundary_f(found, true) if true.any() else None
    likely = cv2.resize(probability, true.shape[::-1], interpolation=cv2.INTER_LINEAR)
    loss = bce(np.asarray(likely, np.float32), true)
    return Row(
        pair.source, pair.stem, pair.style, float(true.mean()),
        counts.accuracy, counts.dice, image_iou(counts), loss, edge, counts,
    )  # fmt: skip


def summary(rows: Sequence[Row]) -> dict[str, Any]:
    """Pooled accuracy, Dice, IoU, and means over photos (BCE, IoU, boundary F); by style, lightness of hair
    and tone of skin where they are known.

    Photos without hair count in all but boundary F: false hair on them lowers the pooled figures, and their own IoU is
    1 with less than 0.5 % of it, else 0. `empty_right` is the mean of these.
    """
    pooled = sum((row.counts for row in rows), Counts())
    hair = [row for row in rows if row.hair > 0]
    empty = [row for row in rows if row.hair == 0]
    result: dict[str, Any] = {
        "photos": len(rows),
        "accuracy": pooled.accuracy,
        "dice": pooled.dice,
        "iou": pooled.iou,
        "bce": _mean(row.bce for row in rows),
        "mean_iou": _mean(row.iou for row in rows),
        "boundary_f": _mean(row.boundary_f for row in hair if row.boundary_f is not None),
        "empty_right": _mean(row.iou for row in empty),
    }
    for key, (field, names) in GROUPS.items():
        means = {name: _mean(row.iou for row in rows if getattr(row, field) == name) for name in names}
        if any(value is not None for value in means.values()):
            result[key] = {name: value for name, value in means.items() if value is not None}
    return {key: _rounded(value) for key, value in result.items()}


def by_source(rows: Sequence[Row]) -> dict[str, dict[str, Any]]:
    """A summary for each data set."""
    return {s: summary([r for r in rows if r.source == s]) for s in sorted({row.source for row in rows})}


def as_json(rows: Sequence[Row], model: str, **known: Any) -> dict[str, Any]:
    """Everything: the pooled figures at the top, by source, and one entry a photo. known: what else there is to say."""
    photos = [{k: _rounded(v) for k, v in asdict(row).items() if k != "counts"} for row in rows]
    return {"model": model} | known | summary(rows) | {"by_source": by_source(rows), "by_photo": photos}


def contact_sheet(segment: SegmentFunction, pairs: Sequence[Pair], rows: Sequence[Row]) -> NDArray[np.uint8]:
    """RGB picture with the best, median and worst photos by IoU, a row each: photo with the outlines of the true mask
    (white) and of the found one (red)."""
    order = sorted((k for k in range(len(rows)) if rows[k].hair > 0), key=lambda k: -rows[k].iou)
    order = order or list(range(len(rows)))
    each = min(_EACH, len(order))
    middle = max(0, len(order) // 2 - each // 2)
    picked = [order[:each], order[middle : middle + each], order[-each:]]
    return np.vstack([np.hstack([_tile(segment, pairs[k], rows[k]) for k in line]) for line in picked])


def _tile(segment: SegmentFunction, pair: Pair, row: Row) -> NDArray[np.uint8]:
    rgb, mask = pair.read()
    width, height = _TILE
    by = min(width / rgb.shape[1], height / rgb.shape[0])
    shape = (max(1, round(rgb.shape[1] * by)), max(1, round(rgb.shape[0] * by)))
    small = cv2.resize(rgb, shape, interpolation=cv2.INTER_AREA)
    for truth, colour in ((mask > 127, (255, 255, 255)), (segment(rgb)[1] > THRESHOLD, (230, 40, 40))):
        scaled = cv2.resize(truth.astype(np.uint8), shape, interpolation=cv2.INTER_AREA)
        lines, _ = cv2.findContours(scaled, cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(small, lines, -1, colour, 1, cv2.LINE_AA)
    tile = np.full((height + 18, width, 3), 24, np.uint8)
    top, left = (height - small.shape[0]) // 2, (width - small.shape[1]) // 2
    tile[top : top + small.shape[0], left : left + small.shape[1]] = small
    text = f"{row.stem[:22]} IoU {row.iou:.3f}"
    cv2.putText(tile, text, (4, height + 13), cv2.FONT_HERSHEY_SIMPLEX, 0.4, (255, 255, 255), 1, cv2.LINE_AA)
    return tile


def _mean(values: Iterable[float]) -> float | None:
    kept = list(values)
    return float(np.mean(kept)) if kept else None


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {key: _rounded(v) for key, v in value.items()}
    return value
