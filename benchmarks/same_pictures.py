"""Compare the pictures of one folder with those of the same names in another; used by arm64.sh.

python benchmarks/same_pictures.py HERE THERE

A mask is "identical", or "close" where no pixel differs by more than CLOSE grey levels of 255; else "different", and
the status is 1. The IoU of the masks cut at one half is printed beside it: a soft edge turns it on a single level.
"""

import sys
from pathlib import Path

import numpy as np
from PIL import Image

CLOSE = 8


def pixels(path):
    return np.asarray(Image.open(path)).astype(int)


def compare(here, there):
    a, b = pixels(here), pixels(there)
    gap = np.abs(a - b)
    line = f"{here.name:34} {100 * (gap > 0).mean():7.4f} % of the values differ, by at most {gap.max():2} of 255"
    if not here.stem.endswith("-mask"):
        print(line)
        return True
    hair, other = a > 127, b > 127
    good = gap.max() <= CLOSE and hair.any()
    verdict = "identical" if not gap.any() else "close" if good else "DIFFERENT"
    print(f"{line}; IoU {(hair & other).sum() / max(1, (hair | other).sum()):.4f}: {verdict}")
    return good


def main():
    here, there = map(Path, sys.argv[1:3])
    names = sorted(path.name for path in here.glob("*.png"))
    if not names:
        sys.exit(f"no pictures in {here}")
    good = [compare(here / name, there / name) for name in names]
    sys.exit(0 if all(good) else 1)


if __name__ == "__main__":
    main()
