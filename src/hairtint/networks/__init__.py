"""The torch modules. Needed to train and export; the live road runs their ONNX files instead."""

from __future__ import annotations

from hairtint import extras
from hairtint.errors import UnknownModelError

extras.require("train", "torch", what="the networks as torch modules need")

from torch import nn  # noqa: E402

from hairtint.networks import swift, unet  # noqa: E402


def build(name: str) -> nn.Module:
    """The untrained torch module of a network by its name, with a `stride` that input sizes must be multiples of."""
    if name in swift.PLANS:
        return swift.build(name)
    if name in unet.PLANS:
        return unet.build(name)
    raise UnknownModelError(f"no network {name!r}: choose one of {', '.join(names())}")


def names() -> list[str]:
    """Every network that can be trained."""
    return [*swift.PLANS, *unet.PLANS]
