"""Video files: tiny ones in several containers and codecs, damaged; read to the end, and a few dyed."""

import tempfile
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from damage import damaged, files
from hypothesis import strategies as st

from hairtint import Color
from hairtint.look import Look
from hairtint.video import dye_file
from hairtint.video.reading import Source

av.logging.set_level(None)
FRAMES = [np.random.default_rng(k).integers(0, 256, (32, 48, 3), np.uint8) for k in range(4)]
KINDS = {
    "mp4": ("libx264", "yuv420p"), "mov": ("prores_ks", "yuv422p10le"), "webm": ("libvpx-vp9", "yuv420p"),
    "mkv": ("ffv1", "yuv420p"), "gif": ("gif", "rgb8"), "avi": ("mjpeg", "yuvj420p"), "ts": ("mpeg2video", "yuv420p"),
    "nut": ("rawvideo", "rgb24"), "flv": ("flv", "yuv420p"),
}  # fmt: skip
PLAYLISTS = {
    "m3u8": b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "ffconcat": b"ffconcat version 1.0\nfile '/etc/passwd'\n", "empty": b"", "still": b"\x89PNG\r\n\x1a\n" + bytes(40),
    "mpd": b"<?xml version='1.0'?><MPD><Period><BaseURL>http://127.0.0.1:1/</BaseURL></Period></MPD>",
}  # fmt: skip


def clip(kind: str) -> bytes:
    codec, pixels = KINDS[kind]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"clip.{kind}"
        with av.open(str(path), "w") as sink:
            stream = sink.add_stream(codec, rate=25)
            stream.width, stream.height, stream.pix_fmt = 48, 32, pixels
            for number, rgb in enumerate(FRAMES):
                frame = av.VideoFrame.from_ndarray(rgb, "rgb24").reformat(format=pixels)
                frame.pts, frame.time_base = number, Fraction(1, 25)
                sink.mux(stream.encode(frame))
            sink.mux(stream.encode())
        return path.read_bytes()


SEEDS = {kind: clip(kind) for kind in KINDS} | PLAYLISTS
TIMES = st.sampled_from([None, None, None, 0.0, 0.05, 5.0])
CASES = st.tuples(files(SEEDS), TIMES, TIMES, st.sampled_from(["read"] * 20 + ["dye"]))


def run(case: tuple[tuple[str, int, str], float | None, float | None, str], box: Path) -> None:
    file, start, end, depth = case
    path = box / "clip.mp4"  # the content decides what it is, not the name
    path.write_bytes(damaged(SEEDS, file))
    if depth == "dye":
        (box / "out").mkdir()
        report = dye_file(path, box / "out" / "out.mkv", Look(Color(181, 86, 43), 1.0), model="light", quality="draft")
        assert [p.name for p in (box / "out").iterdir()] == ["out.mkv"]
        assert report.frames > 0
        return
    lines: list[str] = []
    with Source(path, lines.append, start=start, end=end) as video:
        video.count()
        for item in video.items():
            del item
    assert all(len(line.splitlines()) == 1 for line in lines)
