"""The report's figure 3, the U-Net, drawn from the plan of `full`."""

from __future__ import annotations

from docs.pictures import roads
from docs.report.sources import DOCS
from hairtint.networks.unet import PLANS

PICTURE = DOCS / "pictures" / "unet.svg"
SIDE = 256  # pixels of the report's input
DOWN, BOTTOM, UP = 100, 300, 500  # where the encoder, the lowest level and the decoder stand
TOP, STEP = 76, 88  # where the first level begins, and how far the next one is below it
HEAD = 16  # room for an arrow's


def svg() -> str:
    """One row a level, the encoder on the left, the decoder on the right, skips between them."""
    plan = PLANS["full"]
    width, height = roads.BOX
    down, up, bottom = DOWN + width // 2, UP + width // 2, BOTTOM + width // 2
    parts = [
        _text(down, TOP - 42, "RGB"),
        roads.arrow(f"{down},{TOP - 36} {down},{TOP - HEAD}"),
        _text(bottom, TOP + height // 2 - 9, "skips, joined"),
        _text(down + 38, TOP + height + 22, "pooling"),
        _text(up + 52, TOP + height + 22, "transposed"),
        _text(up, TOP - 42, "1x1: hair or not"),
    ]
    *upper, deepest = (f"{plan.convolutions} × 3x3, {channels}" for channels in plan.channels)
    for k, layers in enumerate(upper):
        y = TOP + STEP * k
        middle, below = y + height // 2, y + STEP
        parts += [
            _text(DOWN - 48, middle + 5, f"{SIDE >> k} px"),
            roads.box(DOWN, y, layers, "#e8f1fb"),
            roads.arrow(f"{DOWN + width},{middle} {UP - HEAD},{middle}"),
            roads.box(UP, y, layers, "#fbf0e4"),
            roads.arrow(f"{up},{y} {up},{y - STEP + height + HEAD}"),
        ]
        if k < len(upper) - 1:
            parts.append(roads.arrow(f"{down},{y + height} {down},{below - HEAD}"))
    middle = below + height // 2
    parts += [
        roads.arrow(f"{down},{y + height} {down},{middle} {BOTTOM - HEAD},{middle}"),
        _text(DOWN - 48, middle + 5, f"{SIDE >> len(upper)} px"),
        roads.box(BOTTOM, below, deepest, "#e6f5ea"),
        roads.arrow(f"{BOTTOM + width},{middle} {up},{middle} {up},{y + height + HEAD}"),
    ]
    return roads.picture((UP + width + 76, below + height + 24), "".join(parts))


def _text(x: int, y: int, text: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="middle">{text}</text>'
