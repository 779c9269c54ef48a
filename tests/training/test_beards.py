"""Beards that a set's masks call hair: training takes them for skin, and nothing else."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from tiny_pictures import picture, write

from hairtint.errors import TrainingError
from hairtint.training import beards, teacher
from hairtint.training.datasets import open_dataset
from hairtint.training.loader import Photos
from hairtint.training.train import train


def head(side=250, *, beard=False, moustache=False, long=False):
    """A mask as LFW draws it, 250 by 250 pixels in the original: the head in the middle, the mouth at (125, 162)."""
    mask = np.zeros((250, 250), np.uint8)
    cv2.ellipse(mask, (125, 95), (52, 48), 0, 180, 360, 255, 24)
    if long:
        for x in (72, 178):
            cv2.rectangle(mask, (x - 14, 90), (x + 14, 240), 255, -1)
    if beard:
        cv2.ellipse(mask, (125, 152), (40, 48), 0, 0, 180, 255, -1)
        cv2.ellipse(mask, (125, 162), (18, 7), 0, 0, 360, 0, -1)
    if moustache:
        cv2.ellipse(mask, (125, 154), (20, 5), 0, 0, 360, 255, -1)
    return cv2.resize(mask, (side, side), interpolation=cv2.INTER_NEAREST)


@pytest.mark.parametrize("side", [125, 250, 500])
@pytest.mark.parametrize("long", [False, True])
@pytest.mark.parametrize("kind", [{"beard": True}, {"moustache": True}, {"beard": True, "moustache": True}])
def test_a_beard_is_found_and_nothing_but_it(side, long, kind):
    without, mask = head(side, long=long), head(side, long=long, **kind)
    found = beards.under(mask)
    assert (found.shape, found.dtype) == (mask.shape, np.bool_)
    beard = (mask > 0) & (without == 0)
    assert found[beard].mean() > 0.95
    assert found[without > 0].mean() < 0.12


@pytest.mark.parametrize("mask", [head(), head(long=True), np.zeros((250, 250), np.uint8)])
def test_hair_beside_a_face_is_no_beard(mask):
    assert beards.under(mask) is None


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (3, 5), (16, 300)])
def test_masks_of_any_shape(shape):
    assert beards.under(np.zeros(shape, np.uint8)) is None
    found = beards.under(np.full(shape, 255, np.uint8))
    assert found is None or found.shape == shape


@pytest.fixture
def bearded(tmp_path):
    mask = head(64, beard=True)
    write(tmp_path / "faces", "a", picture(1, 64, 64)[0], mask)
    return open_dataset(tmp_path / "faces")[0], mask


@pytest.mark.parametrize("share", [0.0, 0.5])
def test_the_target_has_no_beard_whatever_the_teacher_says(bearded, tmp_path, share):
    [pair], mask = bearded
    teacher.teach([pair], tmp_path / "taught", lambda rgb: np.full(rgb.shape[:2], 0.8, np.float32), {"n": "n.onnx"})
    pairs = teacher.taught([pair], tmp_path / "taught") if share else [pair]
    place = beards.under(mask)
    [(_, shaved)] = Photos(pairs, 64, recipe="mild", teacher=share, shaved="faces").kept
    [(_, grown)] = Photos(pairs, 64, recipe="mild", teacher=share).kept
    [(_, other)] = Photos([replace(pairs[0], source="others")], 64, recipe="mild", teacher=share, shaved="faces").kept
    assert not shaved[place].any()
    assert grown[place & (mask > 0)].min() > 127
    assert np.array_equal(shaved[~place], grown[~place])
    assert np.array_equal(other, grown)


def test_a_set_that_is_not_there_is_refused(quick, tiny_pairs, tmp_path):
    with pytest.raises(TrainingError, match="shaved = 'lfw' is none of the sets here: tiny"):
        train(quick(shaved="lfw"), tiny_pairs, tmp_path / "run")
    assert not (tmp_path / "run").exists()
