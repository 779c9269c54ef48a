"""Colours and the palette."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hairtint.color import Color, palette, suggest
from hairtint.errors import ColorError
from hairtint.palette import DYES, FAMILIES

CHANNEL = st.integers(0, 255)


@pytest.mark.parametrize(
    "text",
    ["#b5562b", "b5562b", "B5562B", " #B5562b ", "rgb(181, 86, 43)", "RGB(181 86 43)", "copper", "Copper", " COPPER "],
)
def test_notations_of_one_colour(text):
    assert Color.parse(text) == Color(181, 86, 43)


def test_short_hex_doubles_its_digits():
    assert Color.parse("#abc").hex == "#aabbcc"


def test_nothing_near_is_looked_for_where_the_text_is_no_name(monkeypatch):
    monkeypatch.setattr("difflib.get_close_matches", lambda *_: pytest.fail("comparing so much text takes seconds"))
    with pytest.raises(ColorError, match="named dye"):
        Color.parse("copper " * 100_000)


def test_tuples_and_colours_pass_through():
    copper = Color.parse((181, 86, 43))
    assert Color.parse(copper) is copper
    assert Color.parse([181, 86, 43]) == Color.parse(np.array([181, 86, 43], np.uint8)) == copper
    assert copper.rgb() == (181, 86, 43)
    assert copper.name == "copper"
    assert str(copper) == "copper"
    assert Color(1, 2, 3).name is None
    assert str(Color(1, 2, 3)) == "#010203"


@given(CHANNEL, CHANNEL, CHANNEL)
def test_hex_survives_the_round_trip(red, green, blue):
    colour = Color(red, green, blue)
    assert Color.parse(colour.hex) == colour == Color.parse(f"rgb({red}, {green}, {blue})")
    assert Color.from_hsv(*colour.hsv()) == colour


@pytest.mark.parametrize(
    "wrong",
    ["", "#12", "#12345", "#ggg", "rgb(1, 2)", "rgb(256, 0, 0)", "nocolour", (1, 2), (1, 2, 256), (0.5, 1, 2), None, 7,
     b"red", bytearray(3), {1, 2, 3}, {1: 0, 2: 0, 3: 0}, (True, 2, 3), [np.True_, 2, 3]],
)  # fmt: skip
def test_what_is_no_colour_is_refused_in_one_line(wrong):
    with pytest.raises(ColorError) as caught:
        Color.parse(wrong)
    assert "\n" not in str(caught.value)
    assert isinstance(caught.value, ValueError)


def test_channels_of_numpy_become_pythons():
    color = Color(np.uint8(181), *np.array([86, 43]))
    assert color == Color.parse(np.array([181, 86, 43])) == Color(181, 86, 43)
    assert {type(channel) for channel in color.rgb()} == {int}


@pytest.mark.parametrize("wrong", [True, 1.0, "1", None, 256, -1])
def test_what_is_no_channel(wrong):
    with pytest.raises(ColorError, match="three whole numbers from 0 to 255"):
        Color(1, wrong, 3)


@pytest.mark.parametrize("wrong", ["copper", "#12", 123456, None])
def test_what_is_no_hex_colour(wrong):
    with pytest.raises(ColorError, match="hex"):
        Color.from_hex(wrong)


def test_a_typo_gets_suggestions():
    with pytest.raises(ColorError, match="did you mean burgundy"):
        Color.parse("burgandy")
    assert suggest("platnum")[0] == "platinum"
    assert suggest("qqqq") == []
    assert suggest("ash gary")[0] == "ash grey"
    assert suggest("gray") == suggest("grey") == ["platinum", "pearl", "silver"], "a family's name brings its dyes"


@pytest.mark.parametrize("text", ["jet black", "Jet-Black", "jet_black", "JET  BLACK"])
def test_names_are_written_in_many_ways(text):
    assert Color.parse(text).hex == "#111111"


def test_levels_and_spellings():
    assert Color.parse("7 ash") == Color.parse("level 7 ash") == Color.parse("ash blonde") == Color.parse("ash blond")
    assert Color.parse("ash gray") == Color.parse("ash grey")


def test_the_palette_is_sound():
    names = [dye.name for dye in DYES]
    assert len(set(names)) == len(names)
    assert {dye.family for dye in DYES} == set(FAMILIES)
    for dye in DYES:
        assert Color.parse(dye.name).hex == dye.hex
    for family in FAMILIES:
        assert palette(family)
    assert len(palette("neutral")) == len(palette("warm")) == len(palette("ash")) == 10
    with pytest.raises(ColorError, match="no family"):
        palette("neon")


def test_the_levels_grow_lighter():
    for family in ("neutral", "warm", "ash"):
        lights = [sum(Color.parse(dye.hex).rgb()) for dye in palette(family)]
        assert lights == sorted(lights)
