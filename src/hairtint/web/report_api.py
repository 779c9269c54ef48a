"""The two addresses of the report (section 4.2), as its web page called them: /predict and /change_color.

A colour is there [h, s, v] from a colour wheel: hue in degrees, saturation and value in percent. Fractions are
understood as well: saturation and value are fractions where neither is above 1, and the hue, too, where none of the
three is. The dye is then put on by hairtint's own method; `"method": "hsv"` asks for the report's.
"""

from __future__ import annotations

from typing import Any

from hairtint.color import Color
from hairtint.web import fields, operations
from hairtint.web.api import WORK, masked, recoloured
from hairtint.web.fields import Field
from hairtint.web.operations import JSON, Operation, Services

_LEFT_OUT = {  # what the report's page could not choose, as the API has it
    "photo": None, "model": None, "keep": False, "largest_region": False, "effects": (), "saturation": 0.0,
    "format": "png", "quality": None, "metadata": False,
}  # fmt: skip


def described(services: Services) -> list[Operation]:
    """The operations."""
    predict = Operation(
        method="POST", path="/predict", name="predict", summary="The report's mask",
        work=lambda values: masked(services, _LEFT_OUT | values),
        about="A grey PNG of the picture's size in which hair is white.",
        fields=(operations.image(),), takes=(JSON,), gives={"image/png": None}, statuses=WORK, cost=1.0,
        examples=(
            """echo "{{\\"image\\": \\"$(base64 -w0 me.jpg)\\"}}" | """
            "curl --json @- {url}/predict -o mask.png",
        ),
    )  # fmt: skip
    change_color = Operation(
        method="POST", path="/change_color", name="change_color", summary="The report's change of colour",
        work=lambda values: recoloured(services, _LEFT_OUT | values),
        fields=(operations.image(), _color(), fields.strength(), fields.method()),
        takes=(JSON,), gives={"image/png": None}, statuses=WORK, cost=1.0,
        examples=(
            """echo "{{\\"image\\": \\"$(base64 -w0 me.jpg)\\", \\"color\\": [18, 76, 71]}}" | """
            "curl --json @- {url}/change_color -o me-copper.png",
        ),
    )  # fmt: skip
    return [predict, change_color]


def _color() -> Field:
    def read(value: Any) -> Color:
        return Color.parse(value) if isinstance(value, str) else of_hsv(value)

    schema = {
        "oneOf": [
            {"type": "string", "maxLength": 40, "examples": ["copper", "#2f5fc4"]},
            {
                "type": "array",
                "prefixItems": [{"type": "number", "minimum": 0, "maximum": most} for most in (360, 100, 100)],
                "minItems": 3, "maxItems": 3, "examples": [[18, 76, 71]],
            },
        ]
    }  # fmt: skip
    about = "The dye: [hue 0 to 360, saturation 0 to 100, value 0 to 100], or a name, or #rrggbb."
    return Field("color", about, schema, read, required=True)


def of_hsv(value: Any) -> Color:
    """The colour of [h, s, v] as the module says; ValueError for anything else."""
    wrong = ValueError("give [hue 0 to 360, saturation 0 to 100, value 0 to 100], a name or #rrggbb")
    if not isinstance(value, list) or len(value) != 3:
        raise wrong
    if any(isinstance(part, bool) or not isinstance(part, int | float) for part in value):
        raise wrong
    hue, saturation, light = value
    if not (0 <= hue <= 360 and 0 <= saturation <= 100 and 0 <= light <= 100):
        raise wrong
    if max(saturation, light) > 1:
        saturation, light = saturation / 100, light / 100
        hue = hue / 360
    elif hue > 1:
        hue = hue / 360
    return Color.from_hsv(hue % 1.0, saturation, light)
