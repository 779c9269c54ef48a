"""What the pages are made of: logs of runs, the zoo's manifests, measured figures, and what the report states."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from hairtint import zoo
from hairtint.training import curves, run_files, terms
from hairtint.training.config import Config
from hairtint.training.files import read_json

HERE = Path(__file__).parent
DOCS = HERE.parent
PICTURES = DOCS / "pictures" / "report"
RUNS = HERE / "runs"
FIGARO, CELEBA = "figaro1k", terms.CELEBAMASK  # the two sets that the report used

# The report's table in section 3.4, of its second network.
STATED = {
    "validation": {"bce": 0.06, "accuracy": 0.86, "dice": 0.95},
    "training": {"bce": 0.01, "accuracy": 0.95, "dice": 0.98},
}
# Section 3.2: photos of Figaro1k, pictures made of each, photos of CelebAMask-HQ, all together, share trained on.
DATA = {"figaro": 1050, "copies": 8, "celeba": 30_000, "all": 38_400, "share": 0.8}
PUBLISHED_IOU = {"PSPNet-ResNet101": 0.92}  # by YBIGTA/pytorch-hair-segmentation, on the test split


@dataclass(frozen=True)
class Run:
    """The log of one training.

    Attributes: name of its folder; config as it was trained; rows of log.csv, one an epoch.
    """

    name: str
    config: Config
    rows: list[dict[str, float]]

    @classmethod
    def load(cls, folder: Path) -> Run:
        """Read config.json and log.csv; errors are those of Config."""
        values = read_json(folder / run_files.CONFIG)
        return cls(folder.name, Config.from_dict(values, str(folder)), curves.read(folder / run_files.LOG))

    @property
    def best(self) -> dict[str, float]:
        """The epoch whose weights are exported: the highest mean validation IoU."""
        return max(self.rows, key=lambda row: row["validation_iou"])

    @property
    def by_report(self) -> bool:
        """Whether it is the report's training: its recipe, optimiser and loss, however many epochs and pixels."""
        stated, mine = Config(self.config.network), self.config
        keys = ("recipe", "batch", "optimizer", "lr", "schedule", "loss")
        return all(getattr(stated, key) == getattr(mine, key) for key in keys)


@dataclass(frozen=True)
class Sources:
    """Everything that text and plots are made of.

    Attributes: runs in the zoo's order; measured: measured.json; speed: speed.json, either of them possibly empty.
    """

    runs: list[Run]
    measured: dict[str, Any]
    speed: dict[str, Any]

    @classmethod
    def load(cls, home: Path = HERE) -> Sources:
        """Read what lies in a folder like this one; what is missing counts as not done yet."""
        folders = [path.parent for path in sorted(home.glob(f"runs/*/{run_files.CONFIG}"))]
        runs = [run for run in map(Run.load, folders) if run.rows]
        runs.sort(key=lambda run: (zoo.ORDER.index(run.config.network), run.by_report, run.name))
        return cls(runs, read(home / "measured.json"), read(home / "speed.json"))

    @cached_property
    def shipped(self) -> dict[str, dict[str, Any]]:
        """The manifest's words on each network that comes with the project, in the zoo's order."""
        found: dict[str, dict[str, Any]] = {}
        for folder in zoo.folders():
            found = zoo.read_manifest(folder) | found
        return {name: found[name] for name in zoo.ORDER if name in found}


def read(path: Path) -> dict[str, Any]:
    """A JSON file; empty where there is none."""
    return read_json(path) if path.is_file() else {}


def write(path: Path, values: dict[str, Any]) -> None:
    """A JSON file that git can compare line by line."""
    path.write_text(json.dumps(values, indent=1) + "\n", encoding="utf-8")
