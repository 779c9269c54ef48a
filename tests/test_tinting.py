import io

import numpy as np
import pytest
from PIL import Image

import hairtint


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
