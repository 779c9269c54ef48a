"""Checkpoints for `hairtint export` and `hairtint train --from`: damaged archives, pickles and contents."""

import io
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import torch
from damage import damaged, files
from hypothesis import strategies as st

from hairtint import networks
from hairtint.training import checkpoint
from hairtint.training.config import Config
from hairtint.training.export import Trained


def saved(state: Any, **options: Any) -> bytes:
    buffer = io.BytesIO()
    torch.save(state, buffer, **options)
    return buffer.getvalue()


SMALL = {
    "config": {"network": "light"},
    "ema": {"head.weight": torch.zeros(1, 2), "head.bias": torch.zeros(1)},
    "step": 3,
}
SEEDS = {
    "small": saved(SMALL),
    "old": saved(SMALL, _use_new_zipfile_serialization=False),
    "list": saved([1, torch.ones(2)]),
    "other": saved({"config": None, "ema": {1: "x"}, "step": None}),
    "half": saved({"ema": torch.ones(3).half().to_sparse()}),
}
CONFIG = st.dictionaries(
    st.sampled_from([*Config.__dataclass_fields__, "more"]),
    st.integers() | st.text(max_size=5) | st.none() | st.floats(),
)
VALUE = st.one_of(st.none(), st.integers(), st.text(max_size=5), st.lists(st.integers(), max_size=2), CONFIG)
STATE = st.fixed_dictionaries(
    {},
    optional={
        "config": st.just({"network": "light"}) | CONFIG.map(lambda c: {"network": "light"} | c) | VALUE,
        "ema": st.just("whole") | VALUE,
        "step": st.integers(-5, 5) | VALUE,
    },
)
CASES = st.one_of(
    st.tuples(st.just("file"), files(SEEDS)),
    st.tuples(st.just("pickle"), files(SEEDS)),
    st.tuples(st.just("state"), STATE),
)


@cache
def whole() -> dict[str, torch.Tensor]:
    return networks.build("light").state_dict()


def repacked(case: tuple[str, int, str]) -> bytes:
    """The archive with its pickle damaged: checksums are right again."""
    data = SEEDS[case[0]]
    if not zipfile.is_zipfile(io.BytesIO(data)):
        return damaged(SEEDS, case)
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(buffer, "w") as after:
        for entry in before.namelist():
            content = before.read(entry)
            after.writestr(entry, damaged({"": content}, ("", case[1], "")) if entry.endswith("data.pkl") else content)
    return buffer.getvalue()


def run(case: tuple[str, Any], box: Path) -> None:
    kind, given = case
    path = box / "best.pt"
    if kind == "state":
        path.write_bytes(saved({k: whole() if v == "whole" else v for k, v in given.items()}))
    else:
        path.write_bytes(damaged(SEEDS, given) if kind == "file" else repacked(given))
    checkpoint.load_state(path)
    Trained.load(box)
