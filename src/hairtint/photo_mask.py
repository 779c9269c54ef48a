"""A mask as a picture: written to a file, and shown between a photo and its result."""

import os
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from hairtint.errors import OutputError, PictureError, one_line
from hairtint.frame import Cover, as_cover, check_frame, check_mask
from hairtint.whole_file import path_of, write_bytes


def write_mask(path: str | os.PathLike[str], mask: NDArray[np.generic], *, overwrite: bool = False) -> None:
    """Write a mask, (H, W): any that `recolor` takes, as an 8-bit grey PNG in which hair is white.

    Raises:
        MaskError: it is none, or holds NaN or values outside [0, 1].
        OutputError: the suffix is not .png (other formats would blur the mask), or as `Photo.save`.
    """
    path = path_of(path)
    if path.suffix.lower() != ".png":
        raise OutputError(f"{one_line(path)}: masks are written as PNG, which loses nothing; end the name in .png")
    buffer = BytesIO()
    Image.fromarray(to_grey(as_cover(mask)[0])).save(buffer, "PNG")
    write_bytes(path, buffer.getvalue(), overwrite=overwrite)


def side_by_side(rgb: NDArray[np.uint8], mask: NDArray[np.generic], result: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the report's figure 10: input | mask | result, with thin white lines between.

    Args:
        rgb: the input, uint8 (H, W, 3).
        mask: (H, W), any that `recolor` takes.
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
    grey = to_grey(check_mask(mask, rgb)[0])
    gap = np.full((len(rgb), max(2, rgb.shape[1] // 200), 3), 255, np.uint8)
    return np.hstack([rgb, gap, np.repeat(grey[..., np.newaxis], 3, axis=2), gap, result])


def to_grey(mask: Cover) -> NDArray[np.uint8]:
    """A mask, float (H, W) in [0, 1] or uint8 already, as a grey picture, uint8 (H, W), in which hair is white."""
    return mask if mask.dtype == np.uint8 else np.asarray(np.rint(mask * 255), np.uint8)
