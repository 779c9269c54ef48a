"""The second road: datasets -> augment -> train -> evaluate -> export -> card.

Reading data and evaluating need no torch; training and exporting need the extra `train`.
"""

from __future__ import annotations

from hairtint import extras


def require() -> None:
    """Raise MissingExtraError, naming the cure, where the extra `train` is not installed."""
    extras.require("train", "torch", "lightning_fabric", "matplotlib", "onnx")
