"""A network's card: what it was trained on and how, how good it is, where it fails. Written by `hairtint export`."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

from hairtint import zoo
from hairtint.segmenter import Segmenter
from hairtint.training import evaluate, origin, run_files, terms
from hairtint.training.compress import HALF, Storage
from hairtint.training.config import Config
from hairtint.training.export import Trained, shapes_of
from hairtint.training.files import for_a_while, read_json
from hairtint.training.pairs import Pair

MADE_OF = {  # beside a teacher's masks, as origin.json names it
    "weights": "It started from",
    "mean_with": "Its first weights are the mean of those and of",
    "encoder": "Its encoder started from",
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
    """Figures by source on validation photos, through the live road with the very file that ships, in float32."""
    with for_a_while("network.onnx", onnx) as path:
        return evaluate.by_source(evaluate.evaluate(Segmenter(path, backend="onnxruntime").probability_and_mask, pairs))


def write(
    name: str, trained: Trained, run: Path, onnx: bytes, metrics: dict[str, Any], parity: float, stored: Storage = HALF
) -> str:
    """The card as Markdown. parity: how far the .onnx is from the torch module. stored: how it holds the weights."""
    began = origin.read(run)
    commit = f"commit {began['commit']}" if began else "a commit that was not recorded"
    known, sides = facts(trained), read_json(run / run_files.DATA)
    settings = "\n".join(f"{key} = {_toml(value)}" for key, value in trained.config.as_dict().items())
    stems, used, kept = _photos(sides, trained.config)
    rows = "\n".join(
        f"| {_cell(s)} | {m['photos']} | {_n(m['mean_iou'])} | {_n(m['iou'])} | {_n(m['dice'])} | {_n(m['accuracy'])}"
        f" | {_n(m['bce'])} | {_n(m['boundary_f'])} | {_n(m['empty_right'])} |"
        for s, m in metrics.items()
    )
    return f"""# {name}

Finds hair: one probability for each pixel of an RGB picture of {_shapes(known)}.
{known["parameters"]:,} parameters, {known["gflop"]} GFLOP a frame (a multiply-add is two), {len(onnx) / 1000:,.0f} kB.

## Data and terms

{terms.section(stems, used, kept)}
{_inherited(began or {})}
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

On the validation photos of this run, masks of the photos' own size, threshold 0.5, in float32. {_unseen(began, stems)}
IoU of the photos: the mean over photos; the other IoU, Dice and accuracy are pooled over pixels.

| set | photos | IoU of the photos | IoU | Dice | accuracy | BCE | boundary F | empty right |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
{rows}
{_groups(metrics)}
Lightness of hair and tone of skin are read off the pixels (hairtint.training.groups): light and make-up count in them.

## Limits

{terms.limits(used, kept)}
"""


def _photos(sides: dict[str, list[str]], config: Config) -> tuple[dict[str, list[str]], Counter[str], Counter[str]]:
    """The photos of a run by source, and how many of each were trained on and kept apart."""
    stems: dict[str, list[str]] = defaultdict(list)
    counts: dict[str, Counter[str]] = {"training": Counter(), "validation": Counter()}
    for side, count in counts.items():
        for source, _, stem in (photo.rpartition("/") for photo in sides[side]):
            stems[source].append(stem)
            count[source] += 1
    used, kept = counts.values()
    return stems, Counter({source: n for source, n in used.items() if config.repeat.get(source, 1)}), kept


def _inherited(began: dict[str, Any]) -> str:
    """Whose terms hold as well."""
    files = {began[kind]["sha256"]: began[kind]["file"] for kind in MADE_OF if kind in began}
    if taught := began.get("teacher"):
        files |= taught.get("by_sha256", {taught["sha256"]: taught["networks"]})
    if not files:
        return ""
    return f"\n{terms.inherited(files, {str(e.sha256): e.name for e in zoo.entries().values()})}\n"


def _start(began: dict[str, Any] | None) -> str:
    """What the training started from."""
    if began is None:
        return "What it started from was not recorded."
    files = [(what, began[kind]) for kind, what in MADE_OF.items() if kind in began]
    lines = [f"{what} {file['file']} (sha256 {file['sha256']})." for what, file in files]
    if taught := began.get("teacher"):
        lines.append(f"Beside the true masks it learnt from those of {taught['networks']} (hairtint data teach).")
    if began["seen"]:
        lines.append(f"Before, that had learnt from {len(began['seen'])} photos that are not among those above.")
    return "\n".join(lines or ["It started from chance."])


def _moment(trained: Trained) -> str:
    if not trained.step:
        why = "No epoch of this run was better" if trained.config.epochs else "Nothing was learnt in this run"
        return f"{why}: these are the weights that it started from."
    if not trained.last:
        when = "the epoch with the best validation IoU, the mean over the sets"
    elif trained.finished:
        when = "the end of the training"
    else:
        when = f"the last checkpoint, step {trained.step} of an unfinished training"
    return f"The weights are {'the exponential moving average' if trained.config.ema else 'those'} at {when}."


def _unseen(began: dict[str, Any] | None, sources: Collection[str]) -> str:
    """What is known of the validation photos: whether anything was learnt from them."""
    text = "None of them was trained on, nor, where their set\nnames persons, anybody on them"
    if terms.CELEBAMASK in sources:
        text += " (CelebAMask-HQ names none)"
    if began and began["all_known"] and not began["seen"]:
        return f"{text}."
    if began and began["all_known"]:
        return f"{text} in this run; who is on the\nphotos that were learnt from before it was not compared."
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
            lines = "".join(f"| {name} ({_cell(source)}) | {_n(iou)} |\n" for source, name, iou in found)
            text += f"\n| {title} | IoU of the photos |\n| --- | --- |\n{lines}"
    return text


def _cell(name: str) -> str:
    """A name within a table, whose columns a bar would end."""
    return name.replace("|", "\\|")


def _n(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
