"""The loop on a tiny data set: repeatable, resumable at any moment, and it learns."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import pytest
import torch
from PIL import Image

from hairtint import zoo
from hairtint.cli import run
from hairtint.errors import TrainingError, UnknownModelError
from hairtint.training import checkpoint, curves, losses, schedule
from hairtint.training.config import Config
from hairtint.training.datasets import open_dataset, split
from hairtint.training.loader import Epoch, steps
from hairtint.training.train import _Run, train


def weights(folder, name="last.pt", part="network"):
    return checkpoint.load(folder / name)[part]


def same(a, b):
    return a.keys() == b.keys() and all(torch.equal(a[key], b[key]) for key in a)


def log(folder):
    with (folder / "log.csv").open() as file:
        return list(csv.DictReader(file))


class Killed(BaseException):
    """What a killed process feels like from inside: nothing catches it."""


def kill_at(step):
    def progress(done, total, text):
        if done == step:
            raise Killed

    return progress


def test_a_run_folder_has_everything(quick, tiny_pairs, tmp_path):
    seen = []
    config = quick()
    best = train(config, tiny_pairs, tmp_path, progress=lambda done, total, text: seen.append((done, total, text)))
    assert best == tmp_path / "best.pt"
    kinds = {
        "config.json",
        "data.json",
        "origin.json",
        "log.csv",
        "loss.png",
        "accuracy.png",
        "last.pt",
        "best.pt",
        ".lock",
    }
    assert {path.name for path in tmp_path.iterdir()} == kinds
    assert (tmp_path / "loss.png").read_bytes()[:4] == b"\x89PNG" == (tmp_path / "accuracy.png").read_bytes()[:4]
    assert json.loads((tmp_path / "config.json").read_text()) == config.as_dict()
    sides = json.loads((tmp_path / "data.json").read_text())
    assert (len(sides["training"]), len(sides["validation"])) == tuple(map(len, split(tiny_pairs)))
    rows = log(tmp_path)
    assert [row["epoch"] for row in rows] == ["1", "2"]
    assert rows[0].keys() >= {"train_loss", "train_accuracy", "validation_loss", "validation_accuracy", "iou_tiny"}
    assert [done for done, _, text in seen if "IoU" not in text] == list(range(1, seen[-1][1] + 1))


@pytest.mark.parametrize("often", [1, 3, 1.5, 0.3])
def test_the_total_is_what_is_done(often):
    """The cosine ends there: with fractions, epochs differ in length."""
    sources, repeat = ["a"] * 37 + ["b"] * 50, {"a": often}
    lengths = [len(Epoch(sources, repeat, 5, epoch, 4)) for epoch in range(40)]
    assert steps(sources, repeat, 5, 40, 4) == sum(lengths)
    assert (len(set(lengths)) > 1) == (often % 1 > 0)


def test_same_seed_same_weights_whatever_the_workers(quick, tiny_pairs, tmp_path):
    for name, changes in (("a", {}), ("b", {"workers": 2}), ("c", {"seed": 1})):
        train(quick(epochs=1, **changes), tiny_pairs, tmp_path / name)
    assert same(weights(tmp_path / "a"), weights(tmp_path / "b"))
    assert not same(weights(tmp_path / "a"), weights(tmp_path / "c"))


@pytest.fixture(scope="module")
def uninterrupted(tiny_pairs, tmp_path_factory):
    config = Config(
        network="light", size=32, epochs=3, batch=4, lr=3e-3, workers=0, ema=0.5, recipe="strong", optimizer="adamw",
        schedule="cosine", warmup_steps=2, clip_norm=1.0, checkpoint_minutes=1e-9,
    )  # fmt: skip
    folder = tmp_path_factory.mktemp("uninterrupted")
    train(config, tiny_pairs, folder)
    return config, folder


@pytest.mark.parametrize("step", [1, 4, 6, 11])
def test_killed_and_resumed_is_as_if_nothing_had_happened(uninterrupted, tiny_pairs, tmp_path, step):
    config, whole = uninterrupted
    with pytest.raises(Killed):
        train(config, tiny_pairs, tmp_path, progress=kill_at(step))
    train(config, tiny_pairs, tmp_path)
    for part in ("network", "ema"):
        assert same(weights(tmp_path, part=part), weights(whole, part=part))
    assert same(weights(tmp_path, "best.pt"), weights(whole, "best.pt"))
    assert log(tmp_path) == log(whole)


def test_killed_between_the_log_and_the_checkpoint(uninterrupted, tiny_pairs, tmp_path, monkeypatch):
    """The line of an epoch that is repeated does not stay; nor does half a line."""
    config, whole = uninterrupted

    def save(self, name):
        if self.epoch == 2 and not self.start:
            raise Killed
        original(self, name)

    original = _Run._save
    with monkeypatch.context() as patch:
        patch.setattr(_Run, "_save", save)
        with pytest.raises(Killed):
            train(config, tiny_pairs, tmp_path)
    assert len(log(tmp_path)) == 2
    with (tmp_path / "log.csv").open("a") as file:
        file.write("3,15,0.4")
    train(config, tiny_pairs, tmp_path)
    assert log(tmp_path) == log(whole)
    assert same(weights(tmp_path), weights(whole))


def test_a_finished_run_stays_as_it_is(uninterrupted, tiny_pairs):
    config, whole = uninterrupted
    before = (whole / "last.pt").read_bytes(), (whole / "log.csv").read_bytes()
    assert train(config, tiny_pairs, whole) == whole / "best.pt"
    assert ((whole / "last.pt").read_bytes(), (whole / "log.csv").read_bytes()) == before


def test_a_process_that_is_killed(tiny, tmp_path, quick_toml):
    """SIGKILL through the real command in mid-epoch, then the same command again."""
    quick_toml.write_text(quick_toml.read_text().replace("epochs = 2", "epochs = 3") + "checkpoint_minutes = 1e-9\n")
    command = [sys.executable, "-m", "hairtint", "train", str(quick_toml), "--data", str(tiny), "--log-every", "1"]
    command_in_run, one_thread = [*command, "--run", str(tmp_path / "run")], os.environ | {"OMP_NUM_THREADS": "1"}
    with subprocess.Popen(command_in_run, stderr=subprocess.PIPE, text=True, env=one_thread) as process:
        for line in process.stderr:
            if line.startswith("step 7 "):
                process.send_signal(signal.SIGKILL)
                break
    assert process.wait() == -signal.SIGKILL
    assert checkpoint.load(tmp_path / "run" / "last.pt")["step"] >= 6
    for folder in ("run", "whole"):
        assert run([*command[3:], "--run", str(tmp_path / folder)]) == 0
    assert [row["epoch"] for row in log(tmp_path / "run")] == ["1", "2", "3"]
    for key, value in weights(tmp_path / "whole").items():
        torch.testing.assert_close(weights(tmp_path / "run")[key], value, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", [r"$\frac$", "染髪", "$"])
def test_any_name_of_a_run_can_be_drawn(quick, tiny_pairs, tmp_path, name, recwarn):
    train(quick(epochs=1), tiny_pairs, tmp_path / name)
    assert (tmp_path / name / "accuracy.png").stat().st_size
    assert not [warning for warning in recwarn if "Glyph" in str(warning.message)]


def test_curves_that_cannot_be_drawn_end_no_training(quick, tiny_pairs, tmp_path, monkeypatch):
    monkeypatch.setattr(curves, "_plot", Mock(side_effect=OSError("no space")))
    assert train(quick(), tiny_pairs, tmp_path).is_file()
    assert len(log(tmp_path)) == 2


def test_it_learns(quick, tiny_pairs, tmp_path):
    train(quick(epochs=8, lr=1e-2, ema=0.0), tiny_pairs, tmp_path)
    rows = log(tmp_path)
    assert float(rows[-1]["train_loss"]) < 0.6 * float(rows[0]["train_loss"])
    assert float(rows[-1]["validation_iou"]) > 0.7


def test_the_average_is_an_exponential_moving_average(quick, tiny_pairs, tmp_path, monkeypatch):
    """Oracle: the average, kept by hand from the weights after each step."""
    expected = {}
    original = schedule.average

    def average(kept, new, ema, step):
        decay = min(0.9, (1 + step) / (10 + step))
        for key, value in kept.state_dict().items():
            expected.setdefault(key, value.clone().double())
        original(kept, new, ema, step)
        for key, value in new.state_dict().items():
            expected[key] = decay * expected[key] + (1 - decay) * value.double()

    monkeypatch.setattr(schedule, "average", average)
    train(quick(ema=0.9), tiny_pairs, tmp_path)
    for key, value in weights(tmp_path, part="ema").items():
        if value.is_floating_point():
            torch.testing.assert_close(value.double(), expected[key], rtol=1e-4, atol=1e-6)


def test_without_an_average_the_two_are_equal(quick, tiny_pairs, tmp_path):
    train(quick(ema=0.0, epochs=1), tiny_pairs, tmp_path)
    assert same(weights(tmp_path), weights(tmp_path, part="ema"))


def test_validation_trains_nothing(quick, tiny_pairs, tmp_path):
    from hairtint.training.fabric import start
    from hairtint.training.initial import first_network

    config = quick()
    run = _Run(config, split(tiny_pairs), tmp_path, first_network(config), start("1", config))
    before = {key: value.clone() for key, value in run.ema.state_dict().items()}
    first = run.validate()
    assert run.validate() == first
    assert same(before, run.ema.state_dict())


@pytest.mark.parametrize("what", ["loss", "gradient"])
@pytest.mark.parametrize("clip_norm", [0.0, 1.0])
def test_not_a_number_ends_the_run_and_leaves_the_last_good_state(
    quick, tiny_pairs, tmp_path, monkeypatch, what, clip_norm
):
    config = quick(clip_norm=clip_norm, checkpoint_minutes=1e-9)
    original = losses.combined
    calls = []

    def combined(logits, target, named):
        calls.append(1)
        value = original(logits, target, named)
        if len(calls) < 4:
            return value
        # The square root's slope at 0 is infinite, its value is not.
        return value * float("nan") if what == "loss" else value + (logits * 0).square().sum().sqrt()

    monkeypatch.setattr(losses, "combined", combined)
    with pytest.raises(TrainingError, match=r"not (a )?number.* at step \d: lower lr") as refusal:
        train(config, tiny_pairs, tmp_path)
    assert "\n" not in str(refusal.value)
    state = checkpoint.load(tmp_path / "last.pt")
    assert state["step"] == 3
    assert all(value.isfinite().all() for value in state["network"].values())


def test_a_folder_belongs_to_one_config_and_its_photos(quick, tiny_pairs, tmp_path):
    train(quick(epochs=1), tiny_pairs, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with pytest.raises(TrainingError, match=r"another config \(epochs, lr\)"):
        train(quick(lr=1e-5), tiny_pairs, tmp_path)
    with pytest.raises(TrainingError, match="other photos"):
        train(quick(epochs=1), tiny_pairs[1:], tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    train(quick(epochs=1, workers=1, checkpoint_minutes=1.0), tiny_pairs, tmp_path)


@pytest.mark.parametrize("kind", ["images", "masks"])
def test_a_run_does_not_go_on_with_changed_files(quick, tiny, tmp_path, kind):
    shutil.copytree(tiny, tmp_path / "tiny")
    pairs, _ = open_dataset(tmp_path / "tiny")
    run = tmp_path / "run"
    train(quick(epochs=1), pairs, run)
    changed = sorted((tmp_path / "tiny" / kind).iterdir())[0]
    changed.write_bytes(changed.read_bytes() + b"\0")
    with pytest.raises(TrainingError, match=r"photos or masks have changed since .* was begun"):
        train(quick(epochs=1), pairs, run)
    data = json.loads((run / "data.json").read_text())
    (run / "data.json").write_text(json.dumps({side: data[side] for side in ("training", "validation")}))
    train(quick(epochs=1), pairs, run)  # of a run that noted no contents nobody can tell


@pytest.fixture
def begun(uninterrupted, tmp_path):
    """A run that was stopped after its first epoch."""
    config, whole = uninterrupted
    return config, shutil.copytree(whole, tmp_path / "run")


@pytest.mark.parametrize("name", ["config.json", "origin.json"])
@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_text("")])
def test_what_a_checkpoint_says_too_may_be_lost(begun, tiny_pairs, name, damage):
    config, folder = begun
    before = json.loads((folder / name).read_text())
    damage(folder / name)
    with pytest.raises(TrainingError, match=r"another config \(lr\)"):
        train(replace(config, lr=1e-5), tiny_pairs, folder)
    train(config, tiny_pairs, folder)
    assert json.loads((folder / name).read_text()) == before


def test_what_weights_had_learnt_from_is_not_claimed_where_that_is_lost(begun, tiny_pairs, tmp_path):
    config, first = begun
    folder = tmp_path / "second"
    train(config, tiny_pairs, folder, weights=first / "best.pt")
    known = json.loads((folder / "origin.json").read_text())
    assert known["all_known"]
    (folder / "origin.json").unlink()
    train(config, tiny_pairs, folder)
    assert json.loads((folder / "origin.json").read_text()) == known | {"all_known": False}


@pytest.mark.parametrize("damage", [Path.unlink, lambda path: path.write_text("")])
def test_a_run_does_not_go_on_without_what_says_which_photos_it_kept_apart(begun, tiny_pairs, damage):
    config, folder = begun
    damage(folder / "data.json")
    with pytest.raises(TrainingError, match=r"data\.json is lost or damaged.*go on from .*best\.pt with --from"):
        train(config, tiny_pairs[1:], folder)


def test_a_damaged_checkpoint_says_what_to_do(begun, tiny_pairs):
    config, folder = begun
    last = folder / "last.pt"
    last.write_bytes(last.read_bytes()[:1000])
    with pytest.raises(TrainingError, match=r"last\.pt cannot .*; remove it to start anew, or go on from .*best\.pt"):
        train(config, tiny_pairs, folder)
    (folder / "best.pt").unlink()
    with pytest.raises(TrainingError, match=r"remove it to start anew, or name a new folder with --run"):
        train(config, tiny_pairs, folder)
    last.unlink()
    train(replace(config, epochs=1), tiny_pairs, folder)
    assert len(log(folder)) == 1


def test_too_little_data_and_wrong_sizes_are_refused_before_anything_is_written(quick, tiny_pairs, tmp_path):
    folder = tmp_path / "run"
    for config, words in (
        (quick(batch=32), "too few for batches of 32"),
        (quick(repeat={"tiny": 0.0}), "too few"),
        (quick(size=30), "take a multiple of 4"),
    ):
        with pytest.raises(TrainingError, match=words):
            train(config, tiny_pairs, folder)
    with pytest.raises(UnknownModelError):
        train(quick(network="huge"), tiny_pairs, folder)
    assert not folder.exists()


def test_photos_that_all_lack_hair_are_refused(quick_toml, tiny, tmp_path, capsys):
    shutil.copytree(tiny, tmp_path / "tiny")
    for mask in (tmp_path / "tiny" / "masks").iterdir():
        Image.new("L", (48, 40)).save(mask)
    no_hair = shutil.copytree(tiny / "images", tmp_path / "nothing")
    command = ["train", str(quick_toml), "--data", str(tmp_path / "tiny"), "--run", str(tmp_path / "run")]
    assert run([*command, "--no-hair", str(no_hair)]) == 1
    assert "no photo shows any hair: the masks of --data are all black" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


def test_started_from_other_weights(quick, tiny_pairs, tmp_path):
    train(quick(epochs=1), tiny_pairs, tmp_path / "a")
    frozen = quick(epochs=1, lr=1e-12, ema=0.0)
    train(frozen, tiny_pairs, tmp_path / "b", weights=tmp_path / "a" / "best.pt")
    old = weights(tmp_path / "a", "best.pt", "ema")
    for key, value in weights(tmp_path / "b").items():
        if "running" not in key and "num_batches" not in key and value.ndim == 4:
            torch.testing.assert_close(value, old[key], rtol=0, atol=1e-8)
    with pytest.raises(TrainingError, match="another network"):
        train(quick(network="medium"), tiny_pairs, tmp_path / "c", weights=tmp_path / "a" / "best.pt")
    with pytest.raises(TrainingError, match="no encoder"):
        train(quick(), tiny_pairs, tmp_path / "c", encoder=tmp_path / "a" / "best.pt")


@pytest.mark.parametrize("name", ["none.onnx", "none.pt"])
def test_weights_that_are_not_there(quick_toml, tiny, tmp_path, capsys, name):
    command = ["train", str(quick_toml), "--data", str(tiny), "--run", str(tmp_path / "run")]
    assert run([*command, "--from", str(tmp_path / name)]) == 1
    assert f"{name} cannot be read: No such file or directory\n" in capsys.readouterr().err


def test_no_epochs_keep_the_weights_that_a_training_starts_from(quick, tiny_pairs, tmp_path):
    train(quick(epochs=1), tiny_pairs, tmp_path / "a")
    start = tmp_path / "a" / "best.pt"
    for _ in range(2):  # what is done is not done again
        train(quick(epochs=0), tiny_pairs, tmp_path / "b", weights=start)
        assert same(weights(tmp_path / "b", "best.pt", "ema"), checkpoint.load(start)["ema"])
        [row] = log(tmp_path / "b")
        assert (row["epoch"], row["step"], row["train_loss"]) == ("0", "0", "nan")
        assert row["validation_iou"] == log(tmp_path / "a")[0]["validation_iou"]
    with pytest.raises(TrainingError, match=r"epochs = 0 keeps the weights .* give them with --from"):
        train(quick(epochs=0), tiny_pairs, tmp_path / "c")
    assert not (tmp_path / "c").exists()


@pytest.fixture(scope="module")
def good(tiny_pairs, tmp_path_factory):
    """A checkpoint, and a config with which every epoch makes it worse."""
    config = Config(network="light", size=32, epochs=3, batch=4, lr=3e-3, workers=0, ema=0.5, checkpoint_minutes=1e-9)
    return train(config, tiny_pairs, tmp_path_factory.mktemp("good")), replace(config, lr=10.0, ema=0.0)


def test_a_training_that_finds_nothing_better_keeps_its_start_and_says_so(good, tiny, tmp_path, capsys):
    start, worse = good
    plan, folder = tmp_path / "worse.toml", tmp_path / "run"
    values = worse.as_dict()
    plan.write_text("".join(f"{key} = {json.dumps(values[key])}\n" for key in values if key not in ("loss", "repeat")))
    assert run(["train", str(plan), "--data", str(tiny), "--run", str(folder), "--from", str(start)]) == 0
    assert "no epoch was better on the validation photos than the weights it started from" in capsys.readouterr().err
    assert same(weights(folder, "best.pt", "ema"), checkpoint.load(start)["ema"])
    assert [row["epoch"] for row in log(folder)] == ["0", "1", "2", "3"]
    assert log(folder)[0]["validation_iou"] == max(row["validation_iou"] for row in log(start.parent))
    assert (folder / "loss.png").is_file()
    assert run(["export", str(folder), "--data", str(tiny)]) == 0
    assert "no epoch was better" in capsys.readouterr().err
    assert "No epoch of this run was better: these are the" in (folder / "zoo" / "light.md").read_text()
    assert run(["export", str(folder), "--data", str(tiny), "--last"]) == 0
    assert "no epoch was better" not in capsys.readouterr().err


@pytest.mark.parametrize("step", [0, 1, 5])
def test_killed_and_resumed_from_given_weights(good, tiny_pairs, tmp_path, monkeypatch, step):
    start, config = good
    train(config, tiny_pairs, tmp_path / "whole", weights=start)
    with monkeypatch.context() as patch:
        if not step:  # between the log and the checkpoint
            patch.setattr(_Run, "_save", Mock(side_effect=Killed))
        with pytest.raises(Killed):
            train(config, tiny_pairs, tmp_path / "killed", weights=start, progress=kill_at(step))
    train(config, tiny_pairs, tmp_path / "killed", weights=start)
    assert log(tmp_path / "killed") == log(tmp_path / "whole")
    for name in ("last.pt", "best.pt"):
        assert same(weights(tmp_path / "killed", name), weights(tmp_path / "whole", name))


def test_what_a_config_was_meant_for_is_said_in_a_line_each(tiny, tmp_path, quick_toml, capsys):
    command = ["train", str(quick_toml), "--data", str(tiny), "--run"]
    quick_toml.write_text(quick_toml.read_text() + "warmup_steps = 8\n[repeat]\nccp = 2\nfasseg = 2\n")
    assert run([*command, str(tmp_path / "run")]) == 0
    said = capsys.readouterr().err
    assert said.count("repeat names what is not in the data: ccp, fasseg\n") == 1
    assert said.count("all 8 steps are warm-up: set warmup_steps, now 8, to a tenth of them at most\n") == 1
    quick_toml.write_text(quick_toml.read_text().replace("warmup_steps = 8", "warmup_steps = 7").split("[")[0])
    assert run([*command, str(tmp_path / "other")]) == 0
    assert not {"repeat", "warm-up"} & set(capsys.readouterr().err.split())


def test_the_configs_for_photos_of_ones_own_take_thirty():
    for name in ("own", "own-swift"):
        plan = Config.load(Path(__file__).parents[2] / f"configs/{name}.toml")
        assert plan.warmup_steps * 4 <= steps(["mine"] * 24, plan.repeat, 0, plan.epochs, plan.batch)
        assert not plan.repeat
        assert zoo.find(plan.network).size == plan.size
