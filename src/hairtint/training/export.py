"""From a checkpoint to the zoo: an .onnx that gives what the torch module gives, a manifest entry, a card."""

from __future__ import annotations

import hashlib
import io
import itertools
import logging
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from hairtint import framing, networks, zoo
from hairtint.errors import TrainingError
from hairtint.framing import Shape
from hairtint.networks.swift import Swift
from hairtint.segmenter import preprocess
from hairtint.training import checkpoint, run_files
from hairtint.training.compress import WHOLE, Storage
from hairtint.training.config import Config
from hairtint.training.files import alone, put, put_json
from hairtint.whole_file import refusal


class Deployed(nn.Module):
    """A network with its preprocessing and its sigmoid: uint8 (1, H, W, 3) in, probability (1, H, W) out."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, rgb: Tensor) -> Tensor:
        """See the class."""
        x = rgb.permute(0, 3, 1, 2).float() / 255
        return torch.sigmoid(self.network(x))[:, 0]


@dataclass(frozen=True)
class Trained:
    """A trained network, the config that made it, whether it is its run's best or its last, and whether of its end."""

    network: nn.Module
    config: Config
    step: int
    last: bool = False
    finished: bool = True

    @property
    def no_better(self) -> str:
        """A line for the user where no epoch was better than the weights that the run started from, else ""."""
        if self.step or self.last or not self.config.epochs:
            return ""
        return "no epoch was better on the validation photos than the weights it started from: the best are those"

    @classmethod
    def load(cls, path: Path) -> Trained:
        """The averaged weights of a checkpoint, or of a run folder's best one."""
        best = path / run_files.BEST
        if (path / run_files.CONFIG).is_file() and not best.exists():
            raise TrainingError(f"{path} has not ended an epoch yet: run the same hairtint train again")
        state = checkpoint.load(best if path.is_dir() else path)
        config = Config.from_dict(dict(state["config"]), str(path))
        network = networks.build(config.network)
        checkpoint.into(network, state["ema"], path)
        finished = int(state.get("epoch", config.epochs)) >= config.epochs
        return cls(network.eval(), config, int(state["step"]), path.name == run_files.LAST, finished)


def shapes_of(network: nn.Module, config: Config) -> tuple[Shape, ...]:
    """What pictures a trained network takes; the report's are squares."""
    if isinstance(network, Swift):
        return framing.shapes(config.size)
    return ((config.size, config.size),)


def to_onnx(network: nn.Module, shapes: Sequence[Shape]) -> bytes:
    """The .onnx of a network for pictures of these shapes."""
    sample = torch.zeros(1, *shapes[0], 3, dtype=torch.uint8)
    axes = {"rgb": dict(enumerate(framing.named(shapes), 1)), "probability": {1: "height", 2: "width"}}
    return traced(Deployed(network), {"rgb": sample}, "probability", axes if len(shapes) > 1 else None)


def traced(
    module: nn.Module, inputs: dict[str, Tensor], output: str, axes: dict[str, dict[int, str]] | None = None
) -> bytes:
    """The .onnx of a module, traced with `inputs` by name; `axes` names those of their dimensions that may vary."""
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        torch.onnx.export(
            module.eval(), tuple(inputs.values()), buffer,  # type: ignore[arg-type]
            input_names=list(inputs), output_names=[output], opset_version=17, dynamo=False, dynamic_axes=axes,
        )  # fmt: skip
    return buffer.getvalue()


def session(onnx: bytes) -> Any:
    """ONNX Runtime's session for the bytes of an .onnx, on the CPU."""
    import onnxruntime as ort

    return ort.InferenceSession(onnx, providers=["CPUExecutionProvider"])


def parity(
    network: nn.Module,
    onnx: bytes,
    shapes: Sequence[Shape],
    photos: Sequence[NDArray[np.uint8]],
    stored: Storage = WHOLE,
) -> float:
    """How far the probabilities of torch and ONNX Runtime are apart on real photos, as `stored` measures it.

    The shapes are taken in turn.

    Raises TrainingError where that is too far, or an answer is not a number.
    """
    runtime, differences = session(onnx), [0.0]
    for rgb, shape in zip(photos, itertools.cycle(shapes), strict=False):
        x = preprocess(rgb, shape)[None]
        with torch.no_grad():
            eager = Deployed(network)(torch.from_numpy(x)).numpy()
        differences.append(stored.measure(np.abs(eager - runtime.run(None, {"rgb": x})[0])))
    return agreed(differences, stored.tolerance)


def agreed(differences: Sequence[float], tolerance: float) -> float:
    """The largest of the differences; TrainingError where it is above `tolerance`, or one is not a number."""
    worst = float(np.max(differences))  # unlike max(), it does not pass over what is not a number
    if not worst <= tolerance:
        raise TrainingError(f"the exported network differs from the trained one by {worst:.4f}: nothing was written")
    return worst


def install(folder: Path, name: str, onnx: bytes, facts: dict[str, Any], card: str) -> Path:
    """Write NAME.onnx and NAME.md into a zoo folder and enter them in its manifest; returns the .onnx path.

    Stopped at any moment, it leaves a manifest that names only whole files with their right sha256.
    Raises OutputError where nothing can be written, TrainingError for a name that is no file name.
    """
    check_name(name)
    entry = {"file": f"{name}.onnx", "sha256": hashlib.sha256(onnx).hexdigest()} | facts
    with alone(folder, wait=True):  # another export would lose this one's entry, or this one its
        manifest = zoo.read_manifest(folder)
        replaced = manifest.pop(name, None) is not None
        try:
            if replaced:  # until all is written, the old entry would name the new file
                put_json(folder / zoo.MANIFEST, manifest)
            put(folder / f"{name}.onnx", onnx)
            put(folder / f"{name}.md", card.encode(errors="backslashreplace"))
            put_json(folder / zoo.MANIFEST, manifest | {name: entry})
        except OSError as error:
            raise refusal(f"cannot write into {folder}", error, "choose another with --zoo") from error
    return folder / f"{name}.onnx"


def check_name(name: str) -> None:
    """Raise TrainingError where a network cannot be called so."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", name) or name.endswith(".onnx"):
        raise TrainingError(f"a network cannot be called {name!r}: use letters, digits, dots and dashes")
