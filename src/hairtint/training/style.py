"""Teaches the network that names hairstyles, from photos whose style and hair mask are known (Figaro1k).

Only the last layer learns: multinomial logistic regression with weight decay on what the ImageNet encoder says of the
hair. How much decay is chosen by cross-validation among the training photos.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from hairtint.errors import DataError, PictureError
from hairtint.matte import Mask
from hairtint.networks.style import Style
from hairtint.style import STYLES, hair_square
from hairtint.training import augment, checkpoint, datasets, export, origin
from hairtint.training.pairs import Array, Pair, Progress, hard

SIZE = 224  # side of the square that the network sees, in pixels
VARIANTS = 2  # of each training photo beside the photo itself
DECAYS = (1e-3, 3e-3, 1e-2, 3e-2, 1e-1)
FOLDS = 5
SMOOTHING = 0.05  # of the labels: between wavy and curly, say, no line is sharp
STEPS = 100


@dataclass(frozen=True)
class Learned:
    """A trained network, the photos on both sides, and what was chosen how: cross-validated accuracy by decay.

    encoder: its file and sha256, as in origin.json.
    """

    network: Style
    encoder: dict[str, str]
    training: list[Pair]
    validation: list[Pair]
    decay: float
    tried: dict[float, float]
    seed: int


def learn(
    pairs: Sequence[Pair],
    encoder: Path,
    *,
    seed: int = 0,
    progress: Progress = lambda done, total: None,
) -> Learned:
    """Train on the pairs whose style is known, but for those that `hairtint.training.datasets.split` keeps apart.

    Those that `hairtint data expand` varied are left out: the learning makes its own variants of each photo.
    encoder: file of MobileNetV2 ImageNet weights in torchvision's naming.
    Raises DataError where a style has too few photos or one of them shows too little hair, TrainingError where the
    encoder's file does not fit.
    """
    training, validation = datasets.split([pair for pair in pairs if pair.style and not pair.varied], seed=seed)
    for name in STYLES:
        if sum(pair.style == name for pair in training) < FOLDS:
            raise DataError(f"too few photos of {name} hair to learn from: give a folder of Figaro1k, all styles in it")
    torch.manual_seed(seed)
    network = Style(len(STYLES))
    network.load_encoder(checkpoint.load_state(encoder))
    file = origin.file_of(encoder)
    for pair in validation:  # before the learning, which takes minutes
        square(pair)
    x = described(network, training, seed, progress)
    y = torch.tensor([STYLES.index(str(pair.style)) for pair in training])
    tried = cross_validated(x, y, [pair.kin or pair.whom for pair in training], seed)
    decay = max(tried, key=lambda d: tried[d])
    weight, bias = fit(x.flatten(0, 1), y.repeat_interleave(x.shape[1]), decay)
    network.head.load_state_dict({"weight": weight, "bias": bias})
    return Learned(network, file, training, validation, decay, tried, seed)


def described(network: Style, pairs: Sequence[Pair], seed: int, progress: Progress) -> Tensor:
    """What the encoder says of each photo and its variants, (photos, 1 + VARIANTS, D); the true masks are used.

    ONNX Runtime computes it, several times faster than torch does on a CPU.
    """
    session = export.session(to_onnx(Description(network), "description"))
    rows = []
    for k, pair in enumerate(pairs):
        grey, hair = square(pair)
        rng = np.random.default_rng((seed, k))
        squares = [(grey, hair), *(varied(grey, hair, rng) for _ in range(VARIANTS))]
        rows.append([session.run(None, {"grey": g[None], "mask": h[None]})[0][0] for g, h in squares])
        progress(k + 1, len(pairs))
    return torch.from_numpy(np.asarray(rows))


def square(pair: Pair) -> tuple[Array, Array]:
    """The grey square around a photo's hair and its mask; uint8 (SIZE, SIZE) both. DataError where hair is lacking."""
    rgb, mask = pair.read()
    try:
        return hair_square(rgb, soft(mask), SIZE)
    except PictureError as error:
        raise DataError(f"{pair.name} cannot be used, leave it out: {error}") from error


class Description(nn.Module):
    """The network without its last layer."""

    def __init__(self, network: Style) -> None:
        super().__init__()
        self.network = network

    def forward(self, grey: Tensor, mask: Tensor) -> Tensor:
        """See Style.describe."""
        return self.network.describe(grey, mask)


def to_onnx(module: nn.Module, output: str) -> bytes:
    """The .onnx of a module that takes `grey` and `mask`, uint8 (1, SIZE, SIZE) each."""
    sample = torch.zeros(1, SIZE, SIZE, dtype=torch.uint8)
    return export.traced(module, {"grey": sample, "mask": sample}, output)


def soft(mask: Array) -> Mask:
    """A mask of 0 and 255 as the live road has it: float32 in [0, 1]."""
    return np.asarray(mask, np.float32) / np.float32(255)


def varied(grey: Array, hair: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """The same hair turned, mirrored, zoomed, in other light; uint8 (SIZE, SIZE) both, as they came."""
    rgb, hair = augment.warp(
        np.repeat(grey[..., None], 3, 2), hair, rng, len(grey), degrees=15, mirror=0.5, scale=(0.8, 1.25), shift=0.05
    )
    return np.ascontiguousarray(augment.relit(rgb, rng)[..., 1]), hard(hair)


def cross_validated(x: Tensor, y: Tensor, groups: Sequence[str], seed: int) -> dict[float, float]:
    """Accuracy on the folds' own photos for each decay; x is (photos, variants, D), y (photos).

    groups: a name for each photo; those that share it are in one fold.
    """
    folds: dict[str, int] = {}
    order = torch.Generator().manual_seed(seed)
    for style in range(len(STYLES)):
        own = list(dict.fromkeys(group for group, known in zip(groups, y.tolist(), strict=True) if known == style))
        for k, member in enumerate(torch.randperm(len(own), generator=order).tolist()):
            folds.setdefault(own[member], k % FOLDS)
    fold = torch.tensor([folds[group] for group in groups])
    right = dict.fromkeys(DECAYS, 0)
    for k in range(FOLDS):
        learnt, asked = fold != k, fold == k
        for decay in DECAYS:
            weight, bias = fit(x[learnt].flatten(0, 1), y[learnt].repeat_interleave(x.shape[1]), decay)
            answers = (x[asked, 0] @ weight.T + bias).argmax(1)  # asked are photos as they are, not variants
            right[decay] += int((answers == y[asked]).sum())
    return {decay: count / len(y) for decay, count in right.items()}


def fit(x: Tensor, y: Tensor, decay: float) -> tuple[Tensor, Tensor]:
    """Weight (styles, D) and bias (styles) of a linear layer, learnt on standardised x (N, D), for x as it is."""
    centre, spread = x.mean(0), x.std(0) + 1e-4
    scaled = (x - centre) / spread
    weight = torch.zeros(len(STYLES), x.shape[1], requires_grad=True)
    bias = torch.zeros(len(STYLES), requires_grad=True)
    solver = torch.optim.LBFGS([weight, bias], max_iter=STEPS, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        solver.zero_grad()
        value = F.cross_entropy(scaled @ weight.T + bias, y, label_smoothing=SMOOTHING) + decay * weight.square().sum()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    solver.step(loss)  # type: ignore[no-untyped-call]
    found = weight.detach() / spread
    return found, bias.detach() - found @ centre
