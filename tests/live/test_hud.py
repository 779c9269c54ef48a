"""The panels: inside the window, clickable where they look it, in the right colours."""

import re
from dataclasses import replace

import numpy as np
import pytest

from hairtint.color import Color
from hairtint.live import bar, hud, wheel
from hairtint.live.controls import begin, point, press
from hairtint.live.hud import Status
from hairtint.live.paint import measured, plain, wrapped
from hairtint.look import Look

BEGIN = begin(Look(Color.parse("auburn")))
SIZES = [(1280, 720), (640, 480), (800, 1200), (3840, 2160)]
LONG = f"{'holiday' * 30}.mp4"
BUSY = Status(f"{LONG} – trying again", "saved", ("29.8 fps", f"1280 x 720, {LONG}"), 75)


def everything():
    state = BEGIN
    for key in ("c", "b", "i", "h"):
        state = press(state, key)
    return state


@pytest.mark.parametrize("size", SIZES)
def test_all_panels_lie_within_the_window(size):
    found = hud.layers(size, (0, 0, *size), everything(), BUSY)
    assert len(found) == 10
    for layer in found:
        height, width = layer.panel.rgba.shape[:2]
        assert layer.panel.rgba.dtype == np.uint8
        assert layer.x >= 0
        assert layer.y >= 0
        assert layer.x + width <= size[0]
        assert layer.y + height <= size[1]


@pytest.mark.parametrize("size", [(1, 1), (2, 600), (19, 19), (300, 40)])
def test_in_a_window_without_room_the_panels_are_cut_off(size):
    assert len(hud.layers(size, (0, 0, *size), everything(), BUSY)) == 10


@pytest.mark.parametrize("size", SIZES)
def test_every_place_is_found_where_it_is_drawn(size):
    found = hud.layers(size, (0, 0, *size), press(BEGIN, "c"), Status())
    places = set()
    for layer in found:
        for place, (left, top, right, bottom) in layer.panel.regions:
            x, y = layer.x + (left + right) / 2, layer.y + (top + bottom) / 2
            assert hud.under(found, x, y)[0] == place
            places.add(place)
    assert {"strength", "disc", "value", "key c", "key e", "key b", "key m", "key s"} <= places
    assert len([place for place in places if place.startswith("swatch")]) >= 10
    assert hud.under(found, size[0] / 2, size[1] * 0.3) is None, "the picture itself"


@pytest.mark.parametrize("effects", BEGIN.presets)
@pytest.mark.parametrize("size", [(324, 432), (432, 576), (576, 576), (1280, 720)])
def test_where_room_lacks_the_buttons_that_matter_least_are_left_out(size, effects):
    (layer,) = hud.layers(size, None, replace(BEGIN, effects=effects), Status())
    keys = {place.removeprefix("key ") for place, _ in layer.panel.regions if place.startswith("key ")}
    assert {"h", "r", "s", "space", "b"} <= keys
    assert keys.isdisjoint(bar.DISPENSABLE[: 11 - len(keys)])
    assert size[0] < 600 or len(keys) == 11


def test_swatches_show_the_colours_that_they_choose():
    panel = bar.panel(BEGIN, 900, 1.0)
    for place, (left, top, right, bottom) in panel.regions:
        if place.startswith("swatch"):
            pixel = panel.rgba[round((top + bottom) / 2), round((left + right) / 2)]
            assert np.abs(pixel[:3].astype(int) - point(BEGIN, place, 0.5, 0.5).color.rgb()).max() <= 2


def test_the_wheel_shows_the_colours_that_it_gives():
    side = 201
    disc = wheel.disc(side, 0.8)
    state = BEGIN.picked((0, 0, 0.8))
    for y in range(20, side - 20, 23):
        for x in range(20, side - 20, 23):
            if np.hypot(x - side / 2, y - side / 2) < side / 2 - 3:
                given = point(state, "disc", (x + 0.5) / side, (y + 0.5) / side).color.rgb()
                assert np.abs(disc[y, x, :3].astype(int) - given).max() <= 2
    assert disc[0, 0, 3] == 0


def test_the_bar_hides_when_nobody_does_anything():
    size = (1280, 720)
    assert len(hud.layers(size, None, BEGIN, Status(active=False))) == 0
    assert len(hud.layers(size, None, BEGIN, Status(active=True))) == 1
    assert len(hud.layers(size, None, press(BEGIN, "space"), Status(active=False))) == 1, "paused: it says so"


def test_panels_are_drawn_anew_only_where_they_look_different():
    def drawn_anew(state):
        return [panel is not before for panel, before in zip(panels(state), panels(everything()), strict=True)]

    def panels(state):
        return [layer.panel for layer in hud.layers((1280, 720), (0, 0, 1280, 720), state, BUSY)]

    assert not any(drawn_anew(replace(everything(), split=0.7)))
    bar_alone = [layer == 3 for layer in range(10)]
    assert drawn_anew(press(everything(), "m")) == bar_alone


def test_long_words_are_wrapped_and_foreign_letters_do_not_stop_it():
    assert len(wrapped("one two three four five six", 20, 80)) > 2
    assert plain("Überraschung – naïve’s 我的.mp4") == "Uberraschung - naive's ??.mp4"
    first, name = wrapped(f"no {LONG}", 20, 200)
    assert first == "no"
    assert re.fullmatch(r"holiday\w*…\w*\.mp4", name)
    assert measured(name, 20) <= 200
