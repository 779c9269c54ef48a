"""Where the training computes: device, precision and number of processes, by Lightning Fabric."""

from __future__ import annotations

import warnings

from lightning_fabric import Fabric

from hairtint.errors import TrainingError
from hairtint.training.config import Config


def start(devices: str, config: Config) -> Fabric:
    """Fabric for "auto" or a number of devices (of processes, where there is only a CPU)."""
    if devices != "auto" and not (devices.isdigit() and int(devices) > 0):
        raise TrainingError(f"--devices {devices} must be auto or a number above 0")
    warnings.filterwarnings("ignore", module="lightning_fabric")
    return Fabric(accelerator="auto", devices=devices if devices == "auto" else int(devices), precision=config.precision)  # type: ignore[arg-type]
