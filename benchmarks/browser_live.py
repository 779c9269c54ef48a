"""How fast is live video in the browser? Headless Chromium, a camera that plays a clip, network, matte and recolouring.

    python benchmarks/browser_live.py [CLIP] [--threads N] [--frames N] [--effects ombre:platinum]

Prints frames per second, milliseconds of each stage (least, median, and least as a multiple of the network's alone) and
the CPU time of all of Chromium's processes for each frame. On a shared machine compare the least times, the
multiples and the CPU time. Needs the `dev` and `video` extras, Debian's chromium and
scripts/fetch-web-assets.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from PIL import Image

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests" / "web"), str(ROOT / "tests")]
import engine_page  # noqa: E402
from page_helpers import CHROMIUM, RUNTIME, needs  # noqa: E402

SIZE = (640, 480)
FRAMES = 120
PAINTER = ("grab", "memory", "matte", "color")

START = """async ({ threads, look }) => {
  const { Engine } = await module("index");
  const engine = await Engine.load({ modelUrl: "/swift.onnx", threads, backend: "wasm" });
  const live = engine.live();
  const image = new ImageData(640, 480);
  const alone = [];
  for (let i = 0; i < 40; i++) alone.push((await live.frame(image, { color: "#000", strength: 0 })).timings.network);
  live.reset();
  const video = document.querySelector("video");
  video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { width: 640, height: 480, frameRate: 60 } });
  await video.play();
  globalThis.frames = [];
  globalThis.stop = live.play(video, document.querySelector("canvas"), {
    look: () => look,
    onframe: ({ timings }) => frames.push({ at: performance.now(), ...timings }),
  });
  return { info: engine.info, alone: alone.slice(10) };
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("clip", nargs="?", type=Path, help="default: the bundled portrait, swaying")
    parser.add_argument("--threads", type=int, help="of the network")
    parser.add_argument("--frames", type=int, default=150, help="to measure, after as many to warm up")
    parser.add_argument("--effects", nargs="*", default=[])
    args = parser.parse_args()
    needs(CHROMIUM, "install chromium")
    needs(RUNTIME, "run scripts/fetch-web-assets")
    with tempfile.TemporaryDirectory() as folder:
        camera = Path(folder) / "camera.y4m"
        film(camera, frames_of(args.clip) if args.clip else swaying())
        fake = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
        with engine_page.opened(*fake, f"--use-file-for-fake-video-capture={camera}") as page:
            page.set_default_timeout(0)
            look = {"color": "#b5562b", "effects": args.effects}
            started = page.evaluate(START, {"threads": args.threads, "look": look})
            wait(page, args.frames)
            first, before = page.evaluate("frames.length"), cpu_times()
            wait(page, first + args.frames)
            after, frames = cpu_times(), page.evaluate("frames")[first:]
            report(started, frames, {name: after[name] - before.get(name, 0) for name in after})


def wait(page: Any, count: int) -> None:
    page.wait_for_function("(count) => frames.length >= count", arg=count, polling=500)


def report(started: dict[str, Any], frames: list[dict[str, float]], cpu: dict[str, float]) -> None:
    span = (frames[-1]["at"] - frames[0]["at"]) / 1000
    network, least = min(started["alone"]), {}
    print(f"{started['info']}")
    print(f"{(len(frames) - 1) / span:.1f} frames per second over {len(frames)} frames")
    print(f"network alone: least {network:.1f} ms, median {statistics.median(started['alone']):.1f} ms; in the loop:")
    for stage in ("network", *PAINTER, "travel", "draw"):
        least[stage], median = min(f[stage] for f in frames), statistics.median(f[stage] for f in frames)
        share = least[stage] / network
        print(f"  {stage:8s} least {least[stage]:6.1f} ms, median {median:6.1f} ms, {share:.2f} networks")
    painter = sum(least[stage] for stage in PAINTER)
    pace = 1000 / max(painter, least["network"])
    print(f"painter's thread {painter:.1f} ms, network's {least['network']:.1f} ms: with a core for each")
    print(f"at most {pace:.0f} frames per second, less what the browser itself takes")
    print(f"CPU time a frame, all of Chromium: {1000 * sum(cpu.values()) / len(frames):.0f} ms, of which")
    for name, seconds in sorted(cpu.items(), key=lambda item: -item[1])[:8]:
        print(f"  {1000 * seconds / len(frames):6.1f} ms  {name}")


def frames_of(clip: Path) -> Iterator[np.ndarray]:
    with av.open(str(clip)) as container:
        for frame, _ in zip(container.decode(video=0), range(FRAMES), strict=False):
            yield cover(frame.to_ndarray(format="rgb24"))


def swaying() -> Iterator[np.ndarray]:
    rgb = np.asarray(Image.open(ROOT / "examples" / "eileen-collins.jpg").convert("RGB"))
    for t in range(FRAMES):
        shift = np.float32([[1.25, 0, 12 * np.sin(t / 9)], [0, 1.25, 6 * np.cos(t / 7) - 40]])
        yield cv2.warpAffine(rgb, shift, SIZE, borderMode=cv2.BORDER_REFLECT)


def cover(rgb: np.ndarray) -> np.ndarray:
    """The middle of a frame at the camera's size."""
    scale = max(SIZE[0] / rgb.shape[1], SIZE[1] / rgb.shape[0])
    large = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    top, left = (large.shape[0] - SIZE[1]) // 2, (large.shape[1] - SIZE[0]) // 2
    return large[top : top + SIZE[1], left : left + SIZE[0]]


def film(path: Path, frames: Iterator[np.ndarray]) -> None:
    """Write the kind of file that Chromium's fake camera plays."""
    with path.open("wb") as file:
        file.write(b"YUV4MPEG2 W640 H480 F60:1 Ip A1:1 C420jpeg\n")
        for rgb in frames:
            file.write(b"FRAME\n" + cv2.cvtColor(rgb, cv2.COLOR_RGB2YUV_I420).tobytes())


def cpu_times() -> dict[str, float]:
    """CPU seconds so far of each thread of this process's Chromium, by process type and thread name."""
    parents = {int(stat.parent.name): int(fields(stat)[1]) for stat in Path("/proc").glob("[0-9]*/stat")}
    times: dict[str, float] = {}
    for pid in [pid for pid in parents if os.getpid() in ancestors(pid, parents)]:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
        if "chromium" not in command.split(" ")[0]:
            continue
        kind = command.split("--type=")[1].split(" ")[0] if "--type=" in command else "browser"
        for task in Path(f"/proc/{pid}/task").iterdir():
            values = fields(task / "stat")
            name = f"{kind} {pid}: {(task / 'comm').read_text().strip()} {task.name}"
            times[name] = (int(values[11]) + int(values[12])) / os.sysconf("SC_CLK_TCK")
    return times


def fields(stat: Path) -> list[str]:
    """What follows the name in a stat file of /proc; zeros for a process that has just ended."""
    try:
        return stat.read_text().rsplit(")", 1)[1].split()
    except OSError:
        return ["0"] * 20


def ancestors(pid: int, parents: dict[int, int]) -> Iterator[int]:
    while pid in parents:
        pid = parents[pid]
        yield pid


if __name__ == "__main__":
    main()
