"""Numbers on masks made by hand, and the command."""

import hashlib
import json
import shutil

import cv2
import numpy as np
import pytest
import torch
from tiny_pictures import picture, write

from hairtint.cli import run
from hairtint.networks import unet
from hairtint.segmenter import Segmenter
from hairtint.training import card, evaluate
from hairtint.training.datasets import open_dataset
from hairtint.training.export import to_onnx


@pytest.fixture(scope="module")
def onnx_path(tmp_path_factory):
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("network") / "net.onnx"
    path.write_bytes(to_onnx(unet.build("light").eval(), [(32, 32)]))
    return path


@pytest.fixture
def halves(tmp_path):
    """Two photos: hair is the left half of the one; the other has none."""
    mask = np.zeros((20, 40), np.uint8)
    write(tmp_path / "figaro1k", "Frame00001", np.full((20, 40, 3), 90, np.uint8), mask)
    mask[:, :20] = 255
    write(tmp_path / "figaro1k", "Frame00151", np.full((20, 40, 3), 30, np.uint8), mask)
    return open_dataset(tmp_path / "figaro1k")[0]


def test_numbers_by_hand(halves):
    """Found: the left three quarters of the first, nothing of the second; 400 right, 200 too many."""

    def segment(rgb):
        found = np.full(rgb.shape[:2], 0.25, np.float32)
        if rgb.mean() < 60:
            found[:, :30] = 0.75
        return found, (found > 0.5).astype(np.float32)

    result = evaluate.as_json(evaluate.evaluate(segment, halves), "by hand")
    assert result["model"] == "by hand"
    assert result["photos"] == 2
    assert result["accuracy"] == pytest.approx(1400 / 1600)
    assert result["dice"] == pytest.approx(800 / 1000)
    assert result["iou"] == pytest.approx(400 / 600, abs=1e-4)
    assert result["mean_iou"] == pytest.approx((400 / 600 + 1) / 2, abs=1e-4)
    wrong, right = -np.log(0.25), -np.log(0.75)
    assert result["bce"] == pytest.approx((right + (600 * right + 200 * wrong) / 800) / 2, abs=1e-4)
    assert result["empty_right"] == 1
    assert result["by_style"] == {"straight": 1.0, "wavy": pytest.approx(400 / 600, abs=1e-4)}
    assert result["by_source"].keys() == {"figaro1k"}
    assert [photo["stem"] for photo in result["by_photo"]] == ["Frame00001", "Frame00151"]
    json.dumps(result)


def test_perfect_and_worst(tiny_pairs):
    truths = [(pair.read()[1] / 255).astype(np.float32) for pair in tiny_pairs]
    right, wrong = iter(truths), (1 - true for true in truths)
    best = evaluate.summary(evaluate.evaluate(lambda rgb: 2 * (next(right),), tiny_pairs))
    assert best["accuracy"] == best["dice"] == best["mean_iou"] == best["boundary_f"] == 1
    worst = evaluate.summary(evaluate.evaluate(lambda rgb: 2 * (next(wrong),), tiny_pairs))
    assert worst["accuracy"] == worst["dice"] == worst["mean_iou"] == 0
    assert worst["bce"] > 10


@pytest.mark.parametrize("shape", [(20, 40), (300, 2), (2, 900)])
def test_contact_sheet_of_any_shape(tmp_path, shape):
    for k in range(3):
        rgb, mask = picture(k)
        pair = cv2.resize(rgb, shape[::-1]), cv2.resize(mask, shape[::-1], interpolation=cv2.INTER_NEAREST)
        write(tmp_path / "set", f"p{k}", *pair)
    pairs, _ = open_dataset(tmp_path / "set")

    def segment(rgb):
        return 2 * ((rgb.mean(2) < 90).astype(np.float32),)

    sheet = evaluate.contact_sheet(segment, pairs, evaluate.evaluate(segment, pairs))
    assert sheet.dtype == np.uint8
    assert sheet.shape == (3 * 318, 3 * 240, 3)


def test_the_command_as_json(onnx_path, tiny, tmp_path, capsys):
    sheet = tmp_path / "sheet.png"
    command = ["evaluate", "--model", str(onnx_path), "--json", "--sheet", str(sheet)]
    assert run([*command, "--images", str(tiny / "images"), "--masks", str(tiny / "masks"), "--limit", "7"]) == 0
    out, err = capsys.readouterr()
    result = json.loads(out)
    assert result.keys() >= {
        "model",
        "accuracy",
        "dice",
        "iou",
        "bce",
        "mean_iou",
        "boundary_f",
        "by_source",
        "by_photo",
    }
    assert 0 < result["photos"] == len(result["by_photo"]) <= 7
    assert result["model"] == str(onnx_path)
    [network] = result["networks"]
    assert network["file"] == str(onnx_path)
    assert network["sha256"] == hashlib.sha256(onnx_path.read_bytes()).hexdigest()
    assert result["left_out"] == []
    assert not err
    assert cv2.imread(str(sheet)).shape[1] == 4 * 240


def test_what_is_left_out_is_said_with_json_too(onnx_path, tiny, tmp_path, capsys):
    shutil.copytree(tiny, tmp_path / "tiny")
    gone = sorted((tmp_path / "tiny" / "masks").iterdir())[0]
    gone.unlink()
    assert run(["evaluate", "--model", str(onnx_path), "--json", "--data", str(tmp_path / "tiny"), "--limit", "1"]) == 0
    out, err = capsys.readouterr()
    why, photo = "no mask with this stem", f"{gone.stem}.jpg"
    assert json.loads(out)["left_out"] == [{"source": "tiny", "why": why, "files": [photo]}]
    assert err == f"tiny: left out 1, {why}: {photo}\n"


@pytest.mark.parametrize("backend", ["onnxruntime", "openvino"])
def test_the_runtime_is_in_the_json(backend, tiny, monkeypatch, capsys):
    pytest.importorskip(backend)
    monkeypatch.setenv("HAIRTINT_BACKEND", backend)
    assert run(["evaluate", "--model", "light", "--json", "--data", str(tiny), "--limit", "1"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert result["model"] == "light"
    assert [network["backend"] for network in result["networks"]] == [backend]


def test_each_photo_is_looked_at_once(onnx_path, tiny_pairs, monkeypatch):
    looks, glance = [], Segmenter.glance
    monkeypatch.setattr(Segmenter, "glance", lambda self, picture: looks.append(picture) or glance(self, picture))
    card.measure(onnx_path.read_bytes(), tiny_pairs[:3])
    assert len(looks) == 3


def test_the_command_as_a_table(onnx_path, tiny, capsys):
    assert run(["evaluate", "--model", str(onnx_path), "--data", str(tiny), "--limit", "3"]) == 0
    out, err = capsys.readouterr()
    assert "accuracy" in out
    assert out.split()[0] == str(onnx_path)
    assert "tiny: 24 pairs" in err


def test_a_set_of_any_name_is_in_the_table_by_its_name(onnx_path, tiny, tmp_path, capsys):
    shutil.copytree(tiny, tmp_path / "hair[new]")
    assert run(["evaluate", "--model", str(onnx_path), "--data", str(tmp_path / "hair[new]"), "--limit", "2"]) == 0
    assert "hair[new], medium hair" in capsys.readouterr().out


def test_refusals(onnx_path, tiny, tmp_path, capsys):
    data = ["--data", str(tiny)]
    for arguments, status, words in (
        (["--images", str(tiny / "images")], 2, "belong together"),
        ([], 2, "name the photos"),
        ([*data, "--wrong"], 2, "--wrong"),
        ([*data, "--limit", "0"], 2, "--limit"),
        (["--data", str(tmp_path / "none")], 1, "no data folder"),
        (["--images", str(tiny / "images"), "--masks", str(tmp_path)], 1, "no usable pair"),
        ([*data, "--run", str(tmp_path)], 1, "no run folder"),
        ([*data, "--model", "nobody"], 1, "nobody"),
        ([*data, "--model", str(onnx_path), "--sheet", str(tmp_path / "a.xyz")], 1, ".xyz"),
    ):
        assert run(["evaluate", *arguments]) == status
        err = capsys.readouterr().err
        assert words in err
        assert status == 2 or err.splitlines()[-1].startswith("hairtint: ")
