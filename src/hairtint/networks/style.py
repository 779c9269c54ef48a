"""`style`: names a hairstyle by the texture of the hair.

The first blocks of MobileNetV2 (M. Sandler et al., arXiv:1801.04381), as ImageNet taught them, look at the hair. Mean
and deviation of each of their channels over the hair describe it, in the way of texture models, wherever it lies in
the picture; one linear layer turns the description into probabilities.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from hairtint.networks import swift

TAPS = {10: 64, 13: 96}  # index of the encoder's block -> its channels, at a sixteenth of the input's size
LIGHTNESS, CONTRAST = 0.45, 0.2  # what the hair's mean and deviation are brought to
FLAT = 0.03  # added to the deviation, so that flat hair is not made of noise


class Style(nn.Module):
    """Input: uint8 (N, S, S), grey, and uint8 (N, S, S), 0 to 255 where hair is; S a multiple of 16. Output:
    probabilities (N, styles)."""

    stride = 16

    def __init__(self, styles: int) -> None:
        super().__init__()
        whole = swift.build()
        self.mean, self.deviation = (nn.Buffer(b, persistent=False) for b in (whole.mean, whole.deviation))
        self.features = whole.features[: max(TAPS) + 1]
        self.head = nn.Linear(2 * sum(TAPS.values()), styles)

    def forward(self, grey: Tensor, mask: Tensor) -> Tensor:
        """See the class."""
        return torch.softmax(self.head(self.describe(grey, mask)), 1)

    def describe(self, grey: Tensor, mask: Tensor) -> Tensor:
        """Mean and deviation over the hair of each tapped channel, (N, D), of the same input."""
        hair = mask[:, None].float() / 255
        x = grey[:, None].float() / 255
        mean, deviation = moments(x, hair)
        x = (x - mean[..., None, None]) / (deviation[..., None, None] + FLAT) * CONTRAST
        x = x * hair + LIGHTNESS  # around the hair: its mean
        x = (x - self.mean) / self.deviation
        found: list[Tensor] = []
        for k, block in enumerate(self.features):
            x = block(x)
            if k in TAPS:
                found += moments(x, F.avg_pool2d(hair, self.stride))
        return torch.cat(found, 1)

    def load_encoder(self, state: dict[str, Tensor]) -> None:
        """Take over ImageNet weights of MobileNetV2 in torchvision's naming; TrainingError where they do not fit."""
        whole = swift.build()
        whole.load_encoder(state)
        self.features.load_state_dict(whole.features[: max(TAPS) + 1].state_dict())


def moments(x: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """Weighted mean and deviation (N, C) of (N, C, H, W) under (N, 1, H, W)."""
    total = weight.sum((2, 3)) + 1e-6
    mean = (x * weight).sum((2, 3)) / total
    spread = ((x - mean[..., None, None]).square() * weight).sum((2, 3)) / total
    return mean, spread.clamp_min(1e-9).sqrt()
