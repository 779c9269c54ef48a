"""Are memory, threads and open files flat? The camera loop on a looping clip, and beside it the web server.

    nice python benchmarks/soak.py --minutes 30

Capture, network, main loop, the picture in the browser, snapshots and a recording run as in `hairtint camera`; with
--window under SDL's dummy driver the window is drawn, too. Once a second a key is pressed, so that colours, effects,
mask and panels change all the time. `hairtint web` gets --rate requests a second: photos, colours of kept ones, frames
of videos, the page, and what it has to refuse. Exit status 1 where memory of either grew by more than --limit MB from
the first to the last third of the time after the first --settle minutes. The load is low and bounded on purpose.
"""

from __future__ import annotations

import argparse
import ctypes
import http.client
import json
import os
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import count
from pathlib import Path

import cv2
import numpy as np
from web_server import Use, form, serving

from hairtint.color import Color
from hairtint.live.controls import Controls, begin, press
from hairtint.live.loop import Loop
from hairtint.live.serve import Server
from hairtint.live.sources import open_source
from hairtint.live.viewer import Viewer
from hairtint.look import Look
from hairtint.tinter import Tinter

PORTRAIT = Path(__file__).parent.parent / "examples" / "eileen-collins.jpg"
KEYS = ("right", "e", "m", "m", "down", "b", "b", "c", "right", "c", "t", "t", "up", "f", "f", "right")
COLORS = ("copper", "platinum", "blue", "auburn", "violet")
JPEG, JSON = "image/jpeg", "application/json"


def clip(path: Path, fps: float) -> Path:
    """The bundled portrait, panned to and fro: a camera of so many frames a second."""
    portrait = cv2.resize(cv2.imread(str(PORTRAIT)), (720, 720))
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), fps, (640, 480))
    for k in range(40):
        left = round(40 + 40 * np.sin(2 * np.pi * k / 40))
        writer.write(np.ascontiguousarray(portrait[:480, left : left + 640]))
    writer.release()
    return path


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


class Trickle(threading.Thread):
    """Visitors of the web server and of the camera's page, one request after another, `rate` a second at the most."""

    def __init__(self, web: int, camera: int, rate: float) -> None:
        super().__init__(name="trickle")
        self.web, self.camera, self.rate = web, camera, rate
        self.photo, self.kept = PORTRAIT.read_bytes(), ""
        self.statuses: Counter[str] = Counter()
        self.done = threading.Event()

    def run(self) -> None:
        for ask in self._requests():
            started = time.monotonic()
            name, status = ask
            self.statuses[f"{name} {status}"] += 1
            if self.done.wait(max(0.0, 1 / self.rate - (time.monotonic() - started))):
                return

    def _requests(self) -> Iterator[tuple[str, int]]:
        for k in count():
            color = COLORS[k % len(COLORS)]
            yield "photo", self._ask("POST", "/api/v1/recolor", *form(self.photo, {"color": color, "keep": "true"}))
            again = json.dumps({"photo": self.kept, "color": color}).encode()
            yield "colour", self._ask("POST", "/api/v1/recolor", again, JSON)
            frame = f"/api/v1/frame?color={color}&session=video-of-the-visitor-{k % 40:04d}"
            for _ in range(3):
                yield "frame", self._ask("POST", frame, self.photo, JPEG)
            yield "page", self._ask("GET", "/")
            yield "refused", self._ask("POST", "/api/v1/mask", *form(self.photo[: 1000 + k % 9000], {}))
            yield "metrics", self._ask("GET", "/metrics")
            yield "watched", self._watch()

    def _ask(self, method: str, path: str, body: bytes | None = None, kind: str = "text/plain") -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.web, timeout=120)
        connection.request(method, path, body, {"Content-Type": kind})
        answer = connection.getresponse()
        answer.read()
        self.kept = answer.headers["Hairtint-Photo"] or self.kept
        connection.close()
        return answer.status

    def _watch(self) -> int:
        """Look at the camera's picture in the browser once, and go away."""
        connection = http.client.HTTPConnection("127.0.0.1", self.camera, timeout=120)
        connection.request("GET", "/frame.jpg")
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return answer.status


class Heap(ctypes.Structure):
    """What glibc's mallinfo2 tells."""

    _fields_ = [(name, ctypes.c_size_t) for name in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost",
    )]  # fmt: skip


def allocated() -> float:
    """MB that this process has asked for and not given back; what is beyond it, the allocator keeps for later."""
    about = ctypes.CDLL(None).mallinfo2
    about.restype = Heap
    heap = about()
    return (heap.uordblks + heap.hblkhd) / 1e6


def soak(given: argparse.Namespace) -> dict[str, list[tuple[float, Use]]]:
    """Run; returns samples, with seconds since the start, by process."""
    look = Look(Color.parse("copper"))
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        source = given.video or str(clip(folder / "clip.mp4", given.fps))
        out = folder / "out"
        out.mkdir()  # a short run records nothing
        screen = None
        if given.window:
            os.environ["SDL_VIDEODRIVER"] = "dummy"
            from hairtint.live.window import Window

            screen = stack.enter_context(Window((1280, 720)))
        remote = stack.enter_context(Server(port=0))
        web, port = stack.enter_context(serving("--keep", "20", "--rate", "0"))
        loop = stack.enter_context(Loop(open_source(source), Tinter, look))
        viewer = Viewer(loop, begin(look), screen=Busy(screen), remote=remote, folder=out, tell=lambda line: None)
        trickle = Trickle(port, remote.port, given.rate)
        pids = {"camera": os.getpid(), "web": web.pid}
        samples: dict[str, list[tuple[float, Use]]] = {name: [] for name in pids}
        started = time.monotonic()

        def sample() -> None:
            while not trickle.done.wait(given.every):
                for name, pid in pids.items():
                    use = Use.of(pid)
                    if pid == os.getpid():
                        use = replace(use, allocated=allocated())
                    samples[name].append((time.monotonic() - started, use))
                    print(f"{samples[name][-1][0]:6.0f} s {name:6} {use}", flush=True)

        sampler = threading.Thread(target=sample)
        for thread in (trickle, sampler):
            thread.start()
        try:
            viewer.run(seconds=60 * given.minutes)
        finally:
            trickle.done.set()
            for thread in (trickle, sampler):
                thread.join()
        print(f"camera: {viewer.stats.frames} frames, {len(list(out.iterdir()))} files written")
        print("web:", ", ".join(f"{number} x {what}" for what, number in sorted(trickle.statuses.items())))
    return samples


def judged(name: str, samples: list[tuple[float, Use]], settle: float) -> float:
    """Print range and slope of everything after the first minutes; MB from the first third of them to the last."""
    settled = [(seconds / 60, use) for seconds, use in samples if seconds > 60 * settle]
    if len(settled) < 4:
        raise SystemExit("too short to judge")
    minutes = np.array([at for at, _ in settled])
    for what, unit in (("memory", "MB"), ("allocated", "MB"), ("threads", ""), ("files", "")):
        values = np.array([getattr(use, what) for _, use in settled], float)
        if np.isnan(values).any():
            continue
        (slope, _), covariance = np.polyfit(minutes, values, 1, cov=True)
        print(f"{name} {what}: {values.min():g} to {values.max():g} {unit}, slope {slope:+.4f} "
              f"(standard error {covariance[0, 0] ** 0.5:.4f}) {unit} a minute")  # fmt: skip
    memory = np.array([use.memory for _, use in settled])
    third = len(memory) // 3
    return float(np.median(memory[-third:]) - np.median(memory[:third]))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("video", nargs="?", help="in place of the clip that is made of the bundled portrait")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--fps", type=float, default=5, help="of the clip that is made")
    parser.add_argument("--rate", type=float, default=1, help="requests a second")
    parser.add_argument("--every", type=float, default=15, help="seconds between samples")
    parser.add_argument("--window", action="store_true", help="draw the window as well (dummy driver)")
    parser.add_argument("--settle", type=float, default=5, help="minutes before what is judged")
    parser.add_argument("--limit", type=float, default=20, help="MB that memory may grow by after them")
    given = parser.parse_args()
    growth = {name: judged(name, samples, given.settle) for name, samples in soak(given).items()}
    print("last third - first third:", ", ".join(f"{name} {grown:+.1f} MB" for name, grown in growth.items()))
    return int(max(growth.values()) > given.limit)


if __name__ == "__main__":
    sys.exit(main())
