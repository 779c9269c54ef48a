import io
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import hairtint
from hairtint import runtime, zoo
from hairtint.errors import UnknownModelError


def test_the_same_kind_comes_out(portrait, portrait_path):
    data = portrait_path.read_bytes()
    assert isinstance(hairtint.tint(portrait, "copper"), np.ndarray)
    assert isinstance(hairtint.tint(Image.fromarray(portrait), "copper"), Image.Image)
    assert isinstance(hairtint.tint(str(portrait_path), "copper"), Image.Image)
    assert Image.open(io.BytesIO(hairtint.tint(data, "copper"))).format == "JPEG"


def test_every_kind_gives_the_same_pixels(portrait, portrait_path):
    expected = hairtint.tint(portrait, "copper")
    np.testing.assert_array_equal(hairtint.tint(Image.fromarray(portrait), "copper"), expected)
    np.testing.assert_array_equal(hairtint.tint(portrait_path, "copper"), expected)


def test_alpha_stays(portrait):
    alpha = np.tile(np.arange(512, dtype=np.uint16)[None] // 2, (512, 1)).astype(np.uint8)
    out = hairtint.tint(np.dstack([portrait, alpha]), "pink")
    np.testing.assert_array_equal(out[..., 3], alpha)


def test_strength_zero_is_the_identity(portrait):
    np.testing.assert_array_equal(hairtint.tint(portrait, "pink", strength=0), portrait)


def test_bad_input_is_refused(tmp_path):
    with pytest.raises(hairtint.HairtintError, match="no such file"):
        hairtint.tint(tmp_path / "missing.jpg", "copper")
    with pytest.raises(hairtint.HairtintError, match=r"colou?r"):
        hairtint.tint(np.zeros((64, 64, 3), np.uint8), "no such dye at all")


def test_a_network_file_that_was_replaced_is_loaded_anew(portrait, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("light", "swift"):
        shutil.copy(zoo.find(name).path, "own.onnx")
        expected = hairtint.recolor(portrait, hairtint.Segmenter(name).mask(portrait), "blue")
        np.testing.assert_array_equal(hairtint.tint(portrait, "blue", model=Path("own.onnx")), expected)


def test_threads_that_tint_at_once_load_a_network_once(portrait, tmp_path, monkeypatch):
    shutil.copy(zoo.find("light").path, tmp_path / "own.onnx")
    load, loaded = runtime.load, []
    monkeypatch.setattr(runtime, "load", lambda *given, **options: loaded.append(given) or load(*given, **options))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: hairtint.tint(portrait, "blue", model=tmp_path / "own.onnx"), range(4)))
    assert len(loaded) == 1


@pytest.mark.parametrize("model", [Path("swift"), "nothing", 3, ["swift"]])
def test_a_network_is_named_as_for_a_segmenter(portrait, model):
    for use in (lambda: hairtint.Segmenter(model), lambda: hairtint.tint(portrait, "blue", model=model)):
        with pytest.raises(UnknownModelError, match="choose one of"):
            use()
