"""The real window, under SDL's dummy driver: pixels are read back, keys and mouse are posted."""

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from live.streams import COLORS, plain

from hairtint.color import Color
from hairtint.live import hud
from hairtint.live.controls import begin
from hairtint.live.hud import Status
from hairtint.live.window import Window
from hairtint.look import Look

pygame = pytest.importorskip("pygame")
BEGIN = begin(Look(Color.parse("auburn")))
QUIET = Status(active=False)


@pytest.fixture
def window(monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    with Window((1000, 640)) as window:
        pygame.event.clear()
        yield window


def pixels(window):
    return np.ascontiguousarray(pygame.surfarray.array3d(window.screen).swapaxes(0, 1))


def post(window, state, *events):
    for kind, values in events:
        pygame.event.post(pygame.event.Event(kind, values))
    return window.events(state)[0]


def key(code, text="", place=0):
    return pygame.KEYDOWN, {"key": code, "unicode": text, "scancode": place, "mod": 0}


def mouse(kind, x, y):
    values = (
        {"pos": (x, y), "button": 1}
        if kind != pygame.MOUSEMOTION
        else {"pos": (x, y), "rel": (0, 0), "buttons": (1, 0, 0)}
    )
    return kind, values


def center(window, place):
    for layer in window.layers:
        for name, (left, top, right, bottom) in layer.panel.regions:
            if name == place:
                return round(layer.x + (left + right) / 2), round(layer.y + (top + bottom) / 2)
    raise AssertionError(place)


def test_the_picture_fills_the_window_as_far_as_its_shape_allows(window):
    window.draw(plain(COLORS[0], (400, 400)), BEGIN, QUIET)
    seen = pixels(window)
    assert (seen[320, 500] == COLORS[0]).all()
    assert (seen[5, 185] == COLORS[0]).all()
    assert (seen[5, 175] == window.screen.get_at((0, 0))[:3]).all(), "the ground beside it"
    window.draw(plain(COLORS[1], (1600, 400)), BEGIN, QUIET)
    assert (pixels(window)[197:443] == COLORS[1]).all()


def test_a_picture_of_the_windows_size_is_shown_to_the_pixel(window):
    rgb = np.random.default_rng(0).integers(0, 256, (640, 1000, 3), np.uint8)
    window.draw(rgb, BEGIN, QUIET)
    np.testing.assert_array_equal(pixels(window), rgb)


def test_panels_lie_over_the_picture(window):
    rgb = plain((250, 250, 250), (1000, 640))
    window.draw(rgb, BEGIN, Status())
    x, y = center(window, "swatch 6")
    assert (pixels(window)[y, x] == BEGIN.colors[6].rgb()).all()
    assert pixels(window)[480].mean() > 240
    assert pixels(window)[600, 100].mean() < 100


def test_the_window_takes_the_shape_of_the_first_picture(monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    with Window() as window:
        for color, size in zip(COLORS, [(400, 400), (600, 400), (400, 600)], strict=True):
            window.draw(plain(color, size), BEGIN, QUIET)
            assert window.size[0] == window.size[1], "of the first alone"
        window.events(BEGIN)


@pytest.mark.parametrize("size", [(1600, 320), (8190, 34), (320, 1600)])
def test_the_window_is_never_so_flat_or_narrow_that_the_help_lacks_room(monkeypatch, size):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.setattr("pygame.display.get_desktop_sizes", lambda: [(800, 480)])
    with Window() as window:
        window.draw(plain(COLORS[0], size), replace(BEGIN, help=True), Status())
        for layer in window.layers:
            height, width = layer.panel.rgba.shape[:2]
            assert 0 <= layer.x <= window.size[0] - width
            assert 0 <= layer.y <= window.size[1] - height


def test_before_any_picture_there_is_a_word(window):
    window.draw(None, BEGIN, Status(trouble="opening camera 0", active=False))
    assert pixels(window).max() > 200


def test_keys(window):
    state = post(window, BEGIN, key(pygame.K_RIGHT), key(pygame.K_m, "m"), key(pygame.K_SLASH, "?"))
    assert state == replace(BEGIN, color=state.color, hsv=state.hsv, mask=True, help=True)
    assert state.color == BEGIN.colors[BEGIN.colors.index(BEGIN.color) + 1]
    assert post(window, BEGIN, (pygame.QUIT, {})).quit
    assert post(window, BEGIN, key(pygame.K_ESCAPE)).quit


@pytest.mark.parametrize("text", ["с", "С", "ψ", "ב", "ؤ"])
def test_where_a_layout_has_other_letters_the_place_of_the_key_counts(window, text):
    assert post(window, BEGIN, key(ord(text.lower()), text, pygame.KSCAN_C)) == replace(BEGIN, wheel=True)


def test_a_latin_layout_keeps_its_own_letters(window):
    apostrophe, oe = key(pygame.K_QUOTE, "'", pygame.KSCAN_Q), key(ord("ö"), "ö", pygame.KSCAN_SEMICOLON)
    assert post(window, BEGIN, apostrophe, oe, key(pygame.K_m, "m", pygame.KSCAN_C)) == replace(BEGIN, mask=True)


def test_a_key_that_is_held_switches_once_but_goes_on_through_colours(window):
    held = post(window, BEGIN, *[key(pygame.K_m, "m")] * 3, *[key(pygame.K_RIGHT)] * 3)
    assert held.mask
    assert held.color == BEGIN.colors[BEGIN.colors.index(BEGIN.color) + 3]
    again = post(window, held, (pygame.KEYUP, {"key": pygame.K_m}), key(pygame.K_m, "m"))
    assert not again.mask


def test_clicking_and_dragging_the_bar(window):
    window.draw(plain(COLORS[0]), BEGIN, Status())
    state = post(window, BEGIN, mouse(pygame.MOUSEBUTTONDOWN, *center(window, "swatch 3")))
    assert state.color == BEGIN.colors[3]
    x, y = center(window, "strength")
    state = post(window, BEGIN, mouse(pygame.MOUSEBUTTONDOWN, x, y))
    assert state.strength == pytest.approx(0.5, abs=0.02)
    state = post(window, state, mouse(pygame.MOUSEMOTION, 0, 0))
    assert state.strength == 0
    state = post(window, state, mouse(pygame.MOUSEBUTTONUP, 0, 0), mouse(pygame.MOUSEMOTION, 999, 0))
    assert state.strength == 0, "let go"
    assert post(window, state, (pygame.MOUSEWHEEL, {"y": 2, "x": 0})).strength == pytest.approx(0.1)
    assert post(window, BEGIN, mouse(pygame.MOUSEBUTTONDOWN, *center(window, "key c"))).wheel


def test_dragging_the_wheel(window):
    state = replace(BEGIN, wheel=True)
    window.draw(plain(COLORS[0]), state, Status())
    x, y = center(window, "disc")
    assert len(set(post(window, state, mouse(pygame.MOUSEBUTTONDOWN, x, y)).color.rgb())) <= 2, "grey in the middle"
    state = post(window, state, mouse(pygame.MOUSEMOTION, x + 500, y))
    assert state.hsv[:2] == pytest.approx((0, 1), abs=0.02), "pure red at the right"
    state = post(
        window, state, mouse(pygame.MOUSEBUTTONUP, x, y), mouse(pygame.MOUSEBUTTONDOWN, *center(window, "value"))
    )
    assert state.hsv[2] == pytest.approx(0.5, abs=0.02)


def test_dragging_the_line_between_before_and_after(window):
    state = replace(BEGIN, split=0.5)
    window.draw(plain(COLORS[0], (500, 640)), state, Status())
    state = post(window, state, mouse(pygame.MOUSEBUTTONDOWN, 250 + 125, 200))
    assert state.split == pytest.approx(0.25)
    state = post(window, state, mouse(pygame.MOUSEMOTION, 990, 200))
    assert state.split == 1
    window.draw(plain(COLORS[0], (500, 640)), state, Status())
    state = post(
        window, state, mouse(pygame.MOUSEBUTTONUP, 0, 0), mouse(pygame.MOUSEBUTTONDOWN, *center(window, "split"))
    )
    assert state.split == pytest.approx(1, abs=0.01), "taken by its handle"
    assert post(window, BEGIN, mouse(pygame.MOUSEBUTTONDOWN, 375, 200)) == BEGIN, "without a line nothing happens"


def test_clicks_between_buttons_do_not_fall_through_to_the_picture(window):
    state = replace(BEGIN, split=0.5)
    window.draw(plain(COLORS[0], (1000, 640)), state, Status())
    bar = window.layers[-1]
    assert post(window, state, mouse(pygame.MOUSEBUTTONDOWN, bar.x + 3, bar.y + 60)) == state


def test_full_screen_and_back(window):
    for full in (True, False):
        state = post(
            window, replace(BEGIN, fullscreen=not full), key(pygame.K_F11), (pygame.KEYUP, {"key": pygame.K_F11})
        )
        assert state.fullscreen == full
        window.draw(plain(COLORS[0]), state, QUIET)
        assert bool(window.screen.get_flags() & pygame.FULLSCREEN) == full
    assert window.size == (1000, 640)


def test_the_pointer_hides_with_the_bar(window):
    for active in (False, True):
        window.draw(plain(COLORS[0]), BEGIN, Status(active=active))
        assert pygame.mouse.get_visible() == active


def test_without_a_display_it_says_what_to_do():
    environment = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")}
    if sys.platform != "linux":
        pytest.skip("other systems always have one")
    done = subprocess.run(
        [sys.executable, "-c", "from hairtint.live.window import Window; Window().__enter__()"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "OutputError: there is no display" in done.stderr
    assert "--serve" in done.stderr


def test_nothing_is_kept_of_panels_that_are_gone(window):
    for k in range(40):
        window.draw(plain(COLORS[0]), BEGIN, Status(toast=f"note {k}"))
    assert len(window._surfaces) == len(hud.layers(window.size, None, BEGIN, Status(toast="note")))
