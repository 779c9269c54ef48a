"""scripts/train-again, with a stand-in for hairtint that looks for every file a stage is given and trains nothing."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2]
OTHERS = {"configs/fine-celebamask.toml", "configs/own.toml", "configs/own-swift.toml"}  # part of nothing that ships
STAND_IN = """#!/usr/bin/env bash
set -e
echo "$1 $2" >> calls
command=$1 source=$2 run= teacher=
[ "$1" != train ] || [ -f "$2" ]
while [ $# -gt 0 ]; do
    case $1 in
    --from | --mean-with | --teacher) [ -e "$2" ] ;;
    --run) run=$2 ;;
    --name) name=$2 ;;
    --zoo) zoo=$2 ;;
    -o) mkdir -p "$2" && teacher=$2/teacher.json ;;
    esac
    shift
done
[ -z "$run" ] || { mkdir -p "$run"; touch "$run/best.pt" "$run/last.pt"; }
[ "$command" != export ] || [ -z "$name" ] || { mkdir -p "$zoo"; echo "$source" > "$zoo/$name.onnx"; }
[ -z "$teacher" ] || [ ! -e "$teacher" ] || cat "$HAIRTINT_MODELS"/{fine,deep}.onnx | cmp "$teacher"
[ -z "$teacher" ] || cat "$HAIRTINT_MODELS"/{fine,deep}.onnx > "$teacher"
"""


@pytest.fixture
def checkout(tmp_path):
    """A folder with the script, the configs, the stand-in, and networks that teach, as a checkout ships them."""
    for name in ("scripts/train-again", "configs"):
        source = HOME / name
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    stand_in = tmp_path / "hairtint"
    stand_in.write_text(STAND_IN)
    stand_in.chmod(0o755)
    (tmp_path / "zoo").mkdir()
    for name in ("fine", "deep"):
        (tmp_path / f"zoo/{name}.onnx").write_text("as shipped")
    return tmp_path


def again(checkout, *networks):
    env = {"PATH": "/usr/bin:/bin", "HAIRTINT": str(checkout / "hairtint"), "ZOO": "zoo", "ENCODER": "encoder.pt"}
    return [subprocess.run([checkout / "scripts/train-again", name], env=env).returncode for name in networks]


def documented_order():
    """The networks in the order that the script's header gives."""
    header = (HOME / "scripts/train-again").read_text().split("set -euo")[0]
    order = header.partition("Order for all: ")[2]
    return re.findall(r"swift-first|deep|fine|light|swift|medium|full", re.sub("which learn.*?;", "", order))


def test_every_stage_is_given_what_stages_before_it_made(checkout):
    order = documented_order()
    assert len(order) == len(set(order)) == 7
    assert not any(again(checkout, *order))
    assert len([*(checkout / "runs").glob("teacher-*")]) == 1  # all students have the networks that were just trained
    assert {path.stem for path in (checkout / "zoo").iterdir()} >= {"light", "fine", "swift"}
    used = {line.split()[1] for line in (checkout / "calls").read_text().splitlines() if line.startswith("train")}
    left = {f"configs/{path.name}" for path in (checkout / "configs").iterdir()} - used
    assert {name for name in left if not name.startswith("configs/report-")} == OTHERS


def test_students_of_the_networks_before_bar_none_of_those_after(checkout):
    assert not any(again(checkout, "light", "swift-first", "deep", "fine", "swift"))
    assert len([*(checkout / "runs").glob("teacher-*")]) == 2


def test_what_is_done_is_passed_over_and_what_is_missing_stops(checkout):
    assert again(checkout, "deep", "swift-first", "swift-first", "blond") == [1, 0, 0, 2]
    calls = (checkout / "calls").read_text().splitlines()
    assert calls.count("train configs/swift.toml") == 1
