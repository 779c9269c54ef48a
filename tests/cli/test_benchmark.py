"""`hairtint benchmark` as a user calls it."""

import io
import json
import os
import re
import subprocess
import sys

import pytest
from live.streams import COLORS, plain, soon, write_clip

import hairtint
from hairtint.benchmark import measure
from hairtint.benchmark.measure import STAGES
from hairtint.cli import run, tables

QUICK = ["benchmark", "--seconds", "0.1", "--size", "160x90"]


def test_json_for_a_pipe(capsys):
    assert run([*QUICK, "--models", "light", "--devices", "onnxruntime", "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["rows"]


def test_tables_json_and_plot(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(measure, "WARM", 1)  # of every network on every device: no figure is looked at
    monkeypatch.setattr(measure, "FEWEST", 2)
    figures, picture = tmp_path / "figures.json", tmp_path / "plot.svg"
    assert run([*QUICK, "--json", str(figures), "--plot", str(picture)]) == 0
    printed = capsys.readouterr().out
    result = json.loads(figures.read_text())
    for row in result["rows"]:
        assert f"{row['fps']:.2f}" in printed
        assert set(row["milliseconds"]) == set(STAGES)
        assert min(row["milliseconds"].values()) > 0
        assert row["fps"] == pytest.approx(1000 / sum(row["milliseconds"].values()), abs=0.006)
        assert row["frames"] >= measure.FEWEST
    assert [row["model"] for row in result["rows"] if row["device"] == "onnxruntime"] == hairtint.models()
    assert result["report"]["light"] == {
        "parameters": 226_913, "accuracy": 0.92, "fps": {"RTX 2070": 68.8, "i7, 8th gen.": 10.04},
    }  # fmt: skip
    assert result["machine"]["size"] == "160x90"
    for known in ("31,037,633", "1,864,129", "226,913", "30.16", "2.67", "10.04", "97%", "160x90"):
        assert known in printed
    assert b"swift" in picture.read_bytes() or b"text" in picture.read_bytes()


def test_one_model_one_device_and_a_video_of_ones_own(tmp_path, monkeypatch, capsys):
    """In a folder whose name makes the path look like an address."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "12:30").mkdir()
    write_clip(tmp_path / "12:30" / "film.mp4", [plain(color, (200, 120)) for color in COLORS])
    figures = tmp_path / "figures.json"
    call = ["benchmark", "--seconds", "0.1", "--models", "light,light", "--devices", "onnxruntime"]
    assert run([*call, "--video", "12:30/film.mp4", "--json", str(figures)]) == 0
    result = json.loads(figures.read_text())
    assert [(row["model"], row["device"]) for row in result["rows"]] == [("light", "onnxruntime")]
    assert (result["machine"]["size"], result["machine"]["video"]) == ("200x120", "film.mp4")
    assert "swift" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("options", "one", "other"),
    [
        (["--video", "film.avi", "--json", "./film.avi"], "--video", "--json"),
        (["--json", "film.png", "--plot", "film.png"], "--json", "--plot"),
    ],
)
def test_nothing_is_written_over_what_is_measured(tmp_path, monkeypatch, capsys, options, one, other):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "film.avi").write_bytes(b"film")
    assert run([*QUICK, *options]) == 1
    error = capsys.readouterr().err
    assert f"{one} and {other} name the same file" in error
    assert (tmp_path / "film.avi").read_bytes() == b"film"


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        (["--models", "nothing"], "light"),
        (["--devices", "abacus"], "onnxruntime"),
        (["--video", "missing.mp4"], "--video"),
        (["--plot", "plot.doc"], ".png"),
        (["--json", "no/such/folder/figures.json"], "does not exist"),
        (["--plot", "no/such/folder/plot.png"], "does not exist"),
    ],
)
def test_refusals_are_one_line(options, hint, capsys):
    assert run([*QUICK, *options]) == 1
    error = capsys.readouterr().err
    assert error.startswith("hairtint: ")
    assert error.count("\n") == 1
    assert hint in error


@pytest.mark.parametrize("options", [["--size", "big"], ["--size", "5x5"], ["--seconds", "0"], ["--seconds", "nan"]])
def test_wrong_usage_is_status_2(options, capsys):
    assert run(["benchmark", *options]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_told_to_end_it_leaves_no_video_behind(tmp_path):
    call = [sys.executable, "-m", "hairtint", *QUICK, "--models", "light", "--seconds", "600"]
    with subprocess.Popen(call, env={**os.environ, "TMPDIR": str(tmp_path)}) as process:
        soon(lambda: list(tmp_path.glob("hairtint-*/*")), "its video", 60)
        process.terminate()
    assert process.returncode == 143
    assert not list(tmp_path.glob("hairtint-*"))


@pytest.mark.parametrize("encoding", ["cp932", "latin-1"])
def test_a_standard_output_that_lacks_our_dashes_gets_others(encoding, tmp_path):
    here = {**os.environ, "PYTHONIOENCODING": encoding}
    command = [sys.executable, "-m", "hairtint"]
    figures = tmp_path / "figures.json"
    call = [*command, *QUICK, "--models", "light", "--json", str(figures)]
    done = subprocess.run(call, capture_output=True, env=here, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert re.search(r"medium +1,864,129 +- ", done.stdout.decode(encoding))
    assert figures.exists()
    done = subprocess.run([*command, "benchmark", "--help"], capture_output=True, env=here, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_what_is_to_be_written_is_written_before_a_reader_of_the_tables_can_go_away(tmp_path, monkeypatch):
    def gone(table):
        raise BrokenPipeError

    monkeypatch.setattr(tables, "show", gone)
    monkeypatch.setattr(sys, "stderr", io.StringIO())  # which is closed then
    figures, picture = tmp_path / "figures.json", tmp_path / "plot.svg"
    assert run([*QUICK, "--models", "light", "--json", str(figures), "--plot", str(picture)]) == 1
    assert figures.exists()
    assert picture.exists()


def test_without_matplotlib_the_plot_is_refused_and_the_rest_works(tmp_path):
    block = "import sys; sys.modules['matplotlib'] = sys.modules['torch'] = None; from hairtint.cli import main; main()"
    call = [sys.executable, "-c", block, *QUICK, "--models", "light"]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    done = subprocess.run([*call, "--plot", str(tmp_path / "p.png")], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "hairtint[plot]" in done.stderr
