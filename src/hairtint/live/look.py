"""What the viewer has chosen: the colour, how strong, by which method, with which effects."""

from __future__ import annotations

from dataclasses import dataclass, field

from hairtint.color import Color
from hairtint.effects import Effect
from hairtint.errors import InputError
from hairtint.recolor import Method, check_method, check_share


@dataclass(frozen=True, slots=True)
class Look:
    """One choice of colour; immutable, so that a running loop can be handed a new one at any moment.

    Attributes:
        color: the dye; anything else that `Color.parse` reads becomes one.
        strength: 0 leaves the frame as it is, 1 is the full dye.
        method: "natural" or "hsv" (hairtint.recolor).
        effects: for "natural", in the order of their painting.
        largest_region: keep only the largest region of the mask (the report's clean-up, section 4.1).

    Raises:
        ColorError: the colour cannot be read.
        InputError: strength or method are none of the above.
    """

    color: Color
    strength: float = 1.0
    method: Method = "natural"
    effects: tuple[Effect, ...] = field(default=())
    largest_region: bool = False

    def __post_init__(self) -> None:
        """Refuse what no frame could be dyed in, so that a mistake shows where it is made."""
        object.__setattr__(self, "color", Color.parse(self.color))
        check_share("strength", self.strength)
        check_method(self.method)


def check_look(look: object) -> None:
    """Raise InputError unless it is a Look."""
    if not isinstance(look, Look):
        raise InputError(f'look {look!r}: give a Look, such as Look(Color.parse("copper"))')
