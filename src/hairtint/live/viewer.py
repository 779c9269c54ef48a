"""The main thread of a live picture: newest picture in, window and sinks out, the viewer's choices back to the loop."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

from hairtint.live.compose import compose
from hairtint.live.controls import Controls, obey
from hairtint.live.hud import Status
from hairtint.live.keeper import Keeper
from hairtint.live.loop import Loop, Picture
from hairtint.live.sinks import Sink
from hairtint.live.sources import Rgb
from hairtint.live.stats import Stats

BEAT = 1 / 60  # seconds after which keys and mouse are looked at, pictures or not
TOAST = 2.2  # seconds that a word about something stays
HINT = "H shows all keys"


class Screen(Protocol):
    """What shows pictures and takes keys and mouse: hairtint.live.window.Window."""

    @property
    def active(self) -> bool:
        """Whether the viewer did something lately."""

    def events(self, controls: Controls) -> tuple[Controls, bool]:
        """The state after what the viewer did since the last call, and whether there was anything."""

    def draw(self, rgb: Rgb | None, controls: Controls, status: Status) -> None:
        """Show a picture with the panels that belong to the state."""


class Remote(Sink, Protocol):
    """A sink with viewers who choose, too: hairtint.live.serve.Server."""

    state: dict[str, Any]

    def commands(self) -> list[dict[str, Any]]:
        """What they chose since the last call."""


@dataclass(frozen=True, slots=True)
class Out:
    """A sink and whether its pictures are mirrored; None follows the viewer."""

    sink: Sink
    mirror: bool | None = None


class Viewer:
    """Runs until the viewer quits or a limit is reached; for the main thread.

    Args:
        loop: already entered.
        controls: the state to begin with.
        screen: the window, entered; None runs without.
        outs: sinks, entered.
        remote: viewers elsewhere; also a sink, entered.
        folder: where snapshots and recordings go.
        tell: takes one line about each file that was written, and each trouble.
        report: takes the figures once a second; None is silent.
        clock: seconds that only grow.

    Attributes:
        stats: of the pictures shown.
        controls: the present state.
    """

    def __init__(
        self,
        loop: Loop,
        controls: Controls,
        *,
        screen: Screen | None = None,
        outs: Sequence[Out] = (),
        remote: Remote | None = None,
        folder: Path,
        tell: Callable[[str], None],
        report: Callable[[str], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.loop, self.controls, self.screen, self.outs, self.remote = loop, controls, screen, outs, remote
        self.tell, self.report, self.clock = tell, report, clock
        self.keeper = Keeper(folder, tell)
        self.stats = Stats()
        self._picture: Picture | None = None
        self._seen: tuple[object, Rgb] | None = None  # what was composed last, and of what
        self._sent: Rgb | None = None  # what recordings got last, or would have
        self._composed = 0
        self._drawn: tuple[object, ...] | None = None
        self._toast, self._toast_until = HINT, self.clock() + 2 * TOAST
        self._reported = self.clock()
        self._told: str | None = None

    def run(
        self, *, frames: int | None = None, seconds: float | None = None, stop: threading.Event | None = None
    ) -> None:
        """Show pictures until the viewer quits, so many frames were dyed or seconds have passed, or `stop` is set.

        Seconds count from when the network is there, and sinks and recordings get what is dyed alone; screen and remote
        show every picture.
        Raises what the loop, a sink or the screen raises; a recording is finished all the same.
        """
        end = None
        with self.keeper:
            while not self.controls.quit and not (stop and stop.is_set()) and (end is None or self.clock() < end):
                if seconds is not None and end is None and not self.loop.loading:
                    end = self.clock() + seconds
                self._turn()
                if frames is not None and self.stats.frames >= frames:
                    break

    def _turn(self) -> None:
        """Once around: the newest picture, what the viewer did, and everything shown anew that has changed."""
        picture = self.loop.picture(BEAT)
        self._picture = picture or self._picture
        before, acted = self.controls, False
        if self.screen:
            self.controls, acted = self.screen.events(self.controls)
        if self.remote:
            for command in self.remote.commands():
                self.controls = obey(self.controls, command)
        self._obey(before)
        if self._picture is not None and (picture or self._seen is None or self._key(self._picture) != self._seen[0]):
            self._send(self._picture)
        self._draw(acted)
        if picture and not self.controls.paused:
            if picture.mask is None:
                self.stats.undyed += 1
            else:
                self.stats.shown(picture.time, picture.stages)
        self._say()

    def _obey(self, before: Controls) -> None:
        """Carry out what has been chosen."""
        now = self.controls
        self.loop.look, self.loop.paused = now.look, now.paused
        if self.remote:
            chosen = {"color": now.color.hex, "strength": now.strength, "mask": now.mask}
            self.remote.state.update(chosen, trouble=self.loop.trouble)
        for _ in range(now.snapshots - before.snapshots):
            self._snapshot()
        self.keeper.record(now.recording, self._sent)
        self.controls = replace(self.controls, recording=self.keeper.seconds is not None)
        for news in self.keeper.news():
            self.controls = self.controls.saying(news)
        if self.controls.said != before.said:
            self._toast, self._toast_until = self.controls.said[1], self.clock() + TOAST

    def _key(self, picture: Picture) -> object:
        now = self.controls
        return id(picture), now.mask, now.split, now.mirror

    def _send(self, picture: Picture) -> None:
        """Compose the picture and give it to every sink that takes it."""
        rgb = compose(picture, self.controls)
        self._seen, self._composed = (self._key(picture), rgb), self._composed + 1
        if self.remote:
            self.remote.show(rgb)
        if picture.mask is None:
            return
        self._sent = rgb
        for out in self.outs:
            same = out.mirror is None or out.mirror == self.controls.mirror
            out.sink.show(rgb if same else compose(picture, self.controls, mirror=out.mirror))
        self.keeper.show(rgb)
        self.controls = replace(self.controls, recording=self.keeper.seconds is not None)

    def _draw(self, acted: bool) -> None:
        if not self.screen:
            return
        status = self._status()
        rgb = None if self._seen is None else self._seen[1]
        drawn = (self._composed, self.controls, status)
        if acted or drawn != self._drawn:
            self.screen.draw(rgb, self.controls, status)
            self._drawn = drawn

    def _status(self) -> Status:
        assert self.screen
        trouble = self.loop.trouble
        if not self.loop.begun:
            trouble = trouble or f"opening {self.loop.source.name}"
        toast = self._toast if self.clock() < self._toast_until else None
        if self.loop.loading and self.loop.begun:
            toast = "loading the network"
        return Status(trouble, toast, self._figures(), self.keeper.seconds, self.screen.active)

    def _figures(self) -> tuple[str, ...]:
        figures = self.stats.figures() if self.controls.info and not self.loop.trouble else None
        if figures is None or self._picture is None:
            return ()
        size = self._picture.rgb.shape
        stages = "  ".join(f"{name} {1000 * seconds:.0f}" for name, seconds in figures.stages.items())
        return (
            f"{figures.fps:.1f} fps, {self.loop.dropped} dropped",
            f"latency {1000 * figures.latency:.0f} ms",
            f"{stages} ms",
            f"{size[1]} x {size[0]}, {self.loop.source.name}",
        )

    def _snapshot(self) -> None:
        if self._seen is None:
            self.controls = self.controls.saying("no picture yet")
        else:
            self.keeper.snapshot(self._seen[1])

    def _say(self) -> None:
        """What is to be told: troubles that come, and the figures."""
        if self.loop.trouble != self._told:
            self._told = self.loop.trouble
            if self._told:
                self.tell(self._told)
        still = self.controls.paused or self._told
        if self.report and not still and self.clock() - self._reported >= 1 and (figures := self.stats.figures()):
            self._reported = self.clock()
            self.report(str(figures))
