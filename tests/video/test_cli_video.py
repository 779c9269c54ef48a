"""`hairtint video` as a user calls it: real files in, real files out, exit status and messages."""

import sys

import numpy as np
import pytest
from clips import decoded, make, packets, pictures, planes, rgb

from hairtint.cli import run


def refused(capsys, *arguments):
    """The one line that a refused call prints."""
    assert run(["video", *map(str, arguments)]) == 1
    printed = capsys.readouterr()
    assert printed.err.startswith("hairtint: ")
    assert printed.err.count("\n") == 1
    assert "Traceback" not in printed.err
    return printed.err


def test_a_video_with_mask_and_matte(clip, tmp_path, capsys):
    out, mask, matte = (tmp_path / name for name in ("out.mp4", "mask.mp4", "matte.mov"))
    call = ["video", clip, "-c", "blue", "-o", out, "--mask-video", mask, "--matte-out", matte]
    assert run([str(part) for part in call]) == 0
    printed = capsys.readouterr()
    assert printed.out.split() == [str(out), str(mask), str(matte)]
    assert printed.err == ""
    assert [len(decoded(path)) for path in (out, mask, matte)] == [12, 12, 12]
    assert packets(out, "audio") == packets(clip, "audio")
    hair = rgb(decoded(mask)[-1])[..., 0] > 220
    before, after = rgb(decoded(clip)[-1])[hair], rgb(decoded(out)[-1])[hair]
    assert (after.mean(0) - before.mean(0)).argmax() == 2, "blue hair became bluer than anything"


@pytest.mark.parametrize(
    "options",
    [
        ["-c", "copper", "--method", "hsv", "--saturation", "0.3"],
        ["-c", "copper", "--largest-region"],
        ["-c", "copper", "--model", "light"],
        ["-c", "copper", "--effect", "ombre:platinum:0.6", "--effect", "gloss:0.5"],
        ["-c", "copper", "--strength", "0.5"],
        ["--keyframes", "looks.toml"],
    ],
)
def test_options_change_the_picture(tmp_path, portrait, options, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "looks.toml").write_text('[[look]]\nat = 0\ncolor = "red"\n[[look]]\nat = 0.1\ncolor = "blue"')
    make(tmp_path / "in.mkv", pictures(portrait, 2), codec="ffv1")
    assert run(["video", "in.mkv", "-o", "out.mkv", "--codec", "ffv1", "-q", *options]) == 0
    before, after = decoded(tmp_path / "in.mkv"), decoded(tmp_path / "out.mkv")
    assert all((planes(a)[1] != planes(b)[1]).any() for a, b in zip(before, after, strict=True))


def test_start_end_and_quality(tmp_path, portrait, capsys):
    clip = make(tmp_path / "in.mp4", pictures(portrait, 30))
    sizes = {}
    for quality in ("draft", "high", "40"):
        out = tmp_path / f"{quality}.mp4"
        call = ["video", clip, "-c", "copper", "-o", out, "--start", "0:00.4", "--end", "0.8", "--quality", quality]
        assert run([str(part) for part in call]) == 0
        assert len(decoded(out)) == 10
        sizes[quality] = out.stat().st_size
    assert sizes["40"] < sizes["draft"] < sizes["high"]


def test_existing_files_stay_without_force(clip, tmp_path, capsys):
    out = tmp_path / "out.mp4"
    out.write_text("mine")
    assert "--force" in refused(capsys, clip, "-c", "copper", "-o", out)
    assert out.read_text() == "mine"
    assert run(["video", str(clip), "-c", "copper", "-o", str(out), "--force", "-q"]) == 0
    assert capsys.readouterr() == ("", "")
    assert len(decoded(out)) == 12


def test_broken_frames_are_told_and_the_status_is_0(tmp_path, portrait, capsys):
    clip = make(tmp_path / "in.mkv", pictures(portrait, 6), codec="ffv1")
    data = bytearray(clip.read_bytes())
    frame, _ = packets(clip, "video")[2]
    place = data.index(frame)
    data[place : place + len(frame)] = np.random.default_rng(0).bytes(len(frame))
    clip.write_bytes(data)
    assert run(["video", str(clip), "-c", "copper", "-o", str(tmp_path / "out.mkv")]) == 0
    printed = capsys.readouterr().err
    assert "a broken frame" in printed
    assert "broken places: 1" in printed
    assert len(decoded(tmp_path / "out.mkv")) == 5


def test_bad_videos_are_one_line_each(clip, tmp_path, portrait_path, capsys):
    out = tmp_path / "out.mp4"
    for name, content in {
        "text.mp4": b"hello", "empty.mp4": b"", "cut.mp4": clip.read_bytes()[:300],
        "still.mp4": portrait_path.read_bytes(),
    }.items():  # fmt: skip
        (tmp_path / name).write_bytes(content)
    for name in ("missing.mp4", "text.mp4", "empty.mp4", "cut.mp4", "still.mp4"):
        assert name in refused(capsys, tmp_path / name, "-c", "copper", "-o", out)
        assert not out.exists()
    assert not list(tmp_path.glob(".*"))


def test_bad_choices_are_one_line_each(clip, tmp_path, capsys):
    out = tmp_path / "out.mp4"
    assert "copper" in refused(capsys, clip, "-c", "coper", "-o", out)
    assert "light" in refused(capsys, clip, "-c", "copper", "-o", out, "--model", "nothing")
    assert "does not exist" in refused(capsys, clip, "-c", "copper", "-o", tmp_path / "no" / "out.mp4")
    assert ".webm" in refused(capsys, clip, "-c", "copper", "-o", tmp_path / "out.xyz")
    assert "ombre" in refused(capsys, clip, "-c", "copper", "-o", out, "--effect", "nonsense")
    assert "lossless" in refused(capsys, clip, "-c", "copper", "-o", out, "--quality", "best")
    assert "ffv1" in refused(capsys, clip, "-c", "copper", "-o", out, "--codec", "ffv1")
    assert "looks.toml" in refused(capsys, clip, "--keyframes", tmp_path / "looks.toml", "-o", out)
    assert [p.name for p in tmp_path.iterdir()] == ["in.mp4"]


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["x.mp4", "-c", "red"],
        ["x.mp4", "-o", "y.mp4"],
        ["x.mp4", "-c", "red", "--keyframes", "k.toml", "-o", "y.mp4"],
        ["x.mp4", "-c", "red", "-o", "y.mp4", "--strength", "2"],
        ["x.mp4", "-c", "red", "-o", "y.mp4", "--start", "soon"],
        ["x.mp4", "-c", "red", "-o", "y.mp4", "--codec", "mpeg9"],
        ["x.mp4", "-c", "red", "-o", "y.mp4", "--method", "hsv", "--effect", "gloss"],
        ["x.mp4", "-c", "red", "-o", "y.mp4", "--saturation", "0.3"],
    ],
)
def test_wrong_usage_is_status_2(arguments, capsys):
    assert run(["video", *arguments]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_without_pyav_the_cure_is_named(clip, tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    assert "hairtint[video]" in refused(capsys, clip, "-c", "copper", "-o", tmp_path / "out.mp4")
