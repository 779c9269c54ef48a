"""Where do two processors begin to differ? The stages of a mask, written on one and compared on the other.

python benchmarks/same_stages.py write PHOTO FILE      on each of them
python benchmarks/same_stages.py compare HERE THERE    on one
"""

import sys

import numpy as np

from hairtint import framing, matte
from hairtint.photo import Photo
from hairtint.segmenter import Segmenter, preprocess

MODELS = ("swift", "light")


def write(photo, file):
    stages = {"photo": Photo.open(photo).rgb}
    for model in MODELS:
        segmenter = Segmenter(model, backend="onnxruntime")
        height, width = stages["photo"].shape[:2]
        shape = framing.nearest(segmenter.networks[0].shapes, width, height)
        stages[f"{model}: the network's input"] = preprocess(stages["photo"], shape)
        stages[f"{model}: its probabilities"] = segmenter.probability(stages["photo"])
        stages[f"{model}: the mask"] = segmenter.mask(stages["photo"])
    np.savez(file, **stages)


def compare(here, there):
    a, b = np.load(here), np.load(there)
    for name in a.files:
        say(name, a[name], b[name])
    for model in MODELS:
        mask = matte.refine(b[f"{model}: its probabilities"], a["photo"])
        say(f"{model}: the mask, from the same probabilities", mask, b[f"{model}: the mask"])
        again = Segmenter(model, backend="onnxruntime").networks[0](b[f"{model}: the network's input"])
        say(f"{model}: its probabilities, from the same input", again, b[f"{model}: its probabilities"])


def say(name, a, b):
    gap = np.abs(a.astype(float) - b)
    print(f"{name:46} {100 * (gap > 0).mean():6.2f} % of the values differ, by at most {gap.max():.2g}")


if __name__ == "__main__":
    {"write": write, "compare": compare}[sys.argv[1]](*sys.argv[2:4])
