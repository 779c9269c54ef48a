"""Is hair found that is dyed already? Portraits dyed by hairtint and, as others would, by hue and saturation alone.

    python benchmarks/dyed_hair.py PORTRAITS [MODEL ...]

PORTRAITS: the folder of the hundred generated portraits (CC0) that tests and pictures take theirs from. MODEL: names or
.onnx files, used as for the first frame of a video; without any, live video's network and what photos get. Prints of
each dye the mean IoU with what photos get before the dye, how many portraits are below 0.5, and in how many no hair is
found.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from hairtint import Segmenter, VideoSegmenter, recolor, zoo
from hairtint.photo import Photo

NATURAL: dict[str, Any] = {}
HSV = {"method": "hsv", "hsv_saturation": True}
DYES: list[tuple[str, dict[str, Any] | None]] = [
    ("as it is", None), ("blue", NATURAL), ("pink", NATURAL), ("green", NATURAL), ("copper", NATURAL),
    ("platinum", NATURAL), ("jet black", NATURAL), ("blue", HSV), ("green", HSV), ("pink", HSV),
]  # fmt: skip


def iou(mask: np.ndarray, truth: np.ndarray) -> float:
    hair = mask > 0.5
    either = np.count_nonzero(hair | truth)
    return np.count_nonzero(hair & truth) / either if either else 1.0


def finder(model: str | None) -> Callable[[np.ndarray], np.ndarray]:
    segmenter = Segmenter(model)
    return segmenter.mask if model is None else lambda rgb: VideoSegmenter(segmenter).mask(rgb)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("portraits", type=Path)
    parser.add_argument("models", nargs="*", default=[zoo.fastest(), None])
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every Nth portrait")
    given = parser.parse_args()
    photos = [Photo.open(path).rgb for path in sorted(given.portraits.iterdir())[:: given.every]]
    finest = Segmenter()
    masks = [finest.mask(rgb) for rgb in photos]
    finders = {model or "photos": finder(model) for model in given.models}
    for color, how in DYES:
        found: dict[str, list[float]] = {model: [] for model in finders}
        nothing = dict.fromkeys(finders, 0)
        for rgb, mask in zip(photos, masks, strict=True):
            dyed = rgb if how is None else recolor(rgb, mask, color, **how)
            for model, find in finders.items():
                seen = find(dyed)
                found[model].append(iou(seen, mask > 0.5))
                nothing[model] += not (seen > 0.5).any()
        for model, values in found.items():
            lost = sum(value < 0.5 for value in values)
            kind = f"{color}, hsv" if how is HSV else color
            print(f"{kind:12} {model}: {np.mean(values):.3f}, {lost} below 0.5, {nothing[model]} none", flush=True)


if __name__ == "__main__":
    main()
