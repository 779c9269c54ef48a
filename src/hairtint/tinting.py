"""The photo road in one call: a picture in, the same kind of picture out, its hair in another colour."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from hairtint.color import ColorLike
from hairtint.effects import Effect
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
    model: str | None = ...,
    effects: Sequence[Effect | str] = ...,
) -> bytes: ...
@overload
def tint(
    picture: str | os.PathLike[str] | Image.Image,
    color: ColorLike,
    *,
    strength: float = ...,
    method: Method = ...,
    model: str | None = ...,
    effects: Sequence[Effect | str] = ...,
) -> Image.Image: ...
@overload
def tint(
    picture: NDArray[Any],
    color: ColorLike,
    *,
    strength: float = ...,
    method: Method = ...,
    model: str | None = ...,
    effects: Sequence[Effect | str] = ...,
) -> NDArray[np.uint8]: ...
def tint(
    picture: Picture,
    color: ColorLike,
    *,
    strength: float = 1.0,
    method: Method = "natural",
    model: str | None = None,
    effects: Sequence[Effect | str] = (),
) -> bytes | Image.Image | NDArray[np.uint8]:
    """Give the hair in a picture another colour.

    picture: a path, the bytes of a picture file, a Pillow picture, or a uint8 array (H, W, 3) RGB, (H, W, 4) RGBA or
    (H, W) grey. color: "#b5562b", "auburn", "rgb(181, 86, 43)", a Color or an (r, g, b) tuple. strength: 0 (as it was)
    to 1. method: "natural" or "hsv" (the report's). model: a name of `models()`, an .onnx path, or None for the finest.
    effects: of hairtint.effects, such as Ombre("platinum"), or text such as "gloss:0.4".

    Returns the same kind as `picture`; for a path a Pillow picture, as nothing is written to the disk.
    Raises HairtintError: PictureError, ColorError, ModelError, ….

    Pillow writes the colour profile and EXIF into most formats only where they are handed to it once more:

    Examples:
        >>> dyed = tint("me.jpg", "auburn")  # doctest: +SKIP
        >>> dyed.save("me-auburn.jpg", quality=95, **dyed.info)  # doctest: +SKIP
    """
    photo = Photo.open(picture)
    mask = _segmenter(None if model is None else str(model)).mask(photo.rgb)
    dyed = recolor(photo.rgb, mask, color, strength=strength, method=method, effects=effects)
    return same_kind(picture, photo.with_rgb(dyed))


@lru_cache(maxsize=2)
def _segmenter(model: str | None) -> Segmenter:
    """A network is loaded once, however many pictures are tinted."""
    return Segmenter(model, few=True)
