"""Is the camera's memory flat? Runs the whole loop on a video for some minutes and samples memory and threads.

    python benchmarks/camera_soak.py VIDEO --minutes 10

Capture, network, main loop, snapshots and a recording run as in `hairtint camera`; with --window under SDL's dummy
driver the window is drawn, too. Once a second a key is pressed, so that colours, effects, mask and panels change all
the time. Exit status 1 where memory grew by more than --limit after the first minute.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from hairtint.color import Color
from hairtint.live.controls import Controls, begin, press
from hairtint.live.look import Look
from hairtint.live.loop import Loop
from hairtint.live.sources import open_source
from hairtint.live.tinter import Tinter
from hairtint.live.viewer import Viewer

KEYS = ("right", "e", "m", "m", "down", "b", "b", "c", "right", "c", "t", "t", "up", "f", "f", "right")


def resident() -> float:
    """Memory in use, MB; Linux."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


class Busy:
    """Presses a key a second, on the window where there is one."""

    active = True

    def __init__(self, window=None) -> None:
        self.window, self.pressed, self.due = window, 0, time.monotonic()

    def events(self, controls: Controls) -> tuple[Controls, bool]:
        acted = False
        if self.window:
            controls, acted = self.window.events(controls)
        if time.monotonic() < self.due:
            return controls, acted
        self.due += 1
        self.pressed += 1
        key = (
            "s" if self.pressed % 60 == 0 else "r" if self.pressed % 120 in (30, 90) else KEYS[self.pressed % len(KEYS)]
        )
        return press(controls, key), True

    def draw(self, rgb, controls, status) -> None:
        if self.window:
            self.window.draw(rgb, controls, status)


def soak(video: str, minutes: float, window: bool, every: float) -> list[tuple[float, float]]:
    """Run; returns (seconds, MB) samples."""
    samples, look = [], Look(Color.parse("copper"))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        screen = None
        if window:
            os.environ["SDL_VIDEODRIVER"] = "dummy"
            from hairtint.live.window import Window

            screen = stack.enter_context(Window((1280, 720)))
        loop = stack.enter_context(Loop(open_source(video), Tinter, look))
        speed = [""]
        viewer = Viewer(
            loop, begin(look), screen=Busy(screen), folder=folder,
            tell=lambda line: None, report=lambda line: speed.__setitem__(0, line),
        )  # fmt: skip

        def sample() -> None:
            started = time.monotonic()
            while not done.wait(every):
                passed = time.monotonic() - started
                samples.append((passed, resident()))
                print(f"{passed:6.0f} s {samples[-1][1]:7.1f} MB {threading.active_count()} threads", end=" ")
                print(f"{viewer.stats.frames} frames, {speed[0]}", flush=True)

        done = threading.Event()
        sampler = threading.Thread(target=sample)
        sampler.start()
        try:
            viewer.run(seconds=60 * minutes)
        finally:
            done.set()
            sampler.join()
        print(f"files written: {len(list(folder.iterdir()))}, frames dropped for newer ones: {loop.dropped}")
    return samples


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("video")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--every", type=float, default=15, help="seconds between samples")
    parser.add_argument("--window", action="store_true", help="draw the window as well (dummy driver)")
    parser.add_argument("--limit", type=float, default=20, help="MB that memory may grow by after the first minute")
    options = parser.parse_args()
    samples = soak(options.video, options.minutes, options.window, options.every)
    settled = np.array([sample for sample in samples if sample[0] > min(60, 30 * options.minutes)])
    if len(settled) < 4:
        print("too short to judge")
        return 1
    third = max(1, len(settled) // 3)
    growth = float(np.median(settled[-third:, 1]) - np.median(settled[:third, 1]))
    slope = float(np.polyfit(settled[:, 0] / 60, settled[:, 1], 1)[0])
    print(f"after the first minute: {settled[:, 1].min():.1f} to {settled[:, 1].max():.1f} MB, "
          f"last third - first third {growth:+.1f} MB, {slope:+.2f} MB a minute")  # fmt: skip
    return int(growth > options.limit)


if __name__ == "__main__":
    sys.exit(main())
