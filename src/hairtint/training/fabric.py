"""Where the training computes: device, precision and number of processes, by Lightning Fabric.

Several processes each take their share of every batch and average their gradients; the first of them alone validates
and writes. Norms are of each process's own share.
"""

from __future__ import annotations

import warnings
from typing import Any

from lightning_fabric import Fabric

from hairtint.errors import TrainingError
from hairtint.training.config import Config


def start(devices: str, config: Config) -> Fabric:
    """Fabric for "auto" or a number of devices (of processes, where there is only a CPU)."""
    if devices != "auto" and not (devices.isdecimal() and int(devices) > 0):
        raise TrainingError(f"--devices {devices} must be auto or a number above 0")
    warnings.filterwarnings("ignore", module="lightning_fabric")
    precision: Any = config.precision
    count = devices if devices == "auto" else int(devices)
    try:
        return Fabric(accelerator="auto", devices=count, precision=precision)
    except Exception as error:  # Fabric's own error type is private
        why = " ".join(str(error).split())
        raise TrainingError(f"--devices {devices} with precision {config.precision} cannot be had: {why}") from error


def is_first(fabric: Fabric) -> bool:
    """Whether this is the process that speaks, before and after `launch`."""
    return fabric.local_rank == 0 and fabric.global_rank == 0
