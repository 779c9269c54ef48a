"""A teacher's masks of the training photos: written once, read back, learnt from, and said in the card."""

import json
import shutil
from dataclasses import replace

import cv2
import numpy as np
import pytest
import torch
from tiny_pictures import picture, write

from hairtint import Segmenter
from hairtint.cli import run
from hairtint.errors import DataError, OutputError, TrainingError
from hairtint.training import augment, card, losses, teacher
from hairtint.training.datasets import open_dataset, split
from hairtint.training.export import Trained
from hairtint.training.loader import Photos
from hairtint.training.pairs import hard
from hairtint.training.train import train

NAMES = {"0" * 64: "wise.onnx"}


def half(rgb):
    return np.full(rgb.shape[:2], 0.5, np.float32)


def nowhere(rgb):
    return np.zeros(rgb.shape[:2], np.float32)


@pytest.fixture(scope="module")
def masks(tiny_pairs, tmp_path_factory):
    """A folder of masks of a teacher that never sees hair."""
    folder = tmp_path_factory.mktemp("teacher")
    assert teacher.teach(tiny_pairs, folder, nowhere, NAMES) == len(tiny_pairs)
    return folder


def test_masks_are_those_of_the_networks_and_a_stopped_run_goes_on(tiny, tiny_pairs, tmp_path):
    command = ["data", "teach", "--data", str(tiny), "-o", str(tmp_path / "out"), "--model", "light"]
    assert run(command) == 0
    segmenter = Segmenter("light")
    for pair in tiny_pairs[:3]:
        path = tmp_path / "out" / "tiny" / f"{pair.stem}.png"
        expected = np.rint(255 * segmenter.mask(pair.read()[0]))
        np.testing.assert_array_equal(teacher.read(path, expected.shape), expected)
    path.unlink()
    assert teacher.teach(tiny_pairs, tmp_path / "out", segmenter.mask, teacher.described(segmenter)) == 1
    assert path.exists()
    assert list(teacher.known(tmp_path / "out").values()) == ["light.onnx"]


def test_photos_of_nothing_to_dye_need_no_teacher(tiny_pairs, tmp_path):
    bald = replace(tiny_pairs[0], mask=None)
    assert teacher.teach([bald], tmp_path, half, NAMES) == 0
    assert teacher.taught([bald], tmp_path) == [bald]


@pytest.mark.parametrize("share", [0.25, 1.0])
def test_the_target_is_the_mean_of_both(tiny_pairs, tmp_path, share):
    pair = tiny_pairs[1]
    teacher.teach([pair], tmp_path, half, NAMES)
    photos = Photos(teacher.taught([pair], tmp_path), 48, recipe="strong", seed=5, teacher=share)
    alone = Photos([pair], 48, recipe="strong", seed=5)
    (rgb, target), (same, truth) = photos[3, 0], alone[3, 0]
    assert torch.equal(rgb, same)
    assert set(truth.unique().tolist()) <= {0, 255}
    clear = cv2.erode(truth[0].numpy(), np.ones((5, 5))) + cv2.erode(255 - truth[0].numpy(), np.ones((5, 5))) > 0
    covered = truth[0].numpy()[clear] * (1 - share) + 128 * share
    hidden = target[0].numpy()[clear] == 0  # by what was put in front of the photo, teacher or not
    assert (np.abs(target[0].numpy()[clear] - covered) <= 1)[~hidden].all()
    assert hidden.mean() < 0.5


def test_where_there_is_no_hair_no_teacher_is_believed(tmp_path):
    write(tmp_path / "bald", "a", picture(1)[0], np.zeros((40, 48), np.uint8))
    [pair] = open_dataset(tmp_path / "bald")[0]
    teacher.teach([pair], tmp_path / "out", half, NAMES)
    photos = Photos(teacher.taught([pair], tmp_path / "out"), 32, recipe="mild", teacher=0.5)
    assert not photos[0, 0][1].any()


def test_without_a_teacher_the_target_is_black_and_white(tiny_pairs, masks):
    plain, given = Photos(tiny_pairs, 32, recipe="mild"), Photos(teacher.taught(tiny_pairs, masks), 32, recipe="mild")
    for k in range(len(tiny_pairs)):
        for ours, theirs in zip(plain[0, k], given[0, k], strict=True):
            assert torch.equal(ours, theirs)
    fitted = hard(augment.fit(*tiny_pairs[0].read(), 32)[1])
    np.testing.assert_array_equal(Photos(tiny_pairs, 32)[0, 0][1][0], fitted)


def test_outlines_are_those_of_the_mask_that_most_say():
    """Doubt of the teacher far from the hair is no outline."""
    torch.manual_seed(0)
    logits, target = torch.randn(1, 1, 32, 32), torch.zeros(1, 1, 32, 32)
    target[..., 8:20] = 1
    doubted = target * 0.8 + 0.05
    plain = torch.nn.functional.binary_cross_entropy_with_logits(logits, doubted, reduction="none")
    edge = torch.zeros(1, 1, 32, 32)
    edge[..., 6:10] = edge[..., 18:22] = 1
    expected = (plain * (1 + 2 * edge)).sum() / (1 + 2 * edge).sum()
    assert losses.bce(logits, doubted, edge=2.0).item() == pytest.approx(expected.item(), rel=1e-5)


def test_a_student_believes_its_teacher(quick, tiny_pairs, masks, tmp_path):
    """What the teacher calls no hair, the student learns to call none, though the true masks show hair."""
    config = quick(epochs=8, lr=1e-2)
    train(config, tiny_pairs, tmp_path / "alone")
    folder = tmp_path / "student"
    train(replace(config, teacher=1.0), tiny_pairs, folder, teacher=masks)
    seen = [p.mean() for p in (_hair(tmp_path / "alone", tiny_pairs), _hair(folder, tiny_pairs))]
    assert seen[1] < 0.5 * seen[0]
    rows = [(run / "log.csv").read_text().splitlines()[1].split(",") for run in (tmp_path / "alone", folder)]
    assert rows[0][2] != rows[1][2]


def _hair(run_folder, pairs):
    network = Trained.load(run_folder / "last.pt").network
    held = Photos(split(pairs)[1], 32)
    with torch.no_grad():
        return torch.stack([torch.sigmoid(network(held[0, k][0][None] / 255.0)).mean() for k in range(len(held))])


def test_the_run_and_its_card_name_the_teacher(quick, tiny_pairs, masks, tmp_path):
    folder = tmp_path / "student"
    train(quick(epochs=1, teacher=0.5), tiny_pairs, folder, teacher=masks)
    origin = json.loads((folder / "origin.json").read_text())
    assert origin["teacher"]["networks"] == "wise.onnx"
    assert origin["all_known"] is False
    text = card.write("x", Trained.load(folder), folder, b"", {}, 0.0)
    assert "teacher = 0.5" in text
    assert "learnt from those of wise.onnx" in text
    train(quick(epochs=1, teacher=0.5), tiny_pairs, folder, teacher=masks)  # goes on, or rather is done


def test_a_student_does_not_go_on_with_other_masks_of_its_teacher(quick, tiny_pairs, masks, tmp_path):
    own = shutil.copytree(masks, tmp_path / "masks")
    train(quick(epochs=1, teacher=0.5), tiny_pairs, tmp_path / "run", teacher=own)
    mask = teacher.taught(split(tiny_pairs)[0][:1], own)[0].taught
    mask.write_bytes(mask.read_bytes() + b"\0")
    with pytest.raises(TrainingError, match="photos or masks have changed since"):
        train(quick(epochs=1, teacher=0.5), tiny_pairs, tmp_path / "run", teacher=own)


def test_masks_of_photos_that_have_changed_are_refused(quick, tiny, tmp_path):
    shutil.copytree(tiny, tmp_path / "tiny")
    pairs, _ = open_dataset(tmp_path / "tiny")
    masks = tmp_path / "masks"
    teacher.teach(pairs[2:], masks, half, NAMES)
    for pair in (pairs[0], split(pairs)[0][-1]):
        pair.image.write_bytes(pair.image.read_bytes() + b"\0")
    assert teacher.teach(pairs[:2], masks, half, NAMES) == 2, "that photo had no mask yet"
    with pytest.raises(DataError, match=r"holds masks of 1 photos that have changed since \(tiny/.*: run hairtint"):
        teacher.teach(pairs, masks, half, NAMES)
    with pytest.raises(DataError, match="holds masks of 1 photos"):
        train(quick(teacher=0.5), pairs, tmp_path / "run", teacher=masks)
    (masks / "photos.json").unlink()  # as in older folders
    assert teacher.teach(pairs, masks, half, NAMES) == 0
    train(quick(epochs=1, teacher=0.5), pairs, tmp_path / "run", teacher=masks)


def test_refusals(quick, tiny_pairs, masks, tmp_path):
    def refused(error, what, call):
        with pytest.raises(error, match=what):
            call()

    refused(TrainingError, "needs both", lambda: train(quick(), tiny_pairs, tmp_path / "r", teacher=masks))
    refused(TrainingError, "needs both", lambda: train(quick(teacher=0.5), tiny_pairs, tmp_path / "r"))
    refused(TrainingError, "between 0 .* and 1", lambda: quick(teacher=1.5))
    student = quick(teacher=0.5)
    refused(
        DataError, "no masks of a teacher", lambda: train(student, tiny_pairs, tmp_path / "r", teacher=tmp_path / "no")
    )
    others = tmp_path / "others"
    teacher.teach(tiny_pairs[:2], others, half, NAMES)
    refused(DataError, "lacks masks of .* hairtint data teach", lambda: teacher.taught(tiny_pairs, others))
    refused(OutputError, "another teacher", lambda: teacher.teach(tiny_pairs, others, half, {"1" * 64: "x.onnx"}))
    small = others / "tiny" / f"{tiny_pairs[0].stem}.png"
    small.write_bytes(cv2.imencode(".png", np.zeros((3, 3), np.uint8))[1].tobytes())
    refused(DataError, "does not fit its photo", lambda: Photos(teacher.taught(tiny_pairs[:1], others), 32,
                                                                recipe="mild", teacher=0.5))  # fmt: skip
    (tmp_path / "file").write_text("")
    refused(OutputError, "cannot write", lambda: teacher.teach(tiny_pairs, tmp_path / "file" / "x", half, NAMES))
    assert not (tmp_path / "r" / "last.pt").exists()
