"""Checkpoints that survive a kill at any moment: written under a temporary name, flushed, then renamed."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import torch

from hairtint.errors import TrainingError


def save(path: Path, state: dict[str, Any]) -> None:
    """Write tensors and plain values; a reader sees the old file or the new one, never half of one."""
    partial = path.with_name(path.name + ".part")
    try:
        with partial.open("wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except (OSError, RuntimeError) as error:
        partial.unlink(missing_ok=True)
        raise TrainingError(f"cannot write the checkpoint {path}: {error}; free some space and run again") from error


def load(path: Path) -> dict[str, Any]:
    """Read a checkpoint, tensors and plain values only (`weights_only`: nothing in the file can run code)."""
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError, ValueError, KeyError) as error:
        raise TrainingError(f"{path} is not a checkpoint of hairtint train: {str(error).splitlines()[0]}") from error
    if not isinstance(state, dict) or "config" not in state or "ema" not in state:
        raise TrainingError(f"{path} is not a checkpoint of hairtint train: name a run folder's best.pt or last.pt")
    return state
