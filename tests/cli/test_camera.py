"""`hairtint camera` as a user calls it: files as cameras, a window nobody sees, a real window, a browser, signals."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import av
import numpy as np
import pytest
from live.display import xvfb
from live.streams import soon, write_clip
from PIL import Image

from hairtint.cli import run


@pytest.fixture(scope="module")
def clip(tmp_path_factory, portrait):
    """A face as a camera."""
    return str(write_clip(tmp_path_factory.mktemp("clips") / "face.mp4", [portrait] * 5, fps=15))


@pytest.fixture(autouse=True)
def invisible(monkeypatch):
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")


def refused(capsys, *arguments, status=1):
    assert run(["camera", *arguments]) == status
    printed = capsys.readouterr().err
    assert "Traceback" not in printed
    return printed


def started(*arguments, environment=None):
    command = [sys.executable, "-m", "hairtint", "camera", *map(str, arguments)]
    return subprocess.Popen(command, env=environment or dict(os.environ), stderr=subprocess.PIPE, text=True)


def test_a_window_and_a_recording(clip, tmp_path, capsys):
    assert (
        run(["camera", "--camera", clip, "-c", "blue", "--frames", "4", "--record", "--stats", "--out", str(tmp_path)])
        == 0
    )
    told = capsys.readouterr().err
    assert re.search(r"4 (of \d+ )?frames( dyed)?, .* fps, latency \d+ ms", told)
    (path,) = tmp_path.iterdir()
    with av.open(str(path)) as container:
        frame = list(container.decode(video=0))[-1].to_ndarray(format="rgb24").astype(int)
    top = frame[40:110, 190:300].mean((0, 1))
    assert top.argmax() == 2, "the hair is blue"


def test_without_any_display(clip, capsys):
    assert run(["camera", "--camera", clip, "--frames", "2", "--display", "none"]) == 0
    assert re.search(r"2 (of \d+ )?frames( dyed)?, ", capsys.readouterr().err)


def test_options_reach_the_picture(clip, capsys, tmp_path):
    options = [
        "--method",
        "hsv",
        "--strength",
        "0.4",
        "--largest-region",
        "--no-mirror",
        "--model",
        "light",
        "--rotate",
        "90",
    ]
    call = ["camera", "--camera", clip, "--frames", "2", "--display", "none", "--record", "--out", str(tmp_path)]
    assert run([*call, *options]) == 0
    assert run([*call, "--effect", "ombre:platinum:0.5", "--effect", "gloss"]) == 0
    assert len(list(tmp_path.iterdir())) == 2


def test_in_a_browser(clip, capsys):
    with started("--camera", clip, "--serve", "--port", "0", "--seconds", "30") as program:
        try:
            line = program.stderr.readline()
            url = re.search(r"http://127\.0\.0\.1:\d+/", line)[0]
            assert b"<html" in urlopen(url, timeout=30).read().lower()
        finally:
            program.terminate()
            assert program.wait(30) == 0


def test_the_virtual_camera_is_missing_here(clip, capsys):
    if Path("/dev/video0").exists():
        pytest.skip("this machine has a device that could take the picture")
    line = refused(capsys, "--camera", clip, "--virtual", "--display", "none", "--seconds", "60")
    assert "virtual camera" in line


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--camera", "nowhere.mp4"], "no camera"),
        (["--camera", "/dev/video77"], "no such camera"),
        (["-c", "coper"], "copper"),
        (["--effect", "nonsense"], "ombre"),
        (["--camera", "CLIP", "--model", "nothing", "--display", "none"], "light"),
        (["--camera", "CLIP", "--serve", "--host", "203.0.113.77"], "address or port"),
    ],
)
def test_what_cannot_be_is_one_line(arguments, word, clip, capsys):
    line = refused(capsys, *[clip if text == "CLIP" else text for text in arguments])
    assert word in line
    assert line.startswith("hairtint: ")


@pytest.mark.parametrize(
    "arguments",
    [["--size", "big"], ["--rotate", "45"], ["--strength", "2"], ["--display", "wall"], ["--frames", "0"],
     ["--method", "hsv", "--effect", "gloss"]],
)  # fmt: skip
def test_wrong_usage_is_status_2(arguments, capsys):
    refused(capsys, *arguments, status=2)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")
def test_without_a_screen_it_says_what_to_do(clip, monkeypatch, capsys):
    for name in ("SDL_VIDEODRIVER", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    line = refused(capsys, "--camera", clip)
    assert "there is no display" in line
    assert "--serve" in line


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_recording_is_whole_after_a_signal(clip, tmp_path, number):
    with started("--camera", clip, "--display", "none", "--record", "--out", tmp_path) as program:
        soon(lambda: any(path.stat().st_size for path in tmp_path.iterdir()), "a recording", 60)
        program.send_signal(number)
        assert program.wait(30) == 0
        assert re.search(r"\d frames", program.stderr.read())
    (path,) = tmp_path.iterdir()
    with av.open(str(path)) as container:
        assert len(list(container.decode(video=0))) >= 1


def test_a_real_window(clip, tmp_path):
    """A window on a real X server: a key is pressed, a colour is clicked, a snapshot is taken, and it quits."""
    with xvfb(tmp_path) as (environment, look):

        def xdotool(*words):
            subprocess.run(["xdotool", *map(str, words)], env=environment, check=True, stdout=subprocess.DEVNULL)

        out = tmp_path / "out"
        with started("--camera", clip, "-c", "magenta", "--out", out, environment=environment) as program:
            try:
                soon(lambda: look().std() > 30, "the first picture", 60)
                soon(lambda: _magenta(look()), "magenta hair", 60)
                Image.fromarray(look()).save(tmp_path / "window.png")
                xdotool("mousemove", 600, 300, "key", "m")
                soon(lambda: _green(look()) > 2000, "the mask")
                xdotool("key", "m", "key", "s")
                soon(
                    lambda: out.exists() and any(path.stat().st_size > 1000 for path in out.glob("*.png")), "a snapshot"
                )
                xdotool("key", "q")
                assert program.wait(30) == 0
            finally:
                program.kill()
    (path,) = out.glob("*.png")
    picture = np.asarray(Image.open(path))
    assert picture.shape == (512, 512, 3)


def _magenta(screen):
    """Whether part of the screen is magenta, which nothing in the portrait is."""
    pixels = screen.astype(int)
    return (pixels[..., [0, 2]].min(2) - pixels[..., 1] > 50).sum() > 2000


def _green(screen):
    pixels = screen.astype(int)
    return ((pixels[..., 1] - pixels[..., 0]) > 120).sum()
