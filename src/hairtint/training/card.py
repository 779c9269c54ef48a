"""A network's card: what it was trained on and how, how good it is, where it fails. Written by `hairtint export`."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

from hairtint.segmenter import Segmenter
from hairtint.training import evaluate, origin
from hairtint.training.compress import HALF, Storage
from hairtint.training.datasets import Pair
from hairtint.training.export import Trained, shapes_of

TERMS = {
    "figaro1k": "Figaro1k (Svanera et al. 2016), for research use",
    "celebamask-hq": "CelebAMask-HQ (Lee et al. 2020), for non-commercial research and education",
    "lfw-parts": "LFW with part labels (Kae et al. 2013), for research use; superpixel masks of the main face",
    "ccp": "Clothing Co-Parsing (Yang et al. 2014), for research use; superpixel masks",
    "fasseg": "FASSEG (Khan et al. 2015), for research use",
    "no-hair": "photos without people, one a class of ImageNet, for research use",
}


def facts(trained: Trained) -> dict[str, Any]:
    """What the manifest says of a network beside its metrics: size and shapes, parameters, operations a frame."""
    size, shapes = trained.config.size, shapes_of(trained.network, trained.config)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        trained.network(torch.zeros(1, 3, size, size))
    parameters = sum(p.numel() for p in trained.network.parameters())
    gflop = round(counter.get_total_flops() / 1e9, 3)
    return {"size": size, "parameters": parameters, "gflop": gflop} | ({"shapes": shapes} if len(shapes) > 1 else {})


def measure(onnx: bytes, pairs: Sequence[Pair]) -> dict[str, Any]:
    """Figures by source on validation photos, through the live road with the very file that ships."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.onnx"
        path.write_bytes(onnx)
        segmenter = Segmenter(path)
        return evaluate.by_source(evaluate.evaluate(segmenter.mask, pairs, probability=segmenter.probability))


def write(
    name: str, trained: Trained, run: Path, onnx: bytes, metrics: dict[str, Any], parity: float, stored: Storage = HALF
) -> str:
    """The card as Markdown. parity: how far the .onnx is from the torch module. stored: how it holds the weights."""
    began = origin.read(run)
    commit = f"commit {began['commit']}" if began else "a commit that was not recorded"
    known, sides = facts(trained), json.loads((run / "data.json").read_text(encoding="utf-8"))
    settings = "\n".join(f"{key} = {_toml(value)}" for key, value in trained.config.as_dict().items())
    used, kept = (Counter(photo.rpartition("/")[0] for photo in sides[side]) for side in ("training", "validation"))
    sources = sorted(used.keys() | kept.keys())
    data = "\n".join(f"- {TERMS.get(s, s)}: {used[s]} photos trained on, {kept[s]} kept apart" for s in sources)
    rows = "\n".join(
        f"| {s} | {m['photos']} | {_n(m['mean_iou'])} | {_n(m['iou'])} | {_n(m['dice'])} | {_n(m['accuracy'])}"
        f" | {_n(m['bce'])} | {_n(m['boundary_f'])} | {_n(m['empty_right'])} |"
        for s, m in metrics.items()
    )
    return f"""# {name}

Finds hair: one probability for each pixel of an RGB picture of {_shapes(known)}.
{known["parameters"]:,} parameters, {known["gflop"]} GFLOP a frame (a multiply-add is two), {len(onnx) / 1000:,.0f} kB.

## Data and terms

{data}

The photos are not part of hairtint. Their terms allow research and education; whoever wants to use the weights for
anything else has to judge whether that is covered.

## Recipe

`hairtint train`, {trained.step} steps, code at {commit}:

```toml
{settings}
```

{_start(began)}
{_moment(trained)}
The .onnx holds them in {stored.name}; its probabilities differ from the torch module's by at most
{parity:.1e} {stored.where}, of validation photos.

## Figures

On the validation photos of this run, full-size masks, threshold 0.5. {_unseen(began)}
IoU of the photos: the mean over photos; the other IoU, Dice and accuracy are pooled over pixels.

| set | photos | IoU of the photos | IoU | Dice | accuracy | BCE | boundary F | empty right |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
{rows}
{_groups(metrics)}
Lightness of hair and tone of skin are read off the pixels (hairtint.training.groups): light and make-up count in them.

## Limits

Masks of LFW and CCP are coarse, and LFW labels only the main face, so figures on them are lower bounds. "Empty right"
is the share of pictures without hair in which less than 0.5 % of the pixels are called hair: fur, fabric and foliage
can be mistaken for hair. The data is mostly of public faces in press and fashion photos: skin tones, ages and
head coverings are not evenly covered.
"""


def _start(began: dict[str, Any] | None) -> str:
    """What the training started from."""
    if began is None:
        return "What it started from was not recorded."
    sources = (
        ("weights", "It started from"),
        ("mean_with", "Its first weights are the mean of those and of"),
        ("encoder", "Its encoder started from"),
    )
    files = [(what, began[kind]) for kind, what in sources if kind in began]
    lines = [f"{what} {file['file']} (sha256 {file['sha256']})." for what, file in files]
    if taught := began.get("teacher"):
        lines.append(f"Beside the true masks it learnt from those of {taught['networks']} (hairtint data teach).")
    if began["seen"]:
        lines.append(f"Before, that had learnt from {len(began['seen'])} photos that are not among those above.")
    return "\n".join(lines or ["It started from chance."])


def _moment(trained: Trained) -> str:
    if not trained.step:
        return "Nothing was learnt in this run: these are the weights that it started from."
    when = (
        "the end of the training" if trained.last else "the epoch with the best validation IoU, the mean over the sets"
    )
    return f"The weights are {'the exponential moving average' if trained.config.ema else 'those'} at {when}."


def _unseen(began: dict[str, Any] | None) -> str:
    """What is known of the validation photos: whether anything was learnt from them."""
    text = (
        "None of them was trained on, nor, where their set\nnames persons, anybody on them (CelebAMask-HQ names none)"
    )
    if began and began["all_known"]:
        return f"{text}."
    unknown = "the weights that it started from had learnt from is not recorded"
    taught = "its teacher and " if began and "teacher" in began else ""
    return f"{text}; that holds for this\nrun: what {taught}{unknown}."


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_toml(v)}" for key, v in value.items()) + " }"
    return json.dumps(value)


def _shapes(known: dict[str, Any]) -> str:
    square, *others = (f"{height}x{width}" for height, width in known.get("shapes", [[known["size"]] * 2]))
    return f"{square} pixels" + (f", for other proportions {' or '.join(others)} (height by width)" if others else "")


def _groups(metrics: dict[str, Any]) -> str:
    """A table for each way of grouping, over the sets that know it."""
    text = ""
    for key, title in (("by_style", "hairstyle"), ("by_hair", "hair"), ("by_skin", "skin")):
        found = [(source, *row) for source, m in metrics.items() for row in m.get(key, {}).items()]
        if found:
            lines = "".join(f"| {name} ({source}) | {_n(iou)} |\n" for source, name, iou in found)
            text += f"\n| {title} | IoU of the photos |\n| --- | --- |\n{lines}"
    return text


def _n(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
