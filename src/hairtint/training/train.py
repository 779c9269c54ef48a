"""The training loop: one run folder, one config, resumable at any moment.

A run folder holds config.json, data.json (which photo is on which side, and what was left out), log.csv, loss.png,
accuracy.png, last.pt and best.pt. `best` is the epoch with the highest validation IoU, the mean over the sources.
"""

from __future__ import annotations

import copy
import json
import math
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from lightning_fabric import Fabric
from torch import Tensor, nn

from hairtint import networks
from hairtint.errors import TrainingError
from hairtint.training import checkpoint, curves, losses
from hairtint.training.config import Config
from hairtint.training.datasets import Pair, Report, split
from hairtint.training.loader import Epoch, Photos, as_input, batches
from hairtint.training.metrics import Counts, image_iou

SECONDS_BETWEEN_PLOTS = 60  # drawing takes a second, an epoch of a small network not many more
Progress = Callable[[int, int, str], None]  # steps done, steps in all, a short text


@dataclass
class Score:
    """Loss and metrics of one pass: pooled over pixels, and the mean IoU of the photos by source."""

    loss: float
    accuracy: float
    dice: float
    iou: dict[str, float]

    @property
    def mean_iou(self) -> float:
        """The mean over the sources, so that the largest set does not decide alone."""
        return float(np.mean(list(self.iou.values())))


def train(
    config: Config,
    pairs: Sequence[Pair],
    folder: Path,
    *,
    reports: Sequence[Report] = (),
    weights: Path | None = None,
    progress: Progress = lambda done, total, text: None,
    fabric: Fabric | None = None,
) -> Path:
    """Train, or go on where `folder` left off, and return the path of best.pt.

    `weights`: start from the network in this checkpoint instead of chance. Raises TrainingError where the folder
    belongs to another config, the data leaves a side of the split empty, or the loss is not a number.
    """
    run = _Run(config, pairs, folder, reports, weights, fabric or Fabric(accelerator="auto", devices=1, precision=config.precision))
    return run.go(progress)


class _Run:
    def __init__(
        self,
        config: Config,
        pairs: Sequence[Pair],
        folder: Path,
        reports: Sequence[Report],
        weights: Path | None,
        fabric: Fabric,
    ) -> None:
        self.config, self.folder, self.fabric = config, folder, fabric
        fabric.launch()
        torch.manual_seed(config.seed)
        train_pairs, held = split(pairs, seed=config.seed, validation=config.validation)
        if not held or len(train_pairs) < config.batch:
            raise TrainingError(
                f"{len(train_pairs)} photos to train on and {len(held)} to validate on are too few for batches of {config.batch}"
            )
        self.sources = [pair.source for pair in train_pairs]
        self.held = held
        self._prepare(train_pairs, reports)
        self.photos = Photos(train_pairs, config.size, recipe=config.recipe, seed=config.seed)
        self.check = Photos(held, config.size)
        network = networks.build(config.network).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        if weights:
            network.load_state_dict(checkpoint.load(weights)["ema"])
        self.ema = copy.deepcopy(network).to(fabric.device).eval().requires_grad_(False)
        self.model, self.optimizer = fabric.setup(network, _optimizer(config, network))
        self.raw: nn.Module = network
        self.epoch, self.step, self.start, self.best = 0, 0, 0, -1.0
        self.drawn = -math.inf
        self.total = config.epochs * max(1, len(Epoch(self.sources, config.repeat, config.seed, 0)) // config.batch)

    def _prepare(self, train_pairs: Sequence[Pair], reports: Sequence[Report]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        kept, now = self.folder / "config.json", self.config.as_dict()
        if kept.exists() and json.loads(kept.read_text()) != now:
            raise TrainingError(f"{self.folder} holds a run of another config: name a new folder with --run")
        kept.write_text(json.dumps(now, indent=1) + "\n")
        sides = {"training": train_pairs, "validation": self.held}
        data: dict[str, Any] = {side: sorted(f"{p.source}/{p.stem}" for p in some) for side, some in sides.items()}
        data["report"] = [line for report in reports for line in report.lines()]
        (self.folder / "data.json").write_text(json.dumps(data, indent=1) + "\n")

    def go(self, progress: Progress) -> Path:
        self._resume()
        while self.epoch < self.config.epochs:
            trained = self._one_epoch(progress)
            checked = self.validate()
            self.epoch, self.start = self.epoch + 1, 0
            self._log(trained, checked)
            if checked.mean_iou > self.best:
                self.best = checked.mean_iou
                self._save("best.pt")
            self._save("last.pt")
            progress(self.step, self.total, f"epoch {self.epoch} IoU {checked.mean_iou:.4f} loss {checked.loss:.4f}")
        return self.folder / "best.pt"

    def _one_epoch(self, progress: Progress) -> tuple[float, float]:
        """Mean loss and pixel accuracy of the training batches, as they were met."""
        order = Epoch(self.sources, self.config.repeat, self.config.seed, self.epoch, self.start)
        seen, loss_sum, right = 0, 0.0, 0.0
        saved = time.monotonic()
        self.model.train()
        for rgb, mask in batches(self.photos, order, self.config.batch, self.config.workers):
            x, target = as_input(rgb.to(self.fabric.device), mask.to(self.fabric.device))
            loss, logits = self._learn(x, target)
            loss_sum, seen = loss_sum + loss, seen + 1
            right += float(((logits > 0) == (target > 0.5)).float().mean())
            self.start += len(rgb)
            if time.monotonic() - saved > 60 * self.config.checkpoint_minutes:
                self._save("last.pt")
                saved = time.monotonic()
            progress(self.step, self.total, f"epoch {self.epoch + 1} loss {loss_sum / seen:.4f}")
        return loss_sum / max(1, seen), right / max(1, seen)

    def _learn(self, x: Tensor, target: Tensor) -> tuple[float, Tensor]:
        for group in self.optimizer.param_groups:
            group["lr"] = self.config.lr * _factor(self.config, self.step, self.total)
        logits = _at_size(self.model(x).float(), target)
        loss = losses.combined(logits, target, self.config.loss)
        value = float(loss.detach())
        if not math.isfinite(value):
            raise TrainingError(
                f"the loss is not a number at step {self.step}: lower lr (now {self.config.lr:g}) or set clip_norm;"
                f" {self.folder}/last.pt is the last good state"
            )
        self.optimizer.zero_grad()
        self.fabric.backward(loss)
        if self.config.clip_norm:
            self.fabric.clip_gradients(self.model, self.optimizer, max_norm=self.config.clip_norm)
        self.optimizer.step()
        self.step += 1
        self._average()
        return value, logits.detach()

    @torch.no_grad()
    def _average(self) -> None:
        """Exponential moving average of weights and norms; young averages forget faster (decay (1 + n) / (10 + n))."""
        decay = min(self.config.ema, (1 + self.step) / (10 + self.step))
        for kept, new in zip(self.ema.state_dict().values(), self.raw.state_dict().values(), strict=True):
            if kept.is_floating_point():
                kept.lerp_(new.to(kept), 1 - decay)
            else:
                kept.copy_(new)

    @torch.no_grad()
    def validate(self) -> Score:
        """The averaged network on the photos kept apart, never augmented."""
        loader = batches_in_order(self.check, self.config.batch)
        pooled, losses_, ious = Counts(), [], defaultdict(list)
        position = 0
        for rgb, mask in loader:
            x, target = as_input(rgb.to(self.fabric.device), mask.to(self.fabric.device))
            with self.fabric.autocast():
                logits = _at_size(self.ema(x).float(), target)
            losses_ += [float(losses.combined(logits, target, self.config.loss))] * len(rgb)
            found, true = (logits > 0).cpu().numpy(), mask.numpy() > 127
            for k in range(len(rgb)):
                counts = Counts.of(found[k], true[k])
                pooled += counts
                ious[self.held[position].source].append(image_iou(counts))
                position += 1
        return Score(
            float(np.mean(losses_)), pooled.accuracy, pooled.dice, {s: float(np.mean(v)) for s, v in sorted(ious.items())}
        )

    def _log(self, trained: tuple[float, float], checked: Score) -> None:
        row: dict[str, Any] = {"epoch": self.epoch, "step": self.step}
        row |= {"train_loss": trained[0], "train_accuracy": trained[1]}
        row |= {"validation_loss": checked.loss, "validation_accuracy": checked.accuracy, "validation_dice": checked.dice}
        row |= {"validation_iou": checked.mean_iou} | {f"iou_{source}": iou for source, iou in checked.iou.items()}
        curves.append(self.folder / "log.csv", row)
        if self.epoch == self.config.epochs or time.monotonic() - self.drawn > SECONDS_BETWEEN_PLOTS:
            curves.plot(self.folder)
            self.drawn = time.monotonic()

    def _save(self, name: str) -> None:
        state = {
            "config": self.config.as_dict(),
            "network": self.raw.state_dict(),
            "ema": self.ema.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "epoch": self.epoch,
            "step": self.step,
            "start": self.start,
            "best": self.best,
        }
        checkpoint.save(self.folder / name, state)

    def _resume(self) -> None:
        last = self.folder / "last.pt"
        if not last.exists():
            return
        state = checkpoint.load(last)
        self.raw.load_state_dict(state["network"])
        self.ema.load_state_dict(state["ema"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.epoch, self.step, self.start, self.best = (state[k] for k in ("epoch", "step", "start", "best"))
        curves.trim(self.folder / "log.csv", self.epoch)


def batches_in_order(photos: Photos, batch: int) -> torch.utils.data.DataLoader[tuple[Tensor, Tensor]]:
    """Every photo once, in order."""
    return torch.utils.data.DataLoader(photos, batch, sampler=[(0, k) for k in range(len(photos))])


def _at_size(logits: Tensor, target: Tensor) -> Tensor:
    """Logits at the target's size: some networks answer at half of their input's."""
    if logits.shape == target.shape:
        return logits
    return F.interpolate(logits, target.shape[-2:], mode="bilinear", align_corners=False)


def _optimizer(config: Config, network: nn.Module) -> torch.optim.Optimizer:
    kinds = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
    return kinds[config.optimizer](network.parameters(), lr=config.lr, weight_decay=config.weight_decay)


def _factor(config: Config, step: int, total: int) -> float:
    """What the learning rate is multiplied by at a step: a linear warm-up, then constant or half a cosine."""
    if step < config.warmup_steps:
        return (step + 1) / config.warmup_steps
    if config.schedule == "constant":
        return 1.0
    done = min(1.0, (step - config.warmup_steps) / max(1, total - config.warmup_steps))
    return 0.5 * (1 + math.cos(math.pi * done))
