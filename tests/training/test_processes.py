"""Two processes on the CPU, on one host or on two, learn what one does."""

import csv
import os
import socket
import subprocess
import sys
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
import torch

from hairtint.cli import run
from hairtint.errors import TrainingError
from hairtint.training.fabric import SharedError, agree, check_share
from hairtint.training.mishaps import told
from hairtint.training.train import train

NEAR = 0.006  # how alike losses are: rounding moves them by 0.003, gradients that are not shared by 0.008
QUIET = {"OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": "", "GLOO_SOCKET_IFNAME": "lo"}


def curve(folder):
    with (folder / "log.csv").open() as file:
        return [float(row["train_loss"]) for row in csv.DictReader(file)]


def command(config, tiny, folder, devices="2"):
    return ["train", str(config), "--data", str(tiny), "--run", str(folder), "--devices", devices]


def two(config, tiny, folder):
    """The result of two processes; each has its own interpreter, as Fabric starts the command anew."""
    arguments = [sys.executable, "-m", "hairtint", *command(config, tiny, folder)]
    return subprocess.run(arguments, env=os.environ | QUIET, capture_output=True, text=True, timeout=300)


@pytest.fixture
def config(quick_toml):
    quick_toml.write_text(quick_toml.read_text().replace("batch = 4", "batch = 8"))
    return quick_toml


def test_two_processes_give_the_curve_of_one(config, tiny, tmp_path):
    config.write_text(config.read_text().replace("epochs = 2", "epochs = 4"))
    done = two(config, tiny, tmp_path / "two")
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"{tmp_path / 'two' / 'best.pt'}\n", "one process speaks for both"
    assert done.stderr.count("tiny: 24 pairs") == 1
    assert run(command(config, tiny, tmp_path / "one", "1")) == 0
    one, both = curve(tmp_path / "one"), curve(tmp_path / "two")
    assert len(one) == len(both) == 4
    assert both == pytest.approx(one, abs=NEAR)
    assert both[-1] < 0.9 * both[0]


def test_two_hosts_as_torchrun_starts_them(config, tiny, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    hosts = []
    for rank in "01":
        told = {"RANK": rank, "GROUP_RANK": rank, "LOCAL_RANK": "0", "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "1"}
        told |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port), "TORCHELASTIC_RUN_ID": "test"}
        arguments = [
            sys.executable,
            "-m",
            "hairtint",
            *command(config, tiny, tmp_path / "two", "auto"),
            "--memory",
            "0",
        ]
        hosts.append(subprocess.Popen(arguments, env=os.environ | QUIET | told, stdout=-1, stderr=-1, text=True))
    said = [host.communicate(timeout=300) for host in hosts]
    assert [host.returncode for host in hosts] == [0, 0], said
    assert [out for out, _ in said] == [f"{tmp_path / 'two' / 'best.pt'}\n", ""], "one process speaks for both"
    assert run(command(config, tiny, tmp_path / "one", "1")) == 0
    assert curve(tmp_path / "two") == pytest.approx(curve(tmp_path / "one"), abs=NEAR)


def test_hosts_that_see_other_photos_or_another_run_are_refused(quick, tiny_pairs, tmp_path, monkeypatch):
    alike = SimpleNamespace(device="cpu", all_gather=lambda mine: torch.stack([mine, mine]))
    other = SimpleNamespace(device="cpu", all_gather=lambda mine: torch.stack([mine, mine + 1]))
    assert agree(alike, ["a"], 3)
    assert not agree(other, ["a"], 3)
    monkeypatch.setattr("hairtint.training.train.agree", lambda *what: False)
    with pytest.raises(TrainingError, match="hosts do not see the same photos"):
        train(quick(), tiny_pairs, tmp_path / "run")


def test_a_batch_that_cannot_be_shared_is_refused_before_others_are_started(
    config, tiny, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr("lightning_fabric.Fabric.launch", Mock(side_effect=AssertionError("they were started")))
    assert run(command(config, tiny, tmp_path / "run", "3")) == 1
    assert "batch = 8 cannot be shared by 3 processes alike\n" in capsys.readouterr().err
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(("network", "size", "batch"), [("light", 4, 1), ("swift", 32, 1), ("swift", 32, 2)])
def test_a_share_of_which_the_norms_learn_nothing_is_refused(quick, network, size, batch):
    config = quick(network=network, size=size, batch=batch)
    with pytest.raises(TrainingError, match=rf"{network} cannot learn from pictures of size = {size} when .* has 1"):
        check_share(config, batch)


@pytest.fixture
def second(monkeypatch):
    """This is the second of two processes that torchrun started."""
    told = {"RANK": "1", "GROUP_RANK": "1", "LOCAL_RANK": "0", "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "1"}
    for key, value in (QUIET | told | {"TORCHELASTIC_RUN_ID": "test"}).items():
        monkeypatch.setenv(key, value)


def test_the_process_that_knows_the_reason_says_it(second, config, tiny, tmp_path, monkeypatch, capsys):
    assert run(command(config, tmp_path / "none", tmp_path / "run", "auto")) == 1
    assert capsys.readouterr().err.startswith("hairtint: process 1: no data folder ")
    for refusal, said in (
        (SharedError("all say so"), ""),
        (TrainingError("too little memory"), "hairtint: process 1: too little memory\n"),
    ):
        monkeypatch.setattr("hairtint.training.train.train", Mock(side_effect=refusal))
        assert run(command(config, tiny, tmp_path / "run", "auto")) == 1
        assert capsys.readouterr().err == said


def test_a_process_that_the_others_left_says_so(quick):
    closed = RuntimeError("[../third_party/gloo/gloo/transport/tcp/pair.cc:534] Connection closed by peer [::1]:7")
    with pytest.raises(TrainingError, match="another process ended: see its message"), told(quick(), 2):
        raise closed
    with pytest.raises(RuntimeError, match="closed by peer"), told(quick(), 1):
        raise closed
    own = RuntimeError("[enforce fail at ../third_party/gloo/gloo/transport/tcp/device.cc:84] no address for: nope0")
    with pytest.raises(RuntimeError, match="nope0"), told(quick(), 2):
        raise own


@pytest.mark.parametrize("devices", ["0", "-1", "two", ""])
def test_devices_that_are_no_number(config, tiny, tmp_path, capsys, devices):
    assert run(command(config, tiny, tmp_path / "run", devices)) == 1
    assert "must be auto or a number above 0" in capsys.readouterr().err
