"""What somebody has chosen: the colour, how strong, by which method, with which effects; and hair dyed so."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hairtint.color import Color
from hairtint.effects import Effect
from hairtint.errors import InputError
from hairtint.heads import Parts
from hairtint.matte import Mask, largest_region
from hairtint.recolor import Method, check_saturation, check_share, checked_effects, recolor
from hairtint.shade import Shade


@dataclass(frozen=True, slots=True)
class Look:
    """One choice of colour; immutable, so that a running loop can be handed a new one at any moment.

    Attributes:
        color: the dye; anything else that `Color.parse` reads becomes one.
        strength: 0 leaves the frame as it is, 1 is the full dye.
        method: "natural" or "hsv" (hairtint.recolor).
        effects: for "natural", in the order of their painting; anything that `recolor` takes becomes a tuple.
        largest_region: keep only the largest region of the mask (the report's clean-up, section 4.1).
        hsv_saturation: for "hsv", the report's remedy for dark hair, as in `recolor`.

    Raises:
        ColorError: the colour cannot be read.
        InputError: strength, method, effects or hsv_saturation are none of the above.
    """

    color: Color
    strength: float = 1.0
    method: Method = "natural"
    effects: tuple[Effect, ...] = field(default=())
    largest_region: bool = False
    hsv_saturation: bool | float = False

    def __post_init__(self) -> None:
        """Refuse what no frame could be dyed in, so that a mistake shows where it is made."""
        object.__setattr__(self, "color", Color.parse(self.color))
        check_share("strength", self.strength)
        object.__setattr__(self, "effects", tuple(checked_effects(self.effects, self.method)))
        check_saturation(self.hsv_saturation, self.method)

    def hair(self, mask: Mask) -> Mask:
        """What of a mask, float32 (H, W) in [0, 1], is dyed."""
        return largest_region(mask) if self.largest_region else mask

    def dyed(
        self, rgb: NDArray[np.uint8], mask: NDArray[np.generic], *, shade: Shade | Parts | None = None
    ) -> NDArray[np.uint8]:
        """A picture whose hair has this look; arguments and errors are those of `recolor`."""
        return recolor(
            rgb, mask, self.color, strength=self.strength, method=self.method, effects=self.effects, shade=shade,
            hsv_saturation=self.hsv_saturation,
        )  # fmt: skip


def check_look(look: object) -> None:
    """Raise InputError unless it is a Look."""
    if not isinstance(look, Look):
        raise InputError(f'look {look!r}: give a Look, such as Look(Color.parse("copper"))')
