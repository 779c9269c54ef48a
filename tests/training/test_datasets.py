"""Data sets made as small real files: what is read, what is left out and why, and how it is split."""

import shutil
from collections import Counter
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from tiny_pictures import picture, write

from hairtint.cli import run
from hairtint.errors import DataError
from hairtint.style import STYLES
from hairtint.training import datasets, shards
from hairtint.training.datasets import open_all, open_dataset, open_folders, split
from hairtint.training.expand import expand
from hairtint.training.pairs import Pair


def published_figaro(folder):
    """Frames 1 and 151 in Training, 301 in Testing and, as published, frame 1 there once more."""
    for part, frames in (("Training", (1, 151)), ("Testing", (301, 1))):
        for side in ("Original", "GT"):
            (folder / side / part).mkdir(parents=True)
        for frame in frames:
            rgb, mask = picture(frame)
            stem = f"Frame{frame:05d}"
            cv2.imwrite(str(folder / "Original" / part / f"{stem}-org.jpg"), rgb[:, :, ::-1])
            Image.fromarray(mask).convert("1").save(folder / "GT" / part / f"{stem}-gt.pbm")
    return folder


def test_figaro_as_published(tmp_path):
    pairs, report = open_dataset(published_figaro(tmp_path / "downloads" / "Figaro"))
    assert [(p.stem, p.style) for p in pairs] == [
        ("Frame00001", "straight"),
        ("Frame00151", "wavy"),
        ("Frame00301", "curly"),
    ]
    assert {pair.source for pair in pairs} == {report.source} == {"figaro1k"}
    assert report.left_out == {"in more than one part, kept once": ["Frame00001"]}
    rgb, mask = pairs[1].read()
    true_rgb, true_mask = picture(151)
    assert rgb.dtype == mask.dtype == np.uint8
    assert np.array_equal(mask, true_mask)
    assert np.abs(rgb.astype(int) - true_rgb).mean() < 8, "RGB, not BGR"


def test_figaro_without_a_part_of_its_masks(tmp_path):
    folder = published_figaro(tmp_path / "figaro1k")
    shutil.rmtree(folder / "GT" / "Testing")
    pairs, report = open_dataset(folder)
    assert len(pairs) == 2
    assert report.left_out == {"no GT folder for it": ["Testing"]}


def test_celebamask_as_published(tmp_path):
    folder = tmp_path / "CelebAMask-HQ"
    (folder / "CelebA-HQ-img").mkdir(parents=True)
    for k in (0, 7, 2001):
        rgb, mask = picture(k, 64, 64)
        cv2.imwrite(str(folder / "CelebA-HQ-img" / f"{k}.jpg"), rgb[:, :, ::-1])
        home = folder / "CelebAMask-HQ-mask-anno" / str(k // 2000)
        home.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(home / f"{k:05d}_skin.png"), mask)
        if k != 7:
            cv2.imwrite(str(home / f"{k:05d}_hair.png"), cv2.resize(mask, (32, 32), interpolation=cv2.INTER_NEAREST))
    shutil.copy(folder / "CelebA-HQ-img" / "0.jpg", folder / "CelebA-HQ-img" / "readme.jpg")
    pairs, report = open_dataset(folder)
    assert [p.name for p in pairs] == [f"celebamask-hq/{stem}" for stem in ("00000", "00007", "02001")]
    assert (report.pairs, report.empty) == (3, 1)
    assert report.left_out == {"its name is not a number": ["readme.jpg"]}
    _, mask = pairs[0].read()
    assert mask.shape == (64, 64)
    assert set(np.unique(mask)) == {0, 255}
    assert (mask != picture(0, 64, 64)[1]).mean() < 0.05
    assert not pairs[1].read()[1].any()


def test_plain_folders_and_everything_that_is_left_out(tmp_path):
    folder = tmp_path / "mine" / "train"
    for stem in ("good", "bald", "cut", "garbage", "odd", "half", "nomask", "dim"):
        write(folder, stem, *picture(len(stem)))
    images, masks = folder / "images", folder / "masks"
    Image.new("1", (48, 40)).save(masks / "bald.png")
    whole = (images / "cut.jpg").read_bytes()
    (images / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (masks / "garbage.png").write_bytes(b"no picture at all")
    Image.new("L", (48, 41), 255).save(masks / "odd.png")
    Image.new("L", (24, 20), 255).save(masks / "half.png")
    (masks / "nomask.png").rename(masks / "nophoto.png")
    cv2.imwrite(str(masks / "dim.png"), picture(3)[1] // 255)
    (images / "notes.txt").write_text("passed over")
    (images / "moving.gif").write_bytes(b"GIF89a")
    shutil.copy(Path(__file__).parents[1] / "phone.heic", images / "phone.HEIC")
    pairs, report = open_dataset(folder)
    assert [p.stem for p in pairs] == ["bald", "good"]
    assert (report.source, report.pairs, report.empty) == ("mine", 2, 1)
    assert report.left_out == {
        "photo unreadable (OSError)": ["cut.jpg"],
        "mask unreadable (UnidentifiedImageError)": ["garbage.png"],
        "photo and mask differ in size": ["half 48x40 and 24x20", "odd 48x40 and 48x41"],
        "no mask with this stem": ["nomask.jpg"],
        "no photo with this stem": ["nophoto.png"],
        "mask without white: hair must be 255": ["dim.png"],
        "not a kind of picture that is read here, make it a JPEG or PNG": ["moving.gif", "phone.HEIC"],
    }
    lines = report.lines()
    assert lines[0] == "mine: 2 pairs, 1 of them without hair"
    assert any("left out 2, photo and mask differ in size" in line for line in lines)


def test_masks_that_would_be_read_as_something_else(tmp_path):
    """Each holds the shape of the hair, but not where it is looked for; those with another name are fine."""
    rgb, hair = picture(3)
    wide = hair.astype(np.uint16)
    masks = {
        "sixteen": wide, "few": wide // 100, "label": wide * 40, "alpha": np.dstack([hair * 0 + 255] * 3 + [hair]),
        "fine-sixteen": wide * 257, "fine-grey": hair, "fine-alpha": np.dstack([hair] * 3 + [hair * 0 + 255]),
        "fine-clear": np.dstack([hair] * 3 + [hair * 0]), "fine-empty": wide * 0,
    }  # fmt: skip
    for stem, mask in masks.items():
        write(tmp_path / "set", stem, rgb, mask)
    Image.fromarray(hair).convert("1").save(tmp_path / "set" / "masks" / "fine-grey.png")
    grey = Image.merge("LA", [Image.new("L", hair.shape[::-1], 255), Image.fromarray(hair)])
    grey.save(tmp_path / "set" / "masks" / "shape.png")
    shutil.copy(tmp_path / "set" / "images" / "few.jpg", tmp_path / "set" / "images" / "shape.jpg")
    pairs, report = open_dataset(tmp_path / "set")
    assert [p.stem for p in pairs] == sorted(stem for stem in masks if stem.startswith("fine"))
    for pair in pairs:
        assert np.array_equal(pair.read()[1], hair * (pair.stem != "fine-empty"))
    assert report.empty == 1
    assert report.left_out == {
        "mask of 16 bits without white: hair must be 65535, or the mask have 8 bits": ["few.png", "sixteen.png"],
        "mask with transparency: hair must be white on black": ["alpha.png", "shape.png"],
        "mask without white: hair must be 255": ["label.png"],
    }


def test_masks_that_are_hardly_of_hair_are_noted(tmp_path):
    rgb, hair = picture(3)
    inverted = Image.fromarray(hair // 255, "P")
    inverted.putpalette([255, 255, 255, 0, 0, 0])
    masks = {
        "good": Image.fromarray(hair), "inverted": inverted, "photo": Image.fromarray(rgb),
        "labels": Image.fromarray(np.where(hair > 0, np.uint8(200), np.uint8(150))),
        "soft": Image.fromarray(cv2.GaussianBlur(cv2.resize(hair, None, fx=10, fy=10), (0, 0), 3)),
    }  # fmt: skip
    for stem, mask in masks.items():
        write(tmp_path / "set", stem, cv2.resize(rgb, mask.size), hair)
        mask.save(tmp_path / "set" / "masks" / f"{stem}.png")
    pairs, report = open_dataset(tmp_path / "set")
    assert len(pairs) == len(masks)
    share = round(100 * (hair > 0).mean())
    assert report.facts[1] == f"hair covers {share} to 100 % of a photo, in the median {100 - share} %"
    assert report.notes == [
        "over 70 % of a mask is white, look whether that is the hair: inverted.png, labels.png, photo.png",
        "over 5 % of a mask is grey, hair must be white and all else black: labels.png, photo.png",
    ]


def test_photos_that_would_be_read_as_black(tmp_path):
    """Scans of 10 and 12 bits in files of 16; a black photo is one, whatever its bits."""
    rgb, mask = picture(1)
    photos = {
        "ten": rgb * np.uint16(4), "twelve": rgb * np.uint16(16), "eight": rgb * np.uint16(1),
        "fine-sixteen": rgb * np.uint16(257), "fine-black": rgb * np.uint16(0), "fine-dark": rgb // 20,
    }  # fmt: skip
    for stem, photo in photos.items():
        write(tmp_path / "set", stem, rgb, mask)
        (tmp_path / "set" / "images" / f"{stem}.jpg").unlink()
        cv2.imwrite(str(tmp_path / "set" / "images" / f"{stem}.png"), photo[:, :, ::-1])
    cv2.imwrite(str(tmp_path / "set" / "images" / "scan.tif"), rgb * np.uint16(16))
    shutil.copy(tmp_path / "set" / "masks" / "ten.png", tmp_path / "set" / "masks" / "scan.png")
    for no_hair in (False, True):
        pairs, report = open_dataset(tmp_path / "set", no_hair=no_hair)
        assert [pair.stem for pair in pairs] == ["fine-black", "fine-dark", "fine-sixteen"]
        assert report.left_out == {
            "photo of 16 bits without light: white must be 65535, or the photo have 8 bits": [
                "eight.png", "scan.tif", "ten.png", "twelve.png",
            ]
        }  # fmt: skip


def test_photos_that_pillow_reads_and_training_does_not(tmp_path, capfd):
    """OpenCV, by which training reads, knows fewer kinds of pictures."""
    rgb, mask = picture(1)
    for stem in ("good", "targa", "float"):
        write(tmp_path / "set", stem, rgb, mask)
    images = tmp_path / "set" / "images"
    Image.fromarray(rgb).save(images / "targa.jpg", "TGA")
    (images / "float.jpg").unlink()
    Image.fromarray(rgb[..., 0].astype(np.float32)).save(images / "float.tif")
    for no_hair in (False, True):
        pairs, report = open_dataset(tmp_path / "set", no_hair=no_hair)
        assert [pair.stem for pair in pairs] == ["good"]
        assert report.left_out == {"photo unreadable (OpenCV)": ["float.tif", "targa.jpg"]}
    assert capfd.readouterr().err == "", "OpenCV says nothing of its own"


@pytest.mark.parametrize("suffix", ["jpg", "tif"])
def test_pictures_on_their_side_go_by_how_they_are_seen(tmp_path, suffix):
    """Pillow gives the size of a TIFF as it is seen, that of a JPEG as it is stored."""
    rgb, mask = picture(1, 40, 48)
    write(tmp_path / "set", "seen", rgb, np.rot90(mask, -1))
    write(tmp_path / "set", "stored", rgb, mask)
    for stem in ("seen", "stored"):
        exif = Image.Exif()
        exif[0x0112] = 6
        (tmp_path / "set" / "images" / f"{stem}.jpg").unlink()
        Image.fromarray(rgb).save(tmp_path / "set" / "images" / f"{stem}.{suffix}", exif=exif, quality=95)
    pairs, report = open_dataset(tmp_path / "set")
    assert [p.stem for p in pairs] == ["seen"]
    assert list(report.left_out) == ["photo and mask differ in size"]
    seen, hair = pairs[0].read()
    assert seen.shape[:2] == hair.shape == (48, 40)
    assert seen[hair > 0].mean() < 80 < seen[hair == 0].mean()


def test_a_set_is_called_by_its_folder():
    """Never "/", which joined to another folder would be the root of the disk."""
    for folder, name in (("/data/hair/train/images", "hair"), ("/train", "train"), ("/test/images", "images")):
        assert datasets.source_name(Path(folder)) == name


def test_a_published_set_is_split_alike_whatever_the_case_of_its_folder(tmp_path):
    splits = []
    for k, name in enumerate(("figaro1k", "Figaro1k", "Mine")):
        for frame in range(20):
            write(tmp_path / str(k) / name, f"Frame{frame + 1:05d}", *picture(frame))
        train, held = split(open_dataset(tmp_path / str(k) / name)[0])
        splits.append(([pair.stem for pair in train], [pair.stem for pair in held]))
        assert train[0].source == ("Mine" if name == "Mine" else "figaro1k")
    assert splits[0] == splits[1] != splits[2]


@pytest.mark.parametrize("expanded", [False, True])
def test_a_name_that_most_photos_share_is_no_persons(tmp_path, expanded):
    for k in range(8):
        write(tmp_path / "mine", f"Selfie_{k:04d}", *picture(k))
    for k in range(2):
        write(tmp_path / "mine", f"Ann_Lee_{k:04d}", *picture(10 + k))
    pairs, report = open_dataset(tmp_path / "mine")
    assert "mine: 8 of 10 photos are called Selfie: each is split as if of another person" in report.lines()
    assert {pair.person for pair in pairs} == {"Ann_Lee", *(f"Selfie_{k:04d}" for k in range(8))}
    if expanded:  # by a hairtint that took them for one person
        expand([replace(pair, person="Selfie") for pair in pairs[2:]], tmp_path / "more", copies=1, size=32)
        pairs, _ = open_dataset(tmp_path / "more")
    train, held = split(pairs)
    assert len(held) == 2
    assert not {pair.stem[:11] for pair in train} & {pair.stem[:11] for pair in held}


def test_names_of_the_known_sets_are_persons(tmp_path):
    """A split of theirs that a run has seen must stay as it is."""
    names = [f"{who}_{k:04d}" for who in ("Ann_Lee", "Bo_Li") for k in range(1, 6)]
    names += [f"personne{who:02d}_{k}" for who in (1, 2) for k in range(5)]
    for k, name in enumerate(names):
        write(tmp_path / "lfw-parts", name, *picture(k))
    pairs, report = open_dataset(tmp_path / "lfw-parts")
    assert Counter(pair.person for pair in pairs) == {"Ann_Lee": 5, "Bo_Li": 5, "personne01": 5, "personne02": 5}
    assert report.facts[0] == "persons by file names: 4, on 20 of 20 photos"
    assert report.notes == []


def test_frames_of_other_sets_are_of_no_style(tmp_path):
    for name in ("figaro1k", "mine"):
        write(tmp_path / name, "Frame00151", *picture(1))
        expand(open_dataset(tmp_path / name)[0], tmp_path / f"{name}-more", copies=1, size=32)
        styles = [pair.style for pair in open_all([tmp_path / name, tmp_path / f"{name}-more"])[0]]
        assert styles == ["wavy" if name == "figaro1k" else None] * 3


def test_photos_named_as_in_the_tutorial_are_split_by_person(tmp_path, capsys):
    for who in ("anna", "ben", "carl"):
        for k in range(10):
            write(tmp_path / "mine", f"{who}-{k + 1}", *picture(k))
    train, held = split(open_dataset(tmp_path / "mine")[0])
    assert {pair.stem.partition("-")[0] for pair in train}.isdisjoint({p.stem.partition("-")[0] for p in held})
    assert run(["data", "check", "--data", str(tmp_path / "mine")]) == 0
    assert "mine: persons by file names: 3, on 30 of 30 photos\n" in capsys.readouterr().out
    for path in (tmp_path / "mine").glob("*/*"):
        path.rename(path.with_name(f"DSC_{len(path.stem)}{path.name.replace('-', '')}"))
    assert run(["data", "check", "--data", str(tmp_path / "mine")]) == 0
    assert "mine: no persons recognised by file names: photos of one person may be" in capsys.readouterr().out


def test_links_to_nothing_are_reported(tmp_path):
    for stem in ("good", "gone"):
        write(tmp_path / "set", stem, *picture(1))
    photo = tmp_path / "set" / "images" / "gone.jpg"
    photo.unlink()
    photo.symlink_to(tmp_path / "elsewhere.jpg")
    _, report = open_dataset(tmp_path / "set")
    assert report.left_out["a link to a file that is not there"] == ["gone.jpg"]


def test_large_photos_are_read_without_a_warning(tmp_path, monkeypatch, recwarn):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1500)
    write(tmp_path / "set", "large", *picture(1))
    assert open_dataset(tmp_path / "set")[1].pairs == 1
    assert not recwarn.list


def test_two_files_with_one_stem(tmp_path):
    write(tmp_path / "set", "twice", *picture(1))
    shutil.copy(tmp_path / "set" / "images" / "twice.jpg", tmp_path / "set" / "images" / "twice.png")
    pairs, report = open_dataset(tmp_path / "set")
    assert len(pairs) == 1
    assert report.left_out == {"another file has this stem": ["twice.png"]}


def test_photos_without_any_hair(tmp_path, tiny):
    pairs, report = open_dataset(tiny, no_hair=True)
    assert report.empty == report.pairs == 24
    assert not pairs[0].read()[1].any()
    pairs, _ = open_dataset(tiny / "images", no_hair=True)
    assert len(pairs) == 24


def test_refusals_are_one_clear_line(tmp_path, tiny):
    empty = tmp_path / "empty"
    (empty / "images").mkdir(parents=True)
    (empty / "masks").mkdir()
    shutil.copy(tiny / "images" / "Frame00001.jpg", empty / "images")
    for call, words in (
        (lambda: open_dataset(tmp_path / "none"), "no data folder"),
        (lambda: open_dataset(tmp_path), "is no data set"),
        (lambda: open_dataset(empty), "no usable pair: 1 left out, no mask with this stem"),
        (lambda: open_folders(tiny / "images", tmp_path / "masks"), "no folder"),
        (lambda: open_all([tiny, tiny]), "give each folder once"),
        (lambda: datasets.kept_for_validation([], tmp_path), "no run folder"),
    ):
        with pytest.raises(DataError, match=words) as refusal:
            call()
        assert "\n" not in str(refusal.value)


def test_two_parts_of_a_set_with_equal_names_are_told_apart_for_the_user(tmp_path):
    for part in ("train", "test"):
        write(tmp_path / "set" / part, "a", *picture(len(part)))
    one, other = (tmp_path / "set" / part / "images" / "a.jpg" for part in ("train", "test"))
    with pytest.raises(DataError) as refusal:
        open_all([tmp_path / "set" / "train", tmp_path / "set" / "test"])
    assert str(refusal.value) == (
        f"set/a is in the data twice, as {one} and as {other}: give each folder once, or rename a photo or a folder"
        " (one called train or test or images goes by the name of the folder above)"
    )


def test_a_photo_that_vanishes_after_the_check(tmp_path):
    write(tmp_path / "set", "gone", *picture(1))
    pair = open_dataset(tmp_path / "set")[0][0]
    pair.image.unlink()
    with pytest.raises(DataError, match="can no longer be read"):
        pair.read()


@pytest.mark.parametrize(
    ("stem", "person"),
    [
        ("George_W_Bush_0012", "George_W_Bush"),
        ("Madonna_0003", "Madonna"),
        ("AJ_Cook_0001", "AJ_Cook"),
        ("v3_-60_personne031420-60", "personne03"),
        ("v3_75_personne03251075", "personne03"),
        ("IMG_0001", "IMG_0001"),
        ("photo_0001", "photo_0001"),
        ("anna-1", "anna"),
        ("Anna_12", "Anna"),
        ("anna maria 3", "anna maria"),
        ("anna (2)", "anna"),
        ("anna", "anna"),
        ("p01-1", "p01"),
        ("s03_2", "s03"),
        ("P12 (3)", "P12"),
        ("subject007-12", "subject007"),
        ("img12-3", "img12-3"),
        ("photo1 (2)", "photo1 (2)"),
        ("DSC0001-1", "DSC0001-1"),
        ("p1010001 (1)", "p1010001 (1)"),
        ("001-2", "001-2"),
        ("DSC-0001", "DSC-0001"),
        ("PXL_20240101", "PXL_20240101"),
        ("photo-12", "photo-12"),
        ("WhatsApp Image 7", "WhatsApp Image 7"),
        ("IMG-20240101-WA0001", "IMG-20240101-WA0001"),
        ("image (3)", "image (3)"),
        ("Frame00001", "Frame00001"),
        ("00001", "00001"),
    ],
)
def test_who_a_photo_shows(stem, person, tmp_path):
    write(tmp_path / "set", stem, *picture(1))
    assert open_dataset(tmp_path / "set")[0][0].person == person


def pair(stem, person=None, source="set", style=None, varied=False):
    return Pair(stem, Path(f"{stem}.jpg"), None, person or stem, source, style, varied)


PEOPLE = st.lists(st.integers(1, 6), min_size=5, max_size=60)  # photos of each person


@settings(max_examples=60)
@given(photos=PEOPLE, seed=st.integers(0, 99), validation=st.sampled_from([0.1, 0.2, 0.5]))
def test_split_keeps_people_apart_and_its_share(photos, seed, validation):
    pairs = [pair(f"{name}-{k}", f"person {name}") for name, many in enumerate(photos) for k in range(many)]
    train, held = split(pairs, seed=seed, validation=validation)
    assert sorted(p.stem for p in train + held) == sorted(p.stem for p in pairs), "each once"
    assert not {p.person for p in train} & {p.person for p in held}
    assert -0.5 <= len(held) - validation * len(pairs) <= max(photos) - 0.5
    assert {p.stem for p in split(pairs[::-1], seed=seed, validation=validation)[1]} == {p.stem for p in held}


@settings(max_examples=30)
@given(many=st.lists(st.integers(5, 40), min_size=7, max_size=7), seed=st.integers(0, 99))
def test_split_is_balanced_over_sources_and_styles(many, seed):
    pairs = [pair(f"{s}-{k}", style=s) for s, n in zip(STYLES, many, strict=True) for k in range(n)]
    pairs += [pair(f"celeb-{k}", source="celeb") for k in range(50)]
    _, held = split(pairs, seed=seed)
    counts = Counter(p.style for p in held)
    assert counts == Counter({s: round(0.2 * n) for s, n in zip(STYLES, many, strict=True)} | {None: 10})


def test_what_a_small_share_keeps_apart_a_larger_one_keeps_apart_as_well():
    """docs/training.md, What was kept apart: the photos of the figures were in no stage's training."""
    pairs = [pair(f"{style}-{k}", style=style) for style in ("wavy", "curly") for k in range(90)]
    tenth, fifth = (split(pairs, validation=share)[1] for share in (0.1, 0.2))
    assert len(tenth) == 18
    assert len(fifth) == 36
    assert all(pair in fifth for pair in tenth)


def test_split_follows_its_seed():
    pairs = [pair(f"{k:02d}") for k in range(50)]
    assert split(pairs, seed=1) == split(pairs, seed=1)
    assert split(pairs, seed=1) != split(pairs, seed=2)


def test_copies_of_a_photo_stay_together(tmp_path):
    for k in range(12):
        write(tmp_path / "set", f"a{k}", *picture(k))
        for name in ("images", "masks"):
            source = next((tmp_path / "set" / name).glob(f"a{k}.*"))
            shutil.copy(source, source.with_stem(f"b{k}"))
    pairs, _ = open_dataset(tmp_path / "set")
    for seed in range(5):
        train, held = split(pairs, seed=seed)
        assert len(held) >= 4
        assert not {p.stem[1:] for p in train} & {p.stem[1:] for p in held}


def copied(folder, source, stem, name):
    """A pair once more, under another name or in another folder."""
    for part in ("images", "masks"):
        (folder / part).mkdir(parents=True, exist_ok=True)
        path = next((source / part).glob(f"{stem}.*"))
        shutil.copy(path, folder / part / f"{name}{path.suffix}")


def sides(pairs, seed):
    """The stems of both sides."""
    return [{p.stem for p in side} for side in split(pairs, seed=seed)]


def test_copies_that_are_filed_under_two_people_join_these(tmp_path):
    folder = tmp_path / "set"
    for k, stem in enumerate(["Ann_Bee_0001", "Zed_Cee_0002", "Zed_Cee_0003", *(f"P{c}x_0001" for c in "abcdefgh")]):
        write(folder, stem, *picture(k))
    copied(folder, folder, "Ann_Bee_0001", "Zed_Cee_0001")
    copied(folder, folder, "Zed_Cee_0003", "Yan_Dee_0001")
    pairs, _ = open_dataset(folder)
    joined = {p.stem for p in pairs if p.person == "Ann_Bee"}
    assert joined == {"Ann_Bee_0001", "Zed_Cee_0001", "Zed_Cee_0002", "Zed_Cee_0003", "Yan_Dee_0001"}
    for seed in range(20):
        assert any(joined <= side for side in sides(pairs, seed))


def test_copies_in_other_folders_stay_on_one_side(tmp_path, tiny):
    stems = [path.stem for path in sorted((tiny / "images").iterdir())]
    for k, stem in enumerate(stems[:16]):
        copied(tmp_path / "again", tiny, stem, f"other{k}")
    for k in range(16):
        write(tmp_path / "again", f"new{k}", *picture(100 + k))
    shards.pack(open_dataset(tmp_path / "again")[0], tmp_path / "packed")
    for folders in ([tiny, tmp_path / "again"], [tmp_path / "again", tiny], [tiny, tmp_path / "packed"]):
        pairs, _ = open_all(folders)
        for seed in range(10):
            train, held = sides(pairs, seed)
            for k, stem in enumerate(stems[:16]):
                assert {stem, f"other{k}"} <= train or {stem, f"other{k}"} <= held
            assert abs(len([s for s in held if s in stems]) - 0.2 * 24) <= 5
            assert abs(len([s for s in held if s not in stems]) - 0.2 * 32) <= 3


def test_what_belongs_together_stays_so_in_shards(tmp_path, tiny):
    for k, path in enumerate(sorted((tiny / "images").iterdir())):
        copied(tmp_path / "again", tiny, path.stem, f"other{k}")
    pairs, reports = open_all([tiny, tmp_path / "again"])
    shards.pack(pairs, tmp_path / "shards", reports=reports)
    assert sides(open_dataset(tmp_path / "shards")[0], 3) == sides(pairs, 3)


def test_variants_follow_their_originals(tmp_path, tiny, tiny_pairs):
    expand(tiny_pairs, tmp_path / "big", copies=1, size=16)
    expand(open_dataset(tmp_path / "big")[0], tmp_path / "bigger", copies=1, size=16)
    shutil.copytree(tiny, tmp_path / "renamed")
    shards.pack(open_dataset(tmp_path / "big")[0], tmp_path / "packed")
    for folders in ([tiny, "big"], ["big", "renamed"], ["renamed", "packed"], [tiny, "bigger"], ["packed", "bigger"]):
        pairs, _ = open_all([tmp_path / folder for folder in folders])
        for seed in range(5):
            train, held = ({p.stem.partition("-")[0] for p in side} for side in split(pairs, seed=seed))
            assert held
            assert not train & held


def test_variants_are_never_validated_on():
    pairs = [pair(f"{k}-{copy}", str(k), varied=copy > 0) for k in range(10) for copy in range(8)]
    train, held = split(pairs)
    assert (len(train), len(held)) == (64, 2)
    assert not {p.person for p in train} & {p.person for p in held}
