"""What is measured, that all are measured alike, and that the figures are right, with a clock that the test turns."""

import itertools
import shutil
import subprocess
import sys

import cv2
import numpy as np
import pytest

from hairtint import extras, zoo
from hairtint.benchmark import measure, moving, plot, report
from hairtint.benchmark.measure import FEWEST, STAGES, WARM, Road, Row
from hairtint.errors import InputError, MissingExtraError, OutputError, SourceError, UnknownModelError
from hairtint.look import Look
from hairtint.segmenter import Segmenter, VideoSegmenter
from hairtint.tinter import Tinter


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still but for what the test adds to it, in seconds."""

    class Clock:
        now = 0.0

        def perf_counter(self):
            return self.now

    stopped = Clock()
    monkeypatch.setattr(measure, "time", stopped)
    return stopped


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    path = tmp_path_factory.mktemp("film") / "portrait.avi"
    moving.generate(path, (320, 180))
    return path


def test_the_generated_film_moves_shows_hair_and_ends_where_it_began(film):
    seen = list(itertools.islice(moving.frames(film), 2 * moving.FRAMES))
    assert {frame.shape for frame in seen} == {(180, 320, 3)}
    np.testing.assert_array_equal(seen[0], seen[moving.FRAMES])
    steps = [np.abs(a.astype(int) - b).mean() for a, b in itertools.pairwise(seen[: moving.FRAMES + 1])]
    assert min(steps) > 0.2
    assert max(steps) < 2.5 * min(steps), "no cut anywhere, where it begins anew neither"
    hair = VideoSegmenter("swift").mask(seen[0]) > 0.5
    assert 0.01 < hair.mean() < 0.3


def test_frames_come_at_the_videos_size_or_the_one_asked_for_and_in_rgb(tmp_path):
    path = str(tmp_path / "red.avi")
    video = cv2.VideoWriter(path, cv2.CAP_OPENCV_MJPEG, cv2.VideoWriter.fourcc(*"MJPG"), 10, (64, 48))
    for _ in range(2):
        video.write(np.full((48, 64, 3), (20, 40, 220), np.uint8))  # OpenCV writes blue first
    video.release()
    assert next(moving.frames(path)).shape == (48, 64, 3)
    frame = next(moving.frames(path, (100, 30)))
    assert frame.shape == (30, 100, 3)
    np.testing.assert_allclose(frame.mean((0, 1)), (220, 40, 20), atol=4)


def test_what_is_no_video_is_refused(tmp_path):
    (tmp_path / "text.mp4").write_text("hello")
    for path in (tmp_path / "text.mp4", tmp_path / "missing.mp4"):
        with pytest.raises(SourceError, match="--video"):
            next(moving.frames(path))


def test_what_is_no_video_is_one_line(tmp_path):
    """FFmpeg and OpenCV say their own, past Python, unless they are told not to before the first file."""
    (tmp_path / "text.mp4").write_text("hello")
    call = [sys.executable, "-m", "hairtint", "benchmark", "--video", str(tmp_path / "text.mp4")]
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert done.returncode
    assert [line.startswith("hairtint: ") for line in (done.stdout + done.stderr).splitlines()] == [True]


def test_models_take_turns_and_who_begins_changes(film, monkeypatch, clock):
    order = []

    def run(road, rgb, reading):
        order.append(road.entry.name)
        for stage in STAGES:
            road.times[stage].append(0.001)

    monkeypatch.setattr(Road, "run", run)
    roads, notes = measure.roads(["swift", "light"], ["onnxruntime"])
    assert notes == []
    measure.measure(roads, moving.frames(film), 0.001, lambda share: setattr(clock, "now", clock.now + 1))
    rounds = [tuple(order[k : k + 2]) for k in range(0, len(order), 2)]
    assert rounds == [(("swift", "light"), ("light", "swift"))[k % 2] for k in range(WARM + FEWEST)]


def test_it_goes_on_until_the_time_is_up_and_says_how_far_it_is(film, monkeypatch, clock):
    monkeypatch.setattr(Road, "run", lambda road, rgb, reading: [road.times[s].append(reading) for s in STAGES])
    told = []
    roads, _ = measure.roads(["light"])
    frames = moving.frames(film)

    def tell(share):
        told.append(share)
        clock.now += 0.5

    rows = measure.measure(roads, frames, 10, tell)
    assert rows[0].frames == 20 - WARM
    assert told == sorted(told)
    assert 0 <= told[0] <= told[-1] <= 1


def test_every_stage_is_timed_by_itself_and_the_figure_is_the_median(film, monkeypatch, clock):
    """The stages take 1, 2, 4, 8 and 16 ms by the test's clock; the warm-up and one hiccup take a second."""
    took = {"network": 0.002, "matte": 0.004, "color": 0.008, "show": 0.016}
    hiccup = [0.0]

    def slow(stage, real):
        def timed(*arguments, **options):
            clock.now += took[stage] + hiccup[0]
            return real(*arguments, **options)

        return timed

    monkeypatch.setattr(measure, "recolor", slow("color", measure.recolor))
    monkeypatch.setattr(measure, "encode", slow("show", measure.encode))
    monkeypatch.setattr(measure.matte, "refine", slow("matte", measure.matte.refine))
    [road], _ = measure.roads(["light"], ["onnxruntime"])
    still = road.segmenter.still
    [real] = still.networks
    network = slow("network", real)
    network.shapes = real.shapes
    monkeypatch.setattr(still, "networks", [network])
    pictures = moving.frames(film)

    def frames():
        for count in itertools.count():
            hiccup[0] = 1.0 if count < WARM or count == WARM + 2 else 0.0
            clock.now += 0.001 + hiccup[0]
            yield next(pictures)

    [row] = measure.measure([road], frames(), 0.0001)
    assert row.milliseconds == pytest.approx({"read": 1, "network": 2, "matte": 4, "color": 8, "show": 16})
    assert row.fps == pytest.approx(1000 / 31)
    assert (row.model, row.parameters, row.frames) == ("light", 226_913, FEWEST)
    assert row.accuracy == road.entry.metrics["figaro1k"]["accuracy"]


def test_what_is_measured_is_the_live_road(portrait, monkeypatch):
    shown = []
    monkeypatch.setattr(measure, "encode", lambda dyed, quality: shown.append(dyed))
    [road], _ = measure.roads(["light"], ["onnxruntime"])
    tinter = Tinter(Segmenter("light", backend="onnxruntime"))
    brighter, cut = (np.clip(portrait.astype(int) + 12, 0, 255).astype(np.uint8), portrait[:, ::-1] // 2)
    for rgb in (portrait, brighter, brighter, np.ascontiguousarray(cut)):
        road.run(rgb, 0.0)
        np.testing.assert_array_equal(shown[-1], tinter(rgb, Look(measure.DYE)).rgb)


def test_all_models_on_all_devices_are_the_default():
    found, _ = measure.roads()
    assert {road.entry.name for road in found} >= {"swift", "light"}
    assert {road.device for road in found} >= {"onnxruntime"}
    assert "auto" not in {road.device for road in found}


def test_two_networks_of_one_name_are_told_apart_and_each_is_measured_once(tmp_path):
    shipped, mine = zoo.find("light").path, tmp_path / "light.onnx"
    shutil.copy(shipped, mine)
    models = ["light", str(mine), str(shipped), str(tmp_path / "." / "light.onnx")]
    found, _ = measure.roads(models, ["onnxruntime", "onnxruntime"])
    for road in found:
        road.run(np.full((90, 160, 3), 128, np.uint8), 0.0)
        for stage in STAGES:
            road.times[stage] *= WARM + 1
    rows = [road.row() for road in found]
    assert [row.model for row in rows] == ["light", str(mine)]
    assert [row.parameters for row in rows] == [226_913, None]
    found, _ = measure.roads([str(mine)], ["onnxruntime"])
    assert [road.entry.name for road in found] == ["light"]


def test_unknown_names_are_refused_and_a_device_not_installed_is_passed_over(monkeypatch):
    with pytest.raises(UnknownModelError):
        measure.roads(["nothing"])
    with pytest.raises(InputError, match="onnxruntime"):
        measure.roads([], ["abacus"])
    real = VideoSegmenter

    def segmenter(model, *, backend):
        if backend == "other":
            raise MissingExtraError("this needs other: pip install 'hairtint[other]'")
        return real(model, backend=backend)

    monkeypatch.setattr(measure, "VideoSegmenter", segmenter)
    monkeypatch.setattr(measure.runtime, "BACKENDS", ("auto", "onnxruntime", "other"))
    found, notes = measure.roads(["light"])
    assert [road.device for road in found] == ["onnxruntime"]
    assert len(notes) == 1
    assert notes[0].startswith("other is passed over")
    with pytest.raises(MissingExtraError):
        measure.roads(["light"], ["other"])


def test_a_road_goes_on_where_there_is_no_hair():
    [road], _ = measure.roads(["light"], ["onnxruntime"])
    road.run(np.full((90, 160, 3), 128, np.uint8), 0.0)
    assert all(len(times) == 1 for times in road.times.values())


def test_the_versions_of_both_runtimes_are_named():
    here = report.machine()
    for package in ("onnxruntime", "openvino"):
        assert here[package] == extras.version(package)


def test_the_reports_figures():
    assert {name: one.parameters for name, one in report.REPORT.items()} == {
        "full": 31_037_633, "medium": 1_864_129, "light": 226_913,
    }  # fmt: skip
    assert [one.fps[report.GPU] for one in report.REPORT.values()] == [30.16, 45.18, 68.80]
    assert [one.fps[report.CPU] for one in report.REPORT.values()] == [1.74, 2.67, 10.04]
    assert [one.accuracy for one in report.REPORT.values()] == [0.97, 0.95, 0.92]


def rows():
    return [Row(name, "onnxruntime", 5, 0.9, dict.fromkeys(STAGES, 2.0), 9) for name in ("swift", "light")]


@pytest.mark.parametrize(("suffix", "begins"), [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF")])
def test_the_plot_is_drawn_in_the_format_of_its_name(tmp_path, suffix, begins):
    path = tmp_path / f"plot{suffix}"
    plot.draw(path, rows(), "here")
    assert path.read_bytes().startswith(begins)
    assert path.stat().st_size > 5000


def test_a_plot_that_cannot_be_drawn_is_refused_before_the_measuring(tmp_path, monkeypatch):
    with pytest.raises(OutputError, match=r"\.png"):
        plot.check("plot.doc")
    with pytest.raises(OutputError, match="does not exist"):
        plot.check(tmp_path / "no" / "plot.png")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"hairtint\[plot\]"):
        plot.check("plot.png")
