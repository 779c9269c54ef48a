"""The README's commands and Python lines do what they say."""

import re
import shlex
import shutil
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

import hairtint
from hairtint import Photo, zoo
from hairtint.cli import run

FENCED = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)


@pytest.fixture
def here(tmp_path, monkeypatch, portrait_path):
    """A folder as the README assumes it: me.jpg, and photos/ with more."""
    (tmp_path / "photos").mkdir()
    shutil.copy(portrait_path, tmp_path / "me.jpg")
    shutil.copy(portrait_path, tmp_path / "photos" / "other.jpg")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def readme(request):
    return (request.config.rootpath / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def blocks(request):
    """The fenced blocks of the README: (language, text)."""
    return FENCED.findall(readme(request))


def test_python_lines_run(here, blocks):
    lines = [text for language, text in blocks if language == "python"]
    assert len(lines) == 3
    frames = [Photo.open(here / "me.jpg").rgb] * 2
    for text in lines:
        exec(compile(text, "README.md", "exec"), {"frames": frames})
    assert {"me-auburn.jpg", "me-b5562b.jpg", "me-e6d4bb.jpg", "me-2f5fc4.jpg"} <= {p.name for p in here.iterdir()}


def test_the_colour_page_dyes_a_video(request, portrait, monkeypatch):
    """Frames without hair, in which there is no shade to measure, among the others."""
    page = (request.config.rootpath / "docs" / "colour.md").read_text(encoding="utf-8")
    first, video = (text for language, text in FENCED.findall(page) if language == "python")
    hair = np.zeros((512, 512), np.float32)
    hair[40:110, 190:300] = 1
    masks = iter([0 * hair, hair, 0 * hair, hair])
    monkeypatch.setattr(hairtint, "VideoSegmenter", lambda: SimpleNamespace(mask=lambda rgb: next(masks)))
    names = {"rgb": portrait, "mask": hair, "frames": [portrait] * 4}
    exec(compile(first + video, "colour.md", "exec"), names)
    np.testing.assert_array_equal(names["dyed"], hairtint.recolor(portrait, hair, "copper"))


def test_photo_commands_run(here, blocks):
    commands = [line for language, text in blocks if language == "sh" for line in text.splitlines()]
    photos = [shlex.split(line, comments=True)[1:] for line in commands if line.startswith("hairtint image")]
    assert len(photos) >= 4
    assert [run(arguments) for arguments in photos] == [0] * len(photos)
    assert (here / "me-copper-side-by-side.jpg").exists()
    assert (here / "blue" / "other.jpg").exists()


def test_video_commands_run(here, blocks, request):
    av = pytest.importorskip("av")
    rgb = cv2.resize(Photo.open(here / "me.jpg").rgb, (128, 128))
    for name in ("me.mp4", "me.mov"):
        with av.open(here / name, "w") as file:
            stream = file.add_stream("libx264", rate=2, width=128, height=128, pix_fmt="yuv420p")
            for _ in range(26):
                file.mux(stream.encode(av.VideoFrame.from_ndarray(rgb)))
            file.mux(stream.encode())
    manual = (request.config.rootpath / "docs" / "video.md").read_text(encoding="utf-8")
    looks = next(text for language, text in FENCED.findall(manual) if language == "toml")
    (here / "looks.toml").write_text(looks, encoding="utf-8")
    commands = [line for language, text in blocks if language == "sh" for line in text.splitlines()]
    videos = [shlex.split(line, comments=True)[1:] for line in commands if line.startswith("hairtint video")]
    assert len(videos) == 3
    assert [run(arguments) for arguments in videos] == [0] * 3
    assert {"me-copper.mp4", "me.webm", "changing.mp4"} <= {p.name for p in here.iterdir()}


def test_files_that_the_readme_points_to_exist(request):
    root = request.config.rootpath
    for page in [root / "README.md", *(root / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} points to {target}"


def test_the_networks_in_the_readme_are_the_ones_that_ship(request):
    rows = re.findall(
        r"^\| `(\w+)` \| ([\d,]+) \| ([\d.]+) \| ([\d.]+) MB \| ([\d.]+) \|", readme(request), re.MULTILINE
    )
    shipped = {
        name: (values, (home / values["file"]).stat().st_size)
        for home in (zoo.HOME, zoo.LARGE)
        for name, values in zoo.read_manifest(home).items()
    }
    assert {row[0] for row in rows} == set(shipped)
    for name, parameters, gflop, megabytes, iou in rows:
        values, size = shipped[name]
        assert parameters == f"{values['parameters']:,}"
        assert float(gflop) == pytest.approx(values["gflop"], abs=0.005)
        assert float(megabytes) == pytest.approx(size / 1e6, abs=0.05)
        assert float(iou) == pytest.approx(values["metrics"]["figaro1k"]["mean_iou"], abs=0.0005)
