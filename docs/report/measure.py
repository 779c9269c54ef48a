"""Measures what the zoo's cards do not say, into measured.json: the training side of the data, and the peers.

Usage: python -m docs.report.measure DATA [--tflite FILE] [--checkpoint FILE]

DATA holds figaro1k and celebamask-hq. FILE are MediaPipe's hair segmenter (needs ai-edge-litert) and the report's
published `light` (a checkpoint). Only what has changed since the last time is measured again.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from docs.report.arithmetic import gflop
from docs.report.sources import CELEBA, FIGARO, HERE, Sources, read, write
from hairtint import Segmenter, zoo
from hairtint.networks import unet
from hairtint.training import checkpoint, datasets, evaluate
from hairtint.training.pairs import Pair

MOST = 168  # photos of a set and side, spread evenly
VALIDATION = 0.1  # the share kept apart, as in the configs of all that ships
Frame = NDArray[np.uint8]
Mask = NDArray[np.float32]
FILE = HERE / "measured.json"


def sides(data: Path) -> dict[str, list[Pair]]:
    """A sample of the photos that networks were trained on, and one of those kept apart: the split is by seed."""
    found = filter(_is_set, _folders(data))
    pairs = [pair for folder in found for pair in datasets.open_dataset(folder, check=False)[0]]
    return dict(
        zip(("training", "validation"), map(_sample, datasets.split(pairs, validation=VALIDATION)), strict=True)
    )


def _sample(pairs: Sequence[Pair]) -> list[Pair]:
    sets = ([pair for pair in pairs if pair.source == name] for name in (FIGARO, CELEBA))
    return [pair for some in sets for pair in some[:: -(-len(some) // MOST) or 1]]


def _folders(data: Path) -> list[Path]:
    return [data / name / part for name in (FIGARO, CELEBA) for part in ("", "train")]


def _is_set(folder: Path) -> bool:
    return (folder / "images").is_dir() or (folder / "Original").is_dir() or (folder / "CelebA-HQ-img").is_dir()


def training_side(name: str, entry: dict[str, Any], pairs: Sequence[Pair]) -> dict[str, Any]:
    """Figures of a network on photos that it was trained on, through the road that a user takes, in float32."""
    rows = evaluate.evaluate(Segmenter(name, backend="onnxruntime").probability_and_mask, pairs)
    return {"sha256": entry["sha256"], "training": evaluate.by_source(rows)}


class MediaPipe:
    """MediaPipe's hair segmenter through LiteRT, picture by picture: RGB uint8 (H, W, 3) -> float32 (H, W)."""

    def __init__(self, path: Path, threads: int = 2) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self.net = Interpreter(str(path), num_threads=threads)
        self.net.allocate_tensors()
        self.input, self.output = self.net.get_input_details()[0], self.net.get_output_details()[0]
        self.x = np.zeros(self.input["shape"], np.float32)  # the fourth channel, the mask before, stays empty

    def __call__(self, rgb: Frame) -> Mask:
        """The mask of one picture."""
        self.x[0, ..., :3] = cv2.resize(rgb, self.x.shape[2:0:-1]) / np.float32(255)
        self.net.set_tensor(self.input["index"], self.x)
        self.net.invoke()
        logits = self.net.get_tensor(self.output["index"])[0]
        return cv2.resize(1 / (1 + np.exp(logits[..., 0] - logits[..., 1])), rgb.shape[1::-1])

    def facts(self) -> dict[str, Any]:
        """Parameters, and operations of its convolutions, counted in the file."""
        tensors = {t["index"]: t for t in self.net.get_tensor_details()}
        work = parameters = 0
        for op in self.net._get_ops_details():
            if op["op_name"] not in ("CONV_2D", "DEPTHWISE_CONV_2D", "Convolution2DTransposeBias"):
                continue
            inputs = [tensors[k]["shape"] for k in op["inputs"]]
            kernel = int(np.prod(inputs[1]))
            transposed = op["op_name"] == "Convolution2DTransposeBias"
            places = inputs[0] if transposed else tensors[op["outputs"][0]]["shape"]
            work += 2 * int(np.prod(places[1:3])) * kernel
            parameters += kernel + int(np.prod(inputs[2]))
        return {"parameters": parameters, "gflop": round(work / 1e9, 3), "size": int(self.x.shape[1])}


class ReportLight:
    """The report's published `light` as its own program runs it: 256x256, PyTorch; shapes as above."""

    def __init__(self, path: Path) -> None:
        self.network = unet.build("light").eval()
        state = torch.load(path, map_location="cpu", weights_only=True)["state_dict"]
        checkpoint.into(self.network, unet.from_published(state), path)

    @torch.no_grad()
    def __call__(self, rgb: Frame) -> Mask:
        """The mask of one picture."""
        x = torch.from_numpy(cv2.resize(rgb, (256, 256)).astype(np.float32) / 255).permute(2, 0, 1)[None]
        return cv2.resize(torch.sigmoid(self.network(x))[0, 0].numpy(), rgb.shape[1::-1])

    def facts(self) -> dict[str, Any]:
        """As of any network here."""
        return {"parameters": unet.PLANS["light"].parameters, "gflop": round(gflop("light"), 3), "size": 256}


def peer_side(peer: MediaPipe | ReportLight, digest: str, pairs: Sequence[Pair]) -> dict[str, Any]:
    """Figures of a network that is not this project's, on photos that its own are validated on."""
    rows = evaluate.evaluate(lambda rgb: 2 * (peer(rgb),), pairs)
    return {"sha256": digest, **peer.facts(), "validation": evaluate.by_source(rows)}


def hair(pairs: Sequence[Pair]) -> dict[str, Any]:
    """Photos of each set, and the share of their pixels that is hair."""
    result = {}
    for name in sorted({pair.source for pair in pairs}):
        masks = [pair.read()[1] for pair in pairs if pair.source == name]
        share = sum(int((mask > 127).sum()) for mask in masks) / sum(mask.size for mask in masks)
        result[name] = {"photos": len(masks), "hair": round(share, 4)}
    return result


def main(data: Path, tflite: Path | None = None, published: Path | None = None) -> None:
    """Measure what is missing, each figure written down as soon as it is known."""
    known: dict[str, Any] = {"networks": {}, "peers": {}, "data": {}} | read(FILE)
    if not any(_is_set(folder) for folder in _folders(data)):
        print(f"{data} holds neither {FIGARO} nor {CELEBA}: nothing is measured")
        return
    photos = sides(data)

    def missing(kind: str, name: str, digest: str, side: str) -> bool:
        if known[kind].get(name, {}).get("sha256") == digest:
            return False
        print(f"{name}: on {len(photos[side])} {side} photos", flush=True)
        return True

    if not known["data"]:
        known["data"] = hair(photos["validation"])
    for name, path, kind in (("mediapipe", tflite, MediaPipe), ("report-light", published, ReportLight)):
        if path and missing("peers", name, digest := hashlib.sha256(path.read_bytes()).hexdigest(), "validation"):
            known["peers"][name] = peer_side(kind(path), digest, photos["validation"])
            write(FILE, known)
    for name, entry in Sources.load().shipped.items():
        if name in zoo.models() and missing("networks", name, entry["sha256"], "training"):
            known["networks"][name] = training_side(name, entry, photos["training"])
            write(FILE, known)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--tflite", type=Path)
    parser.add_argument("--checkpoint", type=Path, help="the report's published light")
    given = parser.parse_args()
    main(given.data, given.tflite, given.checkpoint)
