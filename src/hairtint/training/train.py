"""The training loop: one run folder, one config, resumable at any moment.

A run folder holds config.json, data.json (which photo is on which side, and what was left out), origin.json (the code's
commit and the weights that it started from), log.csv, loss.png, accuracy.png, last.pt and best.pt. `best` is the epoch
with the highest validation IoU, the mean over the sources with hair; epoch 0 are the weights given to start from.
"""

from __future__ import annotations

import copy
import math
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Tensor, nn

from hairtint.errors import TrainingError
from hairtint.training import checkpoint, curves, losses, mishaps, run_files, run_folder, schedule
from hairtint.training import teacher as masks_of
from hairtint.training.config import Config
from hairtint.training.datasets import split
from hairtint.training.fabric import SharedError, agree, check_share, fair_memory, is_first, start
from hairtint.training.files import alone
from hairtint.training.initial import first_network
from hairtint.training.loader import Epoch, Photos, as_input, batches, steps
from hairtint.training.pairs import Pair, Report
from hairtint.training.validating import Score, validate

SECONDS_BETWEEN_PLOTS = 60  # drawing takes a second, an epoch of a small network not many more
Progress = Callable[[int, int, str], None]  # steps done, steps in all, a short text


def train(
    config: Config,
    pairs: Sequence[Pair],
    folder: Path,
    *,
    reports: Sequence[Report] = (),
    weights: Path | None = None,
    mean_with: Path | None = None,
    encoder: Path | None = None,
    teacher: Path | None = None,
    memory: float | None = None,
    progress: Progress = lambda done, total, text: None,
    fabric: Fabric | None = None,
) -> Path:
    """Train, or go on where `folder` left off, and return the path of best.pt.

    `weights`: start from the network in this checkpoint, or in this exported .onnx, instead of chance. `mean_with`:
    from the mean of the weights in that .onnx and in this one. `encoder`: start its encoder from this file of ImageNet
    weights. All three are for the first start only. `teacher`: folder of the masks that hairtint data teach wrote, for
    a config with a share for them. `memory`: bytes of decoded photos that each process may keep, by default its share
    of half the machine's.

    Raises TrainingError where the folder belongs to another config, other data or other first weights, there are none
    to keep though epochs = 0, they have learnt from photos that are kept for validation, the data is too little for a
    batch or a validation side, shows no hair at all, or lacks the set to shave, a batch too small for the network or
    too large for the memory, a worker or another process was killed, or the loss is not a number, OutputError where
    another run writes into the folder or nothing can be written, DataError where masks of the teacher are missing.
    """
    if not config.epochs and not weights and not (folder / run_files.LAST).exists():
        raise TrainingError("epochs = 0 keeps the weights that a training starts from: give them with --from")
    if bool(config.teacher) != (teacher is not None):
        raise TrainingError("a teacher needs both: a folder (--teacher) and its share (teacher = 0.5 in the config)")
    fabric = fabric or start("1", config)
    given = {
        "weights": weights, "mean_with": mean_with, "encoder": encoder, "teacher": teacher and teacher / masks_of.NOTE
    }  # fmt: skip
    if (folder / run_files.LAST).exists():
        weights = mean_with = encoder = None
    sides = split(pairs, seed=config.seed, validation=config.validation)
    if teacher:
        sides = masks_of.taught(sides[0], teacher), sides[1]
    _check_data(config, *sides)
    if reports and all(report.empty == report.pairs for report in reports):
        raise TrainingError(
            "no photo shows any hair: the masks of --data are all black; white must be where the hair is"
        )
    network = first_network(config, weights, encoder, sides[0], mean_with=mean_with)
    check_share(config, fabric.world_size)
    began = None
    with alone(folder) if is_first(fabric) else nullcontext():
        if is_first(fabric):  # before there are other processes that would wait for one that refuses
            began = run_folder.prepare(folder, config, sides, reports, given)
        with mishaps.told(config, fabric.world_size):
            fabric.launch()
            return _Run(config, sides, folder, network, fabric, memory, began).go(progress, given=bool(weights))


def _check_data(config: Config, trained: Sequence[Pair], held: Sequence[Pair]) -> None:
    steps = len(Epoch([pair.source for pair in trained], config.repeat, config.seed, 0, config.batch))
    if not held or not steps:
        raise TrainingError(
            f"{len(trained)} photos to train on and {len(held)} to validate on are too few for batches of"
            f" {config.batch}: give more --data, a smaller batch, or another validation share"
        )
    if config.shaved and config.shaved not in (sources := sorted({pair.source for pair in trained})):
        raise TrainingError(f"shaved = {config.shaved!r} is none of the sets here: {', '.join(sources)}")


class _Run:
    def __init__(
        self,
        config: Config,
        sides: run_folder.Sides,
        folder: Path,
        network: nn.Module,
        fabric: Fabric,
        memory: float | None = None,
        began: dict[str, Any] | None = None,
    ) -> None:
        self.config, self.folder, self.fabric = config, folder, fabric
        self.began = {key: value for key, value in (began or {}).items() if key != "seen"}
        train_pairs, self.held = sides
        self.sources = [pair.source for pair in train_pairs]
        memory = fair_memory(fabric) if memory is None else memory
        self.check = Photos(self.held, config.size, memory=memory if is_first(fabric) else 0)
        self.photos = Photos(
            train_pairs, config.size, recipe=config.recipe, seed=config.seed, memory=memory - self.check.bytes,
            teacher=config.teacher, covered=config.covered, dyed=config.dyed, shaved=config.shaved,
        )  # fmt: skip
        network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.ema = copy.deepcopy(network).to(fabric.device).eval().requires_grad_(False)
        self.model, self.optimizer = fabric.setup(network, schedule.optimizer(config, network))
        self.raw: nn.Module = network
        self.epoch, self.step, self.start, self.best = 0, 0, 0, -1.0
        self.met = [0.0, 0.0, 0.0]  # of this epoch: batches, and the sums of their losses and accuracies
        self.drawn = -math.inf
        self.total = steps(self.sources, config.repeat, config.seed, config.epochs, config.batch)

    def go(self, progress: Progress, *, given: bool = False) -> Path:
        """Learn to the end. given: the network starts from weights that are to be beaten."""
        self._resume()
        if given:
            self._check(progress)
        while self.epoch < self.config.epochs:
            self._one_epoch(progress)
            self.epoch, self.start = self.epoch + 1, 0
            self._check(progress)
        return self.folder / run_files.BEST

    def _check(self, progress: Progress) -> None:
        """The end of an epoch: validate, log, keep."""
        met, self.met = self.met, [0.0, 0.0, 0.0]
        if is_first(self.fabric):
            checked = self.validate()
            self._log(met, checked)
            if checked.mean_iou > self.best:
                self.best = checked.mean_iou
                self._save(run_files.BEST)
            self._save(run_files.LAST)
            self._draw()
            progress(self.step, self.total, f"epoch {self.epoch} IoU {checked.mean_iou:.4f} loss {checked.loss:.4f}")
        self.fabric.barrier()

    def _order(self) -> Epoch:
        return Epoch(
            self.sources, self.config.repeat, self.config.seed, self.epoch, self.config.batch,
            start=self.start, rank=self.fabric.global_rank, processes=self.fabric.world_size,
        )  # fmt: skip

    def _one_epoch(self, progress: Progress) -> None:
        saved = time.monotonic()
        self.model.train()
        for rgb, mask in batches(self.photos, self._order(), self.config.workers):
            on = self.fabric.device
            x, target = as_input(rgb.to(on, non_blocking=True), mask.to(on, non_blocking=True))
            loss, accuracy = self._learn(x, target)
            self.met = [self.met[0] + 1, self.met[1] + loss, self.met[2] + accuracy]
            self.start += self.config.batch
            if time.monotonic() - saved > 60 * self.config.checkpoint_minutes:
                self._save(run_files.LAST)
                saved = time.monotonic()
            progress(self.step, self.total, f"epoch {self.epoch + 1} loss {self.met[1] / self.met[0]:.4f}")

    def _learn(self, x: Tensor, target: Tensor) -> tuple[float, float]:
        """One step; the loss and the pixel accuracy of the batch, over all processes, before it."""
        for group in self.optimizer.param_groups:
            group["lr"] = self.config.lr * schedule.factor(self.config, self.step, self.total)
        logits = self.model(x).float()
        loss = losses.combined(logits, target, self.config.loss)
        right = ((logits.detach() > 0) == (target > 0.5)).float().mean()
        means: Any = self.fabric.all_reduce(torch.stack([loss.detach(), right]), reduce_op="mean")
        value, accuracy = means.tolist()
        if not math.isfinite(value):
            raise self._lost("the loss is not a number")
        self.optimizer.zero_grad()
        self.fabric.backward(loss)
        if self.config.clip_norm:
            norm: Any = self.fabric.clip_gradients(
                self.model, self.optimizer, max_norm=self.config.clip_norm, error_if_nonfinite=False
            )
            if self.config.precision != "16-mixed" and not math.isfinite(norm):  # there, the scaler skips such steps
                raise self._lost("the gradient is not a number")
        self.optimizer.step()
        self.step += 1
        schedule.average(self.ema, self.raw, self.config.ema, self.step)
        return value, accuracy

    def _lost(self, what: str) -> SharedError:
        last = self.folder / run_files.LAST
        good = f"{last} is the last good state" if last.exists() else "nothing is saved"
        return SharedError(f"{what} at step {self.step}: lower lr (now {self.config.lr:g}) or set clip_norm; {good}")

    def validate(self) -> Score:
        """The averaged network on the photos kept apart, never augmented."""
        return validate(self.ema, self.check, self.config, self.fabric)

    def _log(self, met: list[float], checked: Score) -> None:
        seen, *sums = met
        loss, right = (value / seen if seen else math.nan for value in sums)
        row: dict[str, Any] = {"epoch": self.epoch, "step": self.step}
        row |= {"train_loss": loss, "train_accuracy": right}
        row |= {"validation_loss": checked.loss, "validation_accuracy": checked.accuracy}
        row |= {"validation_dice": checked.dice, "validation_iou": checked.mean_iou}
        row |= {f"iou_{source}": iou for source, iou in checked.iou.items()}
        curves.append(self.folder / run_files.LOG, row)

    def _draw(self) -> None:
        if self.epoch == self.config.epochs or time.monotonic() - self.drawn > SECONDS_BETWEEN_PLOTS:
            curves.plot(self.folder)
            self.drawn = time.monotonic()

    def _save(self, name: str) -> None:
        if not is_first(self.fabric):
            return
        network = self.raw.state_dict()
        if not all(value.isfinite().all() for value in network.values()):
            raise self._lost("the weights are not numbers")
        state = {
            "config": self.config.as_dict(), "network": network, "ema": self.ema.state_dict(),
            "optimizer": self.optimizer.state_dict(), "epoch": self.epoch, "step": self.step, "start": self.start,
            "best": self.best, "met": self.met, "precision": self.fabric.strategy.precision.state_dict(),
            "origin": self.began,
        }  # fmt: skip
        checkpoint.save(self.folder / name, state)

    def _resume(self) -> None:
        last = self.folder / run_files.LAST
        if last.exists():
            state = checkpoint.load(last)
            checkpoint.into(self.raw, state["network"], last)
            checkpoint.into(self.ema, state["ema"], last)
            self.optimizer.load_state_dict(state["optimizer"])
            self.epoch, self.step, self.start, self.best = (state[k] for k in ("epoch", "step", "start", "best"))
            self.met = state.get("met", self.met)
            if scaling := state.get("precision"):  # what 16-mixed multiplies the loss by
                self.fabric.strategy.precision.load_state_dict(scaling)
        names = [pair.name for pair in [*self.photos.pairs, *self.held]]
        if not agree(self.fabric, names, self.step):
            raise SharedError(
                f"the hosts do not see the same photos and the same {self.folder}: give each the same --data, and a"
                " --run that lies on a disk they share"
            )
        if is_first(self.fabric):
            curves.trim(self.folder / run_files.LOG, self.epoch if last.exists() else -1)
