"""Recordings and snapshots: real files, played back, whatever happens while they are written."""

import signal
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from disks import mounted
from live.streams import COLORS, plain
from PIL import Image

from hairtint.errors import DiskError, MissingExtraError, OutputError
from hairtint.live import album, recorder
from hairtint.live.compose import fit
from hairtint.live.recorder import Recorder


def played(path):
    """The frames of a recording, RGB, and their times in seconds."""
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    return [frame.to_ndarray(format="rgb24") for frame in frames], [frame.time for frame in frames]


def planes(frame):
    """Luma and both chromas of a frame in yuv420p."""
    data = frame.to_ndarray(format="yuv420p").reshape(-1)
    count = frame.width * frame.height
    return np.split(data, [count, count * 5 // 4])


class Clock:
    def __init__(self):
        self.now = 100.0

    def monotonic(self):
        return self.now


def test_every_picture_at_the_moment_it_was_shown(tmp_path, monkeypatch):
    clock = Clock()
    monkeypatch.setattr(recorder, "time", clock)
    with Recorder(tmp_path / "a.mp4") as sink:
        for color, wait in zip(COLORS, (0.04, 0.5, 0.0), strict=True):
            sink.show(plain(color, (64, 48)))
            clock.now += wait
    pictures, times = played(tmp_path / "a.mp4")
    assert times == pytest.approx([0, 0.04, 0.54], abs=0.002)
    for picture, color in zip(pictures, COLORS, strict=True):
        assert np.abs(picture.mean((0, 1)) - color).max() < 12


def test_the_last_picture_stays_until_the_end(tmp_path, monkeypatch):
    clock = Clock()
    monkeypatch.setattr(recorder, "time", clock)
    with Recorder(tmp_path / "a.mp4") as sink:
        sink.show(plain(COLORS[0], (64, 48)))
        clock.now += 1.5
    pictures, times = played(tmp_path / "a.mp4")
    assert times == pytest.approx([0, 1.5], abs=0.002)
    assert np.abs(pictures[1].astype(int) - pictures[0]).max() < 8


@pytest.mark.parametrize("size", [(1, 1), (1, 48), (64, 1)])
def test_pictures_too_small_for_any_video_are_refused_and_leave_no_file(tmp_path, size):
    with Recorder(tmp_path / "a.mp4") as sink, pytest.raises(OutputError, match="too small"):
        sink.show(plain(COLORS[0], size))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("size", "matrix"), [((640, 480), 6), ((1280, 720), 1)])
def test_a_recording_says_how_its_colours_are_meant_and_keeps_them(tmp_path, size, matrix):
    color = (181, 86, 43)
    with Recorder(tmp_path / "a.mp4") as sink:
        for _ in range(3):
            sink.show(plain(color, size))
    with av.open(str(tmp_path / "a.mp4")) as container:
        frame = next(container.decode(video=0))
    assert (int(frame.color_range), int(frame.colorspace)) == (1, matrix)
    luma, blue, red = (float(plane.mean()) for plane in planes(frame)[:3])
    kr, kb = {6: (0.299, 0.114), 1: (0.2126, 0.0722)}[matrix]  # BT.601, BT.709
    r, g, b = (value / 255 for value in color)
    y = kr * r + (1 - kr - kb) * g + kb * b
    assert luma == pytest.approx(16 + 219 * y, abs=2)
    assert blue == pytest.approx(128 + 112 * (b - y) / (1 - kb), abs=2)
    assert red == pytest.approx(128 + 112 * (r - y) / (1 - kr), abs=2)


def test_odd_sizes_and_a_change_of_size(tmp_path):
    with Recorder(tmp_path / "a.mp4") as sink:
        for size in ((65, 49), (64, 48), (200, 100), (10, 300)):
            sink.show(plain(COLORS[0], size))
    pictures, times = played(tmp_path / "a.mp4")
    assert [picture.shape for picture in pictures] == [(48, 64, 3)] * 4
    assert sorted(set(times)) == times, "each picture has a time of its own, however fast they come"
    assert pictures[-1][24, 32].argmax() == 0
    assert pictures[-1][24, 5].max() < 40, "black beside a narrow picture"


@pytest.mark.parametrize("size", [(65, 48), (64, 49), (65, 49)])
def test_an_odd_side_leaves_no_black_edge(tmp_path, size):
    with Recorder(tmp_path / "a.mp4") as sink:
        for _ in range(3):
            sink.show(plain(COLORS[0], size))
    pictures, _ = played(tmp_path / "a.mp4")
    last = pictures[-1].astype(int)
    assert last.shape == (48, 64, 3)
    assert np.abs(last - last[24, 32]).max() < 8


def test_what_is_left_of_an_odd_picture_is_as_it_was():
    picture = np.random.default_rng(0).integers(0, 256, (49, 65, 3), np.uint8)
    assert (fit(picture, (64, 48)) == picture[:48, :64]).all()


def test_a_recording_without_any_picture_leaves_no_file(tmp_path):
    with Recorder(tmp_path / "a.mp4"):
        pass
    assert not list(tmp_path.iterdir())


def test_a_recording_survives_the_death_of_the_program(tmp_path):
    code = (
        "import sys, time, numpy as np; from pathlib import Path; from hairtint.live.recorder import Recorder\n"
        "sink = Recorder(Path(sys.argv[1])).__enter__()\n"
        "for n in range(400):\n"
        "    sink.show(np.full((48, 64, 3), n % 256, np.uint8))\n"
        "    if n == 300: print('go', flush=True)\n"
        "time.sleep(60)\n"
    )
    path = tmp_path / "a.mp4"
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE) as program:
        assert program.stdout.readline() == b"go\n"
        program.send_signal(signal.SIGKILL)
    assert len(played(path)[0]) >= 100, "all but the last seconds"


def test_without_pyav_it_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"hairtint\[video\]"):
        Recorder(tmp_path / "a.mp4")


def test_a_folder_that_cannot_be_written_to(tmp_path):
    (tmp_path / "file").write_text("")
    for write in (
        lambda: album.fresh(tmp_path / "file", ".mp4"),
        lambda: album.snapshot(tmp_path / "file", plain((0, 0, 0))),
    ):
        with pytest.raises(OutputError, match="--out"):
            write()
    with pytest.raises(OutputError, match="cannot be written"), Recorder(tmp_path / "missing" / "a.mp4") as sink:
        sink.show(plain((0, 0, 0)))


def test_a_folder_whose_name_looks_like_an_address(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("12:30").mkdir()
    with Recorder(Path("12:30/a.mp4")) as sink:
        sink.show(plain(COLORS[0], (64, 48)))
    assert len(played(tmp_path / "12:30" / "a.mp4")[0]) == 1


def test_a_full_disk_is_named_as_such(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (480, 640, 3), np.uint8)

    def record():
        with Recorder(tmp_path / "a.mp4") as sink:
            for _ in range(200):
                sink.show(noise)

    with mounted(tmp_path, "size=64k"), pytest.raises(DiskError, match="disk is full"):
        record()


def test_nothing_is_ever_overwritten(tmp_path):
    folder = tmp_path / "new" / "folder"
    paths = [album.snapshot(folder, plain(color)) for color in COLORS] + [album.fresh(folder, ".mp4") for _ in range(3)]
    assert len(set(paths)) == 6
    for path, color in zip(paths[:3], COLORS, strict=True):
        np.testing.assert_array_equal(np.asarray(Image.open(path)), plain(color))
    assert sorted(folder.iterdir()) == sorted(paths), "no temporary file stays behind"
