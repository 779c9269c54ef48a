"""The main loop: what is chosen is carried out, what is seen goes out, and everything is finished at the end."""

import re
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import replace
from itertools import count

import av
import numpy as np
import pytest
from live.streams import Script, gone, plain, soon
from live.test_loop import paint
from PIL import Image

from hairtint.color import Color
from hairtint.errors import MissingExtraError, OutputError
from hairtint.live import recorder
from hairtint.live.compose import compose
from hairtint.live.controls import begin, press
from hairtint.live.keeper import Keeper
from hairtint.live.loop import Loop, Picture
from hairtint.live.sinks import Beside
from hairtint.live.viewer import Out, Viewer
from hairtint.look import Look

BEGIN = replace(begin(Look(Color.parse("copper"))), mirror=False)
HALVES = np.concatenate([plain((200, 0, 0), (32, 48)), plain((0, 0, 200), (32, 48))], axis=1)


class Keys:
    """A screen whose viewer presses keys, one a turn, and keeps what was drawn."""

    def __init__(self, *names):
        self.names, self.drawn, self.active = list(names), [], True

    def events(self, controls):
        return (press(controls, self.names.pop(0)), True) if self.names else (controls, False)

    def draw(self, rgb, controls, status):
        self.drawn.append((rgb, controls, status))


class Kept:
    """A sink that keeps everything; `error` is raised at the next picture."""

    def __init__(self):
        self.pictures, self.error, self.left = [], None, False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.left = True

    def show(self, rgb):
        if self.error:
            raise self.error
        self.pictures.append(rgb)


class Far(Kept):
    """Viewers in a browser."""

    def __init__(self, *orders):
        super().__init__()
        self.state, self.orders = {}, list(orders)

    def commands(self):
        return [self.orders.pop(0)] if self.orders else []


@contextmanager
def viewing(tmp_path, state=BEGIN, source=None, **options):
    """A viewer of a source that delivers the same picture until the end."""
    source = source or Script()
    stop, told = threading.Event(), []

    def feed():
        while not stop.wait(0.002):
            if source.items.empty():
                source.put(HALVES)

    with Loop(source, lambda: paint, state.look) as loop:
        soon(lambda: not loop.loading)
        feeder = threading.Thread(target=feed)
        feeder.start()
        try:
            yield Viewer(loop, state, folder=tmp_path / "out", tell=told.append, **options), told
        finally:
            stop.set()
            feeder.join()
            source.put(gone())


def test_it_stops_after_so_many_frames_or_seconds_or_on_quit(tmp_path):
    with viewing(tmp_path) as (viewer, _):
        viewer.run(frames=5)
        assert viewer.stats.frames == 5
        viewer.run(seconds=0.05)
    with viewing(tmp_path, screen=Keys("q")) as (viewer, _):
        viewer.run()
        assert viewer.controls.quit


def test_frames_are_counted_before_the_network_is_ready_too(tmp_path):
    source, ready, stop = Script(HALVES), threading.Event(), threading.Event()
    with Loop(source, lambda: ready.wait() and paint, BEGIN.look) as loop:
        far, screen, told = Far(), Keys("i"), []
        far.show = lambda rgb: stop.set()
        viewer = Viewer(
            loop, BEGIN, remote=far, screen=screen, folder=tmp_path, tell=print, report=told.append,
            clock=count().__next__,
        )  # fmt: skip
        try:
            viewer.run(stop=stop)
        finally:
            ready.set()
            source.put(gone())
    assert (viewer.stats.frames, viewer.stats.undyed) == (0, 1)
    assert (screen.drawn[-1][2].figures, told) == ((), []), "there are none yet"


def test_what_is_not_dyed_yet_is_shown_but_neither_recorded_nor_sent(tmp_path):
    """Nor does its time count."""
    source, ready, far, call, told = Script(*[HALVES] * 3), threading.Event(), Far(), Kept(), []
    far.show = lambda rgb: (far.pictures.append(rgb), ready.set(), source.put(HALVES))
    with Loop(source, lambda: ready.wait() and paint, BEGIN.look) as loop:
        state = replace(BEGIN, recording=True)
        viewer = Viewer(
            loop, state, outs=[Out(call)], remote=far, folder=tmp_path, tell=told.append, clock=count().__next__
        )
        viewer.run(seconds=50)
        source.put(gone())
    assert viewer.stats.undyed
    assert (far.pictures[0] == HALVES).all()
    assert call.pictures
    assert not any((rgb == HALVES).all() for rgb in call.pictures)
    with av.open(told[0]) as container:
        first = next(container.decode(video=0)).to_ndarray(format="rgb24")
    np.testing.assert_allclose(first[10, 10], call.pictures[0][10, 10], atol=12)


def test_sinks_see_what_the_screen_shows_and_calls_are_not_mirrored(tmp_path):
    seen, call, screen = Kept(), Kept(), Keys(*["m"] * 3)
    state = replace(BEGIN, mirror=True, strength=1.0, split=1.0)
    with viewing(tmp_path, state, screen=screen, outs=[Out(seen), Out(call, mirror=False)]) as (viewer, _):
        viewer.run(frames=4)
    mirrored = [picture for picture in seen.pictures if picture[24, 5, 2] == 200]
    assert mirrored, "blue, the right half, is left in a mirror"
    assert all(picture[24, 5, 0] == 200 for picture in call.pictures)
    assert {id(rgb) for rgb, _, _ in screen.drawn if rgb is not None} <= {id(rgb) for rgb in seen.pictures}


def test_choices_reach_the_loop(tmp_path):
    with viewing(tmp_path, screen=Keys("right", "down", "l", "space")) as (viewer, _):
        viewer.run(seconds=0.5)
        assert viewer.loop.look == viewer.controls.look != BEGIN.look
        assert viewer.loop.paused


def test_a_snapshot_is_what_is_seen(tmp_path):
    with viewing(tmp_path, replace(BEGIN, split=1.0), screen=Keys(*["i"] * 50, "s", "s", "q")) as (viewer, told):
        viewer.run()
    assert len(told) == len(set(told)) == 2
    for path in told:
        np.testing.assert_array_equal(np.asarray(Image.open(path))[:, :60], HALVES[:, :60])


def test_a_recording_is_finished_when_the_viewer_quits(tmp_path):
    with viewing(tmp_path, replace(BEGIN, recording=True), screen=Keys(*["i"] * 40, "q")) as (viewer, told):
        viewer.run()
    with av.open(told[0]) as container:
        assert list(container.decode(video=0)), "a file without its end cannot be read"


def test_a_recording_of_a_paused_picture_lasts_as_long_as_it_ran(tmp_path):
    with viewing(tmp_path) as (viewer, told):
        viewer.run(frames=2)
        viewer.controls = replace(viewer.controls, paused=True)
        viewer.run(seconds=0.3)  # what was on its way comes out
        viewer.controls = replace(viewer.controls, recording=True)
        viewer.run(seconds=0.5)
    with av.open(told[0]) as container:
        times = [frame.time for frame in container.decode(video=0)]
    assert times[0] == 0
    assert times[-1] >= 0.4


def test_a_recording_without_a_picture_is_told_of(tmp_path):
    with Keeper(tmp_path, lambda line: None) as keeper:
        keeper.record(True)
        keeper.record(False)
        assert keeper.news() == ["nothing was recorded: no picture came"]
    assert not list(tmp_path.iterdir())


def test_a_recording_is_finished_whatever_is_raised(tmp_path):
    sink = Kept()
    with viewing(tmp_path, replace(BEGIN, recording=True), outs=[Out(sink)]) as (viewer, told):
        viewer.run(frames=5)
        viewer.controls = replace(viewer.controls, recording=True)
        sink.error = KeyboardInterrupt()
        with pytest.raises(KeyboardInterrupt):
            viewer.run()
    with av.open(told[0]) as container:
        assert list(container.decode(video=0)), "a file without its end cannot be read"


def test_where_a_recording_cannot_be_made_the_picture_goes_on(tmp_path, monkeypatch):
    def refuse(self, path):
        raise MissingExtraError("recording needs PyAV: pip install 'hairtint[video]'")

    monkeypatch.setattr(recorder.Recorder, "__init__", refuse)
    with viewing(tmp_path, replace(BEGIN, recording=True)) as (viewer, told):
        viewer.run(frames=3)
        assert not viewer.controls.recording
    assert told == ["recording needs PyAV: pip install 'hairtint[video]'"]
    assert not list((tmp_path / "out").iterdir())


def test_a_full_disk_ends_the_recording_and_nothing_else(tmp_path, monkeypatch):
    def full(self, rgb):
        raise OutputError("the disk is full")

    monkeypatch.setattr(recorder.Recorder, "show", full)
    with viewing(tmp_path, replace(BEGIN, recording=True)) as (viewer, told):
        viewer.run(frames=40)
    assert told.count("the disk is full") == 1, "it is not begun again"


def test_that_a_full_disk_has_no_room_for_the_end_either_is_no_news(tmp_path, monkeypatch):
    def full(self, *_):
        raise OutputError("the disk is full")

    monkeypatch.setattr(recorder.Recorder, "show", full)
    monkeypatch.setattr(recorder.Recorder, "__exit__", full)
    with viewing(tmp_path, replace(BEGIN, recording=True)) as (viewer, told):
        viewer.run(frames=40)
        assert viewer.keeper.failures == 1
    assert told == ["the disk is full"]


ROOMLESS = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from hairtint.live.keeper import Keeper
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with Keeper(Path(sys.argv[1]), print) as keeper:
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    keeper.record(True)
    while keeper.seconds is not None:
        keeper.show(np.zeros((48, 64, 3), np.uint8))
print(keeper.failures)
"""


def test_a_disk_without_any_room_is_told_of_once_and_leaves_no_file(tmp_path):
    call = [sys.executable, "-c", ROOMLESS, str(tmp_path)]
    done = subprocess.run(call, capture_output=True, text=True, check=True, timeout=120)
    told, failures = done.stdout.splitlines()
    assert "cannot be written (File too large); name another folder" in told
    assert failures == "1"
    assert not list(tmp_path.iterdir())


def test_viewers_in_a_browser_choose_and_are_told(tmp_path):
    far = Far({"color": "#2f5fc4"}, {"strength": 0.5}, {"mask": True})
    with viewing(tmp_path, remote=far) as (viewer, _):
        viewer.run(frames=8)
    assert (str(viewer.controls.color), viewer.controls.strength, viewer.controls.mask) == ("blue", 0.5, True)
    assert far.state == {"color": "#2f5fc4", "strength": 0.5, "mask": True, "trouble": None}
    assert far.pictures


def test_trouble_is_told_once(tmp_path):
    source = Script()
    with viewing(tmp_path, source=source) as (viewer, told):
        viewer.run(frames=2)
        source.put(gone("the cable is out: plug it in"))
        soon(lambda: told or viewer.run(seconds=0.02))
        viewer.run(seconds=0.1)
    assert len(told) == 1
    assert "the cable is out" in told[0]


def test_while_there_is_trouble_no_figures_are_shown(tmp_path):
    source, screen = Script(), Keys("i")
    with viewing(tmp_path, source=source, screen=screen, report=lambda line: None) as (viewer, told):
        viewer.run(frames=3)
        assert re.fullmatch(r"[\d.]+ fps, \d+ dropped", screen.drawn[-1][2].figures[0])
        source.refusals = [gone()] * 3
        source.put(gone())
        soon(lambda: screen.drawn[-1][2].trouble or viewer.run(seconds=0.02))
        assert screen.drawn[-1][2].figures == ()
        viewer.report = told.append
        viewer._reported -= 10
        viewer.run(seconds=0.02)
    assert not [line for line in told if "fps" in line]


def test_viewers_in_a_browser_are_told_of_trouble_too(tmp_path):
    source, far = Script(), Far()
    with viewing(tmp_path, source=source, remote=far) as (viewer, _):
        viewer.run(frames=2)
        source.refusals = [gone()] * 3
        source.put(gone("the cable is out: plug it in"))
        soon(lambda: far.state["trouble"] or viewer.run(seconds=0.02))
        assert "trying again" in far.state["trouble"]


def test_figures_are_reported(tmp_path):
    """Once a second, of a clock that goes on by one whenever it is looked at."""
    lines, shown = [], replace(BEGIN, info=True)
    with viewing(tmp_path, shown, screen=Keys(), report=lines.append, clock=count().__next__) as (viewer, _):
        viewer.run(frames=4)
        assert viewer.screen.drawn[-1][2].figures[-1] == "64 x 48, scripted camera"
    assert "fps, latency" in lines[-1]


def test_a_slow_sink_gets_the_newest_picture_and_holds_up_nobody():
    sink, go = Kept(), threading.Event()
    keep = sink.show
    sink.show = lambda rgb: (go.wait(30), keep(rgb))
    with Beside(sink) as beside:
        for n in range(50):
            beside.show(plain((n, n, n)))
        go.set()
        soon(lambda: sink.pictures and sink.pictures[-1].max() == 49)
    assert len(sink.pictures) <= 3
    assert sink.left


def test_the_errors_of_a_sink_come_back():
    sink = Kept()
    sink.error = OutputError("the virtual camera is gone")
    with Beside(sink) as beside, pytest.raises(OutputError, match="gone"):
        soon(lambda: beside.show(HALVES))


def test_what_is_seen():
    mask = np.zeros((48, 64), np.float32)
    mask[:, 32:] = 1
    picture = Picture(HALVES, 255 - HALVES, mask, 0.0)
    np.testing.assert_array_equal(compose(picture, BEGIN), 255 - HALVES)
    np.testing.assert_array_equal(compose(picture, press(BEGIN, "f")), (255 - HALVES)[:, ::-1])
    split = compose(picture, replace(BEGIN, split=0.5))
    np.testing.assert_array_equal(split[:, :31], HALVES[:, :31])
    np.testing.assert_array_equal(split[:, 33:], (255 - HALVES)[:, 33:])
    assert (split[:, 31:33] == 255).all()
    masked = compose(picture, press(BEGIN, "m"))
    assert (masked[:, 40][:, 1] > 100).all()
    assert np.ptp(masked[:, :31], axis=2).max() == 0, "grey where there is no hair"
