"""Every example is short and does what its first line says, on the bundled portrait."""

import runpy
import shutil
import sys
import threading

import cv2
import pytest
from PIL import Image

from tests.conftest import ROOT

EXAMPLES = sorted((ROOT / "examples").glob("*.py"))


@pytest.fixture
def example(tmp_path, monkeypatch, portrait_path):
    """Runs an example by name, in a folder with me.jpg, and returns the folder."""
    shutil.copy(portrait_path, tmp_path / "me.jpg")
    monkeypatch.chdir(tmp_path)

    def run(name, *arguments):
        monkeypatch.setattr(sys, "argv", [name, *arguments])
        runpy.run_path(str(ROOT / "examples" / f"{name}.py"), run_name="__main__")
        return tmp_path

    return run


@pytest.fixture
def clip(tmp_path, portrait):
    """A three-second video of the portrait, 128x128."""
    av = pytest.importorskip("av")
    with av.open(tmp_path / "me.mp4", "w") as file:
        stream = file.add_stream("libx264", rate=4, width=128, height=128, pix_fmt="yuv420p")
        for _ in range(12):
            file.mux(stream.encode(av.VideoFrame.from_ndarray(cv2.resize(portrait, (128, 128)))))
        file.mux(stream.encode())
    return "me.mp4"


def test_all_are_known_and_short():
    tested = {"api_client", "effects", "folder", "live", "own_model", "photo", "several_colours", "video"}
    assert {path.stem for path in EXAMPLES} == tested
    assert max(len(path.read_text().splitlines()) for path in EXAMPLES) < 40


def test_photos(example, capsys):
    assert Image.open(example("photo", "me.jpg", "auburn", "auburn.png") / "auburn.png").size == (512, 512)
    assert Image.open(example("several_colours", "me.jpg", "four.jpg") / "four.jpg").size == (2048, 512)
    assert len(list((example("effects", "me.jpg", "looks") / "looks").iterdir())) == 3
    mask = Image.open(example("own_model", "light", "me.jpg", "mask.png") / "mask.png")
    assert mask.mode == "L"
    assert mask.getextrema()[1] > 200
    assert "% of the picture is hair" in capsys.readouterr().out


def test_folder_passes_over_what_is_no_photo(example, tmp_path, capsys):
    (tmp_path / "note.txt").write_text("no photo")
    assert (example("folder", ".", "copper", "out") / "out" / "me.png").is_file()
    assert "note.txt" in capsys.readouterr().err


def test_moving_pictures(example, clip, capsys):
    assert (example("video", clip, "blue.mp4") / "blue.mp4").stat().st_size > 1000
    example("live", clip, "3")
    assert "3 frames" in capsys.readouterr().out


def test_api_client(example):
    pytest.importorskip("flask")
    from werkzeug.serving import make_server

    from hairtint.web import create_app

    server = make_server("127.0.0.1", 0, create_app(), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    try:
        assert Image.open(example("api_client", "me.jpg", "copper", "out.jpg", address) / "out.jpg").size == (512, 512)
        with pytest.raises(SystemExit, match="colour"):
            example("api_client", "me.jpg", "coper", "out.jpg", address)
    finally:
        server.shutdown()


def test_api_client_without_a_server(example):
    with pytest.raises(SystemExit, match=r"no answer from http://127\.0\.0\.1:1 .*: start hairtint web"):
        example("api_client", "me.jpg", "copper", "out.jpg", "http://127.0.0.1:1")
