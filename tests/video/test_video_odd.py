"""Files as other programs make them: joined, without seeking, without times of showing, with odd sound and colours."""

import os
import re
import subprocess
import sys
from fractions import Fraction
from io import BytesIO

import av
import numpy as np
import pytest
from clips import decoded, framed, make, packets, planes, with_cover
from PIL import ExifTags, Image

from hairtint.errors import OutputError, SourceError
from hairtint.video import dye_file, pipeline, reading, writing
from hairtint.video.codecs import CONTAINERS
from hairtint.video.convert import RGB, Converter
from hairtint.video.signal import Signal
from hairtint.video.timecode import moved

pytestmark = pytest.mark.usefixtures("upper_half")

FILM, NTSC = Fraction(25), Fraction(30000, 1001)


def steps(count, width=64, height=64):
    """Plain greys, each lighter than the one before, so that a picture tells its number."""
    return [np.full((height, width, 3), 20 + 4 * i, np.uint8) for i in range(count)]


def numbers(path):
    """The time of each picture in frames of 1/25 s, and the number that its lower half tells."""
    return [(float(f.pts * f.time_base) * 25, (rgb(f)[-8:].mean() - 20) / 4) for f in decoded(path)]


def rgb(frame):
    return frame.to_ndarray(format="rgb24")


def with_sound(path, codec, *, layout="stereo", video="mjpeg", rate=48000, seconds=0.4):
    """A short file with a tone, as the muxer of its suffix writes it."""
    count = {"mono": 1, "stereo": 2, "quad": 4, "5.1": 6}[layout]
    with av.open(str(path), "w") as sink:
        stream = sink.add_stream(video, rate=25)
        stream.width = stream.height = 64
        stream.pix_fmt = "yuvj420p" if video == "mjpeg" else "yuv420p"
        sound = sink.add_stream(codec, rate=rate)
        sound.codec_context.layout = layout
        for number, picture in enumerate(steps(round(25 * seconds))):
            frame = av.VideoFrame.from_ndarray(picture, "rgb24").reformat(format=stream.pix_fmt)
            frame.pts = number
            sink.mux(stream.encode(frame))
        sink.mux(stream.encode())
        tone = 0.3 * np.sin(np.arange(int(rate * seconds)) / 20).astype(np.float32)
        for start in range(0, len(tone) - 1023, 1024):
            frame = av.AudioFrame.from_ndarray(np.tile(tone[start : start + 1024], (count, 1)), "fltp", layout)
            frame.sample_rate, frame.pts, frame.time_base = rate, start, Fraction(1, rate)
            sink.mux(sound.encode(frame))
        sink.mux(sound.encode())
    return path


def sound_of(path):
    with av.open(str(path)) as source:
        context = source.streams.audio[0].codec_context
        return context.name, context.layout.name


@pytest.mark.parametrize("suffix", [".avi", ".mkv"])
def test_pcm_sound_that_names_no_channels_goes_into_mp4(tmp_path, blue, suffix):
    clip = with_sound(tmp_path / f"in{suffix}", "pcm_s16le")
    assert sound_of(clip)[1] == "2 channels"
    assert dye_file(clip, tmp_path / "out.mp4", blue).notes == ()
    assert sound_of(tmp_path / "out.mp4") == ("pcm_s16le", "stereo")
    joined = [b"".join(data for data, _ in packets(path, "audio")) for path in (clip, tmp_path / "out.mp4")]
    assert joined[0] == joined[1]


def test_sound_that_mkv_does_not_take_is_written_anew(tmp_path, blue):
    report = dye_file(with_sound(tmp_path / "in.avi", "adpcm_ms"), tmp_path / "out.mkv", blue)
    assert ["written anew as libopus" in note for note in report.notes] == [True]
    assert sound_of(tmp_path / "out.mkv") == ("opus", "stereo")


def test_channels_of_sound_stay_when_it_is_written_anew(tmp_path, blue):
    dye_file(with_sound(tmp_path / "in.mkv", "ac3", layout="5.1"), tmp_path / "out.webm", blue, quality="draft")
    assert sound_of(tmp_path / "out.webm") == ("opus", "5.1")
    report = dye_file(with_sound(tmp_path / "in.mov", "pcm_s16le", layout="quad"), tmp_path / "q.webm", blue)
    assert "mixed to stereo" in report.notes[0]


@pytest.mark.parametrize(("rate", "nearest"), [(11024, 11025), (8000, 8000), (192_000, 96_000)])
def test_sound_at_a_rate_that_aac_has_not_gets_the_nearest(tmp_path, blue, rate, nearest):
    clip = with_sound(tmp_path / "in.avi", "pcm_u8", layout="mono", rate=rate)
    dye_file(clip, tmp_path / "out.mp4", blue)
    with av.open(str(tmp_path / "out.mp4")) as result:
        frames = list(result.decode(audio=0))
    assert {frame.sample_rate for frame in frames} == {nearest}
    assert sum(frame.samples for frame in frames) / nearest == pytest.approx(0.4, abs=3 * 1024 / nearest)


def test_broken_sound_is_passed_over_where_it_is_written_anew(tmp_path, blue):
    clip = with_sound(tmp_path / "in.mkv", "aac", seconds=1)
    data = bytearray(clip.read_bytes())
    for packet, _ in packets(clip, "audio")[8:10]:
        place = data.index(packet)
        data[place : place + len(packet)] = b"\xff" * len(packet)
    clip.write_bytes(data)
    report = dye_file(clip, tmp_path / "out.webm", blue, quality="draft")
    assert report.broken > 0
    assert any("broken sound near 0.1" in note for note in report.notes)
    assert report.frames == 25
    assert len(packets(tmp_path / "out.webm", "audio")) > 40


def test_a_clock_that_is_set_back_by_minutes_goes_on(tmp_path, blue):
    """FFmpeg takes it for one that has run over: the second part would begin a day later."""
    clip, out = tmp_path / "in.ts", tmp_path / "out.mp4"
    parts = (make(tmp_path / f"{at}.ts", steps(25), codec="mpeg2video", times=range(at, at + 25)) for at in (2500, 0))
    clip.write_bytes(b"".join(part.read_bytes() for part in parts))
    report = dye_file(clip, out, blue, quality="draft")
    assert ["set anew" in note for note in report.notes] == [True], "and no word of a day that is missing"
    times = [float(f.pts * f.time_base) for f in decoded(out)]
    assert len(times) == 50
    assert max(times) < 2.2


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_joined_recordings_go_on(tmp_path, blue, suffix):
    part = with_sound(tmp_path / "part.ts", "aac", video="mpeg2video", seconds=2)
    clip = tmp_path / "in.ts"
    clip.write_bytes(2 * part.read_bytes())
    out = tmp_path / f"out{suffix}"
    report = dye_file(clip, out, blue, quality="draft")
    assert report.frames == 100
    assert sum("clock" in note for note in report.notes) == 1
    assert report.broken == 0
    times = [float(f.pts * f.time_base) for f in decoded(out)]
    assert np.diff(times) == pytest.approx(0.04, abs=0.09)
    assert times[50] == pytest.approx(2.0, abs=0.1)
    sound = [when for _, when in packets(out, "audio")]
    assert (np.diff(sound) >= 0).all()
    assert sound[len(sound) // 2] - times[50] == pytest.approx(sound[0] - times[0], abs=0.05)


def joined(path, *parts):
    """The recordings (pictures, options of `make`) one behind the other in one MPEG-TS whose clock goes on."""
    data, count = b"", 0
    for number, (frames, options) in enumerate(parts):
        part = path.with_name(f"{number}.ts")
        make(part, frames, times=range(count, count + len(frames)), **options)
        data, count = data + part.read_bytes(), count + len(frames)
    path.write_bytes(data)
    return path


def test_a_part_is_written_as_it_is_though_the_file_begins_otherwise(tmp_path, blue):
    small, wide = (steps(20), {}), (steps(30, 96, 80), {"options": {"flags": "+ildct"}})
    clip = joined(tmp_path / "in.ts", small, wide)
    notes = dye_file(clip, tmp_path / "out.mp4", blue, start=0.8).notes
    assert not any("changes" in note or "becomes" in note for note in notes)
    frames = decoded(tmp_path / "out.mp4")
    assert {(frame.width, frame.height, frame.interlaced_frame) for frame in frames} == {(96, 80, True)}


@pytest.mark.parametrize("width", [64, 128])
def test_colours_stay_where_their_tags_change(tmp_path, blue, width):
    red = [np.full((64, side, 3), (200, 40, 40), np.uint8) for side in (64, width)]
    parts = (([red[0]] * 20, {"tags": (1, 6, 6, 6)}), ([red[1]] * 20, {"tags": (1, 1, 1, 1)}))
    notes = dye_file(joined(tmp_path / "in.ts", *parts), tmp_path / "out.mkv", blue, codec="ffv1").notes
    assert sum("matrix of the colours changes near 0.80 s" in note for note in notes) == 1
    for frame in decoded(tmp_path / "out.mkv"):
        seen = Converter("rgb24", Signal.of(frame, "out"), RGB)(frame).to_ndarray()
        assert np.abs(seen[40:46].astype(int) - (200, 40, 40)).max() < 6


def test_a_line_says_where_fields_begin_that_are_not_kept(tmp_path, blue):
    clip = joined(tmp_path / "in.ts", (steps(20), {}), (steps(20), {"options": {"flags": "+ildct"}}))
    notes = dye_file(clip, tmp_path / "out.mp4", blue).notes
    assert sum("becomes interlaced near 0.80 s: it is written as progressive" in note for note in notes) == 1


@pytest.mark.parametrize(("suffix", "codec"), [(".ts", "libx264"), (".mpg", "mpeg2video")])
@pytest.mark.parametrize("start", [1.0, 1.6])
def test_the_start_of_a_part_of_joined_recordings(tmp_path, blue, suffix, codec, start):
    """Their times are there twice, and the file takes itself for as long as the last."""
    clip, options = tmp_path / f"in{suffix}", {"qmin": "1", "qmax": "2", "qp": "4", "g": "10", "bf": "2"}
    parts = steps(58)[:30], steps(58)[30:]
    made = [make(tmp_path / f"{n}{suffix}", part, codec=codec, options=options) for n, part in enumerate(parts)]
    clip.write_bytes(b"".join(part.read_bytes() for part in made))
    dye_file(clip, tmp_path / "out.mkv", blue, start=start, codec="ffv1")
    told = [number for _, number in numbers(tmp_path / "out.mkv")]
    assert told == pytest.approx(range(round(25 * start), 58), abs=0.6)


def test_packets_that_go_back_a_little_are_put_behind(tmp_path, blue):
    """Sound with one packet 30 ms early: the muxers refuse it."""
    whole = with_sound(tmp_path / "whole.nut", "pcm_s16le", video="ffv1")
    real, seen = reading.Source._raw, []

    def early(self, check):
        for item in real(self, check):
            if isinstance(item, av.Packet) and item.dts is not None:
                seen.append(item)
                if len(seen) == 5:
                    item.pts = item.dts = item.dts - round(Fraction(30, 1000) / item.time_base)
            yield item

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading.Source, "_raw", early)
        for suffix in (".mp4", ".mkv"):
            seen.clear()
            dye_file(whole, tmp_path / f"out{suffix}", blue)
            assert len(seen) > 5
            assert b"".join(d for d, _ in packets(tmp_path / f"out{suffix}", "audio")) == b"".join(
                d for d, _ in packets(whole, "audio")
            )


@pytest.mark.parametrize(("codec", "options"), [("libx264", {"preset": "medium", "g": "30"}), ("mpeg4", {"bf": "2"})])
def test_pictures_of_avi_are_shown_in_order_and_on_time(tmp_path, blue, codec, options):
    clip = make(tmp_path / "in.avi", steps(40), codec=codec, options={"qp": "4"} | options)
    dye_file(clip, tmp_path / "out.mkv", blue, codec="ffv1")
    times, told = zip(*numbers(tmp_path / "out.mkv"), strict=True)
    assert times == pytest.approx(range(40), abs=0.03)
    assert told == pytest.approx(range(40), abs=1.5)
    assert (np.diff(told) > -0.1).all()


@pytest.mark.parametrize("suffix", [".mkv", ".mp4", ".ts"])
def test_the_length_of_a_file_that_begins_late(tmp_path, blue, suffix):
    late = range(250, 300)
    clip = make(tmp_path / f"in{suffix}", steps(50), times=late, tick=Fraction(1, 25), options={"bf": "0"})
    totals = []
    report = dye_file(
        clip, tmp_path / "out.mp4", blue, quality="draft", progress=lambda done, total: totals.append(total)
    )
    assert report.notes == ()
    assert report.frames == 50
    assert set(totals) <= {50, 51}
    with pytest.raises(SourceError, match=r"is 2.0 s long: there is nothing from 2.5 s on"):
        dye_file(clip, tmp_path / "later.mp4", blue, start=2.5)


def trimmed(source, target, seconds):
    """The file without its first seconds, packet by packet: they stay in it, and its edit list cuts them off."""
    with av.open(str(source)) as whole, av.open(str(target), "w") as sink:
        streams = [sink.add_stream_from_template(stream) for stream in whole.streams]
        for packet in whole.demux():
            if packet.dts is not None:
                off = round(Fraction(seconds) / packet.time_base)
                packet.pts, packet.dts = packet.pts - off, packet.dts - off
                packet.stream = streams[packet.stream.index]
                sink.mux(packet)
    return target


@pytest.mark.parametrize(("suffix", "sound", "early"), [
    (".mkv", "aac", 1), (".mkv", "flac", 0), (".mp4", "aac", None), (".mov", "aac", None),
])  # fmt: skip
def test_what_an_edit_list_cuts_off_stays_cut_off(tmp_path, blue, suffix, sound, early):
    """Where the file has no such list, one packet of sound stays at most, which the decoder needs for the next."""
    whole = with_sound(tmp_path / "whole.mp4", sound, video="libx264", seconds=2)
    clip = trimmed(whole, tmp_path / "in.mp4", 1)
    out = tmp_path / f"out{suffix}"
    report = dye_file(clip, out, blue, quality="draft")
    with av.open(str(clip)) as source:
        given = [(bytes(p), p.is_discard) for p in source.demux(audio=0) if p.size]
    cut = sum(discard for _, discard in given)
    assert cut >= 10
    kept = given if early is None else given[cut - early :]
    assert [data for data, _ in packets(out, "audio")] == [data for data, _ in kept]
    start = packets(out, "audio")[cut if early is None else early][1]
    assert float(decoded(out)[0].pts * decoded(out)[0].time_base) == pytest.approx(start, abs=0.1)
    assert report.frames == 25


@pytest.mark.parametrize("name", ["in.h264", "in.ts"])
def test_start_where_no_seek_finds_the_keyframe(tmp_path, blue, name):
    """Raw H.264 has no times; MPEG-TS seeks by times of decoding: its first time of showing is too late."""
    clip = make(tmp_path / name, steps(30), options={"qp": "4", "bf": "2"})
    report = dye_file(clip, tmp_path / "out.mkv", blue, start=0.4, codec="ffv1")
    assert report.frames == 20
    assert [round(told) for _, told in numbers(tmp_path / "out.mkv")] == list(range(10, 30))


@pytest.mark.parametrize(("start", "end", "part"), [
    (None, 0.0, "from 0 s to 0 s"), (0.21, 0.22, "from 0.21 s to 0.22 s"), (0.37, None, "from 0.37 s on"),
])  # fmt: skip
def test_a_part_between_two_frames_is_not_called_damaged(tmp_path, blue, start, end, part):
    clip = make(tmp_path / "in.mp4", steps(10))
    with pytest.raises(SourceError, match=f"has no frame {part}: choose a longer part"):
        dye_file(clip, tmp_path / "out.mp4", blue, start=start, end=end)
    assert [p.name for p in tmp_path.iterdir()] == ["in.mp4"]


@pytest.mark.parametrize(("rate", "count", "kept"), [(50, 12, 12), (60, 12, 8), (120, 13, 6), (1000, 5, 1)])
def test_no_delay_of_a_gif_is_one_that_browsers_slow_down(tmp_path, blue, rate, count, kept):
    clip = make(tmp_path / "in.mp4", steps(count), rate=rate)
    out, mask = tmp_path / "out.gif", tmp_path / "mask.gif"
    report = dye_file(clip, out, blue, mask_video=mask)
    assert len(decoded(mask)) == report.frames == kept
    assert sum(f"{count - kept} frames are left out" in note for note in report.notes) == 2 * (kept < count)
    with Image.open(out) as result:
        delays = [result.seek(number) or result.info["duration"] for number in range(result.n_frames)]
    assert len(delays) == kept
    assert min(delays) >= 20
    assert sum(delays) == pytest.approx(max(20, 1000 * count / rate), abs=15)


@pytest.mark.parametrize("rate", [480, 960])
def test_av1_of_more_frames_a_second_than_it_knows(tmp_path, blue, rate):
    clip = make(tmp_path / "in.mp4", steps(5), rate=rate)
    dye_file(clip, tmp_path / "out.mp4", blue, codec="av1")
    assert [round(float(f.pts * f.time_base) * rate, 1) for f in decoded(tmp_path / "out.mp4")] == [0, 1, 2, 3, 4]


def test_ticks_are_not_taken_for_frames_a_second(tmp_path, blue):
    """Browsers record WebM that says no rate: FFmpeg guesses its ticks, and H.264 gets a level few players take."""
    whole = make(tmp_path / "in.mkv", steps(2), codec="libvpx-vp9", tick=Fraction(1, 1000), times=[0, 54])
    with av.open(str(whole)) as source, av.open(str(tmp_path / "in.webm"), "w", options={"live": "1"}) as sink:
        stream = sink.add_mux_stream("vp9", width=64, height=64)
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream, packet.duration = stream, 0
                sink.mux(packet)
    with av.open(str(tmp_path / "in.webm")) as source:
        assert (source.streams.video[0].average_rate, source.streams.video[0].guessed_rate) == (None, 1000)
    dye_file(tmp_path / "in.webm", tmp_path / "out.mkv", blue)
    with av.open(str(tmp_path / "out.mkv")) as result:
        assert result.streams.video[0].codec_context.extradata[3] == 10, "level 1.0"


def test_a_last_picture_that_a_gif_leaves_out_still_counts(tmp_path, blue):
    clip = make(tmp_path / "in.mkv", steps(3), tick=Fraction(1, 1000), times=[0, 500, 505], rate=1, options={"bf": "0"})
    out = tmp_path / "out.gif"
    report = dye_file(clip, out, blue)
    with av.open(str(out)) as result:
        assert result.duration / 1e6 == pytest.approx(report.seconds, abs=0.01)


def test_a_gif_goes_round_as_often_as_before(tmp_path, blue):
    images = [Image.fromarray(picture) for picture in steps(3)]
    for times in (None, 0, 3):
        clip, loop = tmp_path / "in.gif", {} if times is None else {"loop": times}
        images[0].save(clip, save_all=True, append_images=images[1:], duration=[100, 100, 5000], **loop)
        assert dye_file(clip, tmp_path / "out.gif", blue, overwrite=True).notes == ()  # a long last picture is no end
        with Image.open(tmp_path / "out.gif") as result:
            assert result.info.get("loop") == times


def seconds(path):
    """How long a file of one stream says it is, by itself and by its stream."""
    with av.open(str(path)) as source:
        (stream,) = source.streams
        return source.duration / 1e6, float(stream.duration * stream.time_base)


@pytest.mark.parametrize(("name", "options", "size", "cause"), [
    ("out.gif", {"side_by_side": True}, (126, 65), None), ("out.gif", {"mask_video": "mask.mp4"}, (64, 66), "libx264"),
    ("out.webm", {"side_by_side": True}, (128, 66), "--side-by-side"),
])  # fmt: skip
def test_even_sides_are_asked_for_by_what_needs_them(tmp_path, blue, monkeypatch, name, options, size, cause):
    monkeypatch.chdir(tmp_path)
    make("in.mkv", steps(2, 63, 65), codec="ffv1")
    notes = dye_file("in.mkv", name, blue, quality="draft", **options).notes
    assert (decoded(name)[0].width, decoded(name)[0].height) == size
    assert [f"{cause} in mask.mp4 needs" in note or f"{cause} needs" in note for note in notes] == [True] * bool(cause)


@pytest.mark.parametrize(("options", "size", "cause"), [
    ({"side_by_side": True}, (128, 48), "--side-by-side needs sides that 4 and 2 divide"), ({}, (62, 48), None),
    ({"side_by_side": True, "mask_video": "mask.mp4"}, (128, 48), "--side-by-side needs sides that 4 and 2 divide"),
    ({"mask_video": "mask.mp4"}, (62, 48), None),
])  # fmt: skip
def test_chroma_of_every_fourth_column_has_whole_steps_side_by_side(
    tmp_path, nothing, monkeypatch, options, size, cause
):
    monkeypatch.chdir(tmp_path)
    make("in.mkv", steps(2, 62, 48), codec="ffv1", pixels="yuv411p")
    notes = dye_file("in.mkv", "out.mkv", nothing, codec="ffv1", **options).notes
    (frame, _), (before, _) = decoded("out.mkv"), decoded("in.mkv")
    assert (frame.format.name, frame.width, frame.height) == ("yuv411p", *size)
    assert [cause in note for note in notes] == [True] * bool(cause)
    for old, new in zip(planes(before), planes(frame), strict=True):
        np.testing.assert_array_equal(old[24:], new[24:, : old.shape[1]])


def held_gif(path, held):
    """Pictures that are shown for so many milliseconds each."""
    images = [Image.fromarray(picture) for picture in steps(len(held))]
    images[0].save(path, save_all=True, append_images=images[1:], duration=held)
    return path


@pytest.mark.parametrize("suffix", [".gif", ".mkv", ".mp4", ".webm"])
def test_end_cuts_a_picture_that_is_on_screen_then(tmp_path, blue, suffix):
    clip, out = held_gif(tmp_path / "in.gif", [100] * 10 + [3000, 100]), tmp_path / f"out{suffix}"
    report = dye_file(clip, out, blue, end=2.5)
    assert report.frames == len(decoded(out)) == 11
    with av.open(str(out)) as result:
        assert (report.seconds, result.duration / 1e6) == pytest.approx((2.5, 2.5), abs=0.002)


@pytest.mark.parametrize("suffix", [".mkv", ".webm"])
def test_the_last_picture_of_av1_stays_as_long(tmp_path, blue, suffix):
    clip, out = held_gif(tmp_path / "in.gif", [30, 300, 30, 960, 300]), tmp_path / f"out{suffix}"
    report = dye_file(clip, out, blue, codec="av1", quality="draft")
    with av.open(str(out)) as result:
        assert (report.seconds, result.duration / 1e6) == pytest.approx((1.62, 1.62), abs=0.002)


@pytest.mark.parametrize(("kind", "start", "end", "told", "lasts"), [
    ("mkv", 2.0, None, [9, 10, 11], 2.14), ("mp4", 2.0, None, [9, 10, 11], 2.14), ("mp4", 2.0, 3.0, [9], 1.0),
    ("gif", 2.0, None, [9, 10, 11], 3.0), ("gif", 4.0, None, [10, 11], 1.0), ("gif", 4.5, None, [11], 0.5),
    ("mp4", 3.95, None, [10, 11], 0.14),
])  # fmt: skip
def test_start_within_a_held_picture_begins_with_it(tmp_path, blue, kind, start, end, told, lasts):
    """Ten pictures in the first second, the next at 4 s."""
    clip = tmp_path / f"in.{kind}"
    if kind == "gif":
        held_gif(clip, [100] * 9 + [3100, 40, 960])
    else:
        times = [*range(0, 1000, 100), 4000, 4040]
        make(clip, steps(12), rate=10, tick=Fraction(1, 1000), times=times, options={"bf": "0"})
    seen = []
    report = dye_file(
        clip, tmp_path / "out.mkv", lambda time: seen.append(time) or blue, start=start, end=end, codec="ffv1"
    )
    times, numbered = zip(*numbers(tmp_path / "out.mkv"), strict=True)
    assert numbered == pytest.approx(told, abs=1)
    assert times[0] == pytest.approx(0, abs=2)
    assert seen[0] == pytest.approx(start, abs=0.051)
    assert report.seconds == pytest.approx(lasts, abs=0.001)


@pytest.mark.parametrize("codec", ["h264", "hevc", "av1"])
@pytest.mark.parametrize("held", [
    [100] * 19 + [3000], [100] * 18 + [1000, 40], [100] * 17 + [2000, 100, 100], [100] * 19 + [20],
    [100, 500, 2000, 40, 40, 40, 700, 40, 40, 3000, 40, 40, 1000, 40, 40, 40, 900, 300, 40, 2000],
])  # fmt: skip
def test_mp4_ends_with_its_last_picture_whichever_is_decoded_last(tmp_path, blue, codec, held):
    report = dye_file(held_gif(tmp_path / "in.gif", held), tmp_path / "out.mp4", blue, codec=codec)
    assert (report.seconds, *seconds(tmp_path / "out.mp4")) == pytest.approx([sum(held) / 1000] * 3, abs=0.002)
    assert [40 * time for time, _ in numbers(tmp_path / "out.mp4")] == pytest.approx(np.cumsum([0, *held[:-1]]), abs=1)


def test_an_opaque_gif_loses_no_transparency(tmp_path, blue):
    images = [Image.fromarray(picture) for picture in steps(3)]
    images[0].save(tmp_path / "in.gif", save_all=True, append_images=images[1:], duration=100)
    assert dye_file(tmp_path / "in.gif", tmp_path / "out.mp4", blue).notes == ()
    clear = [image.convert("RGBA") for image in images]
    clear[0].putpixel((3, 3), (0, 0, 0, 0))
    clear[0].save(tmp_path / "clear.gif", save_all=True, append_images=clear[1:], duration=100)
    assert "transparency" in dye_file(tmp_path / "clear.gif", tmp_path / "clear.mp4", blue).notes[0]


def alphas(path):
    with av.open(str(path)) as source:
        stream = source.streams.video[0]
        decoder = av.CodecContext.create("libvpx-vp9", "r") if stream.codec_context.name == "vp9" else None
        frames = [f for p in source.demux(stream) for f in (decoder.decode(p) if decoder else p.decode())]
    return [frame.to_ndarray(format="rgba")[..., 3] for frame in frames]


def test_transparency_of_webm_stays_also_in_the_matte(tmp_path, blue):
    clip = tmp_path / "in.webm"
    with av.open(str(clip), "w") as sink:
        video = sink.add_stream("libvpx-vp9", rate=25, options={"lossless": "1", "cpu-used": "8"})
        video.width, video.height, video.pix_fmt = 64, 64, "yuva420p"
        for number, picture in enumerate(steps(3)):
            alpha = np.full((64, 64, 1), 255, np.uint8)
            alpha[:, :32] = 0
            frame = av.VideoFrame.from_ndarray(np.dstack([picture, alpha]), "rgba").reformat(format="yuva420p")
            frame.pts = number
            sink.mux(video.encode(frame))
        sink.mux(video.encode())
    out, matte = tmp_path / "out.webm", tmp_path / "matte.mkv"
    assert dye_file(clip, out, blue, matte_out=matte).notes == ()
    assert len(alphas(out)) == len(alphas(matte)) == 3
    for shown, cut in zip(alphas(out), alphas(matte), strict=True):
        assert shown[:, :30].max() < 9
        assert shown[:, 34:].min() > 246
        assert cut[:30, 34:].min() > 246
        assert cut[:30, :30].max() < 9
        assert cut[34:].max() < 9
    assert "transparency is not kept" in dye_file(clip, tmp_path / "out.mp4", blue).notes[0]


def test_a_matte_in_the_result_s_own_format_leaves_it_alone(tmp_path, blue):
    clip = make(tmp_path / "in.mkv", steps(2), codec="ffv1", pixels="bgra", tags=(2, 0, 2, 2))
    dye_file(clip, tmp_path / "out.mkv", blue, codec="ffv1", matte_out=tmp_path / "matte.mkv")
    assert min(alpha.min() for alpha in alphas(tmp_path / "out.mkv")) == 255
    assert [alpha[-1].max() for alpha in alphas(tmp_path / "matte.mkv")] == [0, 0]


def test_an_hdr_matte_of_eight_bits_is_refused(tmp_path, blue):
    clip = make(tmp_path / "in.mkv", steps(2), codec="ffv1", pixels="yuv420p10le", tags=(1, 9, 9, 16))
    with pytest.raises(OutputError, match=r"HDR needs 10"):
        dye_file(clip, tmp_path / "out.mkv", blue, codec="ffv1", matte_out=tmp_path / "matte.webm")
    assert [p.name for p in tmp_path.iterdir()] == ["in.mkv"]


def test_av1_is_not_asked_for_pictures_that_it_never_ends_with(tmp_path, blue):
    clip = make(tmp_path / "in.mkv", steps(2, width=10), codec="ffv1", pixels="yuv420p")
    with pytest.raises(OutputError, match="16 pixels a side"):
        dye_file(clip, tmp_path / "out.mkv", blue, codec="av1")
    assert [p.name for p in tmp_path.iterdir()] == ["in.mkv"]
    clip = make(tmp_path / "wide.mkv", steps(2, width=16), codec="ffv1", pixels="yuv420p")
    dye_file(clip, tmp_path / "out.mkv", blue, codec="av1")
    assert len(decoded(tmp_path / "out.mkv")) == 2


@pytest.mark.parametrize(("height", "matrix", "options"), [
    (480, (0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30), {"side_by_side": True}), (719, None, {"side_by_side": True}),
])  # fmt: skip
def test_untagged_colours_stay_where_the_picture_grows_to_720_lines(tmp_path, blue, height, matrix, options):
    red = [np.full((height, 32, 3), (200, 40, 40), np.uint8)]
    clip = tmp_path / ("in.mp4" if matrix else "in.mkv")
    codec, pixels = ("libx264" if matrix else "ffv1"), "yuv420p"
    make(clip, red, codec=codec, pixels=pixels, matrix=matrix, tags=(0, 2, 2, 2))
    dye_file(clip, tmp_path / "out.mkv", blue, codec="ffv1", **options)
    (frame,) = decoded(tmp_path / "out.mkv")
    assert frame.height >= 720
    seen = Converter("rgb24", Signal.of(frame, "out"), RGB)(frame).to_ndarray().reshape(-1, 3)
    assert (np.abs(seen.astype(int) - (200, 40, 40)).max(axis=1) < 6).mean() > 0.7


def test_a_disk_that_is_read_only_is_one_line(tmp_path, blue, monkeypatch):
    clip = make(tmp_path / "in.mp4", steps(2))

    def refused(*args, **options):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(writing.Path, "unlink", refused)
    monkeypatch.setattr(pipeline, "Tinter", refused)  # it comes later
    monkeypatch.setattr(writing.Sink, "start", lambda self, options: self.abandon() or (_ for _ in ()).throw(
        self._refusal(OSError(30, "Read-only file system"))))  # fmt: skip
    with pytest.raises(OutputError, match="Read-only"):
        dye_file(clip, tmp_path / "out.mp4", blue)


def test_subtitles_on_screen_at_the_start_stay(tmp_path, blue):
    clip = make(tmp_path / "in.mkv", steps(12), codec="ffv1", subtitles="subrip")  # shown from 0.04 to 0.24 s
    dye_file(clip, tmp_path / "out.mkv", blue, start=0.1, codec="ffv1")
    with av.open(str(tmp_path / "out.mkv")) as result:
        (line,) = [p for p in result.demux(subtitles=0) if p.size]
        assert (bytes(line), line.pts, line.duration) == (b"a line of text", 0, 140)
    dye_file(clip, tmp_path / "later.mkv", blue, start=0.24, codec="ffv1")
    assert packets(tmp_path / "later.mkv", "subtitle") == []


@pytest.mark.parametrize(("suffix", "subtitles"), [
    (".mkv", "subrip"), (".mkv", "ass"), (".mp4", "mov_text"), (".mov", "mov_text"),
])  # fmt: skip
@pytest.mark.parametrize("start", [None, 0.08])
def test_subtitles_on_screen_at_the_end_go_with_the_picture(tmp_path, blue, suffix, subtitles, start):
    clip = make(tmp_path / f"in{suffix}", steps(12), subtitles=subtitles)  # shown from 0.04 to 0.24 s
    out = tmp_path / f"out{suffix}"
    dye_file(clip, out, blue, start=start, end=0.16)
    with av.open(str(out)) as result:
        (line,) = [p for p in result.demux(subtitles=0) if p.size and b"line" in bytes(p)]
        assert float((line.pts + line.duration) * line.time_base) == pytest.approx(0.16 - (start or 0), abs=0.002)
        assert result.duration / 1e6 == pytest.approx(0.16 - (start or 0), abs=0.002)


def test_a_cover_picture_that_mov_does_not_take_is_named(tmp_path, portrait_path, blue):
    clip, covered = make(tmp_path / "in.mp4", steps(3)), tmp_path / "covered.mp4"
    with_cover(clip, portrait_path, covered)
    (note,) = dye_file(covered, tmp_path / "out.mov", blue).notes
    assert "cover picture" in note
    assert "left out" in note


@pytest.mark.parametrize(("orientation", "turned"), [(1, 0), (3, 180), (6, -90), (8, 90)])
def test_photos_of_a_camera_in_a_row_are_a_video(tmp_path, blue, orientation, turned):
    """Motion JPEG whose pictures carry EXIF, which PyAV has no name for."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    with av.open(str(tmp_path / "in.mkv"), "w") as sink:
        video = sink.add_stream("mjpeg", rate=25)
        video.width, video.height, video.pix_fmt = 64, 48, "yuvj420p"
        for number, picture in enumerate(steps(3, 64, 48)):
            photo = BytesIO()
            Image.fromarray(picture).save(photo, "JPEG", exif=exif)
            packet = av.Packet(photo.getvalue())
            packet.stream, packet.pts, packet.dts, packet.time_base = video, number, number, Fraction(1, 25)
            sink.mux(packet)
    dye_file(tmp_path / "in.mkv", tmp_path / "out.mp4", blue)
    assert [frame.rotation % 360 for frame in decoded(tmp_path / "out.mp4")] == [turned % 360] * 3


def test_a_turned_gif_has_turned_pixels(tmp_path, blue):
    clip = tmp_path / "in.mp4"
    with av.open(str(clip), "w") as sink:
        video = sink.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        video.codec_context.sample_aspect_ratio = Fraction(2, 1)
        video.set_display_rotation(90)
        frame = framed(steps(1, 64, 48)[0], "yuv420p", (1, 6, 2, 2))
        frame.pts = 0
        sink.mux(video.encode(frame))
        sink.mux(video.encode())
    dye_file(clip, tmp_path / "out.gif", blue)
    with av.open(str(tmp_path / "out.gif")) as result:
        stream = result.streams.video[0]
        assert (stream.width, stream.height, stream.sample_aspect_ratio) == (48, 64, Fraction(1, 2))


KINDS = [(suffix, codec) for suffix, kind in CONTAINERS.items() for codec in kind.codecs if suffix != ".m4v"]


@pytest.mark.parametrize(("suffix", "codec"), KINDS)
def test_pixel_shape_stays_or_a_line_says_so(tmp_path, blue, suffix, codec):
    clip = make(tmp_path / "in.mp4", steps(4), aspect=Fraction(64, 45))
    report = dye_file(clip, tmp_path / f"out{suffix}", blue, codec=codec, quality="draft")
    with av.open(str(tmp_path / f"out{suffix}")) as result:
        shape = result.streams.video[0].sample_aspect_ratio
    if report.notes:
        assert shape in (None, 1)
        assert "its pixels are 64:45" in report.notes[0]
        assert (suffix, codec) in {(".webm", "vp9"), (".webm", "av1"),
                                   (".mkv", "vp9"), (".mkv", "av1"), (".mkv", "ffv1"), (".mkv", "prores")}  # fmt: skip
    else:
        assert float(shape) == pytest.approx(64 / 45, rel=0.01)  # GIF rounds it


def test_pixel_shape_of_mask_and_matte_stays_or_a_line_says_so(tmp_path, blue):
    clip = make(tmp_path / "in.mp4", steps(4), aspect=Fraction(64, 45))
    files = {"mask_video": tmp_path / "mask.mkv", "matte_out": tmp_path / "matte.mkv"}
    (note,) = dye_file(clip, tmp_path / "out.mp4", blue, quality="draft", **files).notes
    assert "matte.mkv: its pixels are 64:45" in note


@pytest.mark.parametrize(("suffix", "codec"), KINDS)
def test_interlaced_pictures_stay_so_or_a_line_says_what_does_it(tmp_path, blue, suffix, codec):
    clip = make(tmp_path / "in.mkv", steps(4), options={"flags": "+ildct"})
    report = dye_file(clip, tmp_path / f"out{suffix}", blue, codec=codec, quality="draft")
    kept = codec in ("h264", "prores", "ffv1")
    assert [frame.interlaced_frame for frame in decoded(tmp_path / f"out{suffix}")] == [kept] * 4
    assert ["progressive" in note and "h264, prores, ffv1 do" in note for note in report.notes] == [True] * (not kept)


def filtered(frames, name, about=None):
    """Frames after one of FFmpeg's filters, and what it logs."""
    graph = av.filter.Graph()
    first = frames[0]
    source = graph.add_buffer(width=first.width, height=first.height, format=first.format, time_base=Fraction(1, 25))
    graph.link_nodes(source, graph.add(name, about), graph.add("buffersink")).configure()
    with av.logging.Capture(local=False) as log:
        for frame in frames:
            frame.time_base = Fraction(1, 25)
            graph.push(frame)
        return [graph.pull() for _ in frames], "".join(line for _, _, line in log)


def test_of_interlaced_pictures_the_same_field_comes_first_in_every_file(tmp_path, blue):
    pictures = [framed(picture, "yuv420p", (1, 6, 2, 2)) for picture in steps(3)]
    for number, frame in enumerate(pictures):
        frame.pts = number
    with av.open(str(tmp_path / "in.mov"), "w") as sink:
        stream = sink.add_stream("prores_ks", rate=25, options={"flags": "+ildct"})
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv422p10le"
        for frame in filtered(pictures, "setfield", "tff")[0]:
            sink.mux(stream.encode(frame))
        sink.mux(stream.encode())
    files = {"side_by_side": True, "mask_video": tmp_path / "mask.mkv", "matte_out": tmp_path / "matte.mov"}
    dye_file(tmp_path / "in.mov", tmp_path / "out.mov", blue, codec="prores", **files)
    before = av.logging.get_level()
    av.logging.set_level(av.logging.INFO)
    try:
        for name in ("in.mov", "out.mov", "mask.mkv", "matte.mov"):
            told = filtered(decoded(tmp_path / name), "showinfo")[1]
            assert re.findall(r" i:(\w)", told) == ["T"] * 3, name
    finally:
        av.logging.set_level(before)


def test_interlaced_pictures_of_486_lines(tmp_path, blue):
    clip = make(tmp_path / "in.mkv", steps(2, height=486), codec="mpeg2video", options={"flags": "+ildct"})
    assert "at 486 lines; prores, ffv1 do" in dye_file(clip, tmp_path / "out.mp4", blue, quality="draft").notes[0]
    assert dye_file(clip, tmp_path / "out.mov", blue, codec="prores").notes == ()
    assert all(frame.interlaced_frame for frame in decoded(tmp_path / "out.mov"))


@pytest.mark.parametrize(("code", "rate", "frames", "after"), [
    ("01:00:00:00", FILM, 5, "01:00:00:05"), ("01:00:00:00", FILM, 5.25, "01:00:00:06"),
    ("23:59:59:24", FILM, 1, "00:00:00:00"), ("00:00:59:29", NTSC, 1, "00:01:00:00"),
    ("00:00:59;29", NTSC, 1, "00:01:00;02"), ("00:09:59;29", NTSC, 1, "00:10:00;00"),
    ("00:00:00;00", NTSC, 1800, "00:01:00;02"), ("00:00:00;00", NTSC, 107892, "01:00:00;00"),
    ("00:00:00;00", 2 * NTSC, 215784, "01:00:00;00"), ("00:00:59.59", 2 * NTSC, 1, "00:01:00.04"),
    ("none", FILM, 25, "none"), ("01:00:00:00", FILM, 0, "01:00:00:00"),
])  # fmt: skip
def test_time_codes(code, rate, frames, after):
    """The frames left out of a drop-frame code are those of SMPTE ST 12-1: an hour of it is an hour."""
    assert moved(code, rate, Fraction(frames) / rate) == after


def test_the_time_code_moves_with_the_start(tmp_path, blue):
    clip = tmp_path / "in.mov"
    with av.open(str(clip), "w") as sink:
        video = sink.add_stream("libx264", rate=25, options={"g": "1"})
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        video.metadata["timecode"] = "01:02:03:04"
        for number, picture in enumerate(steps(10)):
            frame = framed(picture, "yuv420p", (1, 6, 2, 2))
            frame.pts, frame.time_base = number, Fraction(1, 25)
            sink.mux(video.encode(frame))
        sink.mux(video.encode())
    dye_file(clip, tmp_path / "out.mov", blue, start=0.2)
    with av.open(str(tmp_path / "out.mov")) as result:
        assert [s.metadata["timecode"] for s in result.streams] == ["01:02:03:09"] * 2


NARROW = """
import sys
from pathlib import Path
from hairtint.color import Color
from hairtint.look import Look
from hairtint.tinter import Tinted
from hairtint.video import dye_file, pipeline
pipeline.Tinter = lambda *args, **options: lambda rgb, look: Tinted(rgb, rgb[..., 0] * 0.0, {})
source, target, beside = sys.argv[1:]
dye_file(source, target, Look(Color.parse("blue")), codec="hevc", side_by_side=bool(beside))
"""


@pytest.mark.parametrize(("width", "pixels", "beside"), [
    (48, "yuv420p10le", ""), (48, "yuv420p", ""), (24, "yuv422p10le", "beside"),
])  # fmt: skip
def test_hevc_of_narrow_pictures_keeps_to_its_memory(tmp_path, width, pixels, beside):
    """In a process of its own, which ends where memory is found spoilt; glibc looks where it has its tool for that."""
    clip = make(tmp_path / "in.mkv", steps(4, width=width), codec="ffv1", pixels=pixels)
    strict = os.environ | {"LD_PRELOAD": "libc_malloc_debug.so.0", "MALLOC_CHECK_": "3"}
    call = [sys.executable, "-c", NARROW, str(clip), str(tmp_path / "out.mkv"), beside]
    done = subprocess.run(call, env=strict, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert [frame.width for frame in decoded(tmp_path / "out.mkv")] == [48] * 4


@pytest.mark.parametrize("count", [1, 2, 3])
def test_hevc_of_few_frames(tmp_path, blue, count):
    """x265 does not say when they are decoded."""
    clip = make(tmp_path / "in.mkv", steps(count), codec="ffv1")
    for k in range(4):
        dye_file(clip, tmp_path / f"{k}.mp4", blue, codec="hevc")
        with av.open(tmp_path / f"{k}.mp4") as container:
            times = [(packet.pts, packet.dts) for packet in container.demux() if packet.size]
        assert len(times) == count
        assert sorted(dts for _, dts in times) == [dts for _, dts in times]
        assert all(dts <= pts and abs(dts) < 10**6 for pts, dts in times)
        assert len(decoded(tmp_path / f"{k}.mp4")) == count
