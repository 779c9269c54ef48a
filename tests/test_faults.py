"""Full disks, read-only folders, kill -9, damaged networks: no half file, one line that says so, and it goes on."""

import errno
import json
import re
import signal
import subprocess
import sys
import threading
from io import BytesIO
from pathlib import Path
from unittest.mock import Mock

import av
import numpy as np
import pytest
from disks import full, killed_while_writing, mounted, read_only, shut_out
from live.streams import NetworkCamera, soon
from PIL import Image
from video.clips import make, pictures

from hairtint import zoo
from hairtint.cli import run
from hairtint.errors import DamagedModelError, DiskError, OutputError
from hairtint.live.recorder import Recorder
from hairtint.look import Look
from hairtint.photo import Photo
from hairtint.segmenter import Segmenter
from hairtint.training.files import put_picture
from hairtint.video import dye_file
from hairtint.web import create_app
from hairtint.web.export import export


@pytest.fixture
def short(tmp_path, portrait):
    """A video as a camera and as a file."""
    return make(tmp_path / "in.mp4", pictures(portrait, 8))


def commands(portrait_path, short):
    """Every command of the live road that writes files."""
    photo, video = ["image", str(portrait_path), "-c", "copper"], ["video", str(short), "-c", "copper"]
    camera = ["camera", "--camera", str(short), "--frames", "3", "--display", "none", "--record", "--out"]
    return {
        "photo": [*photo, "-o", "DISK/out.png"],
        "mask": [*photo, "--mask", "-o", "DISK/out.jpg"],
        "folder": [*photo, "-o", "DISK/new/"],
        "video": [*video, "--codec", "ffv1", "-o", "DISK/out.mkv"],
        "camera": [*camera, "DISK"],
        "site": ["web", "--export", "DISK/site"],
    }


KINDS = list(commands(None, None))


def refused(command, disk, capsys, why):
    """It says in one line what is wrong; returns what it leaves behind."""
    before = set(disk.rglob("*"))
    assert run([word.replace("DISK", str(disk)) for word in command]) == 1
    told = capsys.readouterr().err
    lines = [line for line in told.splitlines() if re.search(why, line)]
    assert len(lines) == 1, told
    assert len(lines[0]) < 400
    return set(disk.rglob("*")) - before


@pytest.mark.parametrize("kind", KINDS)
def test_a_full_disk(kind, portrait_path, short, tmp_path, capsys):
    with full(tmp_path / "disk") as disk:
        left = refused(commands(portrait_path, short)[kind], disk, capsys, "No space left|disk is full")
        if kind == "site":
            assert not (disk / "site" / "index.html").exists(), "the page comes last"
        elif kind == "camera":
            assert [path.suffix for path in left] == [".mp4"]
        else:
            for path in left - {disk / "new"}:
                assert Image.open(path).convert("L").size == (512, 512), "what is there is whole"


@pytest.mark.parametrize("kind", KINDS)
def test_a_read_only_folder(kind, portrait_path, short, tmp_path, capsys):
    with read_only(tmp_path / "disk") as disk:
        assert not refused(commands(portrait_path, short)[kind], disk, capsys, "Read-only|ermission denied")


def record(path):
    noise = np.random.default_rng(0).integers(0, 256, (480, 640, 3), np.uint8)
    with Recorder(path) as sink:
        for _ in range(20):
            sink.show(noise)


@pytest.mark.parametrize("options", ["size=16k", "ro"])
def test_a_disk_that_takes_no_file_is_told_from_a_place_that_does_not(portrait, short, tmp_path, options):
    writers = {
        "photo.png": Photo.open(portrait).save,
        "video.mkv": lambda path: dye_file(short, path, Look("copper"), codec="ffv1"),
        "recording.mp4": record,
        "training.png": lambda path: put_picture(path, portrait),
        "site": export,
    }
    (tmp_path / "disk").mkdir()
    with mounted(tmp_path / "disk", options) as disk:
        for name, write in writers.items():
            with pytest.raises(DiskError):
                write(disk / name)
    for name, write in writers.items():
        with pytest.raises(OutputError) as told:
            write(Path("/proc/self") / name)
        assert not isinstance(told.value, DiskError)


def test_a_quota_that_is_used_up_is_a_full_disk(portrait, tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "write_bytes", Mock(side_effect=OSError(errno.EDQUOT, "Disk quota exceeded")))
    with pytest.raises(DiskError, match="the disk is full: make room"):
        Photo.open(portrait).save(tmp_path / "out.jpg")


def test_a_video_that_is_killed(tmp_path, portrait):
    """kill -9 in the midst: no file under the right name, and the same command makes the whole one."""
    clip = make(tmp_path / "in.mp4", pictures(portrait, 60))
    out = tmp_path / "out.mkv"
    call = ["video", str(clip), "-c", "blue", "-o", str(out), "--codec", "ffv1"]
    with subprocess.Popen([sys.executable, "-m", "hairtint", *call, "--quiet"]) as process:
        soon(lambda: any(path.stat().st_size > 20_000 for path in tmp_path.glob(".hairtint-*")), "the file", 120)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert not out.exists()
    assert run(call) == 0
    with av.open(str(out)) as container:
        assert len(list(container.decode(video=0))) == 60


def test_a_photo_that_is_killed_in_mid_write(tmp_path, portrait_path):
    out = tmp_path / "out.png"
    call = ["image", str(portrait_path), "-c", "copper", "-o", str(out)]
    killed_while_writing(".part", call)
    [half] = tmp_path.iterdir()
    assert half.name.startswith(".hairtint-")
    assert run(call) == 0
    assert Image.open(out).convert("RGB").size == (512, 512)


@pytest.mark.parametrize("size", [0, 1, 1000, -1])
def test_a_network_that_is_cut_short(size, tmp_path, portrait):
    whole = zoo.find("light").path.read_bytes()
    (tmp_path / "mine.onnx").write_bytes(whole[:size])
    with pytest.raises(DamagedModelError) as refusal:
        Segmenter(tmp_path / "mine.onnx")
    assert "\n" not in str(refusal.value)
    (tmp_path / "mine.onnx").write_bytes(whole)
    assert Segmenter(tmp_path / "mine.onnx").mask(portrait).any()


def test_a_network_that_is_deleted_while_a_server_runs(tmp_path, monkeypatch, portrait_path):
    """What is loaded goes on; what is not yet is a problem that says so, and comes back with the file."""
    entry = zoo.find("light")
    file = tmp_path / "mine.onnx"
    values = {"file": file.name, "sha256": entry.sha256, "size": entry.size}
    (tmp_path / "manifest.json").write_text(json.dumps({"mine": values}))
    monkeypatch.setenv("HAIRTINT_MODELS", str(tmp_path))

    def ask():
        body = {"image": (BytesIO(portrait_path.read_bytes()), "x.jpg"), "model": "mine"}
        return client.post("/api/v1/mask", data=body).status_code

    file.write_bytes(entry.path.read_bytes())
    client = create_app(rate=0, model="light").test_client()
    file.unlink()
    assert ask() == 422, "there is no such network now"
    file.write_bytes(entry.path.read_bytes()[:-1])
    assert ask() == 503
    file.write_bytes(entry.path.read_bytes())
    assert ask() == 200
    file.unlink()
    assert ask() == 200


def test_a_camera_that_goes_away_and_returns(portrait, tmp_path):
    """Through the command: it says so, takes the camera back, and ends cleanly when told to."""
    call = [sys.executable, "-m", "hairtint", "camera", "--display", "none", "--stats", "--camera"]
    with NetworkCamera(portrait) as first:
        process = subprocess.Popen([*call, first.url], stderr=subprocess.PIPE, text=True)
        lines = []
        reader = threading.Thread(target=lambda: lines.extend(iter(process.stderr.readline, "")))
        reader.start()
        soon(lambda: any(" fps" in line for line in lines), "pictures", 120)
    soon(lambda: any("trying again" in line for line in lines), "the trouble", 120)
    seen = len(lines)
    with NetworkCamera(portrait, port=first.port):
        soon(lambda: any("0.0 fps" not in line and " fps" in line for line in lines[seen:]), "the return", 120)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    reader.join(60)
    assert "Traceback" not in "".join(lines)


@pytest.fixture
def locked(tmp_path, monkeypatch, portrait):
    """A photo, and one in a folder that nobody may enter."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "locked"
    folder.mkdir()
    for path in ("here.jpg", "locked/photo.jpg"):
        Image.fromarray(portrait).resize((64, 64)).save(path)
    folder.chmod(0)
    yield folder
    folder.chmod(0o755)


def test_a_photo_in_a_folder_that_one_may_not_enter_costs_no_other(locked):
    done = shut_out("-m", "hairtint", "image", locked / "photo.jpg", "here.jpg", "-c", "blue", "-o", "out/")
    first, last = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (1, "out/here.jpg\n")
    assert first.startswith(f"hairtint: {locked}/photo.jpg cannot be read (Permission denied)")
    assert last.endswith("1 of 2 photos could not be done, the others are")


def test_whatever_lies_in_a_folder_that_one_may_not_enter_is_refused_in_a_line_that_says_what_to_do(locked):
    calls = {
        "image here.jpg -c blue -o locked/out.jpg": "name a file in a folder that can be written to",
        "image here.jpg -c blue -o locked/out/": "name another folder with -o",
        "image locked/*.jpg -c blue": "check the pattern",
        "image --list locked/list -c blue -o out/": "cannot read the list",
        "image here.jpg -c blue --model locked/x.onnx": "check the path",
        "style locked/photo.jpg": "check the name and its permissions",
        "camera --camera locked/clip.mp4": "give a number, a device",
        "web --export locked/page": "name another folder",
        "evaluate --data locked/data": "give a folder with images/ and masks/",
    }
    script = "import sys; from hairtint.cli import run; print(*(run(call.split()) for call in sys.argv[1:]))"
    done = shut_out("-c", script, *calls)
    assert done.stdout.split() == ["1"] * len(calls), done.stderr
    for line, hint in zip(done.stderr.splitlines(), calls.values(), strict=True):
        assert line.startswith("hairtint: ")
        assert hint in line
        assert "Errno" not in line
