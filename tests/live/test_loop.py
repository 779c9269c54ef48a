"""The loop on sources that raise, stall, change size and come back; and with the real tinter on a real face."""

import threading
import time
from contextlib import contextmanager

import numpy as np
import pytest
from live.streams import COLORS, NetworkCamera, Script, gone, plain, soon, write_clip

from hairtint.color import Color
from hairtint.errors import ModelError, SourceError
from hairtint.live import loop as module
from hairtint.live.loop import Loop
from hairtint.live.sources import open_source
from hairtint.look import Look
from hairtint.tinter import Tinted, Tinter

COPPER, BLUE = Look(Color.parse("copper")), Look(Color.parse("blue"))


def paint(rgb, look, small=None):
    """A tinter that dyes everything at once."""
    return Tinted(np.full_like(rgb, look.color.rgb()), np.ones(rgb.shape[:2], np.float32), {"mask": 0.0, "color": 0.0})


@contextmanager
def running(source, tint=paint, look=COPPER, load=None):
    """A loop; at its end the source is told to end, so that nobody waits for a read."""
    with Loop(source, load or (lambda: tint), look) as loop:
        try:
            yield loop
        finally:
            source.put(gone())


def next_picture(loop):
    for _ in range(600):
        if picture := loop.picture(0.05):
            return picture
    raise AssertionError("no picture came")


def dyed_picture(loop):
    while (picture := next_picture(loop)).mask is None:
        pass
    return picture


def keep_going(loop):
    for _ in range(600):
        loop.source.put(plain(COLORS[0]))
        loop.picture(0.05)


@pytest.fixture
def hurry(monkeypatch):
    monkeypatch.setattr(module, "FIRST_WAIT", 0.01)
    monkeypatch.setattr(module, "LONGEST_WAIT", 0.02)


def test_frames_come_out_dyed():
    source = Script()
    with running(source) as loop:
        soon(lambda: not loop.loading)
        source.put(plain(COLORS[0]))
        picture = dyed_picture(loop)
    np.testing.assert_array_equal(picture.rgb, plain(COLORS[0]))
    assert (picture.dyed == COPPER.color.rgb()).all()
    assert picture.time <= time.monotonic()
    assert {"wait", "mask", "color"} == set(picture.stages)
    assert source.closed == source.opened


def test_until_the_network_is_there_frames_pass_as_they_are():
    ready = threading.Event()

    def load():
        ready.wait(30)
        return paint

    source = Script(plain(COLORS[0]))
    with running(source, load=load) as loop:
        picture = next_picture(loop)
        assert picture.mask is None
        np.testing.assert_array_equal(picture.dyed, plain(COLORS[0]))
        assert loop.loading
        ready.set()
        soon(lambda: not loop.loading)
        source.put(plain(COLORS[1]))
        assert (dyed_picture(loop).dyed == COPPER.color.rgb()).all()


def test_the_network_is_made_ready_for_the_cameras_frames_while_it_loads():
    """A network is made for a shape when that first comes, which takes longer than any frame after it."""
    ready, while_loading = threading.Event(), []

    def load():
        ready.wait(30)
        return tint

    def tint(rgb, look, small=None):
        while_loading.append((loop.loading, rgb.shape))
        return paint(rgb, look)

    source = Script(plain(COLORS[0]))
    with running(source, load=load) as loop:
        next_picture(loop)
        ready.set()
        soon(lambda: not loop.loading)
        source.put(plain(COLORS[1]))
        shape = dyed_picture(loop).rgb.shape
    assert while_loading == [(True, shape), (False, shape)]


def test_the_newest_frame_wins_however_slow_the_network():
    begun, go = threading.Semaphore(0), threading.Semaphore(0)

    def slow(rgb, look, small=None):
        begun.release()
        assert go.acquire(timeout=30)
        return paint(rgb, look)

    source = Script()
    with running(source, slow) as loop:
        soon(lambda: not loop.loading)
        source.put(plain((0, 0, 0)))
        assert begun.acquire(timeout=30)
        source.put(*(plain((n, n, n)) for n in range(1, 21)))  # while the network is busy with the first
        soon(lambda: loop.dropped >= 19)
        go.release(2)
        assert begun.acquire(timeout=30)
        soon(lambda: loop.dropped == 20, "the newest frame")
        assert next_picture(loop).rgb.max() == 20, "the frames in between are gone"


def test_the_look_may_change_at_any_moment():
    source = Script()
    with running(source) as loop:
        soon(lambda: not loop.loading)
        for look in (COPPER, BLUE):
            loop.look = look
            source.put(plain(COLORS[0]))
            assert (dyed_picture(loop).dyed == look.color.rgb()).all()


def test_paused_keeps_the_frame_and_dyes_it_anew():
    source = Script()
    with running(source) as loop:
        soon(lambda: not loop.loading)
        source.put(plain(COLORS[0]))
        dyed_picture(loop)
        loop.paused = True
        source.put(*[plain(COLORS[1])] * 5)
        soon(lambda: source.items.empty())
        assert loop.picture(0.2) is None, "nothing new while it is paused"
        loop.look = BLUE
        picture = dyed_picture(loop)
        np.testing.assert_array_equal(picture.rgb, plain(COLORS[0]))
        assert (picture.dyed == BLUE.color.rgb()).all()
        loop.paused = False
        source.put(plain(COLORS[2]))
        np.testing.assert_array_equal(dyed_picture(loop).rgb, plain(COLORS[2]))


def test_a_camera_that_cannot_be_had_is_an_error():
    source = Script()
    source.refusals = [gone("no camera here: plug one in")]
    with running(source) as loop, pytest.raises(SourceError, match="no camera here"):
        next_picture(loop)


def test_a_camera_that_goes_away_is_told_of_and_taken_back(hurry):
    source = Script(plain(COLORS[0]))
    with running(source) as loop:
        next_picture(loop)
        assert loop.trouble is None
        source.refusals = [gone("still away")] * 3
        source.put(gone("unplugged"))
        soon(lambda: loop.trouble, "the trouble")
        assert "trying again" in loop.trouble
        soon(lambda: source.opened == 5, "opening it again")
        source.put(plain(COLORS[2]))
        np.testing.assert_array_equal(next_picture(loop).rgb, plain(COLORS[2]))
        assert loop.trouble is None


def test_a_camera_that_is_lost_again_and_again_is_soon_tried_again_each_time(monkeypatch):
    """Waits that grew from one loss to the next would be hours at the end."""
    monkeypatch.setattr(module, "FIRST_WAIT", 0.001)
    monkeypatch.setattr(module, "LONGEST_WAIT", 10_000)
    source = Script(*[plain(COLORS[0]), gone()] * 24)
    with running(source) as loop:
        soon(lambda: source.opened == 25 and loop.trouble, "opening it again each time")


def test_a_real_stream_that_ends_and_returns(hurry):
    with NetworkCamera(plain(COLORS[0])) as first:
        source = open_source(first.url)
        loop = Loop(source, lambda: paint, COPPER).__enter__()
        next_picture(loop)
    try:
        soon(lambda: loop.trouble, "the trouble")
        with NetworkCamera(plain(COLORS[2]), port=first.port):
            soon(lambda: loop.trouble is None, "the return")
            soon(lambda: (p := loop.picture(0.05)) is not None and p.rgb[..., 2].mean() > 150, "the new picture")
    finally:
        loop.__exit__(None, None, None)


def test_a_stalled_camera_is_told_of(monkeypatch):
    monkeypatch.setattr(module, "STALL", 0.05)
    source = Script()
    with running(source) as loop:
        soon(lambda: loop.trouble, "the trouble")
        assert "waiting for scripted camera" in loop.trouble
        source.put(plain(COLORS[0]))
        soon(lambda: loop.begun)
        soon(lambda: loop.trouble, "the trouble")
        assert "stopped delivering" in loop.trouble


def test_frames_may_change_size_in_mid_stream():
    sizes = [(64, 48), (48, 64), (33, 17), (640, 480)]
    source = Script()
    with running(source, load=Tinter) as loop:
        soon(lambda: not loop.loading)
        for size in sizes:
            source.put(plain(COLORS[0], size))
            picture = dyed_picture(loop)
            assert picture.dyed.shape == (size[1], size[0], 3)


@pytest.mark.parametrize("error", [ValueError("a defect"), ModelError("no such network")])
def test_errors_of_every_thread_reach_the_main_thread(error):
    def raising(*_):
        raise error

    for case in (
        running(Script(plain(COLORS[0]), error)),
        running(Script(plain(COLORS[0])), load=raising),
        running(Script(*[plain(COLORS[0])] * 200), raising),
    ):
        with case as loop, pytest.raises(type(error), match=str(error)):
            keep_going(loop)


def test_no_thread_stays_behind():
    before = threading.active_count()
    source = Script(*[plain(COLORS[0])] * 3)
    with running(source) as loop:
        next_picture(loop)
    soon(lambda: threading.active_count() <= before, "the end of the threads")


def test_a_real_face_in_a_real_file(tmp_path, portrait):
    clip = write_clip(tmp_path / "face.mp4", [portrait] * 3, fps=10)
    with Loop(open_source(str(clip)), Tinter, BLUE) as loop:
        picture = dyed_picture(loop)
        hair = picture.mask > 0.9
        assert 0.03 < hair.mean() < 0.6
        change = picture.dyed[hair].mean(0) - picture.rgb[hair].mean(0)
        assert change.argmax() == 2, "blue"
        np.testing.assert_array_equal(picture.dyed[picture.mask == 0], picture.rgb[picture.mask == 0])


def test_a_frame_without_anybody_stays_as_it_is():
    source = Script()
    with running(source, load=Tinter, look=BLUE) as loop:
        soon(lambda: not loop.loading)
        source.put(plain((90, 120, 90), (320, 240)))
        picture = dyed_picture(loop)
    np.testing.assert_array_equal(picture.dyed, picture.rgb)
