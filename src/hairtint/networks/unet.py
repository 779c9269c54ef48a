"""The three U-Nets of the report: `full`, `medium` and `light`.

Source: the report, section 3.1 (architecture) and its table in 3.3 (parameter counts); O. Ronneberger, P. Fischer,
T. Brox, "U-Net: Convolutional Networks for Biomedical Image Segmentation", arXiv:1505.04597. The report gives no
layer table; the widths below are the ones that reproduce its three parameter counts to the digit.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from hairtint.errors import InputSizeError, UnknownModelError


@dataclass(frozen=True)
class Plan:
    """Widths and depth of one U-Net, and the parameter count that the report states for it."""

    channels: tuple[int, ...]
    convolutions: int
    parameters: int


PLANS = {
    "full": Plan((64, 128, 256, 512, 1024), 2, 31_037_633),
    "medium": Plan((64, 128, 256), 2, 1_864_129),
    "light": Plan((32, 64, 128), 1, 226_913),
}


class Level(nn.Sequential):
    """`count` times 3x3 convolution without bias, batch normalisation, ReLU; the size stays."""

    def __init__(self, inputs: int, outputs: int, count: int) -> None:
        layers: list[nn.Module] = []
        for k in range(count):
            layers += [
                nn.Conv2d(inputs if k == 0 else outputs, outputs, 3, padding=1, bias=False),
                nn.BatchNorm2d(outputs),
                nn.ReLU(inplace=True),
            ]
        super().__init__(*layers)


class UNet(nn.Module):
    """Encoder of max-pooled levels, decoder of transposed convolutions, skips concatenated, one logit a pixel.

    Input: float (N, 3, H, W), RGB in [0, 1], H and W multiples of `stride`. Output: logits (N, 1, H, W).
    """

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        *widths, deepest = plan.channels
        self.stride = 2 ** len(widths)
        self.pool = nn.MaxPool2d(2)
        self.down = nn.ModuleList(
            Level(i, o, plan.convolutions) for i, o in zip([3, *widths[:-1]], widths, strict=True)
        )
        self.bottom = Level(widths[-1], deepest, plan.convolutions)
        self.up, self.merge = nn.ModuleList(), nn.ModuleList()
        for below, width in zip([deepest, *widths[:0:-1]], widths[::-1], strict=True):
            self.up.append(nn.ConvTranspose2d(below, width, 2, stride=2))
            self.merge.append(Level(2 * width, width, plan.convolutions))
        self.head = nn.Conv2d(widths[0], 1, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (N, 1, H, W) of a batch (N, 3, H, W); raises InputSizeError where the pooling does not fit."""
        check_size(x, self.stride)
        skips: list[Tensor] = []
        for level in self.down:
            skips.append(level(x))  # (N, width, H / 2^k, W / 2^k)
            x = self.pool(skips[-1])
        x = self.bottom(x)
        for up, merge in zip(self.up, self.merge, strict=True):
            x = merge(torch.cat([skips.pop(), up(x)], 1))
        return self.head(x)  # type: ignore[no-any-return]


def check_size(x: Tensor, stride: int) -> None:
    """Refuse a batch whose height or width is not a multiple of `stride`, naming the size to pad to."""
    if torch._C._get_tracing_state() or torch.compiler.is_compiling():
        return
    height, width = x.shape[-2:]
    if height % stride or width % stride:
        fits = [max(stride, -(-n // stride) * stride) for n in (height, width)]
        raise InputSizeError(
            f"an input of {height}x{width} does not fit the pooling: pad it to {fits[0]}x{fits[1]}"
            f" (multiples of {stride})"
        )


def build(name: str) -> UNet:
    """The torch module of a network of the report, untrained; `name` is "full", "medium" or "light"."""
    if name not in PLANS:
        raise UnknownModelError(f"the report has no network {name!r}: choose one of {', '.join(PLANS)}")
    return UNet(PLANS[name])


# The published checkpoint's names for the same layers, in the order in which they are replaced.
PUBLISHED_NAMES = (
    ("final_conv.", "head."),
    ("bottleneck.conv.", "bottom."),
)


def from_published(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """State dict of this module from one of the report's published checkpoint (`downs`, `ups`, `bottleneck`, …)."""
    renamed = {}
    for key, value in state.items():
        for old, new in PUBLISHED_NAMES:
            if key.startswith(old):
                key = new + key[len(old) :]
        parts = key.split(".")
        if parts[0] == "downs":
            key = ".".join(["down", parts[1], *parts[3:]])
        elif parts[0] == "ups":
            step = int(parts[1])  # even: transposed convolution; odd: the level that merges the skip
            key = ".".join(["merge" if step % 2 else "up", str(step // 2), *parts[3 if step % 2 else 2 :]])
        renamed[key] = value
    return renamed
