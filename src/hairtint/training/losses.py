"""What training minimises. Every loss takes logits and targets of shape (N, 1, H, W), targets in [0, 1]: 0 or 1, or in
between where a teacher has a share in them."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def bce(logits: Tensor, target: Tensor, *, edge: float = 0.0) -> Tensor:
    """Binary cross-entropy with logits (the report's section 3.4), the mean over all pixels.

    `edge` > 0 counts pixels within two pixels of the mask's outline 1 + `edge` times.
    """
    if not edge:
        return F.binary_cross_entropy_with_logits(logits, target)
    share = F.avg_pool2d((target > 0.5).to(target.dtype), 5, 1, 2, count_include_pad=False)  # of hair within two pixels
    weight = 1 + edge * ((share > 1e-4) & (share < 1 - 1e-4))
    return (F.binary_cross_entropy_with_logits(logits, target, reduction="none") * weight).sum() / weight.sum()


def dice(logits: Tensor, target: Tensor) -> Tensor:
    """One minus the soft Dice coefficient, per image, then the mean.

    Source: C. H. Sudre et al., "Generalised Dice overlap as a deep learning loss function for highly unbalanced
    segmentations", arXiv:1707.03237, here for hair alone; below the line are plain sums, not those of squares of
    "V-Net" (arXiv:1606.04797). One pixel is added above and below the line, so that an empty mask that is rightly found
    empty costs nothing. With targets between 0 and 1 its minimum is not at the target: answers are drawn to 0 or 1.
    """
    p = torch.sigmoid(logits).flatten(1)
    t = target.flatten(1)
    overlap = (p * t).sum(1)
    return 1 - ((2 * overlap + 1) / (p.sum(1) + t.sum(1) + 1)).mean()


def combined(logits: Tensor, target: Tensor, weights: dict[str, float]) -> Tensor:
    """Weighted sum of the losses named in `weights` ("bce", "dice"); "edge" is the outline weight inside bce."""
    total = torch.zeros((), device=logits.device)
    if weights.get("bce"):
        total = total + weights["bce"] * bce(logits, target, edge=weights.get("edge", 0.0))
    if weights.get("dice"):
        total = total + weights["dice"] * dice(logits, target)
    return total
