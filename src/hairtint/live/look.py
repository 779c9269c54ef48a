"""What the viewer has chosen: the colour, how strong, by which method, with which effects."""

from __future__ import annotations

from dataclasses import dataclass, field

from hairtint.color import Color
from hairtint.effects import Effect
from hairtint.recolor import Method


@dataclass(frozen=True, slots=True)
class Look:
    """One choice of colour; immutable, so that a running loop can be handed a new one at any moment.

    Attributes:
        color: the dye.
        strength: 0 leaves the frame as it is, 1 is the full dye.
        method: "natural" or "hsv" (hairtint.recolor).
        effects: for "natural", in the order of their painting.
        largest_region: keep only the largest region of the mask (the report's clean-up, section 4.1).
    """

    color: Color
    strength: float = 1.0
    method: Method = "natural"
    effects: tuple[Effect, ...] = field(default=())
    largest_region: bool = False
