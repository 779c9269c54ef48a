"""Times the report's own loop beside this project's live road, and MediaPipe's network beside both, into speed.json.

Usage: python -m docs.report.speed [--size 256x256] [--rounds 4] [--tflite FILE]

All take turns frame by frame in one process on one core, and processor time is counted, not the clock's: ratios hold on
a busy machine. A network of the report that does not ship yet is timed untrained, at the report's 256x256: how long it
takes is not learnt. Needs scikit-image, which the report's loop calls.
"""

from __future__ import annotations

import argparse
import itertools
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from skimage.color import hsv2rgb, rgb2hsv

from docs.report.arithmetic import SIZE, gflop, parameters
from docs.report.measure import MediaPipe
from docs.report.sources import HERE, read, write
from hairtint import zoo
from hairtint.benchmark import moving, report
from hairtint.benchmark.measure import Road
from hairtint.networks import unet
from hairtint.segmenter import VideoSegmenter
from hairtint.training.export import install, to_onnx

Frame = NDArray[np.uint8]
Mask = NDArray[np.float32]
THRESHOLD, HUE = 0.985, 1 / 3  # of the report's program for a PC
LOOP = "report's loop"
DEVICES = ("onnxruntime", "openvino")
STAGES = ("network", "matte", "color")

T = TypeVar("T")


class OneCore(Road):
    """The live road of one network with a clock that stands still while other programs have the core."""

    def figures(self) -> dict[str, Any]:
        """Name, device, and the median milliseconds of each stage after the first frame."""
        stages = {stage: 1000 * float(np.median(self.times[stage][1:])) for stage in STAGES}
        return {"model": self.name, "device": self.device, "milliseconds": stages}

    @property
    def name(self) -> str:
        """Of the network."""
        return self.entry.name

    def _timed(self, stage: str, work: Callable[[], T]) -> T:
        started = time.process_time()
        result = work()
        self.times[stage].append(time.process_time() - started)
        return result


class Peer(OneCore):
    """Somebody else's loop under the same clock: a network, and what its program does with the mask."""

    name = ""

    def __init__(self, name: str, device: str, network: Callable[[Frame], Mask], dyed: Callable[..., Frame]) -> None:
        self.name, self.device, self.network, self.dyed = name, device, network, dyed
        self.times = {stage: [] for stage in STAGES}

    def run(self, rgb: Frame, reading: float) -> None:
        """Take one frame all the way."""
        probability = self._timed("network", lambda: self.network(rgb))
        mask = self._timed("matte", lambda: cv2.resize(probability, rgb.shape[1::-1]))
        self._timed("color", lambda: self.dyed(rgb, mask))


def eager(name: str) -> Callable[[Frame], Mask]:
    """A network of the report as its program for a PC runs it: PyTorch, untrained here, thresholded."""
    network = unet.build(name).eval()

    @torch.no_grad()
    def probability(rgb: Frame) -> Mask:
        x = torch.from_numpy(cv2.resize(rgb, (SIZE, SIZE)).astype(np.float32) / 255).permute(2, 0, 1)[None]
        return (torch.sigmoid(network(x))[0, 0].numpy() > THRESHOLD).astype(np.float32)

    return probability


def hue_swapped(rgb: Frame, mask: Mask) -> Frame:
    """The report's recolouring: scikit-image's HSV over the whole picture, one hue for all hair."""
    weight, hsv = mask[..., None], rgb2hsv(rgb)
    hsv[..., 0] = HUE
    return (rgb * (1 - weight) + hsv2rgb(hsv) * weight * 255).astype(np.uint8)


def untrained(folder: Path) -> None:
    """Put those of the report's networks that do not ship into a folder for HAIRTINT_MODELS."""
    for name in set(unet.PLANS) - set(zoo.models()):
        facts = {"size": SIZE, "parameters": parameters(name), "gflop": round(gflop(name), 3)}
        install(folder, name, to_onnx(unet.build(name).eval(), [(SIZE, SIZE)]), facts, "Untrained, to be timed.\n")


def main(size: tuple[int, int], rounds: int, tflite: Path | None) -> None:
    """Time everything at one size of frames and write it beside what is known of other sizes."""
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    with tempfile.TemporaryDirectory() as folder:
        untrained(Path(folder))
        os.environ["HAIRTINT_MODELS"] = folder
        roads = [
            OneCore(entry, device, VideoSegmenter(name, backend=device, threads=1))
            for device in DEVICES
            for name, entry in zoo.entries().items()
        ]
        at = {road.name: road.entry.size for road in roads}
        roads += [Peer(name, LOOP, eager(name), hue_swapped) for name in unet.PLANS]
        if tflite:
            roads.append(Peer("mediapipe", "LiteRT", MediaPipe(tflite, 1), lambda rgb, mask: rgb))
        film = Path(folder) / "portrait.avi"
        moving.generate(film, size)
        for rgb in itertools.islice(moving.frames(film), rounds + 1):
            for road in roads:
                road.run(rgb, 0)
    known: dict[str, Any] = read(HERE / "speed.json")
    done = {"machine": report.machine(), "inputs": at, "rows": [road.figures() for road in roads]}
    write(HERE / "speed.json", known | {f"{size[0]}x{size[1]}": done})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default=f"{SIZE}x{SIZE}")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--tflite", type=Path, help="MediaPipe's hair segmenter")
    given = parser.parse_args()
    width, height = map(int, given.size.split("x"))
    main((width, height), given.rounds, given.tflite)
