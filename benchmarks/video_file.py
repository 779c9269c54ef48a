"""How long `hairtint video` takes, beside what PyAV alone needs to transcode the same file, in one process.

Usage: python benchmarks/video_file.py [FILE] [--size 1280x720] [--frames 90] [--rounds 3] [--quality good]
Without FILE the bundled portrait drifts over a sharp background at 30 frames a second. Both ways write H.264 with the
same settings. Wall time is what counts; processor time is less disturbed by what else the machine does.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
from PIL import Image

from hairtint import Color
from hairtint.look import Look
from hairtint.video import dye_file
from hairtint.video.codecs import CODECS

PORTRAIT = Path(__file__).parent.parent / "examples" / "eileen-collins.jpg"


def scene(path: Path, width: int, height: int, frames: int) -> Path:
    side = height * 9 // 10
    portrait = cv2.resize(np.asarray(Image.open(PORTRAIT).convert("RGB")), (side, side))
    ground = np.random.default_rng(0).integers(0, 256, (height // 8, width // 8, 3), np.uint8)
    ground = cv2.resize(ground, (width, height), interpolation=cv2.INTER_CUBIC)
    with av.open(str(path), "w") as sink:
        stream = sink.add_stream("libx264", rate=30, options={"crf": "18", "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(frames):
            picture = ground.copy()
            left = int((width - side) * (0.5 + 0.4 * np.sin(number / 20)))
            picture[height - side :, left : left + side] = portrait
            frame = av.VideoFrame.from_ndarray(picture, "rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 30)
            sink.mux(stream.encode(frame))
        sink.mux(stream.encode())
    return path


def transcode(source: Path, target: Path, quality: str) -> None:
    with av.open(str(source)) as reader, av.open(str(target), "w") as writer:
        given = reader.streams.video[0]
        given.thread_type = "AUTO"
        stream = writer.add_stream("libx264", rate=given.average_rate, options=CODECS["h264"].options(quality))
        stream.width, stream.height, stream.pix_fmt = given.width, given.height, given.pix_fmt
        stream.codec_context.time_base = given.time_base
        for frame in reader.decode(given):
            frame.pict_type = 0
            writer.mux(stream.encode(frame))
        writer.mux(stream.encode())


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("file", type=Path, nargs="?")
    options.add_argument("--size", default="1280x720")
    options.add_argument("--frames", type=int, default=90)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--quality", default="good")
    chosen = options.parse_args()
    width, height = map(int, chosen.size.split("x"))
    with tempfile.TemporaryDirectory() as folder:
        source = chosen.file or scene(Path(folder) / "in.mp4", width, height, chosen.frames)
        out = Path(folder) / "out.mp4"
        look = Look(Color.parse("copper"))
        ways: dict[str, Callable[[], object]] = {
            "PyAV alone": lambda: transcode(source, out, chosen.quality),
            "hairtint": lambda: dye_file(source, out, look, quality=chosen.quality, overwrite=True),
        }
        wall: dict[str, list[float]] = {name: [] for name in ways}
        work: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(chosen.rounds):
            for name, way in ways.items():
                started, busy = time.perf_counter(), time.process_time()
                way()
                wall[name].append(time.perf_counter() - started)
                work[name].append(time.process_time() - busy)
        for name in ways:
            print(f"{name:12} wall {np.median(wall[name]):7.2f} s   processor {np.median(work[name]):7.2f} s")
        ratio = [float(np.median(t["hairtint"]) / np.median(t["PyAV alone"])) for t in (wall, work)]
        print(f"hairtint / PyAV alone: wall {ratio[0]:.2f}, processor {ratio[1]:.2f}")


if __name__ == "__main__":
    main()
