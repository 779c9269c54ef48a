"""Where the training computes: device, precision, number of processes and of hosts, by Lightning Fabric.

Several processes each take their share of every batch and average their gradients; the first of them alone validates
and writes. Norms are of each process's own share.
"""

from __future__ import annotations

import hashlib
import os
import warnings
from typing import Any

import torch
from lightning_fabric import Fabric

from hairtint import networks
from hairtint.errors import TrainingError
from hairtint.training.config import Config

UNKNOWN_MACHINE = 8e9  # bytes of memory, where the system does not say


class SharedError(TrainingError):
    """A refusal that every process comes to, so that one of them speaks for all."""


def start(devices: str, config: Config, nodes: int = 1) -> Fabric:
    """Fabric for "auto" or a number of devices (of processes, where there is only a CPU) on each of `nodes` hosts.

    Under torchrun its own numbers hold, whatever is given. Raises TrainingError where these devices cannot be had.
    """
    if devices != "auto" and not (devices.isdecimal() and int(devices) > 0):
        raise TrainingError(f"--devices {devices} must be auto or a number above 0")
    if torch.distributed.is_available() and torch.distributed.is_torchelastic_launched():
        devices = os.environ["LOCAL_WORLD_SIZE"]
        nodes = int(os.environ["WORLD_SIZE"]) // int(devices)
    warnings.filterwarnings("ignore", module="lightning_fabric")
    torch.backends.cudnn.benchmark = True  # every batch has the same shape
    precision: Any = config.precision
    count = devices if devices == "auto" else int(devices)
    try:
        return Fabric(accelerator="auto", devices=count, num_nodes=nodes, precision=precision)
    except Exception as error:  # Fabric's own error type is private
        raise TrainingError(f"--devices {devices} with precision {config.precision} cannot be had: {error}") from error


def check_share(config: Config, processes: int) -> None:
    """Raise SharedError where each process's share of a batch would be uneven, or too small for the network's norms."""
    if config.batch % processes:
        raise SharedError(f"batch = {config.batch} cannot be shared by {processes} processes alike")
    share = config.batch // processes
    with torch.device("meta"):  # there tensors have shapes alone, and nothing is computed
        network = networks.build(config.network).train()
        try:
            network(torch.empty(share, 3, config.size, config.size))
        except ValueError as error:  # norms need two values a channel, where the picture is smallest
            raise SharedError(
                f"{config.network} cannot learn from pictures of size = {config.size} when a batch has {share}"
                f" ({error}): raise batch or size"
            ) from error


def is_first(fabric: Fabric) -> bool:
    """Whether this is the process that speaks, before and after `launch`."""
    return fabric.local_rank == 0 and fabric.global_rank == 0


def agree(fabric: Fabric, *what: object) -> bool:
    """Whether all processes hold the same; they all get the same answer."""
    digest = hashlib.sha256(repr(what).encode()).digest()[:7]  # fits an int64
    mine = torch.tensor(int.from_bytes(digest), device=fabric.device)
    everybody: Any = fabric.all_gather(mine)
    return bool((everybody == mine).all())


def fair_memory(fabric: Fabric) -> float:
    """Bytes that photos may take in this process: half of the machine's memory, shared with its other processes."""
    try:
        whole = float(os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE"))
    except (AttributeError, ValueError, OSError):
        whole = UNKNOWN_MACHINE
    return whole / 2 / getattr(fabric.strategy, "num_processes", 1)
