"""What goes wrong on the way: broken frames, a full disk, an encoder that is missing, Ctrl-C, errors in any thread."""

import os
import re
import signal
import subprocess
import sys
import threading
import tracemalloc

import av
import numpy as np
import pytest
from clips import decoded, make, packets, pictures

from hairtint.errors import OutputError, SourceError
from hairtint.tinter import Tinter
from hairtint.video import codecs, dye_file, reading, writing


def left_over(folder):
    return sorted(p.name for p in folder.iterdir() if p.name.startswith(".hairtint"))


@pytest.fixture
def broken(tmp_path, portrait):
    """Ten intra-coded frames with sound; the fourth and the seventh are noise."""
    whole = make(tmp_path / "whole.mkv", pictures(portrait, 10), codec="ffv1", sound="aac")
    damaged = tmp_path / "broken.mkv"
    data = bytearray(whole.read_bytes())
    for number in (3, 6):
        frame, _ = packets(whole, "video")[number]
        place = data.index(frame)
        data[place : place + len(frame)] = np.random.default_rng(0).bytes(len(frame))
    damaged.write_bytes(data)
    return damaged


def test_broken_frames_are_reported_and_passed_over(broken, tmp_path, blue):
    said = []
    report = dye_file(broken, tmp_path / "out.mkv", blue, say=said.append)
    assert report.broken == 2
    assert report.frames == 8
    assert sum("broken frame" in line for line in said) == 2
    assert tuple(said) == report.notes
    assert [round(float(f.pts * f.time_base), 2) for f in decoded(tmp_path / "out.mkv")] == [
        0, 0.04, 0.08, 0.16, 0.20, 0.28, 0.32, 0.36,
    ]  # fmt: skip
    assert packets(tmp_path / "out.mkv", "audio") == packets(broken, "audio")


NO_SYNC, NOT_YET = {0: 0x40}, {1: 0x01, 6: 0x03}  # of an ADTS header the bits that are turned, by byte


def with_damaged_sound(path, frames, number, bits, options=None):
    """An MPEG-TS with AAC; turns bits of a header: of the packet of this number or the next that lies in one piece."""
    whole = make(path, frames, sound="aac", options=options)
    data, sound = bytearray(whole.read_bytes()), packets(whole, "audio")
    number = next(n for n in range(number, len(sound)) if sound[n][0][:12] in data)
    place = data.index(sound[number][0][:12])
    for byte, turned in bits.items():
        data[place + byte] ^= turned
    whole.write_bytes(data)
    return sound[number][1] - sound[0][1]


@pytest.mark.usefixtures("upper_half")
@pytest.mark.parametrize(("suffix", "bits", "start"), [
    (".mp4", NO_SYNC, None), (".mkv", NO_SYNC, 0.4), (".mkv", NOT_YET, None), (".mp4", NOT_YET, 0.4),
])  # fmt: skip
def test_broken_sound_that_is_copied_is_reported_and_passed_over(tmp_path, portrait, blue, suffix, bits, start):
    clip, out = tmp_path / "in.ts", tmp_path / f"out{suffix}"
    when = with_damaged_sound(clip, pictures(portrait, 40), 40, bits, {"g": "10"})
    report = dye_file(clip, out, blue, quality="draft", start=start)
    assert report.frames == (30 if start else 40)
    assert 1 <= report.broken == len(report.notes) <= 3
    assert f"broken sound near {when:.2f} s is passed over" in report.notes[0]
    with av.open(str(out)) as result:
        assert sum(1 for _ in result.decode(audio=0)) > (40 if start else 60)
    assert decoded(out)


@pytest.mark.usefixtures("upper_half")
@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_broken_sound_at_the_beginning_does_not_spoil_what_follows(tmp_path, portrait, blue, suffix):
    clip, out = tmp_path / "in.ts", tmp_path / f"out{suffix}"
    with_damaged_sound(clip, pictures(portrait, 40), 0, NO_SYNC)
    report = dye_file(clip, out, blue, quality="draft")
    assert "broken sound near 0.00 s is passed over (no ADTS header)" in report.notes[0]
    with av.open(str(out)) as result:
        assert sum(1 for _ in result.decode(audio=0)) > 50


def of_picture(data):
    """Where in an MPEG-TS its packets of picture lie."""
    return [at for at in range(0, len(data), 188) if (data[at + 1] & 0x1F, data[at + 2]) == (1, 0)]


@pytest.mark.usefixtures("upper_half")
def test_a_picture_with_packets_lost_is_said_to_be_damaged(tmp_path, portrait, blue):
    clip = make(tmp_path / "in.ts", pictures(portrait, 30), options={"g": "10"})
    data = clip.read_bytes()
    places = of_picture(data)
    lost = places[len(places) // 2]
    clip.write_bytes(data[:lost] + data[lost + 188 :])
    report = dye_file(clip, tmp_path / "out.mp4", blue, quality="draft")
    assert 1 <= report.broken == len(report.notes) <= 2
    assert re.search(r"in.ts: the picture is damaged near 0\.[3-6]\d s and dyed as it comes", report.notes[0])


@pytest.mark.usefixtures("upper_half")
@pytest.mark.parametrize("codec", ["libx264", "mpeg2video"])
@pytest.mark.parametrize("sound", [None, "aac"])
def test_recordings_that_are_joined_or_begin_and_end_anywhere_are_not_called_damaged(
    tmp_path, portrait, blue, codec, sound
):
    whole = make(tmp_path / "in.ts", pictures(portrait, 30), codec=codec, sound=sound, options={"g": "10"})
    data = whole.read_bytes()
    for part in (data + data, data[:-188] + data, data[5000:-2000], data[3 * 188 + 7 :]):
        whole.write_bytes(part)
        report = dye_file(whole, tmp_path / "out.mkv", blue, quality="draft", overwrite=True)
        assert [note for note in report.notes if "picture" in note or "frame" in note] == []


def test_a_file_that_is_cut_off_is_done_as_far_as_it_goes(tmp_path, portrait, blue):
    whole = make(tmp_path / "whole.mp4", pictures(portrait, 60), options={"g": "10"})
    with av.open(str(whole)) as source, av.open(str(tmp_path / "fast.mp4"), "w") as sink:
        sink.container_options["movflags"] = "+faststart"
        stream = sink.add_stream_from_template(source.streams.video[0], opaque=True)
        for packet in source.demux(video=0):
            if packet.dts is not None:
                packet.stream = stream
                sink.mux(packet)
    cut = tmp_path / "cut.mp4"
    data = (tmp_path / "fast.mp4").read_bytes()
    cut.write_bytes(data[: len(data) // 2])
    report = dye_file(cut, tmp_path / "out.mp4", blue, quality="draft")
    assert 5 < report.frames < 55
    assert len(decoded(tmp_path / "out.mp4")) == report.frames
    assert any("says it is 2.4 s long" in note or "cannot be read further" in note for note in report.notes)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("list.mp4", "ffconcat version 1.0\nfile in.mp4\n"),
        ("list.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{folder}/in.ts\n#EXT-X-ENDLIST\n"),
        ("far.m3u8", "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:1/in.ts\n#EXT-X-ENDLIST\n"),
    ],
)
def test_a_list_of_other_files_is_refused(clip, tmp_path, portrait, blue, name, text):
    make(tmp_path / "in.ts", pictures(portrait, 3))
    (tmp_path / name).write_text(text.format(folder=tmp_path))
    with pytest.raises(SourceError, match=r"list of other files|cannot be opened"):
        dye_file(tmp_path / name, tmp_path / "out.mp4", blue)
    assert not (tmp_path / "out.mp4").exists()


def test_many_broken_places_are_counted_not_listed(tmp_path, portrait, blue):
    whole = make(tmp_path / "whole.mkv", pictures(portrait, 12), codec="ffv1")
    data = bytearray(whole.read_bytes())
    for frame, _ in packets(whole, "video")[1:11]:
        place = data.index(frame)
        data[place : place + len(frame)] = np.random.default_rng(1).bytes(len(frame))
    whole.write_bytes(data)
    report = dye_file(whole, tmp_path / "out.mkv", blue)
    assert report.broken == 10
    assert len(report.notes) == 6


def test_a_source_that_raises_leaves_nothing_behind(clip, tmp_path, blue, monkeypatch):
    real = reading.Source.items

    def failing(self, check):
        for number, item in enumerate(real(self, check)):
            if number == 6:
                raise SourceError("the cable was pulled")
            yield item

    monkeypatch.setattr(reading.Source, "items", failing)
    with pytest.raises(SourceError, match="cable"):
        dye_file(clip, tmp_path / "out.mp4", blue)
    assert [p.name for p in tmp_path.iterdir()] == ["in.mp4"]


def test_a_tinter_that_raises_leaves_nothing_behind(clip, tmp_path, blue, monkeypatch):
    def failing(self, rgb, look):
        raise RuntimeError("out of dye")

    monkeypatch.setattr(Tinter, "__call__", failing)
    with pytest.raises(RuntimeError, match="dye"):
        dye_file(clip, tmp_path / "out.mp4", blue)
    assert [p.name for p in tmp_path.iterdir()] == ["in.mp4"]


def test_a_full_disk_is_one_line_and_leaves_nothing_behind(clip, tmp_path, blue, monkeypatch):
    real, count = writing.Sink.write, iter(range(100))

    def full(self, frame):
        if next(count) == 5:
            self._mux(lambda: (_ for _ in ()).throw(OSError(28, "No space left on device")))
        real(self, frame)

    monkeypatch.setattr(writing.Sink, "write", full)
    with pytest.raises(OutputError, match="disk is full"):
        dye_file(clip, tmp_path / "out.mp4", blue, mask_video=tmp_path / "mask.mp4")
    assert [p.name for p in tmp_path.iterdir()] == ["in.mp4"]


LIMITED = """
import resource, signal, sys
from hairtint.cli import run
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
sys.exit(run(sys.argv[1:]))
"""


def test_a_file_that_may_not_grow_is_one_line(clip, tmp_path):
    call = [sys.executable, "-c", LIMITED, "video", str(clip), "-c", "blue", "-o", str(tmp_path / "out.mkv")]
    done = subprocess.run([*call, "--codec", "ffv1"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith("hairtint: ")
    assert done.stderr.count("\n") == 1
    assert "larger than the disk allows" in done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["in.mp4"]


def test_a_missing_encoder_is_one_line(clip, tmp_path, blue, monkeypatch):
    monkeypatch.setitem(codecs.CODECS, "h264", codecs.Codec("libnothing", ("yuv420p",), ({}, {}, {}, {})))
    with pytest.raises(OutputError, match="libnothing"):
        dye_file(clip, tmp_path / "out.mp4", blue)
    assert not left_over(tmp_path)


def test_stopped_files_are_complete_as_far_as_they_go(tmp_path, portrait, blue):
    clip = make(tmp_path / "in.mp4", pictures(portrait, 40), sound="aac")
    stop = threading.Event()

    def progress(done, total):
        assert total == 40
        if done == 10:
            stop.set()

    out, mask = tmp_path / "out.mp4", tmp_path / "mask.mkv"
    report = dye_file(clip, out, blue, stop=stop, progress=progress, mask_video=mask)
    assert report.interrupted
    assert 10 <= report.frames < 20
    assert len(decoded(out)) == len(decoded(mask)) == report.frames
    assert packets(out, "audio")
    assert not left_over(tmp_path)


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, -signal.SIGINT), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_ctrl_c_leaves_a_playable_file(tmp_path, portrait, number, status):
    clip = make(tmp_path / "in.mp4", pictures(portrait, 200))
    out = tmp_path / "out.mkv"
    process = subprocess.Popen(
        [sys.executable, "-m", "hairtint", "video", str(clip), "-c", "blue", "-o", str(out), "--codec", "ffv1"],
        stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    while process.poll() is None and not any(p.stat().st_size > 100_000 for p in tmp_path.glob(".hairtint-*.part")):
        threading.Event().wait(0.02)
    os.kill(process.pid, number)
    _, said = process.communicate(timeout=120)
    assert process.returncode == status
    assert "kept in" in said
    assert 0 < len(decoded(out)) < 200
    assert not left_over(tmp_path)


TWICE = """
import signal, sys
from hairtint.cli import run
from hairtint.tinter import Tinter
def twice(self, rgb, look, real=Tinter.__call__):
    for _ in range(2):
        signal.raise_signal(int(sys.argv[1]))
    return real(self, rgb, look)
Tinter.__call__ = twice
sys.exit(run(sys.argv[2:]))
"""


def signalled_twice(number, clip, out, **options):
    call = [sys.executable, "-c", TWICE, str(int(number)), "video", str(clip), "-c", "blue", "-o", str(out)]
    return subprocess.run(call, capture_output=True, text=True, check=False, **options)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_second_ctrl_c_leaves_nothing_behind(clip, tmp_path, number, status):
    done = signalled_twice(number, clip, tmp_path / "out.mp4")
    assert done.returncode == status
    assert done.stderr.splitlines() == ["", "hairtint: interrupted"] * (number == signal.SIGINT)
    assert [p.name for p in tmp_path.iterdir()] == ["in.mp4"]


def test_a_terminal_that_is_closed_may_say_so_twice(clip, tmp_path):
    """The shell hands its SIGHUP on, and the system sends another when the shell ends."""
    done = signalled_twice(signal.SIGHUP, clip, tmp_path / "out.mp4")
    assert done.returncode == 129
    assert "kept in" in done.stderr
    assert decoded(tmp_path / "out.mp4")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_what_is_ignored_stays_so(clip, tmp_path, number):
    """SIGHUP under nohup, SIGINT of what a script runs in the background."""
    out = tmp_path / "out.mp4"
    done = signalled_twice(number, clip, out, preexec_fn=lambda: signal.signal(number, signal.SIG_IGN))
    assert (done.returncode, done.stdout) == (0, f"{out}\n")
    assert len(decoded(out)) == len(decoded(clip))


def test_stopped_before_the_first_frame_nothing_is_written(clip, tmp_path, blue):
    stop = threading.Event()
    stop.set()
    report = dye_file(clip, tmp_path / "out.mp4", blue, stop=stop)
    assert report.interrupted
    assert report.outputs == ()
    assert [p.name for p in tmp_path.iterdir()] == ["in.mp4"]


@pytest.fixture
def at_the_third_packet(monkeypatch):
    """A list of what is to be called when the third packet of picture is decoded, and of how many there were."""
    real, calls, count = reading.Source._decoded, [], []

    def decoded(self, packet):
        count.append(packet)
        if len(count) == 3:
            for call in calls:
                call()
        return real(self, packet)

    monkeypatch.setattr(reading.Source, "_decoded", decoded)
    return calls, count


def test_stopped_among_frames_before_the_start_nothing_is_written(tmp_path, portrait, blue, at_the_third_packet):
    """A raw stream cannot be sought in: all its frames are decoded, and none of the first is handed on."""
    clip = make(tmp_path / "in.h264", pictures(portrait, 30))
    calls, count = at_the_third_packet
    stop = threading.Event()
    calls.append(stop.set)
    report = dye_file(clip, tmp_path / "out.mp4", blue, start=1.0, stop=stop)
    assert len(count) == 3
    assert report.interrupted
    assert report.outputs == report.notes == ()
    assert [p.name for p in tmp_path.iterdir()] == ["in.h264"]


def test_a_second_ctrl_c_among_frames_before_the_start(tmp_path, portrait, blue, at_the_third_packet):
    clip = make(tmp_path / "in.h264", pictures(portrait, 30))
    calls, count = at_the_third_packet

    def pressed():
        raise KeyboardInterrupt  # as Python's handler does

    calls.append(pressed)
    with pytest.raises(KeyboardInterrupt):
        dye_file(clip, tmp_path / "out.mp4", blue, start=1.0)
    assert len(count) == 3
    assert [p.name for p in tmp_path.iterdir()] == ["in.h264"]


AMONG = """
import signal, sys, threading
from pathlib import Path
from hairtint import Color
from hairtint.look import Look
from hairtint.video import dye_file, pipeline, reading
waiting, closed, count = threading.Event(), threading.Event(), []
class Watched(pipeline.Channel):
    def __iter__(self):
        if threading.current_thread() is threading.main_thread():
            waiting.set()
        return super().__iter__()
    def close(self):
        super().close()
        closed.set()
def decoded(self, packet, real=reading.Source._decoded):
    count.append(packet)
    if len(count) == 3:
        waiting.wait(60)
        for _ in range(20):  # one that comes just before the wait begins is heard after it alone
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)
            if closed.wait(3):
                break
    return real(self, packet)
pipeline.Channel, reading.Source._decoded = Watched, decoded
try:
    dye_file(Path(sys.argv[1]), Path(sys.argv[2]), Look(Color.parse("blue")))
except KeyboardInterrupt:
    print(len(count))
"""


def test_a_second_ctrl_c_ends_the_reading(tmp_path, portrait):
    clip = make(tmp_path / "in.h264", pictures(portrait, 30))
    call = [sys.executable, "-c", AMONG, str(clip), str(tmp_path / "out.mp4")]
    done = subprocess.run(call, capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.split() == ["3"], done.stderr
    assert [p.name for p in tmp_path.iterdir()] == ["in.h264"]


def test_memory_does_not_grow_with_length(tmp_path, portrait, blue):
    peaks = []
    for count in (24, 72):
        clip = make(tmp_path / f"{count}.mp4", pictures(portrait, count))
        tracemalloc.start()
        dye_file(clip, tmp_path / f"{count}-out.mp4", blue, quality="draft")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.3 * peaks[0]
