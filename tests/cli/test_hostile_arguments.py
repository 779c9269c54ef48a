"""Wrong arguments to every command: status 1 with one line, or status 2 with the usage; never a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest
from PIL import Image

from hairtint.cli import COMMANDS, cli, run

GOOD = {  # what each command needs, so that the one wrong thing is what it refuses
    "image": ["photo.jpg", "-c", "copper", "--model", "light"],
    "video": ["clip.mp4", "-c", "copper", "-o", "out.mp4", "--model", "light"],
    "camera": ["--camera", "clip.mp4", "--display", "none", "--frames", "1"],
    "web": ["--no-open", "--model", "light"],
    "train": ["config.toml", "--data", "."],
    "evaluate": ["--data", "."],
    "train-style": ["--data", ".", "--encoder", "encoder.pt"],
    "export": ["run", "--data", "."],
    "data": ["--data", "."],
    ("data", "expand"): ["--data", ".", "--out", "out"],
    ("data", "pack"): ["--data", ".", "--out", "out"],
    ("data", "teach"): ["--data", ".", "--out", "out"],
}
NUMBERS = (click.IntRange, click.FloatRange, click.types.IntParamType, click.types.FloatParamType)


def leaves(command=cli, names=()):
    """Every command with its names, those in groups too."""
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            yield from leaves(command.get_command(click.Context(command), name), (*names, name))
    else:
        yield names, command


LEAVES = dict(leaves())
NUMERIC = [
    (names, parameter.opts[-1])
    for names, command in LEAVES.items()
    for parameter in command.params
    if isinstance(parameter, click.Option) and isinstance(parameter.type, NUMBERS)
]
CHOICES = [
    (names, parameter.opts[-1])
    for names, command in LEAVES.items()
    for parameter in command.params
    if isinstance(parameter, click.Option) and isinstance(parameter.type, click.Choice)
]


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch, portrait):
    """A folder with a photo, a file that is no video, one without a suffix, an empty folder, and nothing else."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    Image.fromarray(portrait).resize((64, 64)).save("photo.jpg")
    Path("clip.mp4").write_text("no video")
    Path("bare").touch()
    Path("config.toml").write_text('network = "light"\n')
    Path("folder").mkdir()
    for name in ("loop", "loop.png", "loop.mp4"):
        Path(name).symlink_to(name)
    return tmp_path


def refused(capsys, *arguments, statuses=(1, 2)):
    """What a refused call says; nothing may be left behind."""
    before = sorted(Path().rglob("*"))
    status = run(list(arguments))
    lines = capsys.readouterr().err.splitlines()
    assert status in statuses, lines
    assert not any("Traceback" in line for line in lines)
    if status == 2:
        assert lines[-1].startswith("Error: ") or lines[0].startswith("Usage: "), lines
    else:
        assert [line.startswith("hairtint: ") for line in lines] == [True], lines
    assert sorted(Path().rglob("*")) == before
    return lines[-1]


def test_every_command_is_tried():
    assert {names[0] for names in LEAVES} == set(COMMANDS)


@pytest.mark.parametrize("names", LEAVES)
def test_unknown_options_and_too_many_arguments(names, capsys):
    good = GOOD.get(names, GOOD.get(names[0], []))
    assert "--nonsense" in refused(capsys, *names, *good, "--nonsense", statuses=[2])
    if names not in (("image",), ("style",)):  # which take any number of photos
        assert "nonsense" in refused(capsys, *names, *good, "nonsense", statuses=[2])


@pytest.mark.parametrize(("names", "option"), NUMERIC)
@pytest.mark.parametrize("value", ["much", "", "1e999", "nan", "-inf", "0x10"])
def test_what_is_no_number(names, option, value, capsys):
    line = refused(capsys, *names, *GOOD.get(names[0], []), option, value, statuses=[2])
    assert option in line


@pytest.mark.parametrize(("names", "option"), CHOICES)
def test_what_is_no_choice(names, option, capsys):
    assert option in refused(capsys, *names, *GOOD.get(names[0], []), option, "nonsense", statuses=[2])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["image", "missing.jpg", "-c", "copper"], "missing.jpg"),
        (["image", "folder", "-c", "copper", "-o", "out"], "no picture"),
        (["image", "photo.jpg", "-c", "copper", "--model", "missing.onnx"], "missing.onnx"),
        (["image", "photo.jpg", "-c", "copper", "--model", "folder"], "no network"),
        (["image", "photo.jpg", "-c", "copper", "-o", "missing/out.png"], "does not exist"),
        (["image", "photo.jpg", "-c", "copper", "-o", "photo.jpg"], "overwritten by its own result"),
        (["image", "photo.jpg", "-c", "copper", "-o", "/proc/self/out.png"], "cannot be written"),
        (["image", "photo.jpg", "-c", "copper", "-o", "photo.jpg/out.png"], "photo.jpg"),
        (["image", "photo.jpg", "-c", "copper", "-o", "-"], "name a file"),
        (["image", "photo.jpg", "-c", "copper", "-o", "loop.png", "--force"], "Too many levels of symbolic links"),
        (["image", "folder", "-c", "copper", "-o", "loop", "--recursive"], "no picture"),
        (["image", "-", "-c", "copper"], "name a file"),
        (["image", "photo.jpg", "-c", "copper", "-o", "bare"], "end the name in .jpg"),
        (["image", "x" * 300 + ".jpg", "-c", "copper"], "File name too long"),
        (["image", "photo.jpg", "-c", "\x1b[31mred"], "unknown colour"),
        (["image", "\x1b[31mred.jpg", "-c", "red"], "?[31mred.jpg"),
        (["video", "missing.mp4", "-c", "copper", "-o", "out.mp4"], "missing.mp4"),
        (["video", "folder", "-c", "copper", "-o", "out.mp4"], "is a folder"),
        (["video", "-", "-c", "copper", "-o", "out.mp4"], "name a file"),
        (["video", "clip.mp4", "-c", "copper", "-o", "-"], "name a file"),
        (["video", "clip.mp4", "-c", "copper", "-o", "out.mp4"], "no video"),
        (["video", "clip.mp4", "-c", "copper", "-o", "folder"], "folder"),
        (["video", "clip.mp4", "-c", "copper", "-o", "loop.mp4", "--force"], "Too many levels of symbolic links"),
        (["video", "loop.mp4", "-c", "copper", "-o", "out.mp4"], "loop.mp4"),
        (["video", "clip.mp4", "-c", "copper", "-o", "missing/out.mp4"], "does not exist"),
        (["video", "clip.mp4", "--keyframes", "missing.toml", "-o", "out.mp4"], "missing.toml"),
        (["video", "clip.mp4", "--keyframes", "folder", "-o", "out.mp4"], "cannot be read"),
        (["video", "clip.mp4", "-c", "copper", "-o", "out.mp4", "--start", "9" * 400], "time"),
        (["style", "-"], "name a file"),
        (["camera", "--camera", "missing.mp4", "--display", "none"], "missing.mp4"),
        (["camera", "--camera", "clip.mp4", "--display", "none", "--frames", "1"], "no video"),
        (["camera", "-c", "rainbow", "--display", "none"], "rainbow"),
        (["web", "--no-open", "--model", "missing.onnx"], "missing.onnx"),
        (["web", "--no-open", "--model", "light", "--host", "a..b"], "--host"),
        (["web", "--export", "photo.jpg"], "photo.jpg"),
        (["web", "--export", "/proc/self/site"], "/proc/self/site"),
        (["benchmark", "--video", "missing.mp4"], "missing.mp4"),
        (["benchmark", "--json", "missing/figures.json"], "does not exist"),
        (["benchmark", "--models", "nonsense"], "nonsense"),
        (["data", "check", "--data", "missing"], "missing"),
        (["data", "check", "--data", "photo.jpg"], "photo.jpg"),
        (["data", "split", "--data", "folder"], "folder"),
        (["data", "expand", "--data", "missing", "--out", "out"], "missing"),
        (["train", "missing.toml", "--data", "folder"], "missing.toml"),
        (["train", "folder", "--data", "folder"], "folder"),
        (["train", "config.toml", "--data", "missing"], "missing"),
        (["evaluate", "--images", "folder", "--masks", "missing"], "missing"),
        (["evaluate", "--data", "photo.jpg"], "photo.jpg"),
        (["evaluate", "--data", "folder", "--sheet", "missing/sheet.png"], "does not exist"),
        (["export", "missing", "--data", "folder"], "missing"),
        (["export", "folder", "--data", "folder"], "folder"),
        (["export", "photo.jpg", "--data", "folder"], "photo.jpg"),
    ],
)
def test_missing_files_folders_as_files_and_unwritable_outputs(arguments, words, capsys):
    assert words in refused(capsys, *arguments)


@pytest.mark.parametrize(
    "arguments",
    [
        ["video", "PIPE", "-c", "copper", "-o", "out.mp4"],
        ["camera", "--camera", "PIPE", "--display", "none"],
        ["benchmark", "--video", "PIPE"],
    ],
)
def test_a_pipe_is_no_video(arguments, capsys):
    read, write = os.pipe()
    os.close(write)
    try:
        line = refused(capsys, *[f"/dev/fd/{read}" if word == "PIPE" else word for word in arguments])
    finally:
        os.close(read)
    assert "write it to a file first" in line


@pytest.mark.skipif(sys.platform == "win32", reason="names are text there")
def test_names_that_are_not_utf_8(here):
    """Whatever bytes a name is made of: the photo is dyed, its path is printed as it is, and a refusal is one line."""
    name = b"caf\xe9-\xff.jpg"
    Path("photo.jpg").rename(os.fsdecode(name))
    call = [sys.executable, "-m", "hairtint", "image", name, "-c", "copper", "--model", "light"]
    done = subprocess.run(call, capture_output=True, check=False, env={**os.environ, "PYTHONUTF8": "1"})
    assert (done.returncode, done.stdout) == (0, b"caf\xe9-\xff-copper.jpg\n"), done.stderr
    again = subprocess.run(call, capture_output=True, check=False, env={**os.environ, "PYTHONUTF8": "1"})
    assert again.returncode == 1
    assert again.stderr.startswith(b"hairtint: caf?-?-copper.jpg exists already")
    assert again.stderr.count(b"\n") == 1
