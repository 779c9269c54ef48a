"""From pixels to the bytes of a picture file."""

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from hairtint.errors import OutputError, one_line, reason
from hairtint.photo_origin import Origin
from hairtint.photo_warnings import SILENCE

_FORMAT_OF_SUFFIX: dict[str, str] = {
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".png": "PNG",
    ".webp": "WEBP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".avif": "AVIF",
    ".bmp": "BMP",
    ".gif": "GIF",
}
OUTPUT_SUFFIXES: tuple[str, ...] = tuple(_FORMAT_OF_SUFFIX)
"""The suffixes a result can be written with."""

_WITHOUT_ALPHA = frozenset({"JPEG", "BMP"})
_WITH_QUALITY = frozenset({"JPEG", "WEBP", "AVIF"})
_COMPRESSION = frozenset({"qtables", "subsampling", "lossless", "exact"})  # options that say how strong it is


def format_of_suffix(suffix: str, name: str) -> str:
    """Return Pillow's name of the format that a suffix (".jpg") stands for.

    Raises:
        OutputError: `suffix` stands for no format that is written; the message lists those that do.
    """
    try:
        return _FORMAT_OF_SUFFIX[suffix.lower()]
    except KeyError:
        raise OutputError(f"{name}: no picture format has this suffix; use {' '.join(OUTPUT_SUFFIXES)}") from None


def format_named(name: str) -> str:
    """Return Pillow's name of the format called `name`: "jpeg", "JPG", ".jpg" and "JPEG" are all the same.

    Raises:
        OutputError: no format that is written is called so.
    """
    if not isinstance(name, str):
        raise OutputError(f'a format is named by text, not by {type(name).__name__}: give "png", say')
    if name.upper() in _FORMAT_OF_SUFFIX.values():
        return name.upper()
    return format_of_suffix(f".{name.lstrip('.')}", one_line(name))


def encode(
    rgb: NDArray[np.uint8],
    alpha: NDArray[np.uint8] | None,
    origin: Origin,
    file_format: str,
    *,
    quality: int | None = None,
    quick: bool = False,
) -> bytes:
    """Return the bytes of a picture file of one of the formats above; alpha is laid on white where it has no place.

    quality, quick: as for `Photo.encode`.

    Raises:
        OutputError: the format cannot hold the picture, or this installation of Pillow cannot write it.
    """
    if file_format in _WITHOUT_ALPHA:
        rgb, alpha = on_white(rgb, alpha), None
    image = Image.fromarray(rgb if alpha is None else np.dstack([rgb, alpha]))
    options, buffer = origin.save_options(file_format), BytesIO()
    if quality is not None and file_format in _WITH_QUALITY:
        options = {key: value for key, value in options.items() if key not in _COMPRESSION} | {"quality": quality}
    if quick and file_format == "PNG":
        options["compress_level"] = 1  # a third of the time of the usual 6
    if quick and file_format == "WEBP":  # a third of the time of the usual method 4, and of a lossless one a tenth
        options |= {"method": 0} | ({"quality": 0} if "lossless" in options else {})
    try:
        with SILENCE:
            image.save(buffer, file_format, **options)
    except MemoryError:
        raise OutputError("there is not enough memory to write the picture; scale it down first") from None
    except Exception as error:  # each of Pillow's encoders has limits and errors of its own
        why = reason(error)
        message = f"the picture cannot be written as {file_format} ({why[:120]}); use .png"
        raise OutputError(message) from None
    return buffer.getvalue()


def on_white(rgb: NDArray[np.uint8], alpha: NDArray[np.uint8] | None) -> NDArray[np.uint8]:
    """Return a picture, uint8 (H, W, 3), as it looks on white; alpha: uint8 (H, W), or None for an opaque one."""
    if alpha is None:
        return rgb
    ground = Image.new("RGB", alpha.shape[::-1], "white")
    ground.paste(Image.fromarray(rgb), mask=Image.fromarray(alpha))
    return np.asarray(ground)


def losses(alpha: NDArray[np.uint8] | None, origin: Origin, file_format: str) -> list[str]:
    """Return one line for each thing that `file_format` cannot hold of this picture."""
    lines = []
    see_through = alpha is not None and bool((alpha < 255).any())
    if see_through and file_format in _WITHOUT_ALPHA:
        lines.append(f"{file_format} has no transparency; the picture is laid on white")
    if file_format == "GIF":
        lines.append("GIF holds 256 colours and all-or-nothing transparency; .png or .webp keep the picture as it is")
    if lost := origin.lost(file_format):
        lines.append(f"{file_format} cannot hold {', '.join(lost)} of the original")
    return lines
