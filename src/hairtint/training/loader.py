"""Pairs as shuffled batches of tensors: the same seed gives the same batches, whatever the number of workers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from hairtint.training import augment
from hairtint.training.datasets import Array, Pair

Sample = tuple[Tensor, Tensor]


class Photos(Dataset[Sample]):
    """Photos kept in memory at about twice the training size, so that an epoch costs no decoding.

    An index is (epoch, position): chance depends on these and the seed alone, not on who asks first.
    """

    def __init__(self, pairs: Sequence[Pair], size: int, *, recipe: str | None = None, seed: int = 0) -> None:
        self.size, self.seed = size, seed
        self.recipe = augment.RECIPES[recipe] if recipe else None
        self.kept = [_shrunk(*pair.read(), 2 * size if recipe else size) for pair in pairs]

    def __len__(self) -> int:
        return len(self.kept)

    def __getitem__(self, index: tuple[int, int]) -> Sample:
        epoch, position = index
        rgb, mask = self.kept[position]
        if self.recipe:
            rgb, mask = self.recipe(rgb, mask, np.random.default_rng([self.seed, epoch, position]), self.size)
        else:
            rgb, mask = augment.fit(rgb, mask, self.size)
        return torch.from_numpy(rgb.transpose(2, 0, 1).copy()), torch.from_numpy(mask[None].copy())


class Epoch:
    """The order of one epoch: every source `repeat` times (fractions by chance), shuffled, from sample `start` on."""

    def __init__(self, sources: Sequence[str], repeat: dict[str, float], seed: int, epoch: int, start: int = 0) -> None:
        rng = np.random.default_rng([seed, epoch])
        times = np.array([repeat.get(source, 1.0) for source in sources])
        whole = np.floor(times).astype(int) + (rng.random(len(times)) < times % 1)
        self.order = rng.permutation(np.repeat(np.arange(len(times)), whole))
        self.epoch, self.start = epoch, start

    def __len__(self) -> int:
        return max(0, len(self.order) - self.start)

    def __iter__(self) -> Iterator[tuple[int, int]]:
        for slot in range(self.start, len(self.order)):
            # A photo that comes several times in an epoch looks different each time.
            yield (self.epoch << 32) + slot, int(self.order[slot])


def batches(photos: Photos, order: Epoch, batch: int, workers: int) -> DataLoader[Sample]:
    """uint8 batches (N, 3, S, S) and (N, 1, S, S); a last, smaller batch is left out, as it unsettles the norms."""
    return DataLoader(photos, batch, sampler=order, num_workers=workers, drop_last=True, prefetch_factor=4 if workers else None)


def as_input(rgb: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
    """Float tensors in [0, 1], channels last: what the networks and the losses take."""
    return rgb.float().div(255).contiguous(memory_format=torch.channels_last), mask.float().div(255)


def _shrunk(rgb: Array, mask: Array, most: int) -> tuple[Array, Array]:
    by = most / max(mask.shape)
    if by >= 1:
        return rgb, mask
    rgb = cv2.resize(rgb, None, fx=by, fy=by, interpolation=cv2.INTER_AREA)
    return rgb, cv2.resize(mask, rgb.shape[1::-1], interpolation=cv2.INTER_AREA)
