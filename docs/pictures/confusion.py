"""Draws the confusion matrix of docs/style.md from what the zoo says. Usage: python docs/pictures/confusion.py"""

from pathlib import Path

import matplotlib
import numpy as np

from hairtint import zoo
from hairtint.style import STYLES

matplotlib.use("Agg")
from matplotlib import pyplot as plt


def draw(path: Path) -> None:
    """The shares of each true style that were named so, with the number of photos in each cell."""
    counts = np.array(zoo.read_manifest(zoo.HOME / zoo.STYLE)[zoo.STYLE]["naming"]["confusion"])[:, : len(STYLES)]
    figure, axes = plt.subplots(figsize=(6, 5), layout="constrained")
    axes.imshow(counts / counts.sum(1, keepdims=True), cmap="Blues", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts):
        axes.text(column, row, str(count), ha="center", va="center", color="white" if row == column else "black")
    axes.set_xticks(range(len(STYLES)), STYLES, rotation=35, ha="right")
    axes.set_yticks(range(len(STYLES)), STYLES)
    axes.set(xlabel="named", ylabel="true style", title=f"{counts.sum()} photos that were not trained on")
    figure.savefig(path, dpi=100)


if __name__ == "__main__":
    draw(Path(__file__).parent / "style-confusion.png")
