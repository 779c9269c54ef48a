"""This project's own networks: `swift`, made for live video on a CPU, and the larger `fine` and `deep` for photos.

An encoder with ImageNet weights sees the whole picture; a light decoder of depthwise 5x5 convolutions brings the answer
back to a quarter of the input's size, adding the encoder's features on the way, where each place gives the logits of
its 4x4 pixels (sub-pixel convolution: W. Shi et al., arXiv:1609.05158). `deep` is `swift` with a deeper decoder; `fine`
has another encoder as well, so that the two are wrong in different places.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from hairtint.errors import TrainingError
from hairtint.networks.unet import check_size

EXPANSION = 3  # of the further blocks of a deeper decoder
CELL = 4  # the last layer gives a block of CELL x CELL logits at each place of stride 4


@dataclass(frozen=True)
class Encoder:
    """An encoder up to its last but one stage: the last one and the classifier serve ImageNet's thousand classes.

    name: of its ImageNet weights. stages: each with its expansion, channels, blocks, stride and kernel.
    mean, deviation: of its input, RGB. epsilon: of its norms.
    """

    name: str
    stages: tuple[tuple[int, int, int, int, int], ...]
    mean: tuple[float, float, float]
    deviation: tuple[float, float, float]
    epsilon: float


@dataclass(frozen=True)
class Plan:
    """An encoder and the decoder on it.

    widths: of the decoder, at strides 32, 16, 8, 4. deeper: further residual blocks at each of its steps. idle: whether
    these begin as the identity, so that the network may start from the weights of one without them.
    """

    encoder: Encoder
    widths: tuple[int, int, int, int]
    deeper: int = 0
    idle: bool = False


# M. Sandler et al., arXiv:1801.04381.
MOBILENET = Encoder(
    "MobileNetV2 1.0",
    ((1, 16, 1, 1, 3), (6, 24, 2, 2, 3), (6, 32, 3, 2, 3), (6, 64, 4, 2, 3), (6, 96, 3, 1, 3), (6, 160, 3, 2, 3)),
    (0.485, 0.456, 0.406), (0.229, 0.224, 0.225), 1e-5,
)  # fmt: skip
# M. Tan, Q. Le, arXiv:1905.11946, but without squeeze and excitation, and with ReLU6.
EFFICIENTNET = Encoder(
    "EfficientNet-Lite2",
    ((1, 16, 1, 1, 3), (6, 24, 3, 2, 3), (6, 48, 3, 2, 5), (6, 88, 4, 2, 3), (6, 120, 4, 1, 5), (6, 208, 5, 2, 5)),
    (0.498, 0.498, 0.498), (0.502, 0.502, 0.502), 1e-3,
)  # fmt: skip

PLANS = {
    "swift": Plan(MOBILENET, (96, 64, 48, 40)),
    "fine": Plan(EFFICIENTNET, (128, 96, 64, 48), deeper=2),
    "deep": Plan(MOBILENET, (96, 64, 48, 40), deeper=2, idle=True),
}
# Of a block in efficientnet-lite-pytorch's naming, in their order.
LAYERS = ("_expand_conv", "_bn0", "_depthwise_conv", "_bn1", "_project_conv", "_bn2")


class Bottleneck(nn.Module):
    """The encoders' inverted residual: expand by 1x1, filter each channel, project by 1x1 without ReLU."""

    def __init__(self, inputs: int, outputs: int, expansion: int, stride: int = 1, kernel: int = 3) -> None:
        super().__init__()
        hidden = inputs * expansion
        expand = [*norm_conv(inputs, hidden, 1), nn.ReLU6(inplace=True)] if expansion > 1 else []
        filter_ = [*norm_conv(hidden, hidden, kernel, stride, groups=hidden), nn.ReLU6(inplace=True)]
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
    """Input: float (N, 3, H, W), RGB in [0, 1], H and W multiples of 32. Output: logits (N, 1, H, W)."""

    stride = 32

    def __init__(self, plan: Plan) -> None:
        super().__init__()
        self.encoder = encoder = plan.encoder
        self.mean: Tensor
        self.deviation: Tensor
        # The encoder's mean and deviation, inside the network: outside it a picture is RGB in [0, 1] everywhere.
        self.register_buffer("mean", torch.tensor(encoder.mean).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("deviation", torch.tensor(encoder.deviation).view(1, 3, 1, 1), persistent=False)
        self.frozen = 0
        blocks: list[nn.Module] = [nn.Sequential(*norm_conv(3, 32, 3, 2), nn.ReLU6(inplace=True))]
        inputs = 32
        self.skips: dict[int, int] = {}  # channels of the blocks whose answers the decoder takes, at strides 2 to 16
        for expansion, channels, count, stride, kernel in encoder.stages:
            if stride == 2:
                self.skips[len(blocks) - 1] = inputs
            for k in range(count):
                blocks.append(Bottleneck(inputs, channels, expansion, stride if k == 0 else 1, kernel))
                inputs = channels
        self.features = nn.ModuleList(blocks)
        for layer in self.features.modules():
            if isinstance(layer, nn.BatchNorm2d):
                layer.eps = encoder.epsilon
        widths, skips = plan.widths, list(self.skips.values())
        self.neck = nn.Sequential(
            *norm_conv(inputs, widths[0], 1), nn.ReLU6(inplace=True),
            *norm_conv(widths[0], widths[0], 5, groups=widths[0]), nn.ReLU6(inplace=True),
        )  # fmt: skip
        self.rises = nn.ModuleList(Rise(*step) for step in zip(widths[:-1], skips[:0:-1], widths[1:], strict=True))
        self.fine = nn.Sequential(*norm_conv(skips[0], widths[-1], 2, 2))
        self.mix = Mix(widths[-1])
        self.head = nn.Conv2d(widths[-1], CELL * CELL, 1)
        self.deeper = nn.ModuleList(
            nn.Sequential(*(Bottleneck(width, width, EXPANSION) for _ in range(plan.deeper))) for width in widths
        )
        if plan.idle:
            for block in (block for step in self.deeper for block in step):  # type: ignore[attr-defined]
                nn.init.zeros_(block.conv[-1].weight)

    def forward(self, x: Tensor) -> Tensor:
        """Logits (N, 1, H, W); raises InputSizeError where H or W is no multiple of 32."""
        check_size(x, self.stride)
        x = (x - self.mean) / self.deviation
        skips: list[Tensor] = []
        for k, block in enumerate(self.features):
            x = block(x)
            if k in self.skips:
                skips.append(x)
        x = self.neck(x)  # at stride 32
        for deeper, rise in zip(self.deeper[:-1], self.rises, strict=True):
            x = rise(deeper(x), skips.pop())
        x = self.mix(F.relu(x + self.fine(skips.pop())))  # at stride 4
        return F.pixel_shuffle(self.head(self.deeper[-1](x)), CELL)

    def freeze(self, blocks: int) -> None:
        """Leave the first `blocks` of the encoder as they are, norms too: half of a training step is theirs.

        TrainingError where there are fewer.
        """
        if blocks > len(self.features):
            raise TrainingError(f"frozen_blocks = {blocks}: the encoder has {len(self.features)} blocks")
        self.frozen = blocks
        self.features[:blocks].requires_grad_(False)
        self.train(self.training)

    def train(self, mode: bool = True) -> Swift:
        """As in torch, but frozen blocks stay in evaluation."""
        super().train(mode)
        self.features[: self.frozen].eval()
        return self

    def load_encoder(self, state: dict[str, Tensor]) -> None:
        """Take over the encoder's ImageNet weights, MobileNetV2's in torchvision's naming, EfficientNet-Lite2's in that
        of efficientnet-lite-pytorch; TrainingError where they do not fit.
        """
        own = self.features.state_dict()
        given = {_feature(key): value for key, value in state.items()}
        missing = [key for key, value in own.items() if key not in given or given[key].shape != value.shape]
        if missing:
            raise TrainingError(
                f"these are not {self.encoder.name} weights: features.{missing[0]} is missing or of another shape"
            )
        self.features.load_state_dict({key: given[key] for key in own})


def _feature(key: str) -> str:
    """The name in `features` of one of an encoder's weights."""
    match key.split("."):
        case "_conv_stem", kind:
            return f"0.0.{kind}"
        case "_bn0", kind:
            return f"0.1.{kind}"
        case "_blocks", block, layer, kind if block.isdecimal() and layer in LAYERS:
            place = LAYERS.index(layer) - (0 if int(block) else 2)  # the first block does not expand
            return f"{int(block) + 1}.conv.{place + place // 2}.{kind}"  # after two of the norms stands a ReLU6
    return key.removeprefix("features.")


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
    """The torch module of one of PLANS, untrained."""
    return Swift(PLANS[name])
