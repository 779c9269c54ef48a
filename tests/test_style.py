"""Naming hairstyles: the network sees the hair's texture and outline, and nothing else."""

import json
import pickle
import shutil

import cv2
import numpy as np
import pytest
from PIL import Image

import hairtint
from hairtint import zoo
from hairtint.cli import run
from hairtint.errors import DamagedModelError, InputError, MaskError, PictureError, UnknownModelError
from hairtint.style import STYLES, hair_square
from hairtint.training import datasets


@pytest.fixture(scope="module")
def classifier():
    return hairtint.StyleClassifier(threads=1)


@pytest.fixture(scope="module")
def mask(portrait):
    return hairtint.Segmenter(few=True).mask(
        portrait
    )  # the runtime that hairtint.style takes, as they round differently


def close(one, other, tolerance):
    return all(abs(one.probabilities[name] - other.probabilities[name]) <= tolerance for name in STYLES)


def test_a_picture_gets_a_name_and_a_probability_for_every_style(portrait, portrait_path, classifier, mask):
    found = hairtint.style(portrait_path)
    assert found.name == next(iter(found.probabilities))
    assert set(found.probabilities) == set(STYLES)
    assert sum(found.probabilities.values()) == pytest.approx(1, abs=1e-3)
    assert list(found.probabilities.values()) == sorted(found.probabilities.values(), reverse=True)
    assert found == hairtint.style(portrait)
    assert close(found, classifier.style(portrait, mask), 1e-3)


def test_a_copy_answers_as_the_classifier_does(portrait, classifier, mask):
    again = pickle.loads(pickle.dumps(classifier))
    assert again.style(portrait, mask) == classifier.style(portrait, mask)


def test_colour_and_light_do_not_decide(portrait, classifier, mask):
    as_it_is = classifier.style(portrait, mask)
    grey = np.repeat(cv2.cvtColor(portrait, cv2.COLOR_RGB2GRAY)[..., None], 3, 2)
    assert close(classifier.style(grey, mask), as_it_is, 0.02)
    dimmed = (portrait * 0.8).astype(np.uint8)
    assert classifier.style(dimmed, mask).name == as_it_is.name


def test_what_is_around_the_hair_does_not_decide(portrait, classifier, mask):
    as_it_is = classifier.style(portrait, mask)
    elsewhere = portrait.copy()
    elsewhere[cv2.dilate(mask, np.ones((9, 9))) == 0] = 255
    assert close(classifier.style(elsewhere, mask), as_it_is, 0.05)
    wide = [np.pad(side, ((0, 0), (0, 300)) + ((0, 0),) * (side.ndim - 2)) for side in (portrait, mask)]
    assert close(classifier.style(*wide), as_it_is, 1e-3)


def test_the_square_fits_the_hair_and_leaves_specks_out():
    rgb, mask = np.zeros((200, 300, 3), np.uint8), np.zeros((200, 300), np.float32)
    mask[40:140, 50:90] = 1
    mask[190:195, 280:285] = 1
    _, hair = hair_square(rgb, mask, 96)
    rows, columns = np.where(hair > 127)
    assert (np.ptp(rows) + 1, np.ptp(columns) + 1) == (pytest.approx(91, abs=2), pytest.approx(37, abs=2))
    assert (rows.mean(), columns.mean()) == (pytest.approx(47.5, abs=1.5), pytest.approx(47.5, abs=1.5))


def test_no_hair_and_wrong_arrays_are_refused(portrait, classifier):
    with pytest.raises(PictureError, match="no hair was found"):
        classifier.style(portrait, np.zeros(portrait.shape[:2], np.float32))
    with pytest.raises(MaskError, match="of the picture's size"):
        classifier.style(portrait, np.ones((5, 5), np.float32))
    with pytest.raises(PictureError, match="uint8 array"):
        classifier.style(portrait / 255, np.ones(portrait.shape[:2], np.float32))
    with pytest.raises(InputError, match="threads"):
        hairtint.StyleClassifier(threads=0)
    with pytest.raises(InputError, match="entry"):
        hairtint.StyleClassifier("style")


def test_every_kind_of_mask_that_recolor_takes_names_the_same_style_and_no_other_is_taken(portrait, classifier, mask):
    levels = np.rint(mask * 255).astype(np.uint8)
    for same in (mask.astype(np.float64), levels):
        assert close(classifier.style(portrait, same), classifier.style(portrait, mask), 0.02)
    hair = mask > 0.5
    for same in (hair.astype(np.uint8), hair.astype(np.uint8) * np.uint8(255)):
        assert classifier.style(portrait, same) == classifier.style(portrait, hair)
    for other in (levels.astype(np.float32), np.where(hair, np.nan, 0), levels.astype(int), mask.tolist()):
        with pytest.raises(MaskError):
            classifier.style(portrait, other)


def test_a_missing_or_damaged_network_is_said(tmp_path, monkeypatch):
    shutil.copytree(zoo.HOME / "style", tmp_path / "style")
    monkeypatch.setattr(zoo, "HOME", tmp_path)
    data = bytearray((tmp_path / "style" / "style.onnx").read_bytes())
    data[1000] ^= 1
    (tmp_path / "style" / "style.onnx").write_bytes(data)
    with pytest.raises(DamagedModelError, match="sha256 differs"):
        hairtint.StyleClassifier()
    (tmp_path / "junk.onnx").write_bytes(b"junk")
    with pytest.raises(DamagedModelError, match="not a network"):
        hairtint.StyleClassifier(zoo.Entry("style", tmp_path / "junk.onnx", 224))
    shutil.rmtree(tmp_path / "style")
    with pytest.raises(UnknownModelError, match="install hairtint again"):
        hairtint.StyleClassifier()


def test_the_command_names_several_files_and_goes_on_after_a_bad_one(tmp_path, portrait_path, capsys):
    shutil.copy(portrait_path, tmp_path / "a.jpg")
    Image.new("RGB", (200, 200), "white").save(tmp_path / "b.png")
    shutil.copy(portrait_path, tmp_path / "c.jpg")
    assert run(["style", str(tmp_path), str(tmp_path / "c.jpg")]) == 1
    printed = capsys.readouterr()
    lines = printed.out.splitlines()
    assert [line.split(":")[0] for line in lines] == [str(tmp_path / "a.jpg"), str(tmp_path / "c.jpg")]
    assert lines[0].split(": ")[1].split()[0] in STYLES
    assert printed.err.splitlines() == [
        f"hairtint: {tmp_path / 'b.png'}: no hair was found, or too little to tell its style:"
        " give a picture that shows it larger"
    ]


def test_the_command_prints_json(portrait_path, capsys):
    assert run(["style", str(portrait_path), "--json"]) == 0
    [row] = json.loads(capsys.readouterr().out)
    assert row["path"] == str(portrait_path)
    assert row["style"] == max(row["probabilities"], key=row["probabilities"].get)
    assert sum(row["probabilities"].values()) == pytest.approx(1, abs=1e-2)


def test_the_command_looks_into_folders_in_folders_where_it_is_asked_to(tmp_path, portrait_path, capsys):
    (tmp_path / "inner").mkdir()
    shutil.copy(portrait_path, tmp_path / "inner" / "a.jpg")
    assert run(["style", str(tmp_path)]) == 1
    assert "--recursive" in capsys.readouterr().err
    assert run(["style", "--recursive", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith(str(tmp_path / "inner" / "a.jpg"))


@pytest.mark.parametrize("arguments", [["missing.jpg"], ["white.png"], ["note.txt"], ["--model", "none", "white.png"]])
def test_the_command_refuses_with_one_line(arguments, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Image.new("RGB", (200, 200), "white").save("white.png")
    (tmp_path / "note.txt").write_text("no picture")
    assert run(["style", *arguments]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("hairtint: ")
    assert printed.err.count("\n") == 1


def test_without_a_file_it_is_wrong_usage(capsys):
    assert run(["style"]) == 2
    assert "IN..." in capsys.readouterr().err


def test_photos_of_a_style_are_more_likely_of_it_than_others_are(shared, classifier):
    pairs, _ = datasets.open_dataset(shared / "data" / "figaro1k" / "train", check=False)
    _, held = datasets.split(pairs, seed=0)
    asked = held[::4]
    segmenter = hairtint.Segmenter("swift")
    found = [classifier.style(rgb, segmenter.mask(rgb)) for rgb in (pair.read()[0] for pair in asked)]
    for name in STYLES:
        of_it, of_others = (
            np.mean(
                [f.probabilities[name] for pair, f in zip(asked, found, strict=True) if (pair.style == name) is is_it]
            )
            for is_it in (True, False)
        )
        assert of_it > 2 * of_others, name
    right = np.mean([pair.style == f.name for pair, f in zip(asked, found, strict=True)])
    assert right > 0.7
