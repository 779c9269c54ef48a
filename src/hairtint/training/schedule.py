"""Optimiser, learning rate over time, and the moving average of the weights."""

from __future__ import annotations

import math

import torch
from torch import nn

from hairtint.training.config import Config


def optimizer(config: Config, network: nn.Module) -> torch.optim.Optimizer:
    """The optimiser that the config names."""
    kind = torch.optim.AdamW if config.optimizer == "adamw" else torch.optim.Adam
    return kind(network.parameters(), lr=config.lr, weight_decay=config.weight_decay)


def factor(config: Config, step: int, total: int) -> float:
    """What the learning rate is multiplied by at a step: a linear warm-up, then constant or half a cosine."""
    if step < config.warmup_steps:
        return (step + 1) / config.warmup_steps
    if config.schedule == "constant":
        return 1.0
    done = min(1.0, (step - config.warmup_steps) / max(1, total - config.warmup_steps))
    return 0.5 * (1 + math.cos(math.pi * done))


@torch.no_grad()
def average(kept: nn.Module, new: nn.Module, ema: float, step: int) -> None:
    """Move the averaged weights and norms towards the new ones; young averages forget faster ((1 + n) / (10 + n))."""
    decay = min(ema, (1 + step) / (10 + step))
    for old, fresh in zip(kept.state_dict().values(), new.state_dict().values(), strict=True):
        if old.is_floating_point():
            old.lerp_(fresh.to(old), 1 - decay)
        else:
            old.copy_(fresh)
