"""Pictures in and out: what comes in as a file, bytes, a Pillow picture or an array goes out as the same kind.

The network and the recolouring see upright 8-bit RGB. What surrounds these pixels stays with the photo and is written
back: transparency, metadata, colour profile, and how strongly a JPEG was compressed. Decisions:

- More than 8 bits per channel are read and written as 8, with a note: the recolouring works on 8 bits. A Pillow picture
  of mode "I" that no file stands behind counts as 8 bits where no value is above 255.
- RGB pixels keep their values and their profile, Display P3 and Adobe RGB too, so everything but the hair stays as it
  was. The colour asked for is then seen in that gamut: a little stronger than the same colour in sRGB.
- Where a file names such colours by numbers (Display P3 by CICP, gAMA of a PNG), a profile of the same is made and
  written. HDR is not kept, with a note.
- CMYK, Lab, and grey with a profile of its own are converted to sRGB: the result is RGB and their profile would lie.
- Of an animation or of several pages the first is used, of a Pillow picture the one it shows, and a still picture is
  written, with a note.
- Raw photos are refused: all that could be read of them is a small preview.
- A file's content decides about its format, not its name.
"""

import math
import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from hairtint.errors import InputError, PictureError, one_line
from hairtint.frame import MAX_PIXELS, check_frame, described
from hairtint.photo_mask import side_by_side, write_mask
from hairtint.photo_origin import Origin
from hairtint.photo_reading import MAX_FILE_BYTES, MIN_SIDE, decode_array, decode_bytes, decode_image, read_file
from hairtint.photo_writing import OUTPUT_SUFFIXES, encode, format_named, format_of_suffix, losses
from hairtint.whole_file import check_target, path_of, write_bytes
from hairtint.whole_number import whole

__all__ = [
    "MAX_FILE_BYTES",
    "MAX_PIXELS",
    "MIN_SIDE",
    "OUTPUT_SUFFIXES",
    "PICTURE_SUFFIXES",
    "Photo",
    "Picture",
    "check_output",
    "same_kind",
    "side_by_side",
    "write_mask",
]

Picture = str | os.PathLike[str] | bytes | bytearray | memoryview | Image.Image | NDArray[Any]
"""What a photo can be opened from."""

PICTURE_SUFFIXES: frozenset[str] = frozenset(OUTPUT_SUFFIXES) | {
    ".heic",
    ".heif",
    ".hif",
    ".jfif",
    ".jpe",
    ".jp2",
    ".mpo",
    ".ppm",
    ".pgm",
    ".pbm",
    ".pnm",
}
"""The suffixes, in lower case, of the files that a folder is searched for."""


@dataclass(frozen=True, eq=False)
class Photo:
    """A picture as hairtint works on it, with all that is needed to write it back the way it came.

    Attributes:
        rgb: uint8 (H, W, 3), red first, upright: a rotation that the file only declared is carried out.
        alpha: uint8 (H, W), 0 see-through to 255 opaque; None for a picture without transparency.
        origin: metadata, format and compression of the original.
        notes: one line for each thing the user should know about how the picture was read.

    Raises:
        PictureError: `rgb` or `alpha` is no such array.
    """

    rgb: NDArray[np.uint8]
    alpha: NDArray[np.uint8] | None = None
    origin: Origin = field(default_factory=Origin)
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what no file could be made of."""
        check_frame(self.rgb, max_pixels=math.inf)  # `open` has its own limit
        alpha = self.alpha
        if alpha is not None and described(alpha) != (wanted := f"uint8 {self.rgb.shape[:2]}"):
            raise PictureError(f"the transparency is {described(alpha)}: give {wanted}, of the picture's size, or None")

    @classmethod
    def open(cls, picture: Picture, *, max_pixels: int = MAX_PIXELS) -> "Photo":
        """Read a picture.

        Args:
            picture: a path, the bytes of a picture file, a Pillow picture, or an array: uint8 (H, W) grey, (H, W, 3)
                RGB or (H, W, 4) RGBA. Pictures and arrays are copied, never changed.
            max_pixels: the most pixels the picture may declare; checked before anything is decoded. Nothing larger
                than `MAX_PIXELS` can be dyed, and above 178 million Pillow's own limit holds.

        Raises:
            PictureError: it cannot be used; the message is one line that says why and what to do.
            InputError: max_pixels is no whole number above 0.
        """
        if (whole(max_pixels) or 0) < 1:
            raise InputError(f"max_pixels {max_pixels!r}: give a whole number above 0")
        match picture:
            case str() | os.PathLike():
                path = Path(os.fsdecode(picture))
                return cls(*decode_bytes(read_file(path), one_line(path), max_pixels))
            case bytes() | bytearray() | memoryview():
                return cls(*decode_bytes(bytes(picture), "the picture", max_pixels))
            case Image.Image():
                return cls(*decode_image(picture, "the picture", max_pixels))
            case np.ndarray():
                return cls(*decode_array(picture, max_pixels))
        kind = type(picture).__name__
        raise PictureError(f"a picture cannot be read from {kind}; give a path, bytes, a Pillow picture or an array")

    @property
    def format(self) -> str:
        """The format the photo is written in unless told otherwise: the original's, or PNG where it has none."""
        return self.origin.format if self.origin.format in _WRITTEN else "PNG"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the upright picture, in pixels."""
        return self.rgb.shape[1], self.rgb.shape[0]

    def with_rgb(self, rgb: NDArray[np.uint8]) -> "Photo":
        """Return the same photo with new pixels, uint8 (H, W, 3) of the same size.

        Raises:
            PictureError: `rgb` has another shape or dtype.
        """
        if described(rgb) != (wanted := described(self.rgb)):
            raise PictureError(f"the new pixels are {described(rgb)}; give {wanted}, the photo's own shape")
        return replace(self, rgb=np.ascontiguousarray(rgb))

    def encode(self, file_format: str | None = None, *, quality: int | None = None, quick: bool = False) -> bytes:
        """Return the bytes of a picture file: "jpeg", ".png", …; None stands for `format`.

        Args:
            file_format: its name or suffix.
            quality: 1 to 100 of JPEG, WebP and AVIF. None: of a JPEG its own, or 95; of WebP 92, or lossless as it was;
                of AVIF 90.
            quick: take less time for a PNG or WebP, which becomes a tenth to a quarter larger.

        Raises:
            OutputError: no such format, or it cannot hold the picture.
            InputError: quality is no whole number from 1 to 100.
        """
        level = whole(quality)
        if quality is not None and not 1 <= (level or 0) <= 100:
            raise InputError(f"quality {quality!r}: give a whole number from 1 to 100")
        kind = format_named(file_format or self.format)
        return encode(self.rgb, self.alpha, self.origin, kind, quality=level, quick=quick)

    def losses(self, file_format: str) -> tuple[str, ...]:
        """Return one line for each thing that a format (or suffix) cannot hold of this photo."""
        return tuple(losses(self.alpha, self.origin, format_named(file_format)))

    def save(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> tuple[str, ...]:
        """Write the photo in the format of the suffix: the whole file or none, never half of one.

        Returns:
            The lines of `losses`, for the user.

        Raises:
            OutputError: no path, unknown suffix, file exists (unless `overwrite`), folder missing or read-only, disk
                full.
        """
        file_format = check_output(path, overwrite=overwrite)
        write_bytes(path_of(path), self.encode(file_format), overwrite=overwrite)
        return self.losses(file_format)

    def to_pil(self) -> Image.Image:
        """Return the photo as a Pillow picture, "RGB" or "RGBA", its metadata in `info`.

        Pillow's `save` keeps them in every format that can hold them where they are its options: `**picture.info`.
        """
        image = Image.fromarray(self.rgb if self.alpha is None else np.dstack([self.rgb, self.alpha]))
        image.info.update(self.origin.info())
        return image

    def to_array(self) -> NDArray[np.uint8]:
        """Return the pixels as a new array: uint8 (H, W, 3) RGB, or (H, W, 4) RGBA where there is transparency."""
        return self.rgb.copy() if self.alpha is None else np.dstack([self.rgb, self.alpha])


_WRITTEN = frozenset(format_of_suffix(suffix, suffix) for suffix in OUTPUT_SUFFIXES)


@overload
def same_kind(original: bytes | bytearray | memoryview, photo: Photo) -> bytes: ...
@overload
def same_kind(original: str | os.PathLike[str] | Image.Image, photo: Photo) -> Image.Image: ...
@overload
def same_kind(original: NDArray[Any], photo: Photo) -> NDArray[np.uint8]: ...
def same_kind(original: Picture, photo: Photo) -> bytes | Image.Image | NDArray[np.uint8]:
    """Return `photo` as the kind of thing that `original` is.

    Bytes give bytes in the same format (PNG where that format is only read). A Pillow picture gives a Pillow picture,
    "RGBA" where it has transparency and "RGB" otherwise, so grey becomes RGB. An array gives an array, RGBA for RGBA
    and RGB for the rest, so (H, W) becomes (H, W, 3). A path gives a Pillow picture: nothing is written to the disk.
    """
    if isinstance(original, bytes | bytearray | memoryview):
        return photo.encode()
    if isinstance(original, np.ndarray):
        return photo.to_array()
    return photo.to_pil()


def check_output(path: str | os.PathLike[str], *, overwrite: bool = False) -> str:
    """Return the format that `path` will be written in, or refuse before any work is done what `save` would refuse.

    Raises:
        OutputError: no path, unknown suffix, file exists (unless `overwrite`), or folder missing.
    """
    path = path_of(path)
    file_format = format_of_suffix(path.suffix, one_line(path))
    check_target(path, overwrite)
    return file_format
