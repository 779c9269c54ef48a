"""The viewer's choices: every key, every place that can be pointed at, without any window."""

import dataclasses
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hairtint.color import Color
from hairtint.effects import Effect
from hairtint.live import controls, wheel
from hairtint.live.controls import KEYS, STRIP, begin, obey, point, press
from hairtint.look import Look

BEGIN = begin(Look(Color.parse("copper")))
UNIT = st.floats(0, 1)


def after(*names, state=BEGIN):
    for name in names:
        state = press(state, name)
    return state


def test_what_is_chosen_at_the_beginning():
    look = Look(Color.parse("#123456"), 0.5, "natural", (Effect.parse("ombre:pink"),), True)
    state = begin(look)
    assert state.look == look
    assert state.colors[0] == look.color
    assert state.presets[:2] == ((), look.effects)


def test_every_key_does_something_and_its_own():
    assert len({key.name for key in KEYS}) == len({key.does for key in KEYS}) == len(KEYS)
    half = dataclasses.replace(BEGIN, strength=0.5)
    results = [dataclasses.astuple(press(half, key.name)) for key in KEYS if key.name != "escape"]
    assert dataclasses.astuple(half) not in results
    assert len({str(result) for result in results}) == len(KEYS) - 1
    assert press(half, "no such key") == half


@pytest.mark.parametrize(
    ("key", "field"),
    [
        ("c", "wheel"), ("m", "mask"), ("l", "largest_region"), ("f", "mirror"), ("space", "paused"),
        ("r", "recording"), ("i", "info"), ("f11", "fullscreen"), ("h", "help"), ("t", "method"), ("b", "split"),
    ],
)  # fmt: skip
def test_switches_go_there_and_back(key, field):
    assert getattr(after(key), field) != getattr(BEGIN, field)
    assert after(key, key) == BEGIN


def test_colours_go_around_both_ways():
    assert after("right").color == STRIP[(STRIP.index(BEGIN.color) + 1) % len(STRIP)]
    assert after("right", "left").color == BEGIN.color
    assert after(*["right"] * len(STRIP)).color == BEGIN.color
    seen = {after(*["left"] * n).color for n in range(len(STRIP))}
    assert seen == set(STRIP)


def test_from_a_colour_of_the_wheel_next_leads_back_to_the_strip():
    picked = BEGIN.picked((0.37, 0.6, 0.8))
    assert picked.color not in STRIP
    assert after("right", state=picked).color == STRIP[0]
    assert after("left", state=picked).color == STRIP[-1]


def test_strength_stays_within_its_limits():
    assert after("down").strength == pytest.approx(0.95)
    assert after("up").strength == 1
    assert after(*["down"] * 30).strength == 0
    assert after(*["down"] * 30, "up").strength == pytest.approx(0.05)


def test_effects_go_around_and_belong_to_the_natural_method():
    seen = [after(*["e"] * n).look.effects for n in range(len(BEGIN.presets) + 1)]
    assert seen[0] == seen[-1] == ()
    assert {effect.kind for effects in seen for effect in effects} == {
        "gloss", "highlights", "lowlights", "roots", "ombre", "two-tone",
    }  # fmt: skip
    assert after("e", "t").look.effects == (), "the report's method has none, and the loop must not stumble"
    assert after("e", "t", "t").look.effects == after("e").look.effects
    assert after("t", "e").look.method == "natural"


def test_saturation_belongs_to_the_reports_method():
    state = begin(Look(Color.parse("copper"), method="hsv", hsv_saturation=0.3))
    assert [after(*["t"] * n, state=state).look.hsv_saturation for n in range(3)] == [0.3, 0, 0.3]


def test_snapshots_are_counted_and_quit_is_quit():
    assert after("s", "s").snapshots == 2
    assert after("q").quit


def test_escape_closes_one_thing_at_a_time_and_then_quits():
    state = after("h", "c", "f11")
    for field in ("help", "wheel", "fullscreen", "quit"):
        before, state = state, press(state, "escape")
        assert getattr(before, field) != getattr(state, field)
    assert state.quit


@given(UNIT, st.floats(0.01, 1), st.floats(controls.DARKEST, 1))
def test_the_wheel_gives_what_its_mark_shows(hue, saturation, value):
    x, y = wheel.place(hue, saturation)
    state = point(BEGIN.picked((0, 0, value)), "disc", x, y)
    apart = abs(state.hsv[0] - hue % 1)
    assert min(apart, 1 - apart) < 1e-6
    assert state.hsv[1:] == pytest.approx((saturation, value), abs=1e-6)


@given(st.floats(-3, 4), st.floats(-3, 4), st.sampled_from(["disc", "value", "strength", "split"]))
def test_dragging_beyond_the_edge_stays_at_the_edge(x, y, place):
    state = point(BEGIN, place, x, y)
    assert 0 <= state.strength <= 1
    assert state.split is None or 0 <= state.split <= 1
    assert all(0 <= channel <= 1 for channel in state.hsv)


def test_brightness_keeps_the_hue_even_where_the_colour_has_none():
    red = BEGIN.picked((0.02, 0.9, 0.8))
    dark = point(red, "value", 0.0, 0.5)
    assert max(dark.color.rgb()) < 30
    assert point(dark, "value", 0.8, 0.5).color == red.color
    grey = point(red, "disc", 0.5, 0.5)
    assert len(set(grey.color.rgb())) == 1


def test_pointing_at_swatches_buttons_and_nothing():
    assert point(BEGIN, "swatch 5", 0, 0).color == BEGIN.colors[5]
    assert point(BEGIN, "key m", 0, 0) == press(BEGIN, "m")
    assert point(BEGIN, "", 0.5, 0.5) == BEGIN


def test_choices_made_in_a_browser():
    state = obey(BEGIN, {"color": "#2f5fc4", "strength": 0.25, "mask": True})
    assert (str(state.color), state.strength, state.mask) == ("blue", 0.25, True)


def test_the_documentation_names_every_key():
    text = (Path(__file__).parents[2] / "docs" / "camera.md").read_text()
    for key in KEYS:
        assert f"| {key.does} |" in text, f"docs/camera.md lacks {key.name}: {key.does}"
