"""Black stays black and white stays white, in full and limited range, RGB and grey, and up stays up.

The upper half of each picture is dyed; what is looked at is the lower half.
"""

import av
import numpy as np
import pytest
from clips import decoded, make, planes, rgb
from PIL import Image

from hairtint.video import dye_file

pytestmark = pytest.mark.usefixtures("upper_half")

GREYS = [np.full((64, 64, 3), value, np.uint8) for value in (0, 128, 255)]


def lumas(path):
    """Luma of the last rows of each frame, in steps of eight bits."""
    found = []
    for frame in decoded(path):
        bits, rows = frame.format.components[0].bits, planes(frame)[0][-8:]
        found.append((rows.view("<u2") if bits > 8 else rows).mean() / (1 << (bits - 8)))
    return found


@pytest.mark.parametrize(("codec", "pixels", "tags"), [
    ("libx264", "yuvj420p", (2, 1, 2, 2)), ("ffv1", "yuv422p10le", (2, 1, 2, 2)), ("ffv1", "bgr0", (2, 0, 2, 2)),
])  # fmt: skip
def test_prores_gets_limited_range_as_it_is_read(tmp_path, blue, codec, pixels, tags):
    clip = make(tmp_path / "in.mkv", GREYS, codec=codec, pixels=pixels, tags=tags)
    out, matte = tmp_path / "out.mov", tmp_path / "matte.mov"
    dye_file(clip, out, blue, codec="prores", matte_out=matte)
    for path in (out, matte):
        assert lumas(path) == pytest.approx([16, 126, 235], abs=1)


def test_rgb_becomes_limited_range_and_says_its_matrix(tmp_path, blue):
    images = [Image.fromarray(grey) for grey in GREYS]
    images[0].save(tmp_path / "in.gif", save_all=True, append_images=images[1:], duration=100)
    dye_file(tmp_path / "in.gif", tmp_path / "out.mp4", blue, quality="lossless")
    assert {(f.format.name, f.color_range, f.colorspace) for f in decoded(tmp_path / "out.mp4")} == {("yuv420p", 1, 6)}
    assert lumas(tmp_path / "out.mp4") == pytest.approx([16, 126, 235], abs=1)


@pytest.mark.parametrize(("name", "options"), [
    ("out.mp4", {"quality": "lossless"}), ("out.mkv", {"codec": "ffv1"}),
    ("out.mkv", {"codec": "ffv1", "side_by_side": True}),
])  # fmt: skip
def test_raw_pictures_may_lie_from_the_bottom_up(tmp_path, blue, name, options):
    picture = np.repeat(np.arange(0, 256, 4, dtype=np.uint8), 64 * 3).reshape(64, 64, 3)
    clip = tmp_path / "in.avi"
    with av.open(str(clip), "w", options={"flipped_raw_rgb": "1"}) as sink:
        video = sink.add_stream("rawvideo", rate=25)
        video.width, video.height, video.pix_fmt = 64, 64, "bgra"
        sink.mux(video.encode(av.VideoFrame.from_ndarray(picture[::-1].copy(), "rgb24").reformat(format="bgra")))
        sink.mux(video.encode())
    assert decoded(clip)[0].planes[0].line_size < 0
    dye_file(clip, tmp_path / name, blue, **options)
    after = rgb(decoded(tmp_path / name)[0])
    assert np.abs(after[33:, -64:] - picture[33:]).max() <= (3 if name == "out.mp4" else 0)


@pytest.mark.parametrize("pixels", ["gray", "gray10le"])
@pytest.mark.parametrize("color_range", [1, 2])
def test_grey_keeps_range_and_contrast(tmp_path, blue, pixels, color_range):
    clip = make(tmp_path / "in.mkv", GREYS, codec="ffv1", pixels=pixels, tags=(color_range, 1, 2, 2))
    dye_file(clip, tmp_path / "out.mkv", blue, codec="ffv1")
    assert {f.color_range for f in decoded(tmp_path / "out.mkv")} == {color_range}
    assert lumas(tmp_path / "out.mkv") == pytest.approx(lumas(clip), abs=0 if pixels == "gray" else 1)
    dye_file(clip, tmp_path / "out.gif", blue)
    seen = [rgb(frame)[-8:].mean() for frame in decoded(tmp_path / "out.gif")]
    wanted = lumas(clip) if color_range == 2 else [np.clip((luma - 16) * 255 / 219, 0, 255) for luma in lumas(clip)]
    assert seen == pytest.approx(wanted, abs=3)
