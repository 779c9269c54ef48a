"""Small videos made for tests, and what can be read back from files."""

from fractions import Fraction

import av
import cv2
import numpy as np
from av.stream import Disposition

PURE = {"libx264": {"qp": "0", "preset": "ultrafast"}, "ffv1": {}, "libvpx-vp9": {"lossless": "1", "cpu-used": "8"}}


def with_cover(film, picture, target):
    """Write a file with the streams of a film and a picture as its cover."""
    with av.open(str(film)) as clip, av.open(str(picture)) as still, av.open(str(target), "w") as sink:
        streams = [sink.add_stream_from_template(s, opaque=True) for s in (clip.streams.video[0], still.streams[0])]
        streams[1].disposition = Disposition.attached_pic
        for number, source in enumerate((clip, still)):
            for packet in source.demux(video=0):
                if packet.size:
                    packet.stream = streams[number]
                    packet.pts, packet.dts = (0, 0) if number else (packet.pts, packet.dts)
                    sink.mux(packet)


def pictures(portrait, count, width=96, height=96):
    """The portrait, drifting a little: uint8 (height, width, 3) each."""
    small = cv2.resize(np.asarray(portrait), (width + count, height), interpolation=cv2.INTER_AREA)
    return [np.ascontiguousarray(small[:, i : i + width]) for i in range(count)]


def make(
    path, frames, *, codec="libx264", pixels="yuv420p", rate=25, tick=None, times=None, sound=None, matrix=None,
    rotation=None, tags=None, chapters=(), metadata=None, subtitles=None, options=None, aspect=None,
):  # fmt: skip
    """Write a video; `times` are in units of `tick`, `tags` are range, matrix, primaries and transfer (H.273)."""
    height, width = frames[0].shape[:2]
    tick = tick or Fraction(1, rate)
    values = tags or (1, 6, 2, 2)
    with av.open(str(path), "w") as sink:
        sink.metadata.update(metadata or {})
        video = sink.add_stream(codec, rate=rate, options=PURE.get(codec, {}) | (options or {}))
        video.width, video.height, video.pix_fmt = width, height, pixels
        context = video.codec_context
        context.time_base = tick
        context.color_range, context.colorspace, context.color_primaries, context.color_trc = values
        if aspect is not None:
            context.sample_aspect_ratio = aspect
        if rotation is not None:
            video.set_display_rotation(rotation)
        if matrix is not None:
            video.set_display_matrix(matrix)
        audio = sink.add_stream(sound, rate=48000) if sound else None
        text = sink.add_mux_stream(subtitles) if subtitles else None
        if text:
            text.time_base = Fraction(1, 1000)
        if chapters:
            sink.set_chapters(list(chapters))
        for number, rgb in enumerate(frames):
            frame = framed(rgb, pixels, values)
            frame.pts, frame.time_base = (times[number] if times else number), tick
            sink.mux(video.encode(frame))
        sink.mux(video.encode())
        if audio:
            noise(sink, audio, seconds=float((times[-1] if times else len(frames)) * tick))
        if text:
            subtitle(sink, text)
    return path


def framed(rgb, pixels, tags):
    """A frame in a pixel format, its numbers as the tags say."""
    frame = av.VideoFrame.from_ndarray(rgb, "rgb24")
    matrix = {1: 1, 9: 9}.get(tags[1], 5)
    return frame.reformat(format=pixels, dst_colorspace=matrix, dst_color_range=tags[0], src_color_range=2)


def noise(sink, audio, seconds):
    random = np.random.default_rng(0)
    size = audio.codec_context.frame_size or 960
    layout = "flt" if audio.codec_context.name == "libopus" else "fltp"
    for start in range(0, max(size, int(48000 * seconds)), size):
        shape = (1, 2 * size) if layout == "flt" else (2, size)
        frame = av.AudioFrame.from_ndarray((random.standard_normal(shape) * 0.1).astype(np.float32), layout, "stereo")
        frame.sample_rate, frame.pts, frame.time_base = 48000, start, Fraction(1, 48000)
        sink.mux(audio.encode(frame))
    sink.mux(audio.encode())


def subtitle(sink, stream):
    packet = av.Packet(b"a line of text")
    packet.stream, packet.time_base = stream, Fraction(1, 1000)
    packet.pts = packet.dts = 40
    packet.duration = 200
    sink.mux(packet)


def decoded(path):
    """Every frame of the first video stream."""
    with av.open(str(path)) as source:
        return list(source.decode(video=0))


def planes(frame):
    """The bytes of each plane without the padding of its rows."""
    rows = [np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size) for plane in frame.planes]
    wide = frame.format.components[0].bits > 8
    packed = len(rows) == 1
    step = len(frame.format.components) if packed else 1
    return [
        r[: p.height, : p.width * (2 if wide else 1) * step].copy() for r, p in zip(rows, frame.planes, strict=True)
    ]


def packets(path, kind):
    """The bytes of the packets of all streams of a kind, and when they start, in seconds."""
    with av.open(str(path)) as source:
        wanted = [s for s in source.streams if s.type == kind]
        return [(bytes(p), float(p.pts * p.time_base)) for p in source.demux(wanted) if p.size]


def rgb(frame):
    return frame.to_ndarray(format="rgb24").astype(int)
