"""scripts/train-again, with a stand-in for hairtint that looks for every file a stage is given and trains nothing."""

import shutil
import subprocess
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
STAND_IN = """#!/usr/bin/env bash
set -e
echo "$1 $2" >> calls
command=$1 run=
[ "$1" != train ] || [ -f "$2" ]
while [ $# -gt 0 ]; do
    case $1 in
    --from | --mean-with | --teacher) [ -e "$2" ] ;;
    --run) run=$2 ;;
    --name) name=$2 ;;
    --zoo) zoo=$2 ;;
    -o) mkdir -p "$2" ;;
    esac
    shift
done
[ -z "$run" ] || { mkdir -p "$run"; touch "$run/best.pt" "$run/last.pt"; }
[ "$command" != export ] || [ -z "$name" ] || { mkdir -p "$zoo"; touch "$zoo/$name.onnx"; }
"""


@pytest.fixture
def checkout(tmp_path):
    """A folder with the script, the configs and the stand-in."""
    for name in ("scripts/train-again", "configs"):
        source = HOME / name
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    stand_in = tmp_path / "hairtint"
    stand_in.write_text(STAND_IN)
    stand_in.chmod(0o755)
    return tmp_path


def again(checkout, *networks):
    env = {"PATH": "/usr/bin:/bin", "HAIRTINT": str(checkout / "hairtint"), "ZOO": "zoo", "ENCODER": "encoder.pt"}
    return [subprocess.run([checkout / "scripts/train-again", name], env=env).returncode for name in networks]


def test_every_stage_is_given_what_stages_before_it_made(checkout):
    assert not any(again(checkout, "light", "swift-first", "deep", "fine", "swift", "medium", "full"))
    assert {path.stem for path in (checkout / "zoo").iterdir()} >= {"light", "fine", "swift"}
    used = {line.split()[1] for line in (checkout / "calls").read_text().splitlines() if line.startswith("train")}
    left = {f"configs/{path.name}" for path in (checkout / "configs").iterdir()} - used
    assert {name for name in left if not name.startswith("configs/report-")} == {"configs/fine-celebamask.toml"}


def test_what_is_done_is_passed_over_and_what_is_missing_stops(checkout):
    assert again(checkout, "deep", "swift-first", "swift-first", "blond") == [1, 0, 0, 2]
    calls = (checkout / "calls").read_text().splitlines()
    assert calls.count("train configs/swift.toml") == 1
