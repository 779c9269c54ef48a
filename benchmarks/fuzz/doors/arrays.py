"""Arrays and masks: odd shapes, types, strides, numbers and sizes, through all that takes them."""

import functools
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from hairtint import Photo, Segmenter, VideoSegmenter, recolor, tint
from hairtint.photo import side_by_side, write_mask

TYPES = ["uint8", "bool", "float32", "float64", "float16", "int64", "complex64", "object", "U3", "datetime64[s]", ">f4"]
SIDE = st.sampled_from([0, 1, 2, 3, 5, 15, 16, 17, 40])
SHAPE = st.one_of(
    st.tuples(SIDE, SIDE, st.just(3)),
    st.tuples(SIDE, SIDE),
    st.lists(SIDE, max_size=4).map(tuple),
    st.sampled_from(
        [(1, 4000, 3), (4000, 1, 3), (2**20, 2**20, 3), (2**31, 1, 3), (16, 2**27, 3), (70000, 16, 3), (2**20, 2**20)]
    ),
)
FILL = st.sampled_from(["noise", "zero", "one", "full", "nan", "inf", "minus", "huge", "tiny"])
VIEW = st.sampled_from(["plain", "mirrored", "fortran", "steps", "read-only", "transposed", "one-value", "subclass"])
ARRAY = st.tuples(st.sampled_from(TYPES[:1] * 12 + TYPES), SHAPE, FILL, VIEW)
MASK = st.one_of(ARRAY, st.tuples(st.sampled_from(["uint8", "bool", "float32", "float64"]), st.none(), FILL, VIEW))
NUMBER = st.sampled_from([0, 1, 0.5, 1e-9, True, -1, 2, float("nan"), "1", None])
CASES = st.tuples(
    st.sampled_from(["recolor"] * 12 + ["open", "tint", "mask", "video", "sheet", "write"]),
    ARRAY,
    MASK,
    NUMBER,
    st.sampled_from(["natural", "hsv", "rgb", None]),
    st.sampled_from([(), ("gloss",), ("ombre:blue", "roots"), "highlights", 5]),
)
LARGEST = 2_000_000  # bytes of an array that is really made; larger ones repeat one value and take no memory
VALUES = {"zero": 0, "one": 1, "full": 255, "nan": np.nan, "inf": np.inf, "minus": -0.5, "huge": 1e30, "tiny": 1e-30}


@functools.cache
def segmenter(kind: type) -> Any:
    return kind("light", threads=1)


def made(spec: tuple[str, Any, str, str], like: tuple[int, ...] = ()) -> NDArray[Any]:
    kind, shape, fill, view = spec
    shape = like if shape is None else shape
    with np.errstate(all="ignore"):
        value = np.asarray(VALUES.get(fill, 7)).astype(kind)
    if view == "one-value" or int(np.prod([float(n) for n in shape])) * max(1, value.itemsize) > LARGEST:
        return np.broadcast_to(value, shape)
    if fill == "noise" and kind not in ("object", "U3", "datetime64[s]"):
        noise = np.random.default_rng(0).random(shape)
        array = (noise * 255 if kind == "uint8" else noise).astype(kind)
    else:
        array = np.full(shape, value)
    array = np.asarray(array)
    return _viewed(array, view)


def _viewed(array: NDArray[Any], view: str) -> NDArray[Any]:
    if view == "mirrored" and array.ndim > 1:
        return array[::-1, ::-1]
    if view == "steps" and array.ndim > 1:
        return np.repeat(array, 2, axis=0)[::2]
    if view == "fortran":
        return np.asfortranarray(array)
    if view == "transposed" and array.ndim > 1:
        return np.ascontiguousarray(array.swapaxes(0, 1)).swapaxes(0, 1)
    if view == "subclass":
        return np.ma.masked_array(array)
    array.flags.writeable = view != "read-only"
    return array


def run(case: tuple[Any, ...], box: Path) -> None:
    door, picture, second, strength, method, effects = case
    rgb = made(picture)
    mask = made(second, rgb.shape[:2])
    if door == "recolor":
        out = recolor(rgb, mask, "copper", strength=strength, method=method, effects=effects)
        assert out.shape == rgb.shape
        assert out.dtype == np.uint8
    elif door == "open":
        assert Photo.open(rgb).rgb.shape[2] == 3
    elif door == "tint":
        assert tint(rgb, "copper", model="light", strength=strength).shape[:2] == rgb.shape[:2]
    elif door in ("mask", "video"):
        found = segmenter(Segmenter if door == "mask" else VideoSegmenter).mask(rgb)
        assert found.shape == rgb.shape[:2]
        assert found.min() >= 0
        assert found.max() <= 1
    elif door == "sheet":
        side_by_side(rgb, mask, rgb)
    else:
        write_mask(box / "mask.png", mask)
