"""The parts that a video passes through, each by itself."""

import threading

import cv2
import numpy as np
import pytest
from clips import framed, planes
from hypothesis import given
from hypothesis import strategies as st

from hairtint.errors import InputError
from hairtint.video.channel import Channel, Closed
from hairtint.video.codecs import CODECS, QUALITIES
from hairtint.video.convert import RGB, Converter
from hairtint.video.layout import Layout, grown
from hairtint.video.paint import paint, set_alpha
from hairtint.video.signal import HLG, PQ, Signal
from hairtint.video.timecode import seconds
from hairtint.video.turn import Turn

ONE = 65536
MATRICES = {  # (a, b, c, d) and what it does to a picture, by numpy
    (ONE, 0, 0, ONE): lambda p: p,
    (0, ONE, -ONE, 0): lambda p: np.rot90(p, -1),
    (-ONE, 0, 0, -ONE): lambda p: np.rot90(p, 2),
    (0, -ONE, ONE, 0): np.rot90,
    (-ONE, 0, 0, ONE): np.fliplr,
    (ONE, 0, 0, -ONE): np.flipud,
    (0, ONE, ONE, 0): lambda p: p.swapaxes(0, 1),
    (0, -ONE, -ONE, 0): lambda p: np.rot90(p, 2).swapaxes(0, 1),
}


@pytest.mark.parametrize("matrix", MATRICES)
def test_a_turn_goes_there_and_back(matrix):
    a, b, c, d = matrix
    turn = Turn.of((a, b, 0, c, d, 0, 0, 0, 1 << 30))
    picture = np.arange(24).reshape(4, 6)
    np.testing.assert_array_equal(turn.upright(picture), MATRICES[matrix](picture))
    np.testing.assert_array_equal(turn.stored(turn.upright(picture)), picture)
    assert bool(turn) == (matrix != (ONE, 0, 0, ONE))
    beside = turn.upright(turn.beside(picture, picture + 100))
    np.testing.assert_array_equal(beside, np.hstack([turn.upright(picture), turn.upright(picture) + 100]))


LAYOUTS = ["yuv420p", "yuv422p", "yuv444p", "yuv440p", "yuv411p", "yuv420p10le", "yuv444p12le", "gbrp", "gbrp10le",
           "rgb24", "bgr24", "rgba", "bgra", "bgr0", "rgb0", "yuva420p", "yuva444p10le", "gbrap"]  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
@pytest.mark.parametrize("size", [(32, 24), (33, 25)])
def test_paint_changes_the_frame_as_the_picture_was_changed(portrait, name, size):
    """What swscale reads from the painted frame is the painted picture; elsewhere not a bit has moved."""
    layout = Layout.named(name)
    height = size[1]
    picture = cv2.resize(np.asarray(portrait), size, interpolation=cv2.INTER_AREA) // 2 + 60
    signal = Signal(2, 0) if layout.rgb else Signal(1, 1, 1, 1)
    frame = framed(picture, name, (signal.range, signal.matrix, 1, 1))
    into_rgb = Converter("rgb24", signal, RGB)
    seen = into_rgb(frame).to_ndarray()
    wanted = seen.copy()
    wanted[8:16, 8:24] = np.clip(wanted[8:16, 8:24].astype(int) + np.array([40, -30, 20]), 0, 255)
    before = planes(frame)
    paint(frame, layout, signal, seen, wanted)
    found = into_rgb(frame).to_ndarray().astype(int)
    middle = np.s_[10:14, 12:20]
    assert np.abs(found[middle] - wanted[middle]).max() <= 6
    assert np.abs((found - wanted)[middle].mean(axis=(0, 1))).max() < 1.5
    after = planes(frame)
    for one, two in zip(before, after, strict=True):
        rows = -(-height // one.shape[0])
        np.testing.assert_array_equal(one[: 8 // rows], two[: 8 // rows])
        np.testing.assert_array_equal(one[-(-16 // rows) :], two[-(-16 // rows) :])


@given(st.integers(0, 2**32 - 1))
def test_paint_of_the_same_picture_changes_nothing(seed):
    picture = np.random.default_rng(seed).integers(0, 256, (16, 20, 3), np.uint8)
    frame = framed(picture, "yuv420p", (1, 1, 2, 2))
    signal, before = Signal(1, 1), planes(frame)
    seen = Converter("rgb24", signal, RGB)(frame).to_ndarray()
    paint(frame, Layout.named("yuv420p"), signal, seen, seen.copy())
    for one, two in zip(before, planes(frame), strict=True):
        np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize(("name", "sides"), [
    ("yuv420p", (2, 2)), ("yuv422p10le", (2, 2)), ("bgra", (2, 2)), ("yuv411p", (4, 2)),
])  # fmt: skip
def test_a_frame_grows_by_its_edge(portrait, name, sides):
    frame = framed(np.asarray(portrait)[:25, :33].copy(), name, (1, 6, 2, 2))
    layout, width = Layout.named(name), 32 + sides[0]
    more = grown(frame, layout, sides)
    assert (more.width, more.height) == (width, 26)
    old, new = layout.arrays(frame)[0], layout.arrays(more)[0]
    np.testing.assert_array_equal(new[:25, :33], old)
    for column in range(33, width):
        np.testing.assert_array_equal(new[:25, column], old[:, 32])
    np.testing.assert_array_equal(new[25], new[24])
    assert grown(more, layout, sides) is more


@pytest.mark.parametrize("name", ["yuva420p", "yuva444p10le", "bgra"])
def test_a_mask_becomes_transparency(portrait, name):
    layout = Layout.named(name)
    frame = framed(np.asarray(portrait)[:24, :32].copy(), name, (1, 6, 2, 2))
    mask = np.linspace(0, 1, 24 * 32, dtype=np.float32).reshape(24, 32)
    set_alpha(frame, layout, mask)
    alpha = frame.reformat(format="rgba").to_ndarray()[..., 3]
    assert np.abs(alpha / 255 - mask).max() < 0.01


@pytest.mark.parametrize("transfer", [PQ, HLG])
def test_hdr_colours_go_to_srgb_and_back(transfer):
    signal = Signal(1, 9, 9, transfer)
    white = 0.75 if transfer == HLG else 0.5806  # of the signal: 203 cd/m² (BT.2408, table 1)
    coded = np.full((1, 1, 3), round(255 * white), np.uint8)
    assert np.abs(signal.seen(coded).astype(int) - 255).max() <= 4
    steps = np.random.default_rng(0).integers(40, 200, (20, 20, 3), np.uint8)
    seen = signal.seen(np.rint(signal._coded(steps)).astype(np.uint8)).astype(int)
    assert np.abs(seen - steps).mean() < 3
    change = signal.change(steps, steps)
    assert not change.any()


def test_formats_are_kept_or_near():
    from av import VideoFormat

    for codec, source, wanted in (
        ("h264", "yuv420p", "yuv420p"), ("h264", "yuvj422p", "yuv422p"), ("h264", "nv12", "yuv420p"),
        ("h264", "yuv422p10le", "yuv422p10le"), ("h264", "bgra", "yuv420p"), ("h264", "gray", "yuv420p"),
        ("h264", "pal8", "yuv420p"), ("h264", "yuv420p12le", "yuv420p10le"), ("hevc", "p010le", "yuv420p10le"),
        ("vp9", "yuva420p", "yuva420p"), ("vp9", "yuv420p10le", "yuv420p"), ("ffv1", "rgb24", "bgr0"),
        ("ffv1", "bgra", "bgra"), ("prores", "yuv420p", "yuv422p10le"), ("prores", "yuv444p", "yuv444p10le"),
        ("av1", "yuv444p10le", "yuv420p10le"), ("gif", "bgra", "bgra"), ("gif", "yuv420p", "rgb24"),
    ):  # fmt: skip
        assert CODECS[codec].layout_for(VideoFormat(source)).name == wanted, (codec, source)
    for codec, source, wanted in (
        ("prores", "yuv420p", "yuva444p10le"), ("vp9", "yuv420p", "yuva420p"), ("ffv1", "yuv422p", "yuva422p"),
    ):  # fmt: skip
        assert CODECS[codec].layout_for(VideoFormat(source), alpha=True).name == wanted


@pytest.mark.parametrize("quality", [*QUALITIES, "20"])
def test_x265_goes_without_its_assembler_for_narrow_pictures_alone(quality):
    narrow, wide = (CODECS["hevc"].options(quality, width)["x265-params"] for width in (63, 64))
    assert narrow == f"{wide}:asm=0"
    assert CODECS["h264"].options(quality, 63) == CODECS["h264"].options(quality)


def test_times_as_people_write_them():
    for text, value in {
        0: 0,
        2.5: 2.5,
        "12.5": 12.5,
        "1:02": 62,
        "1:02.5": 62.5,
        "1:00:00": 3600,
        "90:00": 5400,
    }.items():
        assert seconds(text) == value
    for wrong in ("", "x", "-1", -1, "1:60", "1:2:3:4", True, None, float("nan"), float("inf")):
        with pytest.raises(InputError, match="time"):
            seconds(wrong)


def test_a_channel_keeps_the_order_and_its_size():
    channel, taken = Channel(3), []

    def give():
        for number in range(100):
            channel.put(number)
            assert len(channel.items) <= 3
        channel.close()

    thread = threading.Thread(target=give)
    thread.start()
    taken.extend(channel)
    thread.join()
    assert taken == list(range(100))


def test_a_channel_closed_by_the_taker_frees_the_giver():
    channel, ended = Channel(1), threading.Event()

    def give():
        try:
            while True:
                channel.put(0)
        except Closed:
            ended.set()

    thread = threading.Thread(target=give)
    thread.start()
    assert next(iter(channel)) == 0
    channel.close()
    thread.join(timeout=60)
    assert ended.is_set()
