"""Colours and effects: any text, any object a caller may hand in."""

from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from hairtint import Color
from hairtint.color import palette
from hairtint.effects import EFFECTS, Effect

WORDS = st.sampled_from([dye.name for dye in palette()] + [*EFFECTS, "rgb(", ")", "#", ",", ":", "nan", "1e999", "٣"])
TEXT = st.one_of(st.text(max_size=60), st.lists(WORDS | st.text(max_size=4), max_size=6).map("".join))
PARTS = st.lists(WORDS | st.floats().map(str) | st.text(max_size=8), max_size=5).map(":".join)
LONG = st.tuples(TEXT, st.integers(1, 20_000)).map(lambda pair: (pair[0] * pair[1])[:200_000])
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.binary(max_size=8),
    st.lists(st.integers(-300, 300) | st.text(max_size=3) | st.booleans(), max_size=5),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=3),
)
CASES = st.one_of(
    st.tuples(st.just("color"), TEXT),
    st.tuples(st.just("effect"), TEXT | PARTS),
    st.tuples(st.just("color"), ANYTHING),
    st.tuples(st.just("color"), LONG),
)


def run(case: tuple[str, Any], box: Path) -> None:
    kind, value = case
    if kind == "color":
        found = Color.parse(value)
        assert Color.parse(found.hex) == Color.parse(str(found)) == found
    else:
        effect = Effect.parse(value)
        assert type(Effect.parse(str(effect))) is type(effect)
