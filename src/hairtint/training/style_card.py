"""From a learned hairstyle network to what ships: an .onnx, its figures through the live road, its card."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from hairtint import zoo
from hairtint.errors import PictureError
from hairtint.segmenter import Segmenter
from hairtint.style import STYLES, StyleClassifier
from hairtint.training import terms
from hairtint.training.compress import HALF, halved
from hairtint.training.export import agreed, session
from hairtint.training.files import for_a_while
from hairtint.training.origin import commit
from hairtint.training.pairs import Array, Pair, some
from hairtint.training.style import DECAYS, FOLDS, SIZE, SMOOTHING, VARIANTS, Learned, soft, square, to_onnx

Masks = Callable[[Array, Array], Array]  # RGB picture and true mask -> the mask to use, float32 in [0, 1]


def exported(learned: Learned) -> tuple[bytes, float]:
    """The .onnx with half-precision weights, and its largest difference to torch on some validation photos.

    Raises TrainingError where they differ by more than HALF allows, or an answer is not a number.
    """
    onnx = halved(to_onnx(learned.network, "probabilities"))
    runtime, differences = session(onnx), [0.0]
    for pair in some(learned.validation, 16):
        grey, hair = (side[None] for side in square(pair))
        with torch.no_grad():
            eager = learned.network(torch.from_numpy(grey), torch.from_numpy(hair)).numpy()
        differences.append(np.abs(eager - runtime.run(None, {"grey": grey, "mask": hair})[0]).max())
    return onnx, agreed(differences, HALF.tolerance)


def facts(learned: Learned) -> dict[str, Any]:
    """What the manifest says beside the metrics."""
    return {"size": SIZE, "parameters": sum(p.numel() for p in learned.network.parameters())}


def measure(onnx: bytes, learned: Learned) -> dict[str, Any]:
    """Figures on the validation photos through the live road, with the very file that ships.

    `accuracy` and `confusion` (a row for each true style, in the order of STYLES) are with the masks that Segmenter()
    finds, whose `networks` stand there with their sha256; `accuracy_true_masks` is with the true ones;
    `accuracy_training` on the photos learned from.
    """
    with for_a_while("style.onnx", onnx) as path:
        classifier, segmenter = StyleClassifier(zoo.Entry("style", path, SIZE)), Segmenter()
        found = confusion(classifier, learned.validation, lambda rgb, _: segmenter.mask(rgb))
        true, fitted = (
            confusion(classifier, side, lambda _, mask: soft(mask)) for side in (learned.validation, learned.training)
        )
    return {
        "photos": len(learned.validation),
        "accuracy": round(accuracy(found), 4),
        "cross_validated": round(learned.tried[learned.decay], 4),
        "accuracy_true_masks": round(accuracy(true), 4),
        "accuracy_training": round(accuracy(fitted), 4),
        "masks": segmenter.name,
        "networks": {entry.name: entry.sha256 for entry in segmenter.entries},
        "confusion": found.tolist(),
    }


def confusion(classifier: StyleClassifier, pairs: Sequence[Pair], masks: Masks) -> Array:
    """How many photos of each style (rows) were called what (columns); a photo without found hair counts as wrong.

    int (styles, styles + 1): the last column holds the photos in which no hair was found.
    """
    counts = np.zeros((len(STYLES), len(STYLES) + 1), int)
    for pair in pairs:
        rgb, mask = pair.read()
        try:
            named = STYLES.index(classifier.style(rgb, masks(rgb, mask)).name)
        except PictureError:
            named = len(STYLES)
        counts[STYLES.index(str(pair.style)), named] += 1
    return counts


def accuracy(counts: Array) -> float:
    """Share of the photos that were named rightly."""
    return float(np.trace(counts) / max(counts.sum(), 1))


def table(counts: Sequence[Sequence[int]]) -> str:
    """A confusion matrix as a Markdown table."""
    columns = ("true \\ named", *STYLES, "no hair found", "right")
    lines = [f"| {' | '.join(columns)} |", "| --- " * len(columns) + "|"]
    for k, (name, row) in enumerate(zip(STYLES, counts, strict=True)):
        lines.append(f"| {name} | {' | '.join(map(str, row))} | {row[k] / max(sum(row), 1):.2f} |")
    return "\n".join(lines)


def write(learned: Learned, onnx: bytes, metrics: dict[str, Any], parity: float) -> str:
    """The card as Markdown."""
    used, kept = (Counter(pair.source for pair in side) for side in (learned.training, learned.validation))
    stems: dict[str, list[str]] = defaultdict(list)
    for pair in (*learned.training, *learned.validation):
        stems[pair.source].append(pair.stem)
    decays = ", ".join(f"{decay:g}: {learned.tried[decay]:.3f}" for decay in DECAYS)
    networks = " and ".join(f"{name} (sha256 {digest[:12]})" for name, digest in metrics["networks"].items())
    return f"""# style

Names the hairstyle: a probability for each of {", ".join(STYLES)},
from the grey square of {SIZE}x{SIZE} pixels around the hair and its mask.
{facts(learned)["parameters"]:,} parameters, {len(onnx) / 1000:,.0f} kB.

## Data and terms

{terms.section(stems, used, kept)}

{terms.encoder(learned.encoder)}

## Recipe

`hairtint train-style`, seed {learned.seed}, code at commit {commit()}. The encoder stays as it is. Mean and deviation
of its channels over the hair are taken from each photo and from {VARIANTS} variants (turned, mirrored, zoomed, in other
light), under the true mask; a linear layer learns from them by logistic regression, labels smoothed by {SMOOTHING}.
Weight decay was chosen by {FOLDS}-fold cross-validation among the training photos; accuracy by decay:
{decays}. The .onnx holds the weights in half
precision; its probabilities differ from torch's by at most {parity:.1e}.

## Figures

On {metrics["photos"]} photos that were not trained on; the split is the one of `hairtint train` with the same seed and
validation share. What found the hair, {networks}, may have learnt the
masks of some of them, where fewer were kept apart for it, but nothing of styles.

| | accuracy |
| --- | --- |
| photos kept apart, masks found by {metrics["masks"]} | {metrics["accuracy"]:.3f} |
| photos kept apart, true masks | {metrics["accuracy_true_masks"]:.3f} |
| cross-validation among the training photos | {metrics["cross_validated"]:.3f} |
| the training photos themselves, true masks | {metrics["accuracy_training"]:.3f} |

{table(metrics["confusion"])}

## Limits

Every photo gets one of the seven names, the likeliest, also where none fits (an updo, a wig, a shaved head). Straight,
wavy and curly shade into each other, and so do curly and kinky. "short" was learnt from short hair of men. Who is on
the photos is not recorded, so how well it does on whom is not known.
"""
