"""What follows from the networks and from the report's own figures, without any measurement."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from hairtint import networks
from hairtint.networks import unet

SIZE = 256  # pixels a side of the report's input


@cache
def gflop(name: str, size: int = SIZE) -> float:
    """Work of one picture, 10^9 operations, a multiply-add counted as two."""
    with torch.device("meta"), FlopCounterMode(display=False) as counter, torch.no_grad():
        networks.build(name)(torch.zeros(1, 3, size, size))
    return counter.get_total_flops() / 1e9


@cache
def parameters(name: str) -> int:
    """Learnt numbers of a network."""
    with torch.device("meta"):
        return sum(p.numel() for p in networks.build(name).parameters())


@cache
def work_by_scale(name: str, size: int = SIZE) -> dict[int, float]:
    """Share of the convolutions' operations by how much smaller than the input the picture is there: {1: 0.6, …}."""
    work: Counter[int] = Counter()

    def count(layer: Any, inputs: tuple[Tensor], output: Tensor) -> None:
        # A transposed convolution does its work on its input, others on their output.
        where = inputs[0] if isinstance(layer, nn.ConvTranspose2d) else output
        work[size // output.shape[-1]] += where.numel() // where.shape[1] * layer.weight.numel()

    with torch.device("meta"), torch.no_grad():
        network = networks.build(name)
        for layer in network.modules():
            if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
                layer.register_forward_hook(count)
        network(torch.zeros(1, 3, size, size))
    return {scale: share / work.total() for scale, share in sorted(work.items())}


@cache
def sees(name: str) -> int:
    """Pixels a side that can change one pixel of the answer of a U-Net of the report, at the most favourable place.

    Of a network of the same layers with one channel each and all weights 1: where the gradient is not zero. Means take
    the place of the pooled maxima, any of which may be the one that counts.
    """
    plan = unet.PLANS[name]
    network = unet.UNet(unet.Plan((1,) * len(plan.channels), plan.convolutions, 0)).eval().double()
    network.pool = nn.AvgPool2d(2)  # type: ignore[assignment]
    for weight in network.parameters():
        nn.init.ones_(weight)
    side, middle, widest = 512, 256, 0
    for k in range(network.stride):
        x = torch.ones(1, 3, side, network.stride, dtype=torch.double, requires_grad=True)
        network(x)[0, 0, middle + k, 0].backward()
        assert x.grad is not None
        rows = x.grad.abs().sum((0, 1, 3)).nonzero()
        widest = max(widest, int(rows.max() - rows.min()) + 1)
    return widest


def most_dice(accuracy: float) -> float:
    """The highest Dice that goes with a pixel accuracy, for one photo or for the mean of many.

    With wrong pixels e = 1 - accuracy and TP <= accuracy, Dice = 2 TP / (2 TP + e) <= 2 accuracy / (1 + accuracy); that
    is concave in the accuracy, so the mean over photos obeys it as well.
    """
    return 2 * accuracy / (1 + accuracy)


def with_sibling(copies: int, share: float) -> float:
    """Chance that a validation picture has a copy of the same photo in training, if copies are dealt singly."""
    return 1 - (1 - share) ** (copies - 1)
