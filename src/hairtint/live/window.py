"""The window: the picture as large as it fits, the panels over it, keys and mouse. No other module knows pygame."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from string import ascii_lowercase
from typing import Any, Self

import numpy as np

from hairtint import extras
from hairtint.errors import OutputError
from hairtint.live import controls as choices
from hairtint.live import hud
from hairtint.live.compose import letterbox, scaled
from hairtint.live.controls import Controls
from hairtint.live.paint import Box, Panel
from hairtint.live.sources import Rgb, Size

IDLE = 4.0  # seconds without key or mouse after which the bar hides
DRAGGED = frozenset({"strength", "split", "disc", "value"})
NARROWEST, FLATTEST = 3 / 4, 16 / 9  # width by height of a window that takes the shape of a picture
GROUND = (10, 10, 12)
NO_DISPLAY = (
    "there is no display to open a window on: watch in a browser with --serve, send to calls with --virtual --display "
    "none, or run without a picture with --display none"
)


class Window:
    """A resizable window while its context lasts; for the main thread.

    Raises MissingExtraError where pygame is not installed, OutputError where there is no display.
    """

    def __init__(self, size: Size | None = None) -> None:
        extras.require("camera", "pygame", what="the window needs", otherwise=", or use --serve")
        self.wanted = size
        self.layers: list[hud.Layer] = []
        self.place: hud.Place | None = None  # of the picture
        self._dragged: tuple[str, Box] | None = None
        self._acted = time.monotonic()
        self._resized = False
        self._down: set[int] = set()
        self._surfaces: dict[int, tuple[Panel, Any]] = {}
        self._scaled: tuple[Rgb, Size, Any] | None = None

    def __enter__(self) -> Self:
        os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
        os.environ.setdefault("SDL_WINDOWS_DPI_AWARENESS", "permonitorv2")  # real pixels, not a blurred enlargement
        import pygame

        self.pygame = pygame
        try:
            pygame.display.init()
            if pygame.display.get_driver() == "offscreen" and "SDL_VIDEODRIVER" not in os.environ:
                raise pygame.error("only an invisible screen")
            self._desktop = pygame.display.get_desktop_sizes()[0]
            self._windowed = self.wanted or _comfortable(self._desktop)
            self.screen = pygame.display.set_mode(self._windowed, pygame.RESIZABLE)
        except (pygame.error, IndexError) as error:
            pygame.display.quit()
            raise OutputError(NO_DISPLAY) from error
        pygame.display.set_caption("hairtint")
        pygame.key.set_repeat(400, 60)
        return self

    def __exit__(self, *stopped: object) -> None:
        self.pygame.display.quit()

    @property
    def size(self) -> Size:
        """Width and height in pixels."""
        width, height = self.screen.get_size()
        return width, height

    @property
    def active(self) -> bool:
        """Whether the viewer did something lately."""
        return time.monotonic() - self._acted < IDLE

    def events(self, controls: Controls) -> tuple[Controls, bool]:
        """The state after all keys and mouse moves since the last call, and whether there were any."""
        pygame, before, any_event = self.pygame, controls, False
        for event in pygame.event.get():
            any_event = True
            if event.type in (pygame.KEYDOWN, pygame.MOUSEMOTION, pygame.MOUSEBUTTONDOWN, pygame.MOUSEWHEEL):
                self._acted = time.monotonic()
            controls = self._after(event, controls)
        if controls.fullscreen != before.fullscreen:
            self._set_fullscreen(controls.fullscreen)
        return controls, any_event

    def draw(self, rgb: Rgb | None, controls: Controls, status: hud.Status) -> None:
        """Show a picture, uint8 (H, W, 3), or an empty ground, with the panels that belong there."""
        self.screen.fill(GROUND)
        self.place = None
        if rgb is not None:
            if self.wanted is None:
                self._adapt((rgb.shape[1], rgb.shape[0]))
            left, top, *size = letterbox((rgb.shape[1], rgb.shape[0]), self.size)
            self.place = (left, top, size[0], size[1])
            self.screen.blit(self._picture(rgb, (size[0], size[1])), (left, top))
        self.layers = hud.layers(self.size, self.place, controls, status)
        for layer in self.layers:
            self.screen.blit(self._surface(layer.panel), (layer.x, layer.y))
        self._forget()
        self.pygame.mouse.set_visible(status.active or controls.wheel or controls.help)
        self.pygame.display.flip()

    def _after(self, event: Any, controls: Controls) -> Controls:
        pygame = self.pygame
        self._resized |= event.type == pygame.VIDEORESIZE
        if event.type == pygame.QUIT:
            return replace(controls, quit=True)
        if event.type == pygame.KEYDOWN:
            held = event.key in self._down  # a key down that never went up is held: on a slow machine that is soon
            self._down.add(event.key)
            return choices.press(controls, self._key(event), held=held)
        if event.type == pygame.KEYUP:
            self._down.discard(event.key)
        if event.type == pygame.WINDOWFOCUSLOST:
            self._down.clear()
        if event.type == pygame.MOUSEWHEEL:
            return controls.strong(controls.strength + choices.STEP * event.y)
        if event.type == pygame.MOUSEBUTTONDOWN and event.button == 1:
            return self._pointed(event.pos, controls)
        if event.type == pygame.MOUSEBUTTONUP:
            self._dragged = None
        if event.type == pygame.MOUSEMOTION and self._dragged:
            return _at(*self._dragged, event.pos, controls)
        return controls

    def _key(self, event: Any) -> str:
        """The name of a key; where its layout has no Latin letter there, that of a US keyboard's key in its place."""
        text, name = getattr(event, "unicode", ""), self.pygame.key.name(event.key)
        place = getattr(event, "scancode", 0) - self.pygame.KSCAN_A
        if not (name and name.isascii()) and place in range(26):
            name = ascii_lowercase[place]
        return text if text in choices.ALIASES else name

    def _pointed(self, position: tuple[int, int], controls: Controls) -> Controls:
        if controls.help:
            return choices.press(controls, "h")
        place, box = hud.under(self.layers, *position) or ("split" if controls.split is not None else "", None)
        if place == "split" and self.place:
            left, top, width, height = self.place
            box = (left, top, left + width, top + height)
        if not place or not box:
            return controls
        self._dragged = (place, box) if place in DRAGGED else None
        return _at(place, box, position, controls)

    def _adapt(self, picture: Size) -> None:
        """Give the window the shape of the first picture, but never so narrow or flat that the panels lack room."""
        width, height = picture
        shape = max(width, round(height * NARROWEST)), max(height, round(width / FLATTEST))
        self.wanted = letterbox(shape, _comfortable(self._desktop))[2:]
        if not self._resized and not self.screen.get_flags() & self.pygame.FULLSCREEN:
            self.screen = self.pygame.display.set_mode(self.wanted, self.pygame.RESIZABLE)

    def _set_fullscreen(self, full: bool) -> None:
        pygame = self.pygame
        if full:
            self._windowed = self.size
            self.screen = pygame.display.set_mode(self._desktop, pygame.FULLSCREEN)
        else:
            self.screen = pygame.display.set_mode(self._windowed, pygame.RESIZABLE)

    def _picture(self, rgb: Rgb, size: Size) -> Any:
        """The picture as a surface; kept, because panels move more often than pictures come when it is paused."""
        if self._scaled is None or self._scaled[0] is not rgb or self._scaled[1] != size:
            pixels: Any = np.ascontiguousarray(scaled(rgb, size))
            self._scaled = rgb, size, self.pygame.image.frombuffer(pixels, size, "RGB")
        return self._scaled[2]

    def _surface(self, panel: Panel) -> Any:
        if id(panel) not in self._surfaces:
            height, width = panel.rgba.shape[:2]
            pixels: Any = panel.rgba
            surface = self.pygame.image.frombuffer(pixels, (width, height), "RGBA").convert_alpha()
            self._surfaces[id(panel)] = panel, surface
        return self._surfaces[id(panel)][1]

    def _forget(self) -> None:
        """Keep the surfaces of the panels that are shown, and no others."""
        shown = {id(layer.panel) for layer in self.layers}
        self._surfaces = {key: kept for key, kept in self._surfaces.items() if key in shown}


def _comfortable(desktop: Size) -> Size:
    """A window of 16:9 that takes three quarters of the desktop, and is no smaller than 640 pixels wide."""
    width = max(640, min(desktop[0] * 3 // 4, desktop[1] * 3 // 4 * 16 // 9))
    return width, width * 9 // 16


def _at(place: str, box: Box, position: tuple[int, int], controls: Controls) -> Controls:
    """The state after pointing at a pixel of the window that belongs to a place and its box."""
    left, top, right, bottom = box
    return choices.point(controls, place, (position[0] - left) / (right - left), (position[1] - top) / (bottom - top))
