"""`hairtint image` as a user calls it: real files in, real files out, exit status and messages."""

import struct
import zlib

import numpy as np
import pytest
from disks import full
from PIL import Image, ImageCms

from hairtint.cli import run

PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.fixture
def folder(tmp_path, portrait):
    """Three small photos, one of them in a subfolder of its own."""
    (tmp_path / "photos").mkdir()
    small = Image.fromarray(portrait).resize((200, 200))
    small.save(tmp_path / "photos" / "a.jpg", quality=95)
    small.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(tmp_path / "photos" / "b.png")
    small.save(tmp_path / "one.jpg", quality=95)
    return tmp_path


def refused(capsys, *arguments):
    """The one line that a refused call prints."""
    assert run(["image", *map(str, arguments)]) == 1
    printed = capsys.readouterr()
    assert printed.err.startswith("hairtint: ")
    assert printed.err.count("\n") == 1
    assert "Traceback" not in printed.err
    return printed.err


def pixels(path):
    return np.asarray(Image.open(path).convert("RGB")).astype(int)


def test_one_photo_with_mask_and_side_by_side(folder, capsys):
    out = folder / "out.png"
    assert run(["image", str(folder / "one.jpg"), "-c", "blue", "-o", str(out), "--mask", "--side-by-side"]) == 0
    assert capsys.readouterr().out.split() == [
        str(out), str(folder / "out-mask.png"), str(folder / "out-side-by-side.png"),
    ]  # fmt: skip
    before, after = pixels(folder / "one.jpg"), pixels(out)
    mask = np.asarray(Image.open(folder / "out-mask.png"))
    change = np.abs(before - after).max(axis=2)
    assert (change[mask > 200] > 0).mean() > 0.95
    assert change[mask == 0].max() <= 1, "a mask below half a grey level may still turn one"
    assert Image.open(folder / "out-side-by-side.png").size[0] > 600
    assert (after[mask > 200].mean(0) - before[mask > 200].mean(0)).argmax() == 2, (
        "blue hair became bluer than anything"
    )


def test_side_by_side_shows_nothing_of_what_transparency_hides(folder, portrait):
    hidden = np.zeros((*portrait.shape[:2], 4), np.uint8)
    hidden[..., :3] = (255, 0, 255)
    hidden[:, 100:400] = np.dstack([portrait, np.full(portrait.shape[:2], 255, np.uint8)])[:, 100:400]
    Image.fromarray(hidden).save(folder / "cut.png")
    out = folder / "out.png"
    call = ["image", str(folder / "cut.png"), "-c", "blue", "-o", str(out), "--side-by-side"]
    assert run([*call, "--model", "light"]) == 0
    width = portrait.shape[1]
    sheet = pixels(folder / "out-side-by-side.png")
    before, after = sheet[:, :width], sheet[:, -width:]
    assert (before[:, :100] == 255).all()
    assert (after[:, :100] == 255).all()
    np.testing.assert_array_equal(before[:, 100:400], portrait[:, 100:400])
    np.testing.assert_array_equal(after[:, 100:400], pixels(out)[:, 100:400])


@pytest.mark.parametrize(("name", "width"), [("x.webp", 5500), ("x.jpg", 22_000)])
def test_a_side_by_side_too_wide_for_its_format_is_scaled_down(folder, portrait, capsys, name, width):
    Image.fromarray(portrait).resize((width, 40)).save(folder / name, icc_profile=PROFILE)
    call = ["image", str(folder / name), "-c", "blue", "--model", "light", "--side-by-side"]
    assert run([*call, "-o", str(folder / f"out-{name}")]) == 0
    assert "scaled down" in capsys.readouterr().err
    assert Image.open(folder / f"out-{name}").size == (width, 40)
    sheet = Image.open(folder / f"out-x-side-by-side{(folder / name).suffix}")
    assert 0.99 * 3 * width < sheet.width < 3 * width
    assert sheet.info["icc_profile"] == PROFILE, "the photo's colours are meant in its own profile"


def test_a_side_by_side_that_cannot_be_written_does_not_cost_the_result(folder, capsys):
    noise = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    Image.fromarray(noise).save(folder / "noise.jpg")
    with full(folder / "disk") as disk:
        call = ["image", str(folder / "noise.jpg"), "-c", "blue", "--model", "light", "--side-by-side"]
        assert run([*call, "-o", str(disk / "out.jpg")]) == 1
        assert "out-side-by-side.jpg cannot be written, the disk is full" in capsys.readouterr().err
        assert pixels(disk / "out.jpg").shape == (32, 32, 3)


def test_without_o_the_result_lies_beside_the_photo(folder):
    assert run(["image", str(folder / "one.jpg"), "-c", "#b5562b"]) == 0
    assert (folder / "one-copper.jpg").exists()


def test_strength_zero_leaves_a_png_as_it_was(folder):
    source = folder / "photos" / "b.png"
    assert run(["image", str(source), "-c", "pink", "--strength", "0", "-o", str(folder / "same.png")]) == 0
    np.testing.assert_array_equal(pixels(source), pixels(folder / "same.png"))


@pytest.mark.parametrize(
    "options",
    [
        ["--method", "hsv"],
        ["--method", "hsv", "--saturation", "0.5"],
        ["--largest-region"],
        ["--model", "light"],
        ["--effect", "ombre:platinum:0.6"],
        ["--effect", "gloss:0.5"],
    ],
)
def test_options_change_the_picture(folder, options):
    assert run(["image", str(folder / "one.jpg"), "-c", "copper", "-o", str(folder / "x.png"), *options]) == 0
    assert (pixels(folder / "one.jpg") != pixels(folder / "x.png")).any()


def test_a_photo_that_is_named_like_a_result_is_not_passed_over_in_silence(folder, capsys):
    other = folder / "one-copper.jpg"
    other.write_bytes((folder / "one.jpg").read_bytes())
    assert run(["image", str(other), "-c", "copper"]) == 1
    assert "one-copper.jpg is named like the result of one.jpg" in capsys.readouterr().err
    assert run(["image", str(folder / "one.jpg"), str(other), "-c", "copper", "--force"]) == 0
    assert "one-copper.jpg is named like the result of one.jpg" in capsys.readouterr().err
    assert run(["image", str(other), "-c", "copper", "-o", str(folder / "x.png")]) == 0


def test_folders_go_on_where_they_stopped(folder, capsys):
    call = ["image", str(folder / "photos"), "-c", "copper", "-o", str(folder / "results")]
    assert run(call) == 0
    made = {p.name: p.stat().st_mtime_ns for p in (folder / "results").iterdir()}
    assert set(made) == {"a.jpg", "b.png"}
    (folder / "results" / "a.jpg").unlink()
    capsys.readouterr()
    assert run(call) == 0
    assert capsys.readouterr().err == "1 result was there already: --force makes it anew\n"
    assert (folder / "results" / "b.png").stat().st_mtime_ns == made["b.png"]
    assert (folder / "results" / "a.jpg").exists()
    assert run([*call, "--color", "black", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "2 results were there already: --force makes them anew\n"), "of another colour"


@pytest.mark.parametrize("names", [["photos"], ["photos/*.png"], ["photos", "-r"]])
def test_a_folder_or_pattern_of_one_photo_goes_on_as_well(folder, names, capsys, monkeypatch):
    (folder / "photos" / "a.jpg").unlink()
    monkeypatch.chdir(folder)
    call = ["image", *names, "-c", "copper", "-o", "results"]
    assert run(call) == 0
    capsys.readouterr()
    assert run(call) == 0
    assert "1 result was there already" in capsys.readouterr().err


def test_a_bad_photo_that_is_alone_in_its_folder_is_counted(folder, capsys):
    for photo in (folder / "photos").iterdir():
        photo.unlink()
    (folder / "photos" / "bad.jpg").write_bytes(b"nothing")
    assert run(["image", str(folder / "photos"), "-c", "copper", "-o", str(folder / "results")]) == 1
    assert capsys.readouterr().err.endswith("hairtint: 1 of 1 photos could not be done\n")


def test_what_is_missing_of_a_photo_is_made_and_the_rest_stays(folder):
    call = ["image", str(folder / "photos"), "-c", "copper", "-o", str(folder / "results"), "--mask", "--side-by-side"]
    assert run(call) == 0
    made = {p.name: p.stat().st_mtime_ns for p in (folder / "results").iterdir()}
    assert len(made) == 6
    (folder / "results" / "a-mask.png").unlink()
    (folder / "results" / "b.png").unlink()
    assert run(call) == 0
    again = {p.name: p.stat().st_mtime_ns for p in (folder / "results").iterdir()}
    assert {name for name in again if again[name] != made[name]} == {"a-mask.png", "b.png"}


def test_a_bad_photo_among_good_ones_is_reported_and_the_rest_is_done(folder, capsys):
    (folder / "photos" / "bad.jpg").write_bytes(b"nothing")
    assert run(["image", str(folder / "photos" / "*"), "-c", "copper", "-o", str(folder / "results")]) == 1
    assert "1 of 3 photos could not be done, the others are\n" in capsys.readouterr().err
    assert {p.name for p in (folder / "results").iterdir()} == {"a.jpg", "b.png"}


def test_where_no_photo_is_done_nothing_is_said_of_others(folder, capsys):
    for photo in (folder / "photos").iterdir():
        photo.write_bytes(b"nothing")
    assert run(["image", str(folder / "photos"), "-c", "copper", "-o", str(folder / "results")]) == 1
    assert capsys.readouterr().err.endswith("hairtint: 2 of 2 photos could not be done\n")


def test_existing_files_stay_without_force(folder, capsys):
    (folder / "out.jpg").write_text("mine")
    assert "--force" in refused(capsys, folder / "one.jpg", "-c", "copper", "-o", folder / "out.jpg")
    assert (folder / "out.jpg").read_text() == "mine"
    assert run(["image", str(folder / "one.jpg"), "-c", "copper", "-o", str(folder / "out.jpg"), "--force"]) == 0


def test_photos_are_never_overwritten_by_their_results(folder, capsys):
    before = {path.name: path.read_bytes() for path in (folder / "photos").iterdir()}
    for force in ([], ["--force"]):
        line = refused(capsys, folder / "photos", "-c", "copper", "-o", f"{folder}/photos/", *force)
        assert "a.jpg would be overwritten by its own result" in line
    assert "overwritten" in refused(capsys, folder / "one.jpg", "-c", "copper", "-o", folder / "one.jpg", "--force")
    assert {path.name: path.read_bytes() for path in (folder / "photos").iterdir()} == before


def huge_png():
    """A PNG whose header declares 20,000 x 20,000 pixels."""
    header = b"IHDR" + struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))


def test_bad_pictures_are_one_line_each(folder, capsys):
    good = (folder / "one.jpg").read_bytes()
    Image.new("RGB", (1, 1)).save(folder / "dot.png")
    for name, data in {
        "text.jpg": b"hello",
        "zero.jpg": b"",
        "cut.jpg": good[: len(good) // 2],
        "huge.png": huge_png(),
    }.items():
        (folder / name).write_bytes(data)
    for name in ("missing.jpg", "text.jpg", "zero.jpg", "cut.jpg", "huge.png", "dot.png"):
        out = folder / "out.png"
        assert name in refused(capsys, folder / name, "-c", "copper", "-o", out)
        assert not out.exists()
    assert "no such file; check the name" in refused(capsys, folder / "mistyped" / "one.jpg", "-c", "copper")
    assert not list(folder.glob(".*"))


def test_bad_choices_are_one_line_each(folder, capsys):
    photo, out = folder / "one.jpg", folder / "out.png"
    assert "copper" in refused(capsys, photo, "-c", "coper", "-o", out)
    assert "light" in refused(capsys, photo, "-c", "copper", "-o", out, "--model", "nothing")
    assert "does not exist" in refused(capsys, photo, "-c", "copper", "-o", folder / "no" / "out.png")
    assert ".jpg" in refused(capsys, photo, "-c", "copper", "-o", folder / "out.xyz")
    assert "no file matches" in refused(capsys, folder / "*.gif", "-c", "copper", "-o", out)
    assert "ombre" in refused(capsys, photo, "-c", "copper", "-o", out, "--effect", "nonsense")
    (folder / "empty").mkdir()
    assert "holds no picture" in refused(capsys, folder / "empty", "-c", "copper", "-o", folder / "results")
    (folder / "file").write_text("")
    assert "cannot" in refused(capsys, photo, "-c", "copper", "-o", folder / "file" / "results")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["x.jpg"],
        ["x.jpg", "-c", "red", "--strength", "2"],
        ["x.jpg", "-c", "red", "--method", "rgb"],
        ["x.jpg", "-c", "red", "--nonsense"],
        ["x.jpg", "-c", "red", "--saturation", "0.4"],
        ["x.jpg", "-c", "red", "--method", "hsv", "--effect", "gloss"],
        [".", " -c", "red"],
    ],
)
def test_wrong_usage_is_status_2(arguments, capsys):
    assert run(["image", *arguments]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_a_folder_needs_a_folder_for_its_results(folder, capsys):
    assert run(["image", str(folder / "photos"), "-c", "copper"]) == 2
    assert "-o" in capsys.readouterr().err
