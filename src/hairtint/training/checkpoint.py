"""Checkpoints that survive a kill at any moment: written under a temporary name, flushed, then renamed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import nn

from hairtint.errors import TrainingError, brief, reason
from hairtint.training.files import whole
from hairtint.whole_file import refusal

CONTENTS = {"config": dict, "ema": dict, "step": int}  # what others read of a checkpoint of a training run


def save(path: Path, state: dict[str, Any]) -> None:
    """Write tensors and plain values; a reader sees the old file or the new one, never half of one.

    Raises OutputError where it cannot be written.
    """
    try:
        with whole(path, durable=True) as partial, partial.open("wb") as file:
            torch.save(state, file)
    except (OSError, RuntimeError) as error:
        cause = error.__context__ if isinstance(error.__context__, OSError) else error  # torch hides it behind its own
        raise refusal(f"cannot write the checkpoint {path}", cause, "choose another folder with --run") from error


def load(path: Path) -> dict[str, Any]:
    """Read a checkpoint of a training run."""
    state = load_state(path)
    if not all(isinstance(state.get(key), kind) for key, kind in CONTENTS.items()):
        raise TrainingError(f"{path} is not a checkpoint of hairtint train: name a run folder's best.pt or last.pt")
    return state


def load_state(path: Path) -> dict[str, Any]:
    """Read a file of torch.save: tensors and plain values only (`weights_only`: nothing in the file can run code)."""
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise TrainingError(f"{path} cannot be read: {reason(error)}") from error
    except Exception as error:  # archives and pickles can be damaged in so many ways that torch raises almost anything
        raise TrainingError(f"{path} cannot be read as torch weights: {brief(error).split('. ')[0]}") from error
    if not isinstance(state, dict):
        raise TrainingError(f"{path} holds no weights by name: give a state dict")
    return state


def into(network: nn.Module, weights: Any, path: Path) -> None:
    """Put weights by name into a network; TrainingError where they are another network's. `path` is for the message."""
    try:
        network.load_state_dict(weights)
    except (RuntimeError, TypeError, AttributeError) as error:  # AttributeError: names that are no text
        raise TrainingError(
            f"{path} holds the weights of another network: build the one that it was trained as"
        ) from error
