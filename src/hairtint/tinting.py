"""The photo road in one call: a picture in, the same kind of picture out, its hair in another colour."""

from __future__ import annotations

import os
import threading
from functools import lru_cache
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from hairtint import zoo
from hairtint.color import ColorLike
from hairtint.effects import Effects
from hairtint.photo import Photo, Picture, same_kind
from hairtint.recolor import Method, recolor
from hairtint.segmenter import Segmenter


@overload
def tint(
    picture: bytes | bytearray | memoryview,
    color: ColorLike,
    *,
    strength: float = ...,
    method: Method = ...,
    model: str | os.PathLike[str] | None = ...,
    effects: Effects = ...,
) -> bytes: ...
@overload
def tint(
    picture: str | os.PathLike[str] | Image.Image,
    color: ColorLike,
    *,
    strength: float = ...,
    method: Method = ...,
    model: str | os.PathLike[str] | None = ...,
    effects: Effects = ...,
) -> Image.Image: ...
@overload
def tint(
    picture: NDArray[Any],
    color: ColorLike,
    *,
    strength: float = ...,
    method: Method = ...,
    model: str | os.PathLike[str] | None = ...,
    effects: Effects = ...,
) -> NDArray[np.uint8]: ...
def tint(
    picture: Picture,
    color: ColorLike,
    *,
    strength: float = 1.0,
    method: Method = "natural",
    model: str | os.PathLike[str] | None = None,
    effects: Effects = (),
) -> bytes | Image.Image | NDArray[np.uint8]:
    """Give the hair in a picture another colour.

    picture: a path, the bytes of a picture file, a Pillow picture, or a uint8 array (H, W, 3) RGB, (H, W, 4) RGBA or
    (H, W) grey. color: "#b5562b", "auburn", "rgb(181, 86, 43)", a Color or an (r, g, b) tuple. strength: 0 (as it was)
    to 1. method: "natural" or "hsv" (the report's). model: a name of `models()`, an .onnx path, or None for the finest.
    effects: one or several of hairtint.effects, such as Ombre("platinum"), or text such as "gloss:0.4".

    Returns the same kind as `picture`; for a path a Pillow picture, as nothing is written to the disk.
    Raises HairtintError: PictureError, ColorError, ModelError, ….

    Pillow writes the colour profile and EXIF into most formats only where they are handed to it once more:

    Examples:
        >>> dyed = tint("me.jpg", "auburn")  # doctest: +SKIP
        >>> dyed.save("me-auburn.jpg", quality=95, **dyed.info)  # doctest: +SKIP
    """
    photo = Photo.open(picture)
    mask = _segmenter(model).mask(photo.rgb)
    dyed = recolor(photo.rgb, mask, color, strength=strength, method=method, effects=effects)
    return same_kind(picture, photo.with_rgb(dyed))


_loading = threading.Lock()


def _segmenter(model: str | os.PathLike[str] | None) -> Segmenter:
    """Networks are loaded once, however many pictures and threads there are, and anew where their files change."""
    stats = [(entry.path.resolve(), entry.path.stat()) for entry in zoo.for_photos(model)]
    files = tuple((path, stat.st_mtime_ns, stat.st_size) for path, stat in stats)
    with _loading:
        return _loaded(None if model is None else os.fspath(model), files)


@lru_cache(maxsize=2)
def _loaded(model: str | None, files: tuple[tuple[Path, int, int], ...]) -> Segmenter:
    return Segmenter(model, few=True)
