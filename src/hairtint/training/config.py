"""One training, described by a TOML file. Unknown keys are refused, so that a typo never trains the wrong thing."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_type_hints

from hairtint.errors import TrainingError, reason
from hairtint.training import augment

MOST = 2**63 - 1  # what torch takes as a seed, and more than any other number here can mean
MOST_OFTEN = 10_000  # times that an epoch shows a photo
CHOICES = {
    "recipe": tuple(augment.RECIPES),
    "optimizer": ("adam", "adamw"),
    "schedule": ("constant", "cosine"),
    "precision": ("32-true", "bf16-mixed", "16-mixed"),
}


@dataclass(frozen=True)
class Config:
    """Everything that decides how a network is trained; the defaults are the report's (section 3.4)."""

    network: str
    size: int = 256
    recipe: str = "report"
    covered: float = 0.0  # share of the photos whose hair is drawn over with cloth, which is not hair
    dyed: float = 0.0  # share of the photos whose hair, or something else, is dyed
    shaved: str = ""  # the set whose masks call beards hair, which training does not
    epochs: int = 50  # 0 keeps the weights that it starts from
    batch: int = 16
    optimizer: str = "adam"
    lr: float = 1e-4
    weight_decay: float = 0.0
    schedule: str = "constant"
    warmup_steps: int = 0
    clip_norm: float = 0.0
    loss: dict[str, float] = field(default_factory=lambda: {"bce": 1.0})
    repeat: dict[str, float] = field(default_factory=dict)
    teacher: float = 0.0  # share of the target that the masks of hairtint data teach have
    ema: float = 0.0
    frozen_blocks: int = 0
    precision: str = "32-true"
    seed: int = 0
    validation: float = 0.2
    workers: int = 1
    checkpoint_minutes: float = 3.0

    def __post_init__(self) -> None:
        for key, allowed in CHOICES.items():
            if getattr(self, key) not in allowed:
                raise TrainingError(f"{key} = {getattr(self, key)!r} is unknown: choose one of {', '.join(allowed)}")
        for key, value in self._numbers():
            if not 0 <= value <= MOST:
                raise TrainingError(f"{key} = {str(value)[:40]} must be a number from 0 to {MOST}")
        for name, times in self.repeat.items():
            if times > MOST_OFTEN:
                raise TrainingError(f"repeat.{name} = {times:g} must be at most {MOST_OFTEN}")
        for key in ("size", "batch", "lr", "checkpoint_minutes"):
            if getattr(self, key) == 0:
                raise TrainingError(f"{key} = 0 must be above 0")
        if not 0 < self.validation < 1:
            raise TrainingError(f"validation = {self.validation} must lie between 0 and 1, 0.2 say")
        for key in ("teacher", "covered", "dyed"):
            if getattr(self, key) > 1:
                raise TrainingError(f"{key} = {getattr(self, key)} is a share: it must lie between 0 (off) and 1")
        if not 0 <= self.ema < 1:
            raise TrainingError(f"ema = {self.ema} must be at least 0 (off) and below 1")
        if unknown := set(self.loss) - {"bce", "dice", "edge"}:
            raise TrainingError(f"unknown loss {', '.join(sorted(unknown))}: bce, dice and edge are known")
        if not self.loss.get("bce") and not self.loss.get("dice"):
            raise TrainingError("the loss is empty: give bce or dice a weight above 0")

    @classmethod
    def load(cls, path: Path) -> Config:
        """Read a TOML file; raises TrainingError on a missing file, bad TOML, unknown keys and wrong types."""
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except OSError as error:
            raise TrainingError(f"cannot read {path}: {reason(error)}") from error
        except (ValueError, RecursionError) as error:  # ValueError: not TOML, not UTF-8, or a number without end
            raise TrainingError(f"{path} is not valid TOML: {error}") from error
        return cls.from_dict(values, str(path))

    @classmethod
    def from_dict(cls, values: dict[str, Any], where: str) -> Config:
        """Check keys and types; `where` names the source in messages."""
        kinds = get_type_hints(cls)
        if unknown := sorted(map(str, values.keys() - kinds.keys())):
            raise TrainingError(f"{where}: unknown key {', '.join(unknown)}; known: {', '.join(kinds)}")
        if "network" not in values:
            raise TrainingError(f'{where}: network is missing; add network = "light", say')
        typed = {key: _typed(key, value, kinds[key], where) for key, value in values.items()}
        try:
            return cls(**typed)
        except TrainingError as error:
            raise TrainingError(f"{where}: {error}") from error

    def as_dict(self) -> dict[str, Any]:
        """Plain types only, for checkpoints and cards."""
        return dataclasses.asdict(self)

    def _numbers(self) -> Iterator[tuple[str, float]]:
        for key, value in self.as_dict().items():
            if isinstance(value, dict):
                yield from ((f"{key}.{name}", number) for name, number in value.items())
            elif not isinstance(value, str):
                yield key, value


def _typed(key: str, value: Any, kind: Any, where: str) -> Any:
    if kind is float and isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MOST:
        return float(value)
    if kind in (int, float, str):
        good = type(value) is kind
    else:
        good = isinstance(value, dict) and all(type(v) in (int, float) for v in value.values())
    if not good:
        wanted = kind.__name__ if kind in (int, float, str) else "a table of numbers"
        raise TrainingError(f"{where}: {key} = {value!r} must be {wanted}")
    return value
