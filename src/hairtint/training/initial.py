"""The network before its first step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from hairtint import networks
from hairtint.errors import TrainingError
from hairtint.training import checkpoint, unfold
from hairtint.training.config import Config
from hairtint.training.loader import Epoch, Photos, as_input, batches
from hairtint.training.pairs import Pair, some

SOME = 256  # photos, or up to twice as many, for the statistics of unfolded weights


def first_network(
    config: Config,
    weights: Path | None = None,
    encoder: Path | None = None,
    photos: Sequence[Pair] = (),
    *,
    mean_with: Path | None = None,
) -> nn.Module:
    """The network before its first step: by chance, or from weights that were learned before.

    `photos` are needed where the weights are an .onnx (hairtint.training.unfold). `mean_with`: another .onnx, of which
    and the first the network gets the mean.
    """
    if mean_with and not (weights and weights.suffix == mean_with.suffix == ".onnx"):
        raise TrainingError("--mean-with takes the mean of two exported networks: give both it and --from an .onnx")
    torch.manual_seed(config.seed)
    network = networks.build(config.network)
    stride = getattr(network, "stride", 1)
    if config.size % stride:
        raise TrainingError(f"size = {config.size} does not fit {config.network}: take a multiple of {stride}")
    if weights and weights.suffix == ".onnx":
        folded = unfold.read(weights)
        if mean_with:
            folded = unfold.mean(folded, unfold.read(mean_with), mean_with)
        taken = unfold.into(network, folded, weights, whole=not config.epochs)
        unfold.settle(network, taken, _some(photos, config))
    elif weights:
        checkpoint.into(network, checkpoint.load(weights)["ema"], weights)
    if encoder:
        load_encoder: Any = getattr(network, "load_encoder", None)
        if load_encoder is None:
            raise TrainingError(f"{config.network} has no encoder to load: leave --encoder out")
        load_encoder(checkpoint.load_state(encoder))
    if config.frozen_blocks:
        freeze: Any = getattr(network, "freeze", None)
        if freeze is None:
            raise TrainingError(f"{config.network} has no blocks to freeze: leave frozen_blocks out")
        freeze(config.frozen_blocks)
    return network


def _some(photos: Sequence[Pair], config: Config) -> Iterator[Tensor]:
    """Photos from all over the data as the network will see them in training."""
    few = Photos(some(photos, SOME), config.size, recipe=config.recipe, seed=config.seed)
    order = Epoch([""] * len(few), {}, config.seed, 0, min(config.batch, len(few)))
    return (as_input(rgb, mask)[0] for rgb, mask in batches(few, order, 0))
