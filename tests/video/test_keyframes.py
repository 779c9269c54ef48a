"""Scripts of looks: what they mean, and what is said about those that mean nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hairtint.color import Color
from hairtint.effects import Effect
from hairtint.errors import ColorError, InputError
from hairtint.look import Look
from hairtint.perceptual import lab
from hairtint.video.keyframes import Keyframes, blend

SCRIPT = """
[[look]]
at = 0
color = "chestnut"
strength = 0.0

[[look]]
at = 2
color = "copper"
strength = 1

[[look]]
at = "0:04"
color = "#2040ff"
effects = ["gloss:0.4"]
sudden = true
"""


@pytest.fixture
def load(tmp_path):
    def write(text, common=None):
        (tmp_path / "looks.toml").write_text(text)
        return Keyframes.load(tmp_path / "looks.toml", common)

    return write


def test_a_script_says_what_it_says(load):
    looks = load(SCRIPT)
    assert looks(0).strength == 0
    assert looks(0).color == Color.parse("chestnut")
    assert looks(1).strength == pytest.approx(0.5)
    assert looks(2) == Look(Color.parse("copper"))
    assert looks(3.99) == looks(2), "a sudden look is not approached"
    assert looks(4) == looks(1000) == Look(Color.parse("#2040ff"), effects=(Effect.parse("gloss:0.4"),))


def test_a_script_may_come_from_an_editor_that_marks_utf_8(load):
    marked = "\ufeff" + SCRIPT
    assert load(marked.replace("\n", "\r\n")) == load(SCRIPT)


def test_half_way_is_half_way_in_cielab(load):
    looks = load(SCRIPT)
    ends = lab([Color.parse(name).rgb() for name in ("chestnut", "copper")])
    assert np.abs(lab(looks(1).color.rgb()) - ends.mean(axis=0)).max() < 1


def test_common_settings_hold_for_all_looks(load):
    common = Look(Color.parse("black"), 0.3, "hsv", (), True)
    looks = load('[[look]]\nat = 1\ncolor = "red"\n[[look]]\nat = 2\ncolor = "blue"\nstrength = 0.9', common)
    assert looks(0) == Look(Color.parse("red"), 0.3, "hsv", (), True)
    assert looks(9) == Look(Color.parse("blue"), 0.9, "hsv", (), True)


channel = st.integers(0, 255)
colors = st.builds(Color, channel, channel, channel)


@given(colors, colors, st.floats(0, 1))
def test_a_blend_starts_and_ends_right_and_lies_between(first, second, share):
    assert blend(first, second, 0) == first
    assert np.abs(np.subtract(blend(first, second, 1).rgb(), second.rgb())).max() <= 1
    lightness = sorted(float(lab(c.rgb())[0]) for c in (first, second))
    middle = float(lab(blend(first, second, share).rgb())[0])
    out_of_gamut = 3
    assert lightness[0] - out_of_gamut <= middle <= lightness[1] + out_of_gamut


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "look"),
        ("x = 1", "look"),
        ("look = 1", "look"),
        ("look = []", "look"),
        ("[[look]", "not a script"),
        ("[[look]]\nat = 1", "needs a colour"),
        ('[[look]]\ncolor = "red"', "look 1: say when"),
        ('[[look]]\nat = -1\ncolor = "red"', "look 1: time"),
        ('[[look]]\nat = 1\ncolor = "rde"', "look 1: unknown colour"),
        ("[[look]]\nat = 1\ncolor = 7", "quotes"),
        ('[[look]]\nat = 1\ncolor = "red"\nstrength = 2', "0 to 1"),
        ('[[look]]\nat = 1\ncolor = "red"\nstrength = true', "0 to 1"),
        ('[[look]]\nat = 1\ncolor = "red"\nfoo = 2', "unknown 'foo'"),
        ('[[look]]\nat = 1\ncolor = "red"\neffects = "gloss"', "list"),
        ('[[look]]\nat = 1\ncolor = "red"\neffects = ["glos"]', "unknown effect"),
        ('[[look]]\nat = 1\ncolor = "red"\nsudden = 1', "true or false"),
        ('[[look]]\nat = 1\ncolor = "red"\n[[look]]\nat = 1\ncolor = "blue"', "look 2: at 1 s"),
        (f'[[look]]\nat = {"9" * 400}\ncolor = "red"', "look 1: time"),
        (f'[[look]]\nat = "{"9" * 400}"\ncolor = "red"', "look 1: time"),
        (f'[[look]]\nat = "{"9" * 5000}:00:00"\ncolor = "red"', "look 1: time"),
        (f'[[look]]\nat = 0x{"f" * 5000}\ncolor = "red"', "look 1: a number"),
        (f'[[look]]\nat = 1\ncolor = "red"\nstrength = 0x{"f" * 5000}', "look 1: a number"),
        (f"[[look]]\nat = 1\ncolor = 0x{'f' * 5000}", "look 1: a number"),
        (f"look = {'[' * 5000}{']' * 5000}", "not a script"),
        (f"look = {'9' * 5000}", "not a script"),
    ],
)
def test_mistakes_are_one_line_that_says_where(load, text, said):
    with pytest.raises((InputError, ColorError)) as error:
        load(text)
    assert said in str(error.value)
    assert "looks.toml" in str(error.value)
    assert "\n" not in str(error.value)


def test_effects_do_not_go_with_the_hsv_method(load):
    with pytest.raises(InputError, match="natural"):
        load('[[look]]\nat = 1\ncolor = "red"\neffects = ["gloss"]', Look(Color.parse("red"), method="hsv"))


def test_files_that_are_no_script(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        Keyframes.load(tmp_path / "missing.toml")
    (tmp_path / "binary.toml").write_bytes(bytes(range(256)))
    with pytest.raises(InputError, match="not a script"):
        Keyframes.load(tmp_path / "binary.toml")
