"""Pairs as shuffled batches of tensors: the same seed gives the same batches, whatever the number of workers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler

from hairtint.errors import DataError
from hairtint.training import augment, beards, cloth, dyes, mishaps, teacher
from hairtint.training.pairs import Array, Pair, hard

Sample = tuple[Tensor, Tensor]
Index = tuple[int, int]
AT_ONCE = 64  # photos that are read ahead of what is kept


class Photos(Dataset[Sample]):
    """Photos at about twice the training size where they are varied, at the training size where not.

    The first of them are kept in memory, as many as `memory` bytes hold, so that an epoch need not decode them; the
    others are read when their turn comes. An index is (draw, position): chance depends on these and the seed alone, not
    on who asks first nor on what is kept. `teacher`: the share of the target that a teacher's mask has, where a photo
    has one and shows hair; all targets are soft then, and black and white without a teacher. `covered`: the share of
    photos whose hair is drawn over with cloth before they are varied (hairtint.training.cloth). `dyed`: that of photos
    whose hair, or something else, is dyed after that (hairtint.training.dyes). `shaved`: the source whose masks call
    beards hair, which the target does not (hairtint.training.beards).
    """

    def __init__(
        self,
        pairs: Sequence[Pair],
        size: int,
        *,
        recipe: str | None = None,
        seed: int = 0,
        memory: float = math.inf,
        teacher: float = 0.0,
        covered: float = 0.0,
        dyed: float = 0.0,
        shaved: str = "",
    ) -> None:
        self.pairs, self.size, self.seed, self.teacher = pairs, size, seed, teacher
        self.covered, self.dyed, self.shaved = covered, dyed, shaved
        self.recipe = augment.RECIPES[recipe] if recipe else None
        self.kept: list[tuple[Array, Array]] = []
        self.bytes = 0  # of what is kept
        with ThreadPoolExecutor() as pool:
            while len(self.kept) < len(pairs) and self.bytes < memory:
                first = len(self.kept)
                for rgb, mask in pool.map(self._read, range(first, min(first + AT_ONCE, len(pairs)))):
                    if self.bytes >= memory:
                        break
                    self.kept.append((rgb, mask))
                    self.bytes += rgb.nbytes + mask.nbytes

    def __len__(self) -> int:
        return len(self.pairs)

    def _read(self, position: int) -> tuple[Array, Array]:
        pair = self.pairs[position]
        rgb, mask = pair.read()
        beard = beards.under(mask) if pair.source == self.shaved else None
        if self.teacher and pair.taught and mask.any():  # teachers see hair on bald heads
            mask = cv2.addWeighted(mask, 1 - self.teacher, teacher.read(pair.taught, mask.shape), self.teacher, 0)
        if beard is not None:
            mask = np.where(beard, mask.dtype.type(0), mask)
        return _shrunk(rgb, mask, 2 * self.size) if self.recipe else augment.fit(rgb, mask, self.size)

    def __getitem__(self, index: Index) -> Sample:
        draw, position = index
        rgb, mask = self.kept[position] if position < len(self.kept) else self._read(position)
        if self.recipe:
            rng = np.random.default_rng([self.seed, draw, position])
            if self.covered and rng.random() < self.covered:
                rgb, mask = cloth.covered(rgb, mask, rng)
            if self.dyed and rng.random() < self.dyed:
                rgb = dyes.dyed(rgb, mask, rng)
            rgb, mask = self.recipe(rgb, mask, rng, self.size)
        if not self.teacher:
            mask = hard(mask)
        return torch.from_numpy(rgb.transpose(2, 0, 1).copy()), torch.from_numpy(mask[None].copy())


class Epoch(Sampler[list[Index]]):
    """The batches of one epoch: every source `repeat` times (fractions by chance), shuffled, from sample `start` on.

    Process `rank` of `processes` gets its share of each batch. A last, smaller batch is left out, as it unsettles the
    norms.
    """

    def __init__(
        self,
        sources: Sequence[str],
        repeat: dict[str, float],
        seed: int,
        epoch: int,
        batch: int,
        *,
        start: int = 0,
        rank: int = 0,
        processes: int = 1,
    ) -> None:
        rng = np.random.default_rng([seed, epoch])
        whole = _whole(_times(sources, repeat), rng)
        self.order = rng.permutation(np.repeat(np.arange(len(whole)), whole))
        self.epoch, self.batch, self.start, self.rank, self.processes = epoch, batch, start, rank, processes

    def __len__(self) -> int:
        return max(0, len(self.order) - self.start) // self.batch

    def __iter__(self) -> Iterator[list[Index]]:
        for k in range(len(self)):
            first = self.start + k * self.batch
            share = range(first + self.rank, first + self.batch, self.processes)
            # A photo that comes several times in an epoch looks different each time: chance follows the slot.
            yield [((self.epoch << 32) + slot, int(self.order[slot])) for slot in share]


def steps(sources: Sequence[str], repeat: dict[str, float], seed: int, epochs: int, batch: int) -> int:
    """How many batches all epochs have; where `repeat` holds fractions, not all have the same."""
    times = _times(sources, repeat)
    if not (times % 1).any():
        return epochs * (int(times.sum()) // batch)
    return sum(int(_whole(times, np.random.default_rng([seed, epoch])).sum()) // batch for epoch in range(epochs))


def _times(sources: Sequence[str], repeat: dict[str, float]) -> Array:
    return np.array([repeat.get(source, 1.0) for source in sources])


def _whole(times: Array, rng: np.random.Generator) -> Array:
    """How often each photo comes in an epoch; a fraction is the chance of once more."""
    return np.asarray(np.floor(times).astype(int) + (rng.random(len(times)) < times % 1))


def batches(photos: Photos, order: Epoch, workers: int) -> Iterator[Sample]:
    """uint8 batches (N, 3, S, S) and (N, 1, S, S); DataError where a photo can no longer be read."""
    if workers:
        cv2.setNumThreads(1)  # a forked process has no use for its parent's thread pool: it waits for it forever
    ahead = 4 if workers else None
    try:
        pinned = torch.cuda.is_available()
        loader = DataLoader(
            photos, batch_sampler=order, num_workers=workers, prefetch_factor=ahead, pin_memory=pinned,
            worker_init_fn=mishaps.deaf,
        )  # fmt: skip
        with mishaps.uninterrupted():  # the workers are forked here
            ready = iter(loader)
        yield from ready
    except DataError as error:  # out of a worker it comes as that one's whole traceback
        why = str(error.args[0]).strip().splitlines()[-1]
        raise DataError(why.removeprefix(f"{DataError.__module__}.{DataError.__name__}: ")) from error


def in_order(photos: Photos, batch: int) -> DataLoader[Sample]:
    """Every photo once, in order."""
    order = [[(0, k) for k in range(first, min(first + batch, len(photos)))] for first in range(0, len(photos), batch)]
    return DataLoader(photos, batch_sampler=order)


def as_input(rgb: Tensor, mask: Tensor) -> Sample:
    """Float tensors in [0, 1], channels last: what the networks and the losses take."""
    return rgb.float().div(255).contiguous(memory_format=torch.channels_last), mask.float().div(255)


def _shrunk(rgb: Array, mask: Array, most: int) -> tuple[Array, Array]:
    height, width = mask.shape
    by = most / max(height, width)
    if by >= 1:
        return rgb, mask
    size = (max(1, round(width * by)), max(1, round(height * by)))
    return (
        cv2.resize(rgb, size, interpolation=cv2.INTER_AREA),
        cv2.resize(mask, size, interpolation=cv2.INTER_AREA),
    )
