"""The command line: every command with options and arguments of wrong kinds, missing files, folders, odd names."""

import contextlib
import io
from collections.abc import Iterator
from pathlib import Path

import click
from doors.photos import SEEDS
from hypothesis import strategies as st

from hairtint.cli import cli
from hairtint.cli import run as command

UNSAFE = {"doctor"}  # it looks at the whole machine: cameras, displays, whatever can be imported


def commands(of: click.Command, names: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words of a command and, where it is a group, of all those in it."""
    yield names
    context = click.Context(of)
    for name in of.list_commands(context) if isinstance(of, click.Group) else ():
        if name not in UNSAFE:
            yield from commands(of.get_command(context, name), (*names, name))


COMMANDS = st.sampled_from([*commands(cli), ("nothing",)])
OPTIONS = st.sampled_from(
    [
        "-c",
        "--color",
        "-o",
        "--out",
        "--strength",
        "--method",
        "--effect",
        "--model",
        "--saturation",
        "--mask",
        "--force",
        "--quiet",
        "-q",
        "--side-by-side",
        "--start",
        "--end",
        "--keyframes",
        "--codec",
        "--quality",
        "--matte-out",
        "--data",
        "--no-hair",
        "--seed",
        "--validation",
        "--copies",
        "--size",
        "--recipe",
        "--run",
        "--images",
        "--masks",
        "--limit",
        "--sheet",
        "--json",
        "--plot",
        "--seconds",
        "--models",
        "--devices",
        "--host",
        "--rate",
        "--workers",
        "--max-pixels",
        "--export",
        "--keep",
        "--source",
        "--rotate",
        "--fps",
        "--port",
        "--nothing",
        "--",
        "-",
        "-z",
        "--zoo",
    ]
)
VALUES = st.sampled_from(
    [
        "photo.jpg",
        "empty.jpg",
        "text.jpg",
        "folder",
        "missing.jpg",
        "folder/out.png",
        "out.png",
        "no/such/out.png",
        "copper",
        "nan",
        "inf",
        "-inf",
        "1e999",
        "-1",
        "0",
        "0.5",
        "9" * 400,
        "0x10",
        "",
        " ",
        ".",
        "/dev/null",
        "/proc/self/x.png",
        "*",
        "[",
        "light",
        "swift",
        "natural",
        "hsv",
        "\udcff.jpg",
        "a\nb.jpg",
        "\x1b[31m",
        "x" * 300 + ".jpg",
        "http://127.0.0.1:1/x",
        "1:99",
        "16x16",
        "0x0",
        "99999x99999",
        "gloss:nan",
        "ombre",
        "h264",
        "draft",
        "127.0.0.1",
        "a..b",
        "config.toml",
        "٣",
    ]
)
CASES = st.tuples(COMMANDS, st.lists(OPTIONS | VALUES | VALUES | st.text("ab-=:0 \t\udc80é", max_size=6), max_size=7))
STOPPED = {"web": ["--port", "99999"], "camera": ["--frames", "0"], "benchmark": ["--seconds", "0"]}  # never start


def run(case: tuple[tuple[str, ...], list[str]], box: Path) -> str:
    names, arguments = case
    arguments = [argument for argument in arguments if "\0" not in argument]
    for name in names[:1]:
        arguments = [*STOPPED.get(name, []), *arguments] if "--" in arguments else [*arguments, *STOPPED.get(name, [])]
    (box / "folder").mkdir()
    (box / "photo.jpg").write_bytes(SEEDS["jpeg"])
    (box / "empty.jpg").touch()
    (box / "text.jpg").write_text("hello")
    (box / "config.toml").write_text('network = "light"\nepochs = 1\n')
    said = io.TextIOWrapper(io.BytesIO(), "utf-8", errors="backslashreplace")
    printed = io.TextIOWrapper(io.BytesIO(), "utf-8", errors="surrogateescape")
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(printed):
        status = command([*names, *arguments])
    said.seek(0)
    lines = said.read().splitlines()
    assert status in (0, 1, 2), status
    assert (box / "photo.jpg").read_bytes() == SEEDS["jpeg"] or "--force" in arguments
    if status == 1 and names[:1] not in {("image",), ("style",)}:  # of many photos, each that is refused has a line
        assert sum(line.startswith("hairtint: ") for line in lines) == 1, lines
    if status == 2:
        assert lines[0].startswith(("Usage: ", "Error: ")), lines
    assert not any("Traceback" in line for line in lines)
    return "refused" if status else "worked"
