"""How fast recolouring is, beside the scikit-image HSV loop of the report, in one process, turn by turn.

Usage: python benchmarks/recolor_speed.py [--size 1280x720] [--share 0.25] [--rounds 20]
The mask is an ellipse that covers `share` of the picture, its edge as soft as a small network's mask made large.
"""

import argparse
import time
from collections.abc import Callable

import cv2
import numpy as np
from skimage.color import hsv2rgb, rgb2hsv
from skimage.data import astronaut

from hairtint.recolor import recolor

DYE = "#8e3b2f"


def scene(width: int, height: int, share: float) -> tuple[np.ndarray, np.ndarray]:
    rgb = cv2.resize(astronaut()[:288], (width, height))
    small = np.zeros((256, 256), np.float32)
    radius = round(256 * np.sqrt(share / np.pi))
    cv2.circle(small, (128, 110), radius, 1.0, -1)
    mask = cv2.resize(cv2.GaussianBlur(small, (0, 0), 1), (width, height))
    return np.ascontiguousarray(rgb), np.clip(mask, 0, 1)


def report(rgb: np.ndarray, mask: np.ndarray) -> np.ndarray:
    weight = mask[..., None]
    hsv = rgb2hsv(rgb)
    hsv[..., 0] = 1 / 3
    return (rgb * (1 - weight) + hsv2rgb(hsv) * weight * 255).astype(np.uint8)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--size", default="1280x720")
    options.add_argument("--share", type=float, default=0.25)
    options.add_argument("--rounds", type=int, default=20)
    chosen = options.parse_args()
    width, height = map(int, chosen.size.split("x"))
    rgb, mask = scene(width, height, chosen.share)
    runs: dict[str, Callable[[], np.ndarray]] = {
        "report": lambda: report(rgb, mask),
        "natural": lambda: recolor(rgb, mask, DYE),
        "natural, half strength": lambda: recolor(rgb, mask, DYE, strength=0.5),
        "natural, ombre": lambda: recolor(rgb, mask, DYE, effects=["ombre:platinum"]),
        "natural, gloss": lambda: recolor(rgb, mask, DYE, effects=["gloss"]),
        "hsv": lambda: recolor(rgb, mask, DYE, method="hsv"),
    }
    times: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(chosen.rounds + 2):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            if turn >= 2:
                times[name].append(1e3 * (time.perf_counter() - start))
    base = np.median(times["report"])
    for name, values in times.items():
        middle = np.median(values)
        print(f"{name:24} median {middle:8.2f} ms  min {min(values):8.2f}  report / this {base / middle:6.1f}")


if __name__ == "__main__":
    main()
