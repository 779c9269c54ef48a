"""`swift`: this project's own network, made for live video on a CPU; and `fine`, the same and deeper, for photos.

A MobileNetV2 encoder (M. Sandler et al., arXiv:1801.04381) up to its 160-channel stage sees the whole picture; a light
decoder of depthwise 5x5 convolutions brings the answer back to a quarter of the input's size, adding the encoder's
features on the way, where each place gives the logits of its 4x4 pixels (sub-pixel convolution: W. Shi et al.,
arXiv:1609.05158). At 256x256 it takes about 0.8 GFLOP, an eighth of the report's smallest U-Net.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from hairtint.errors import TrainingError
from hairtint.networks.unet import check_size

# MobileNetV2's stages: expansion, channels, blocks, stride. The paper's last one (320 channels) and the classifier
# serve ImageNet's thousand classes and are left out.
STAGES = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2))
SKIPS = {1: 16, 3: 24, 6: 32, 13: 96}  # index of the encoder's block -> channels, at strides 2, 4, 8, 16
WIDTHS = (96, 64, 48, 40)  # of the decoder, at strides 32, 16, 8, 4
DEEPER = {"swift": 0, "fine": 2}  # further blocks at each step of the decoder
EXPANSION = 3  # of `fine`'s further blocks
CELL = 4  # the last layer gives a block of CELL x CELL logits at each place of stride 4


class Bottleneck(nn.Module):
    """MobileNetV2's inverted residual: expand by 1x1, filter each channel by 3x3, project by 1x1 without ReLU."""

    def __init__(self, inputs: int, outputs: int, expansion: int, stride: int) -> None:
        super().__init__()
        hidden = inputs * expansion
        expand = [*norm_conv(inputs, hidden, 1), nn.ReLU6(inplace=True)] if expansion > 1 else []
        filter_ = [*norm_conv(hidden, hidden, 3, stride, groups=hidden), nn.ReLU6(inplace=True)]
        self.conv = nn.Sequential(*expand, *filter_, *norm_conv(hidden, outputs, 1))
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs, H, W) -> (N, outputs, H / stride, W / stride)."""
        y: Tensor = self.conv(x)
        return x + y if self.residual else y


class Rise(nn.Module):
    """One step up: double the size, add the projected skip, then mix."""

    def __init__(self, inputs: int, skip: int, outputs: int) -> None:
        super().__init__()
        self.reduce = nn.Sequential(*norm_conv(inputs, outputs, 1))
        self.project = nn.Sequential(*norm_conv(skip, outputs, 1))
        self.mix = Mix(outputs)

    def forward(self, x: Tensor, skip: Tensor) -> Tensor:
        """(N, inputs, H, W) and (N, skip, 2H, 2W) -> (N, outputs, 2H, 2W)."""
        x = F.interpolate(self.reduce(x), scale_factor=2.0, mode="bilinear", align_corners=False)
        y: Tensor = self.mix(F.relu(x + self.project(skip)))
        return y


class Mix(nn.Sequential):
    """Depthwise 5x5, then 1x1, as a residual. Its sum ends in ReLU, which ONNX Runtime fuses with it."""

    def __init__(self, channels: int) -> None:
        wide = [*norm_conv(channels, channels, 5, groups=channels), nn.ReLU6(inplace=True)]
        super().__init__(*wide, *norm_conv(channels, channels, 1))

    def forward(self, x: Tensor) -> Tensor:
        """(N, channels, H, W) -> the same."""
        y: Tensor = super().forward(x)  # type: ignore[no-untyped-call]
        return F.relu(x + y)


class Swift(nn.Module):
    """Input: float (N, 3, H, W), RGB in [0, 1], H and W multiples of 32. Output: logits (N, 1, H, W).

    deeper: further residual blocks at each step of the decoder. They begin as the identity, so that a deeper network
    may start from the weights of one without them.
    """

    stride = 32

    def __init__(self, deeper: int = 0) -> None:
        super().__init__()
        self.mean: Tensor
        self.deviation: Tensor
        # ImageNet's mean and deviation, inside the network: outside it a picture is RGB in [0, 1] everywhere.
        self.register_buffer("mean", torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("deviation", torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1), persistent=False)
        self.frozen = 0
        blocks: list[nn.Module] = [nn.Sequential(*norm_conv(3, 32, 3, 2), nn.ReLU6(inplace=True))]
        inputs = 32
        for expansion, channels, count, stride in STAGES:
            for k in range(count):
                blocks.append(Bottleneck(inputs, channels, expansion, stride if k == 0 else 1))
                inputs = channels
        self.features = nn.ModuleList(blocks)
        self.neck = nn.Sequential(
            *norm_conv(inputs, WIDTHS[0], 1), nn.ReLU6(inplace=True),
            *norm_conv(WIDTHS[0], WIDTHS[0], 5, groups=WIDTHS[0]), nn.ReLU6(inplace=True),
        )  # fmt: skip
        steps = zip(WIDTHS[:-1], (SKIPS[13], SKIPS[6], SKIPS[3]), WIDTHS[1:], strict=True)
        self.rises = nn.ModuleList(Rise(*step) for step in steps)
        self.fine = nn.Sequential(*norm_conv(SKIPS[1], WIDTHS[-1], 2, 2))
        self.mix = Mix(WIDTHS[-1])
        self.head = nn.Conv2d(WIDTHS[-1], CELL * CELL, 1)
        self.deeper = nn.ModuleList(nn.Sequential(*(_idle(width) for _ in range(deeper))) for width in WIDTHS)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (N, 1, H, W); raises InputSizeError where H or W is no multiple of 32."""
        check_size(x, self.stride)
        x = (x - self.mean) / self.deviation
        skips: list[Tensor] = []
        for k, block in enumerate(self.features):
            x = block(x)
            if k in SKIPS:
                skips.append(x)
        x = self.neck(x)  # (N, 96, H / 32, W / 32)
        for deeper, rise in zip(self.deeper[:-1], self.rises, strict=True):
            x = rise(deeper(x), skips.pop())
        x = self.mix(F.relu(x + self.fine(skips.pop())))  # (N, 40, H / 4, W / 4)
        return F.pixel_shuffle(self.head(self.deeper[-1](x)), CELL)

    def freeze(self, blocks: int) -> None:
        """Leave the first `blocks` of the encoder's 17 as they are, norms too: half of a training step is theirs.

        TrainingError where there are fewer.
        """
        if blocks > len(self.features):
            raise TrainingError(f"frozen_blocks = {blocks}: swift has {len(self.features)} blocks")
        self.frozen = blocks
        self.features[:blocks].requires_grad_(False)
        self.train(self.training)

    def train(self, mode: bool = True) -> Swift:
        """As in torch, but frozen blocks stay in evaluation."""
        super().train(mode)
        self.features[: self.frozen].eval()
        return self

    def load_encoder(self, state: dict[str, Tensor]) -> None:
        """Take over ImageNet weights of MobileNetV2 in torchvision's naming; TrainingError where they do not fit."""
        own = self.features.state_dict()
        given = {key.removeprefix("features."): value for key, value in state.items()}
        missing = [key for key, value in own.items() if key not in given or given[key].shape != value.shape]
        if missing:
            raise TrainingError(
                f"these are not MobileNetV2 1.0 weights: features.{missing[0]} is missing or of another shape"
            )
        self.features.load_state_dict({key: given[key] for key in own})


def _idle(channels: int) -> Bottleneck:
    """A residual block that adds nothing yet."""
    block = Bottleneck(channels, channels, EXPANSION, 1)
    last = block.conv[-1]
    assert isinstance(last, nn.BatchNorm2d)
    nn.init.zeros_(last.weight)
    return block


class Depthwise(nn.Conv2d):
    """A convolution of each channel by itself, which is trained in float32 on a CPU even where all else is bfloat16.

    The gradient of a strided or 5x5 one takes PyTorch's CPU kernels 2 to 17 times as long in bfloat16.
    """

    def forward(self, x: Tensor) -> Tensor:
        """(N, channels, H, W) -> (N, channels, H / stride, W / stride)."""
        if not (self.training and x.device.type == "cpu" and torch.is_autocast_enabled("cpu")):
            return super().forward(x)
        with torch.autocast("cpu", enabled=False):
            return super().forward(x.float()).to(x.dtype)


def norm_conv(inputs: int, outputs: int, kernel: int, stride: int = 1, *, groups: int = 1) -> list[nn.Module]:
    """A convolution without bias that keeps the size (but for the stride), and its batch normalisation."""
    padding = (kernel - 1) // 2
    slow = groups > 1 and (stride > 1 or kernel > 3)
    kind = Depthwise if slow else nn.Conv2d
    conv = kind(inputs, outputs, kernel, stride, padding, groups=groups, bias=False)
    return [conv, nn.BatchNorm2d(outputs)]


def build(name: str = "swift") -> Swift:
    """The torch module of `swift` or `fine`, untrained."""
    return Swift(DEEPER[name])
