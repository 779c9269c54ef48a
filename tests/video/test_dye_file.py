"""Whole files: what goes in, what comes out, read back."""

import os
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from clips import decoded, framed, make, packets, pictures, planes, rgb, with_cover

from hairtint.errors import InputError, OutputError, SourceError
from hairtint.tinter import Tinter
from hairtint.video import dye_file


def times(path):
    return [float(f.pts * f.time_base) for f in decoded(path)]


def hair_of(frames, look):
    """What the tinter makes of pictures that are handed to it as they are."""
    tinter = Tinter()
    return [tinter(frame, look) for frame in frames]


def test_sound_streams_and_length_stay(clip, tmp_path, blue):
    out = tmp_path / "out.mp4"
    report = dye_file(clip, out, blue)
    assert report.frames == 12
    assert report.outputs == (out,)
    assert not report.interrupted
    assert report.broken == 0
    with av.open(str(clip)) as before, av.open(str(out)) as after:
        assert [s.type for s in after.streams] == [s.type for s in before.streams]
        assert abs(after.duration - before.duration) <= 40_000
        assert after.streams.video[0].average_rate == 25
    assert packets(out, "audio") == packets(clip, "audio")
    assert times(out) == times(clip)


def test_the_hair_is_dyed_and_the_rest_is_not(tmp_path, portrait, blue):
    frames = pictures(portrait, 6)
    clip = make(tmp_path / "in.mkv", frames, codec="ffv1", pixels="yuv444p")
    dye_file(clip, tmp_path / "out.mkv", blue, codec="ffv1")
    tinted = hair_of([np.asarray(rgb(f), np.uint8) for f in decoded(clip)], blue)
    for before, after, made in zip(decoded(clip), decoded(tmp_path / "out.mkv"), tinted, strict=True):
        still = made.mask < 1 / 512
        for one, two in zip(planes(before), planes(after), strict=True):
            np.testing.assert_array_equal(one[still], two[still])
        assert np.abs(rgb(after) - made.rgb)[made.mask > 0.5].mean() < 2
        assert np.abs(rgb(after) - rgb(before))[made.mask > 0.9].mean() > 15


EXACT = [
    ("in.mkv", "ffv1", "yuv420p", "ffv1"),
    ("in.mkv", "ffv1", "yuv422p10le", "ffv1"),
    ("in.mkv", "ffv1", "yuv444p", "ffv1"),
    ("in.mkv", "ffv1", "bgr0", "ffv1"),
    ("in.mkv", "libx264", "yuv420p", "h264"),
    ("in.mp4", "libx264", "yuvj420p", "h264"),
    ("in.webm", "libvpx-vp9", "yuv420p", "vp9"),
]


@pytest.mark.parametrize(("name", "encoder", "pixels", "codec"), EXACT)
def test_at_strength_zero_a_lossless_file_is_the_same_to_the_bit(
    tmp_path, portrait, nothing, name, encoder, pixels, codec
):
    tags = (2, 5, 2, 2) if pixels == "yuvj420p" else (2 if pixels == "bgr0" else 1, 0 if pixels == "bgr0" else 1, 2, 2)
    clip = make(tmp_path / name, pictures(portrait, 4), codec=encoder, pixels=pixels, tags=tags)
    out = tmp_path / f"out{clip.suffix}"
    dye_file(clip, out, nothing, codec=codec, quality="lossless")
    before, after = decoded(clip), decoded(out)
    assert len(before) == len(after)
    for one, two in zip(before, after, strict=True):
        assert one.format.name.replace("yuvj", "yuv") == two.format.name.replace("yuvj", "yuv")
        assert (one.color_range, one.colorspace) == (two.color_range, two.colorspace)
        for a, b in zip(planes(one), planes(two), strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("tags", [(1, 1, 1, 1), (1, 5, 5, 6), (2, 6, 6, 6), (1, 9, 9, 14)])
def test_the_dye_is_the_same_colour_whatever_range_and_matrix(tmp_path, portrait, blue, tags):
    frames = pictures(portrait, 3)
    clip = make(tmp_path / "in.mkv", frames, codec="ffv1", pixels="yuv444p", tags=tags)
    dye_file(clip, tmp_path / "out.mkv", blue, codec="ffv1")
    after = decoded(tmp_path / "out.mkv")[-1]
    assert (after.color_range, after.colorspace, after.color_primaries, after.color_trc) == tags
    matrix = {1: 1, 9: 9}.get(tags[1], 5)
    seen = after.reformat(format="rgb24", src_colorspace=matrix, src_color_range=tags[0], dst_color_range=2)
    made = hair_of(frames, blue)[-1]
    assert np.abs(seen.to_ndarray().astype(int) - made.rgb).mean() < 2.5


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv"])
def test_uneven_times_stay(tmp_path, portrait, blue, suffix):
    when = [0, 40, 80, 81, 200, 240, 1000, 1033]
    clip = make(tmp_path / f"in{suffix}", pictures(portrait, 8), tick=Fraction(1, 1000), times=when)
    dye_file(clip, tmp_path / f"out{suffix}", blue, quality="draft")
    assert times(tmp_path / f"out{suffix}") == times(clip) == [t / 1000 for t in when]


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".webm"])
def test_a_phone_video_is_dyed_upright_and_stays_turned(tmp_path, portrait, blue, suffix):
    upright = pictures(portrait, 3, width=128, height=96)
    codec = "libvpx-vp9" if suffix == ".webm" else "libx264"
    straight = make(tmp_path / f"straight{suffix}", upright, codec=codec)
    sideways = [np.ascontiguousarray(np.rot90(frame, -1)) for frame in upright]
    turned = make(tmp_path / f"turned{suffix}", sideways, codec=codec, rotation=90)
    for clip in (straight, turned):
        dye_file(clip, tmp_path / f"{clip.stem}-out{suffix}", blue, mask_video=tmp_path / f"{clip.stem}-mask.mkv")
    after, mask = (decoded(tmp_path / name)[-1] for name in (f"turned-out{suffix}", "turned-mask.mkv"))
    assert after.rotation == mask.rotation == 90
    assert (after.width, after.height) == (96, 128)
    wanted = rgb(decoded(tmp_path / "straight-mask.mkv")[-1])[..., 0]
    assert wanted.max() > 200
    assert np.abs(np.rot90(rgb(mask)[..., 0]) - wanted).mean() < 6
    # and it shows side by side the way it is held
    dye_file(turned, tmp_path / f"beside{suffix}", blue, side_by_side=True)
    beside = decoded(tmp_path / f"beside{suffix}")[-1]
    assert np.rot90(rgb(beside)).shape == (96, 256, 3)


def test_side_by_side_shows_the_original_on_the_left(tmp_path, portrait, blue):
    clip = make(tmp_path / "in.mkv", pictures(portrait, 3, width=97, height=95), codec="ffv1")
    dye_file(clip, tmp_path / "out.mkv", blue, codec="ffv1", side_by_side=True)
    before, after = decoded(clip)[-1], decoded(tmp_path / "out.mkv")[-1]
    assert (after.width, after.height) == (196, 96)
    np.testing.assert_array_equal(planes(before)[0], planes(after)[0][:95, :97])
    assert (planes(before)[0] != planes(after)[0][:95, 98:195]).any()


def test_start_and_end_cut_picture_and_sound_alike(tmp_path, portrait, blue):
    clip = make(tmp_path / "in.mp4", pictures(portrait, 50), sound="aac", options={"g": "10"})
    out = tmp_path / "out.mp4"
    report = dye_file(clip, out, blue, start=0.5, end="0:01.5", quality="draft")
    assert report.frames == 25
    assert times(out)[0] == pytest.approx(0, abs=0.03)
    before = [(data, when - 0.5) for data, when in packets(clip, "audio") if 0.5 <= when < 1.5]
    after = packets(out, "audio")
    assert [data for data, _ in after] == [data for data, _ in before]
    assert after[0][1] == pytest.approx(before[0][1], abs=0.002)
    with av.open(str(out)) as result:
        assert result.duration == pytest.approx(1_000_000, abs=60_000)


@pytest.mark.parametrize("gop", ["20", "250"])
def test_start_is_exact_where_a_seek_leads_between_keyframes(tmp_path, portrait, blue, gop):
    clip = make(tmp_path / "in.ts", pictures(portrait, 75), sound="aac", options={"g": gop})
    out = tmp_path / "out.mp4"
    said = []
    report = dye_file(clip, out, blue, start=1.5, quality="draft", say=said.append)
    assert report.frames == pytest.approx(75 - 37.5, abs=1)
    assert times(out)[0] == pytest.approx(0, abs=0.05)
    assert not said


def test_chapters_metadata_and_subtitles_stay(tmp_path, portrait, blue):
    chapters = [
        {"id": i, "start": 200 * i, "end": 200 * (i + 1), "time_base": Fraction(1, 1000), "metadata": {"title": name}}
        for i, name in enumerate(("one", "two"))
    ]
    clip = make(
        tmp_path / "in.mkv", pictures(portrait, 10), sound="aac", subtitles="subrip", chapters=chapters,
        metadata={"title": "A film"},
    )  # fmt: skip
    out = tmp_path / "out.mkv"
    assert dye_file(clip, out, blue).notes == ()
    with av.open(str(out)) as result:
        assert result.metadata["title"] == "A film"
        assert [c["metadata"]["title"] for c in result.chapters()] == ["one", "two"]
    assert packets(out, "subtitle") == packets(clip, "subtitle") != []
    report = dye_file(clip, tmp_path / "out.mp4", blue)
    assert ["subtitles" in note and "left out" in note for note in report.notes] == [True]
    assert [data for data, _ in packets(tmp_path / "out.mp4", "audio")] == [d for d, _ in packets(clip, "audio")]
    with av.open(str(tmp_path / "out.mp4")) as result:
        assert [c["metadata"]["title"] for c in result.chapters()] == ["one", "two"]
    again = tmp_path / "again.mp4"  # .mp4 keeps chapters in a stream of their own, which is not to be copied on top
    dye_file(tmp_path / "out.mp4", again, blue)
    with av.open(str(again)) as result, av.open(str(tmp_path / "out.mp4")) as first:
        assert len(result.streams) == len(first.streams)


def test_cover_pictures_and_attachments_stay(clip, tmp_path, portrait_path, blue):
    covered, attached = tmp_path / "cover.mp4", tmp_path / "attached.mkv"
    with_cover(clip, portrait_path, covered)
    with av.open(str(attached), "w") as sink:
        sink.add_attachment("letters.ttf", "font/ttf", b"a font")
        video = sink.add_stream("ffv1", rate=25)
        video.width, video.height, video.pix_fmt = 64, 64, "yuv420p"
        sink.mux(video.encode(av.VideoFrame(64, 64, "yuv420p")))
        sink.mux(video.encode())
    for source in (covered, attached):
        assert dye_file(source, tmp_path / f"out{source.suffix}", blue).notes == ()
    with av.open(str(tmp_path / "out.mp4")) as result:
        assert [int(s.disposition) for s in result.streams] == [1, int(av.stream.Disposition.attached_pic)]
        cover = [bytes(p) for p in result.demux(result.streams[1]) if p.size]
    assert cover == [portrait_path.read_bytes()]
    with av.open(str(tmp_path / "out.mkv")) as result:
        assert [s.data for s in result.streams if s.type == "attachment"] == [b"a font"]


def test_the_time_code_of_a_camera_stays(tmp_path, portrait, blue):
    clip = tmp_path / "in.mov"
    with av.open(str(clip), "w") as sink:
        video = sink.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = 96, 96, "yuv420p"
        video.metadata["timecode"] = "01:02:03:04"
        for number, picture in enumerate(pictures(portrait, 3)):
            frame = framed(picture, "yuv420p", (1, 6, 2, 2))
            frame.pts, frame.time_base = number, Fraction(1, 25)
            sink.mux(video.encode(frame))
        sink.mux(video.encode())
    assert dye_file(clip, tmp_path / "out.mov", blue).notes == ()
    with av.open(str(tmp_path / "out.mov")) as result:
        assert [(s.type, s.metadata["timecode"]) for s in result.streams] == [
            ("video", "01:02:03:04"), ("data", "01:02:03:04"),
        ]  # fmt: skip
    assert "left out" in dye_file(clip, tmp_path / "out.mkv", blue).notes[0]


def test_sound_that_does_not_fit_is_written_anew(clip, tmp_path, blue):
    report = dye_file(clip, tmp_path / "out.webm", blue)
    assert len(report.notes) == 1
    assert "opus" in report.notes[0]
    with av.open(str(clip)) as before, av.open(str(tmp_path / "out.webm")) as after:
        assert [s.type for s in after.streams] == ["video", "audio"]
        old, new = (
            np.concatenate([f.to_ndarray().reshape(2, -1, order="F") if f.format.is_packed else f.to_ndarray()
                            for f in source.decode(audio=0)], axis=1) for source in (before, after)
        )  # fmt: skip
    assert abs(old.shape[1] - new.shape[1]) <= 2048
    assert abs(float(np.std(new) / np.std(old)) - 1) < 0.2
    assert "left out" in dye_file(clip, tmp_path / "out.gif", blue).notes[0]


def test_odd_sides_are_filled_where_the_codec_needs_it(tmp_path, portrait, blue):
    clip = make(tmp_path / "in.webm", pictures(portrait, 2, width=65, height=49), codec="libvpx-vp9")
    assert dye_file(clip, tmp_path / "out.webm", blue).notes == ()
    assert (decoded(tmp_path / "out.webm")[0].width, decoded(tmp_path / "out.webm")[0].height) == (65, 49)
    report = dye_file(clip, tmp_path / "out.mp4", blue)
    assert "66x50: libx264 in " in report.notes[0]
    assert "out.mp4 needs even sides" in report.notes[0]
    assert (decoded(tmp_path / "out.mp4")[0].width, decoded(tmp_path / "out.mp4")[0].height) == (66, 50)


@pytest.mark.parametrize(
    ("suffix", "codec"), [(".mp4", "h264"), (".mp4", "hevc"), (".mov", "prores"), (".mkv", "av1"), (".webm", "vp9")]
)
def test_codecs(tmp_path, portrait, blue, suffix, codec):
    clip = make(tmp_path / "in.mp4", pictures(portrait, 4))
    dye_file(clip, tmp_path / f"out{suffix}", blue, codec=codec, quality="good" if codec == "prores" else "draft")
    with av.open(str(tmp_path / f"out{suffix}")) as result:
        assert result.streams.video[0].codec.canonical_name == codec
        assert sum(1 for _ in result.decode(video=0)) == 4


def test_no_encoder_makes_the_process_real_time(tmp_path, portrait, blue):
    """SVT-AV1 asks for it where it may, as root: the program and all that it starts would starve the machine."""
    dye_file(make(tmp_path / "in.mp4", pictures(portrait, 4)), tmp_path / "out.mkv", blue, codec="av1", quality="draft")
    assert os.sched_getscheduler(0) == os.SCHED_OTHER


def test_ten_bits_stay_and_where_they_cannot_a_line_says_so(tmp_path, portrait, blue):
    clip = make(tmp_path / "in.mkv", pictures(portrait, 3), codec="ffv1", pixels="yuv420p10le")
    assert dye_file(clip, tmp_path / "out.mp4", blue, quality="draft").notes == ()
    assert decoded(tmp_path / "out.mp4")[0].format.name == "yuv420p10le"
    assert "8 bits" in dye_file(clip, tmp_path / "out.webm", blue).notes[0]


def test_gif_in_and_out(tmp_path, portrait, blue, clip):
    dye_file(clip, tmp_path / "out.gif", blue)
    with av.open(str(tmp_path / "out.gif")) as result:
        assert result.streams.video[0].codec.name == "gif"
        frames = list(result.decode(video=0))
    assert len(frames) == 12
    assert np.abs(rgb(frames[-1]) - hair_of(pictures(portrait, 12), blue)[-1].rgb).mean() < 12
    dye_file(tmp_path / "out.gif", tmp_path / "back.mp4", blue)
    assert len(decoded(tmp_path / "back.mp4")) == 12
    dye_file(tmp_path / "out.gif", tmp_path / "again.gif", blue)
    assert times(tmp_path / "again.gif") == times(tmp_path / "out.gif")


def test_a_turned_video_becomes_an_upright_gif(tmp_path, portrait, blue):
    sideways = [np.ascontiguousarray(np.rot90(f, -1)) for f in pictures(portrait, 2, width=128, height=96)]
    clip = make(tmp_path / "in.mp4", sideways, rotation=90)
    dye_file(clip, tmp_path / "out.gif", blue)
    assert (decoded(tmp_path / "out.gif")[0].width, decoded(tmp_path / "out.gif")[0].height) == (128, 96)


@pytest.mark.parametrize("suffix", [".mov", ".webm", ".mkv"])
def test_the_matte_holds_the_mask_as_transparency(tmp_path, portrait, blue, suffix):
    clip = make(tmp_path / "in.mp4", pictures(portrait, 3))
    matte = tmp_path / f"matte{suffix}"
    report = dye_file(clip, tmp_path / "out.mp4", blue, matte_out=matte, mask_video=tmp_path / "mask.mkv")
    assert set(report.outputs) == {tmp_path / "out.mp4", matte, tmp_path / "mask.mkv"}
    with av.open(str(matte)) as file:
        decoder = av.CodecContext.create("libvpx-vp9", "r") if suffix == ".webm" else None
        frames = [f for p in file.demux(video=0) for f in (decoder.decode(p) if decoder else p.decode())]
    mask = rgb(decoded(tmp_path / "mask.mkv")[0])[..., 0]
    alpha = frames[0].to_ndarray(format="rgba")[..., 3].astype(int)
    assert len(frames) == 3
    assert mask.max() > 200
    assert np.abs(alpha - mask).mean() < 4


def test_hdr_stays_hdr_and_the_dye_is_the_same_colour(tmp_path, portrait, blue, nothing):
    frames = pictures(portrait, 3)
    clip = make(tmp_path / "in.mkv", frames, codec="ffv1", pixels="yuv420p10le", tags=(1, 9, 9, 18))
    dye_file(clip, tmp_path / "same.mkv", nothing, codec="ffv1")
    for one, two in zip(decoded(clip), decoded(tmp_path / "same.mkv"), strict=True):
        for a, b in zip(planes(one), planes(two), strict=True):
            np.testing.assert_array_equal(a, b)
    dye_file(clip, tmp_path / "out.mkv", blue, codec="ffv1")
    after = decoded(tmp_path / "out.mkv")[-1]
    assert (after.format.name, after.color_trc, after.colorspace) == ("yuv420p10le", 18, 9)
    with pytest.raises(OutputError, match="HDR"):
        dye_file(clip, tmp_path / "out.webm", blue)


def test_looks_change_over_time(tmp_path, portrait, blue, nothing):
    clip = make(tmp_path / "in.mkv", pictures(portrait, 6), codec="ffv1")
    dye_file(clip, tmp_path / "out.mkv", lambda time: nothing if time < 0.1 else blue, codec="ffv1")
    same = [
        (planes(one)[0] == planes(two)[0]).all()
        for one, two in zip(decoded(clip), decoded(tmp_path / "out.mkv"), strict=True)
    ]
    assert same == [True, True, True, False, False, False]


def test_existing_files_stay(clip, tmp_path, blue):
    out = tmp_path / "out.mp4"
    out.write_text("mine")
    with pytest.raises(OutputError, match="--force"):
        dye_file(clip, out, blue)
    assert out.read_text() == "mine"
    dye_file(clip, out, blue, overwrite=True)
    assert len(decoded(out)) == 12


def test_where_one_file_cannot_have_its_name_the_others_are_not_left_behind(clip, tmp_path, blue, monkeypatch):
    out, mask = tmp_path / "out.mp4", tmp_path / "mask.mp4"
    with pytest.raises(OutputError, match=r"mask\.mp4 exists already"):
        dye_file(clip, out, blue, mask_video=mask, progress=lambda done, total: mask.write_text("mine"))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.mp4", "mask.mp4"]
    assert mask.read_text() == "mine"
    nowhere = {mask: Path("/dev/null/x")}
    monkeypatch.setattr(Path, "replace", lambda source, path: source.rename(nowhere.get(path, path)))
    with pytest.raises(OutputError, match=r"mask\.mp4 cannot be written \(Not a directory"):
        dye_file(clip, out, blue, mask_video=mask, overwrite=True)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in.mp4", "mask.mp4"]


def test_what_cannot_be_read_is_one_line(tmp_path, portrait_path, clip, blue):
    data = clip.read_bytes()
    bad = {
        "text.mp4": b"hello " * 500, "empty.mp4": b"", "head.mp4": data[:500], "subtitles.srt":
        b"1\n00:00:00,000 --> 00:00:01,000\nhello\n", "still.mp4": portrait_path.read_bytes(),
    }  # fmt: skip
    for name, content in bad.items():
        (tmp_path / name).write_bytes(content)
    sound = tmp_path / "sound.mp4"
    with av.open(str(sound), "w") as sink:
        from clips import noise

        noise(sink, sink.add_stream("aac", rate=48000), seconds=0.2)
    (tmp_path / "loop.mp4").symlink_to("loop.mp4")
    for name in [*bad, "sound.mp4", "missing.mp4", ".", "loop.mp4", "nul\0.mp4", "long" * 2000 + ".mp4"]:
        with pytest.raises(SourceError) as error:
            dye_file(tmp_path / name, tmp_path / "out.mp4", blue)
        assert "\n" not in str(error.value)
    for still in (tmp_path / "still.mp4", Path(__file__).parents[1] / "phone.heic"):
        with pytest.raises(SourceError, match="hairtint image"):
            dye_file(still, tmp_path / "out.mp4", blue)
    assert not (tmp_path / "out.mp4").exists()
    assert not list(tmp_path.glob(".*"))


def test_what_makes_no_sense_is_refused_before_any_work(clip, tmp_path, blue):
    out = tmp_path / "out.mp4"
    for wrong, error in (
        ({"codec": "vp8"}, InputError), ({"codec": "ffv1"}, InputError), ({"quality": "best"}, InputError),
        ({"quality": "99"}, InputError), ({"start": 2.0, "end": 1.0}, InputError), ({"start": 60.0}, SourceError),
        ({"matte_out": tmp_path / "matte.mp4"}, OutputError), ({"mask_video": out}, OutputError),
        ({"mask_video": clip}, OutputError), ({"mask_video": tmp_path / "x.txt"}, OutputError),
        *(({side: time}, InputError) for side in ("start", "end") for time in (np.nan, np.inf, -5, True, "soon")),
    ):  # fmt: skip
        with pytest.raises(error):
            dye_file(clip, out, blue, **wrong)
    for look in ("copper", None, lambda time: "copper"):
        with pytest.raises(InputError, match="give a Look"):
            dye_file(clip, out, look)
    with pytest.raises(OutputError, match="input"):
        dye_file(clip, clip, blue, overwrite=True)
    with pytest.raises(OutputError, match="suffix"):
        dye_file(clip, tmp_path / "out.avi", blue)
    for name in ("nul\0.mp4", "long" * 2000 + ".mp4"):
        with pytest.raises(OutputError, match="cannot be written"):
            dye_file(clip, tmp_path / name, blue)
    assert [p.name for p in tmp_path.iterdir()] == ["in.mp4"]


def test_frames_of_another_size_in_between_are_fitted(tmp_path, portrait, blue):
    """Streams change their size in the middle; a file has one."""
    parts = [make(tmp_path / f"{w}.h264", pictures(portrait, 3, w, 64)) for w in (64, 128)]
    both = tmp_path / "both.h264"
    both.write_bytes(b"".join(p.read_bytes() for p in parts))
    (note,) = dye_file(both, tmp_path / "out.mp4", blue).notes
    assert note.startswith("the picture changes to 128x64 near 0.12 s: it is fitted into 64x64")
    frames = [frame.to_ndarray(format="gray") for frame in decoded(tmp_path / "out.mp4")]
    assert [frame.shape for frame in frames] == [(64, 64)] * 6
    assert [bool(frame[[2, -3]].max() > 20) for frame in frames] == [True] * 3 + [False] * 3, "black borders"
    assert all(frame[20:44].mean() > 60 for frame in frames)


def test_framed_is_what_the_tests_think(portrait):
    """The oracle itself: limited range BT.709 grey."""
    grey = np.full((8, 8, 3), 128, np.uint8)
    assert planes(framed(grey, "yuv444p", (1, 1, 2, 2)))[0][0, 0] == 126
