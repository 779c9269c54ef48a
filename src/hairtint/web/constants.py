"""What the browser's code and this package must agree on, written out once: `python -m hairtint.web.constants`.

The in-browser engine imports the file that this writes; a test fails when the two part.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import MISSING, asdict, fields
from importlib import import_module
from pathlib import Path
from typing import Any

from hairtint import palette
from hairtint.effects import EFFECTS

TARGET = Path(__file__).parent / "static" / "engine" / "constants.js"

_NUMBERS = {
    "MATTE": ("matte", ("GUIDE", "REACH", "SHARE", "PHOTO_REACH", "FAINT", "DOUBT", "LARGER", "EPSILON")),
    "MEMORY": ("memory", ("SIDE", "KEEP", "CUT", "TRUST", "LEAST_CONTRAST", "SURPRISE")),
    "GLANCES": (
        "glances",
        ("MARGIN", "LEAST", "NEAR", "NEAR_COARSE", "MOST", "FADE", "SPECK", "COOL", "DYED", "KNOWN"),
    ),
    "SEGMENTER": ("segmenter", ("OFTEN",)),
    "VIVID": ("vivid", ("NATURAL", "VIVID", "BROWN")),
    "PARTS": (
        "parts",
        ("LONG", "LEAST", "TRACE", "CELLS", "SPECK", "APART", "BESIDE", "SMALL", "FEW", "MANY", "STEEP"),
    ),
    "HEADS": ("heads", ("APART", "LEAST", "MOST", "CORE", "SHADE_RATE", "SHARED", "STAYS", "_SAMPLES", "_NEAR")),
    "SOFTNESS": ("softness", ("SHARPER", "MOST", "REACH", "POINTS", "LEAST", "CLEAR", "TAIL", "GRAIN", "_FLAT")),
    "SHADE": ("shade", ("_SAMPLES", "_LIGHT_PACE")),
    "CANVAS": ("canvas", ("MARGIN", "_SMALL", "_OWN", "_FAINT", "_SOLID", "_PACES", "_SHORT", "_AGREE")),
    "RECOLOR": ("recolor", ("_VISIBLE", "_PACE")),
    "NATURAL": (
        "natural",
        (
            "STEP",
            "LOWEST",
            "_ENTRIES",
            "_SHINE",
            "_CRUSHED",
            "_LOCKS",
            "_LIGHT",
            "_DRAWN",
            "_GAPS",
            "_DARK",
            "_COVERING",
            "_COVERED",
            "_PALE",
            "_UNLIKE",
            "_SHADOW",
            "_EUMELANIN",
            "_LIT",
            "_LEAST_LIT",
            "_EXPOSURES",
        ),
    ),
    "PERCEPTUAL": ("perceptual", ("LUMINANCE", "_XYZ", "_WHITE", "_EPSILON", "_KAPPA")),
}
"""The numbers to share: by export, the module of hairtint and its names."""


def constants() -> dict[str, Any]:
    """All of them by the name of their export: numbers by module, the palette, and the effects with their fields."""
    numbers = {
        group: {name.strip("_"): _plain(getattr(import_module(f"hairtint.{home}"), name)) for name in names}
        for group, (home, names) in _NUMBERS.items()
    }
    dyes = [asdict(dye) for dye in palette.DYES]
    return {**numbers, "FAMILIES": list(palette.FAMILIES), "DYES": dyes, "EFFECTS": _effects()}


def module(values: Mapping[str, Any]) -> str:
    """The text of an ES module that exports these values."""
    head = "// Written by `python -m hairtint.web.constants` from the Python modules: change the values there.\n"
    return head + "".join(f"\nexport const {name} = {_literal(value)};\n" for name, value in values.items())


def _effects() -> dict[str, list[dict[str, Any]]]:
    """The fields of each effect in their order; one without a default is needed."""
    return {
        kind: [{"name": f.name} if f.default is MISSING else {"name": f.name, "default": f.default} for f in fields(of)]
        for kind, of in EFFECTS.items()
    }


def _plain(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else value


def _literal(value: Any) -> str:
    """JSON, with each entry of a list or an object on a line of its own."""
    if isinstance(value, dict):
        return "{\n" + "".join(f"  {json.dumps(k)}: {json.dumps(v)},\n" for k, v in value.items()) + "}"
    return "[\n" + "".join(f"  {json.dumps(v)},\n" for v in value) + "]"


if __name__ == "__main__":
    TARGET.write_text(module(constants()), encoding="utf-8")
    print(f"wrote {TARGET}")
