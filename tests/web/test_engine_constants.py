"""The constants that browser and Python share, and what the engine weighs."""

import json
import re

import engine_page

from hairtint.color import Color
from hairtint.effects import EFFECTS, Effect
from hairtint.errors import HairtintError
from hairtint.web import constants

ENGINE = engine_page.STATIC / "engine"


def test_the_file_in_the_repository_is_what_python_says():
    written = constants.TARGET.read_text(encoding="utf-8")
    assert written == constants.module(constants.constants()), "run python -m hairtint.web.constants"


def test_every_export_reads_back_as_json():
    text = constants.TARGET.read_text(encoding="utf-8")
    exports = dict(re.findall(r"^export const (\w+) = (.*?);$", text, re.MULTILINE | re.DOTALL))
    assert exports.keys() == constants.constants().keys()
    assert json.loads(re.sub(r",\n([}\]])", r"\n\1", exports["MATTE"])) == constants.constants()["MATTE"]


def test_each_effect_lists_its_fields():
    listed = constants.constants()["EFFECTS"]
    assert listed.keys() == EFFECTS.keys()
    assert listed["ombre"][0] == {"name": "color"}
    assert listed["gloss"] == [{"name": "amount", "default": 0.5}]


def test_colours_are_read_as_in_python(modules):
    texts = [
        "#b5562b",
        "B5562B",
        "#abc",
        "rgb(181, 86, 43)",
        "Ash-Grey",
        "ash gray",
        "7 ash",
        "level 3",
        "blond",
        "bad",
    ]
    read = "async (texts) => { const { parseColor } = await module('color'); return texts.map(parseColor); }"
    assert modules.evaluate(read, texts) == [list(Color.parse(text).rgb()) for text in texts]


def test_effects_are_read_as_in_python(modules):
    texts = [
        "highlights:000000", "roots:000", "ombre:0e0000:1", "ombre:100:.5", "ombre:7", "lowlights:honey:000",
        "gloss:5e-1", "highlights:0.2:0.9", "ombre:0x1:honey", "roots:0b1", "gloss:Infinity", "gloss:0:1", "ombre:1",
    ]  # fmt: skip
    read = """async (texts) => {
      const { parseEffect } = await module('effects');
      return texts.map((text) => { try { return parseEffect(text); } catch { return null; } });
    }"""
    assert modules.evaluate(read, texts) == [_fields(text) for text in texts]


def _fields(text):
    """An effect as the page's engine has it, None where it is refused."""
    try:
        effect = Effect.parse(text)
    except HairtintError:
        return None
    values = {name: list(v.rgb()) if isinstance(v, Color) else v for name, v in vars(effect).items()}
    return {"kind": effect.kind, **values}


def test_the_engine_is_light():
    assert sum(file.stat().st_size for file in ENGINE.glob("*.js")) < 160_500
