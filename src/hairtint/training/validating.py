"""How good a network in training is on the photos kept apart, at its own size."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import torch
from lightning_fabric import Fabric
from torch import nn

from hairtint.training import losses
from hairtint.training.config import Config
from hairtint.training.loader import Photos, as_input, in_order
from hairtint.training.metrics import Counts, image_iou


@dataclass
class Score:
    """Loss and metrics of one pass: pooled over pixels, and the mean IoU of the photos by source.

    `hairless`: the sources without any hair, where each photo is right or wrong, 1 or 0.
    """

    loss: float
    accuracy: float
    dice: float
    iou: dict[str, float]
    hairless: frozenset[str] = frozenset()

    @property
    def mean_iou(self) -> float:
        """The mean over the sources with hair: the largest set does not decide alone, nor the luck of a few photos."""
        kept = [value for source, value in self.iou.items() if source not in self.hairless]
        return float(np.mean(kept or list(self.iou.values())))


@torch.no_grad()
def validate(network: nn.Module, photos: Photos, config: Config, fabric: Fabric) -> Score:
    """The score of a network in evaluation mode on photos that are not varied."""
    pooled, position = Counts(), 0
    each: list[float] = []
    ious: dict[str, list[float]] = defaultdict(list)
    hairy: set[str] = set()
    for rgb, mask in in_order(photos, config.batch):
        x, target = as_input(rgb.to(fabric.device), mask.to(fabric.device))
        with fabric.autocast():
            logits = network(x).float()
        each += [float(losses.combined(logits, target, config.loss))] * len(rgb)
        found, true = (logits > 0).cpu().numpy(), mask.numpy() > 127
        for k in range(len(rgb)):
            counts = Counts.of(found[k], true[k])
            pooled += counts
            source = photos.pairs[position].source
            ious[source].append(image_iou(counts))
            hairy |= {source} if true[k].any() else set()
            position += 1
    means = {source: float(np.mean(values)) for source, values in sorted(ious.items())}
    return Score(float(np.mean(each)), pooled.accuracy, pooled.dice, means, frozenset(means) - hairy)
