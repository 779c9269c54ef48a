"""The second road: datasets -> augment -> train -> evaluate -> export -> card.

Reading data and evaluating need no torch; training and exporting need the extra `train`.
"""

from __future__ import annotations

import importlib.util

from hairtint.errors import MissingExtraError


def require() -> None:
    """Raise MissingExtraError, naming the cure, where the extra `train` is not installed."""
    for module in ("torch", "lightning_fabric", "matplotlib", "onnx"):
        if importlib.util.find_spec(module) is None:
            raise MissingExtraError(f"this needs {module}: pip install 'hairtint[train]'")
