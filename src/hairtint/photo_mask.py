"""A mask as a picture: written to a file, and shown between a photo and its result."""

import os
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from hairtint.errors import MaskError, OutputError, PictureError, one_line
from hairtint.frame import MAX_PIXELS, check_frame, described
from hairtint.photo_writing import path_of, write_bytes


def write_mask(path: str | os.PathLike[str], mask: NDArray[np.floating[Any]], *, overwrite: bool = False) -> None:
    """Write a mask, float (H, W) in [0, 1], as an 8-bit grey PNG in which hair is white.

    Raises:
        MaskError: `mask` has another shape or dtype, or values outside [0, 1].
        OutputError: the suffix is not .png (other formats would blur the mask), or as `Photo.save`.
    """
    path = path_of(path)
    if path.suffix.lower() != ".png":
        raise OutputError(f"{one_line(path)}: masks are written as PNG, which loses nothing; end the name in .png")
    buffer = BytesIO()
    Image.fromarray(_grey(mask)).save(buffer, "PNG")
    write_bytes(path, buffer.getvalue(), overwrite=overwrite)


def side_by_side(
    rgb: NDArray[np.uint8], mask: NDArray[np.floating[Any]], result: NDArray[np.uint8]
) -> NDArray[np.uint8]:
    """Return the report's figure 10: input | mask | result, with thin white lines between.

    Args:
        rgb: the input, uint8 (H, W, 3).
        mask: float (H, W) in [0, 1].
        result: the recoloured picture, uint8 (H, W, 3).

    Returns:
        uint8 (H, 3 W + 2 gaps, 3), RGB.

    Raises:
        MaskError: the mask is not one, or has another size than the picture.
        PictureError: input and result are not uint8 pictures of the same size.
    """
    check_frame(rgb)
    check_frame(result)
    if rgb.shape != result.shape:
        raise PictureError(f"input {rgb.shape} and result {result.shape} differ; give two uint8 (H, W, 3) of one size")
    grey = _grey(mask)
    if grey.shape != rgb.shape[:2]:
        raise MaskError(f"the mask is {grey.shape} and the picture {rgb.shape[:2]}; give a mask of the picture's size")
    gap = np.full((len(rgb), max(2, rgb.shape[1] // 200), 3), 255, np.uint8)
    return np.hstack([rgb, gap, np.repeat(grey[..., np.newaxis], 3, axis=2), gap, result])


def to_grey(mask: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    """A mask, float (H, W) in [0, 1], as a grey picture, uint8 (H, W), in which hair is white."""
    return np.asarray(np.rint(mask * 255), np.uint8)


def _grey(mask: NDArray[np.floating[Any]]) -> NDArray[np.uint8]:
    if not isinstance(mask, np.ndarray) or mask.ndim != 2 or not 0 < mask.size <= MAX_PIXELS or mask.dtype.kind != "f":
        limit = MAX_PIXELS / 1e6
        what = f"float (H, W) with values in [0, 1] and at most {limit:g} megapixels"
        raise MaskError(f"a mask is {what}; this is {described(mask)}")
    if not (mask.min() >= 0 and mask.max() <= 1):  # false for NaN too
        raise MaskError("the mask has values outside [0, 1] or NaN; clip it first")
    return to_grey(mask)
