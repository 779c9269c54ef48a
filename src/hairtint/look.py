"""What somebody has chosen: the colour, how strong, by which method, with which effects; and hair dyed so."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from hairtint.color import Color, ColorLike
from hairtint.effects import Effect, Effects
from hairtint.errors import InputError
from hairtint.frame import Cover, as_cover
from hairtint.heads import Parts
from hairtint.matte import largest_region
from hairtint.recolor import Method, check_saturation, check_share, checked_effects, recolor
from hairtint.shade import Shade


@dataclass(frozen=True, slots=True, init=False)
class Look:
    """One choice of colour; immutable, so that a running loop can be handed a new one at any moment.

    Attributes:
        color: the dye; anything that `Color.parse` reads becomes one.
        strength: 0 leaves the frame as it is, 1 is the full dye.
        method: "natural" or "hsv" (hairtint.recolor).
        effects: for "natural", in the order of their painting; anything that `recolor` takes becomes a tuple.
        largest_region: keep only the largest region of the mask (the report's clean-up, section 4.1), which `hair`
            does and `dyed` leaves to it.
        hsv_saturation: for "hsv", the report's remedy for dark hair, as in `recolor`.

    Raises:
        ColorError: the colour cannot be read.
        InputError: strength, method, effects or hsv_saturation are none of the above.

    Examples:
        >>> look = Look("copper", largest_region=True)
        >>> dyed = look.dyed(rgb, look.hair(mask))  # doctest: +SKIP
    """

    color: Color
    strength: float
    method: Method
    effects: tuple[Effect, ...]
    largest_region: bool
    hsv_saturation: bool | float

    def __init__(
        self,
        color: ColorLike,
        strength: float = 1.0,
        method: Method = "natural",
        effects: Effects = (),
        largest_region: bool = False,
        hsv_saturation: bool | float = False,
    ) -> None:
        dye = Color.parse(color)
        check_share("strength", strength)
        painted = tuple(checked_effects(effects, method))
        check_saturation(hsv_saturation, method)
        values = dye, strength, method, painted, largest_region, hsv_saturation
        for field, value in zip(fields(self), values, strict=True):
            object.__setattr__(self, field.name, value)

    def hair(self, mask: Cover, before: Cover | None = None) -> Cover:
        """What of a mask, (H, W), is dyed: all of it, or its largest region, of bool as uint8 up to 255.

        Takes what `recolor` takes; in video also what it gave of the frame `before`, so that the dye stays on one head
        while two are about as large. Raises MaskError where the region is wanted of anything else.
        """
        return largest_region(as_cover(mask)[0], before) if self.largest_region else mask

    def dyed(
        self, rgb: NDArray[np.uint8], mask: NDArray[np.generic], *, shade: Shade | Parts | None = None
    ) -> NDArray[np.uint8]:
        """A picture whose hair, all that the mask holds, has this look; arguments and errors are those of `recolor`.

        For `largest_region` hand in what `hair` gives of the mask.
        """
        return recolor(
            rgb, mask, self.color, strength=self.strength, method=self.method, effects=self.effects, shade=shade,
            hsv_saturation=self.hsv_saturation,
        )  # fmt: skip


def check_look(look: object) -> None:
    """Raise InputError unless it is a Look."""
    if not isinstance(look, Look):
        raise InputError(f'look {look!r}: give a Look, such as Look(Color.parse("copper"))')
