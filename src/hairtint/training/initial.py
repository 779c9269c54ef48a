"""The network before its first step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from hairtint import networks
from hairtint.errors import TrainingError
from hairtint.networks import unet
from hairtint.training import checkpoint, unfold
from hairtint.training.config import Config
from hairtint.training.datasets import Pair
from hairtint.training.loader import Epoch, Photos, as_input, batches


def first_network(
    config: Config, weights: Path | None = None, encoder: Path | None = None, photos: Sequence[Pair] = ()
) -> nn.Module:
    """The network before its first step: by chance, or from weights that were learned before.

    `photos` are needed where the weights are an .onnx (hairtint.training.unfold) or a smaller U-Net's.
    """
    torch.manual_seed(config.seed)
    network = networks.build(config.network)
    stride = getattr(network, "stride", 1)
    if config.size % stride:
        raise TrainingError(f"size = {config.size} does not fit {config.network}: take a multiple of {stride}")
    if weights and weights.suffix == ".onnx":
        taken = unfold.into(network, unfold.read(weights), weights)
        unfold.settle(network, taken, _some(photos, config))
    elif weights:
        _start_from(network, weights, config, photos)
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


def _start_from(network: nn.Module, weights: Path, config: Config, photos: Sequence[Pair]) -> None:
    """Go on from a checkpoint of the same network, or grow from one of a U-Net of fewer levels."""
    state = checkpoint.load(weights)
    if not isinstance(network, unet.UNet) or state["config"].get("network") in (None, config.network):
        checkpoint.into(network, state["ema"], weights)
        return
    try:
        taken = network.grow_from(state["ema"])
    except (RuntimeError, ValueError, TypeError) as error:
        raise TrainingError(
            f"{weights} holds the weights of another network, and {config.network} cannot grow from it: give those of"
            f" {config.network} or of a smaller U-Net"
        ) from error
    unfold.settle(network, taken, _some(photos, config))


def _some(photos: Sequence[Pair], config: Config, most: int = 256) -> Iterator[Tensor]:
    """Photos from all over the data as the network will see them in training."""
    few = Photos(photos[:: max(1, len(photos) // most)], config.size, recipe=config.recipe, seed=config.seed)
    order = Epoch([""] * len(few), {}, config.seed, 0, min(config.batch, len(few)))
    return (as_input(rgb, mask)[0] for rgb, mask in batches(few, order, 0))
