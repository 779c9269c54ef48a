"""How much of a beard is called hair? Portraits of twenty men with beards or stubble, the lower face of each by hand.

    python benchmarks/beards.py PORTRAITS [MODEL ...]

PORTRAITS: the folder of the hundred generated portraits (CC0) that tests and pictures take theirs from. MODEL: names or
.onnx files; without any, live video's network and what photos get. Prints the mean share of the lower face that is
called hair, and the portraits with more than a hundredth of it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from hairtint import Segmenter, zoo
from hairtint.photo import Photo

LOWER_FACES = {  # left, right, under the nose, chin: shares of the picture's sides
    "02": (0.37, 0.62, 0.33, 0.46), "08": (0.30, 0.60, 0.45, 0.63), "20": (0.30, 0.70, 0.58, 0.82),
    "24": (0.32, 0.69, 0.54, 0.74), "26": (0.35, 0.69, 0.53, 0.76), "42": (0.37, 0.64, 0.57, 0.77),
    "48": (0.34, 0.69, 0.49, 0.69), "52": (0.30, 0.70, 0.52, 0.72), "60": (0.34, 0.64, 0.40, 0.57),
    "62": (0.34, 0.65, 0.44, 0.59), "66": (0.43, 0.79, 0.46, 0.66), "72": (0.36, 0.77, 0.55, 0.80),
    "74": (0.36, 0.63, 0.44, 0.58), "78": (0.37, 0.67, 0.49, 0.64), "80": (0.30, 0.69, 0.54, 0.76),
    "82": (0.31, 0.72, 0.57, 0.83), "88": (0.35, 0.66, 0.45, 0.61), "90": (0.37, 0.63, 0.42, 0.57),
    "94": (0.38, 0.63, 0.37, 0.49), "96": (0.37, 0.72, 0.56, 0.76),
}  # fmt: skip


def share(segmenter: Segmenter, path: Path, box: tuple[float, float, float, float]) -> float:
    mask = segmenter.mask(Photo.open(path).rgb)
    height, width = mask.shape
    left, right, top, bottom = box
    lower = mask[round(top * height) : round(bottom * height), round(left * width) : round(right * width)]
    return float((lower > 0.5).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("portraits", type=Path)
    parser.add_argument("models", nargs="*", default=[zoo.fastest(), None])
    given = parser.parse_args()
    for model in given.models:
        segmenter = Segmenter(model)
        shares = {k: share(segmenter, given.portraits / f"male_{k}.jpg", box) for k, box in LOWER_FACES.items()}
        worst = ", ".join(f"{k} {s:.0%}" for k, s in sorted(shares.items(), key=lambda item: -item[1]) if s > 0.01)
        print(f"{model or 'photos'}: {sum(shares.values()) / len(shares):.2%}; {worst or 'none above 1 %'}")


if __name__ == "__main__":
    main()
