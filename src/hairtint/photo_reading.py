"""From a file's bytes to upright 8-bit RGB pixels; everything that cannot be used is refused here, in one line."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError
from PIL.TiffImagePlugin import TiffImageFile

from hairtint.errors import PictureError, one_line, reason
from hairtint.frame import MAX_PIXELS
from hairtint.photo_kinds import CURE, bits_per_channel, formats, has_full_chroma, is_lossless_webp, is_unread_tiff
from hairtint.photo_origin import Origin, colour_space
from hairtint.photo_profile import profile_by_numbers
from hairtint.photo_warnings import SILENCE

MIN_SIDE = 16
"""The fewest pixels a picture may have on its shorter side."""
MAX_FILE_BYTES = 6 * MAX_PIXELS
"""The largest picture file that is read: as many pixels as there may be, RGB of 16 bits and not compressed."""

_BAND = 1 << 20  # pixels converted at a time
Convert = Callable[[Image.Image], Image.Image]


class Decoded(NamedTuple):
    """A decoded picture: `rgb` uint8 (H, W, 3), `alpha` uint8 (H, W) or None, its origin, and lines for the user."""

    rgb: NDArray[np.uint8]
    alpha: NDArray[np.uint8] | None
    origin: Origin
    notes: tuple[str, ...]


def read_file(path: Path) -> bytes:
    """Return the bytes of a picture file.

    Raises:
        PictureError: no such file, a folder, not a regular file, empty, too large, or not readable.
    """
    name = one_line(path)
    try:
        if path.is_dir():
            raise PictureError(f"{name} is a folder; give a picture file")
        size = path.stat().st_size
        if not path.is_file():
            raise PictureError(f"{name} is not a regular file; give a picture file")
        check_bytes(size, name)
        return path.read_bytes()
    except FileNotFoundError:
        raise PictureError(f"{name}: no such file; check the name") from None
    except (OSError, ValueError) as error:  # ValueError: a zero byte in the name
        raise PictureError(f"{name} cannot be read ({reason(error)}); check the name and its permissions") from None


def check_bytes(size: int, name: str) -> None:
    """Refuse a file of `size` bytes that is empty or larger than `MAX_FILE_BYTES`."""
    if size == 0:
        raise PictureError(f"{name} is empty (zero bytes); get a fresh copy of the picture")
    if size > MAX_FILE_BYTES:
        megabytes, limit = size / 1e6, MAX_FILE_BYTES // 1_000_000
        raise PictureError(f"{name} has {megabytes:.0f} MB; at most {limit} MB are read, so make it smaller first")


def check_size(width: int, height: int, name: str, max_pixels: int) -> None:
    """Refuse a picture whose declared size is below `MIN_SIDE` or above `max_pixels`."""
    if min(width, height) < MIN_SIDE:
        raise PictureError(f"{name} has {width}x{height} pixels; the smallest picture is {MIN_SIDE}x{MIN_SIDE}")
    if width * height > max_pixels:
        limit = max_pixels / 1e6
        raise PictureError(
            f"{name} declares {width}x{height} pixels; at most {limit:g} megapixels, so scale it down first"
        )


def decode_bytes(data: bytes, name: str, max_pixels: int) -> Decoded:
    """Decode the bytes of a picture file; the content decides about its format, not its name.

    Raises:
        PictureError: not a picture, of an unsupported kind, too small, too large, cut short or damaged.
    """
    check_bytes(len(data), name)
    with _pillow(name, max_pixels, data), Image.open(BytesIO(data), formats=formats(data, name)) as image:
        check_size(*image.size, name, max_pixels)
        return _decode(image, name, data)


def decode_image(image: Image.Image, name: str, max_pixels: int) -> Decoded:
    """Decode a Pillow picture, which stays as it is; the errors are those of `decode_bytes`."""
    check_size(*image.size, name, max_pixels)
    with _pillow(name, max_pixels):
        return _decode(_narrowed(image), name)


def decode_array(array: NDArray[Any], max_pixels: int) -> Decoded:
    """Take uint8 (H, W) grey, (H, W, 3) RGB or (H, W, 4) RGBA; the array stays as it is.

    Raises:
        PictureError: another dtype or shape, too small or too large.
    """
    if array.dtype != np.uint8:
        cure = "scale it to 0…255 and convert it with .astype(numpy.uint8)"
        raise PictureError(f"the array holds {array.dtype}; pictures are uint8, so {cure}")
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (3, 4)):
        raise PictureError(f"the array has shape {array.shape}; give (H, W) grey, (H, W, 3) RGB or (H, W, 4) RGBA")
    check_size(array.shape[1], array.shape[0], "the array", max_pixels)
    if array.ndim == 2:
        array = np.repeat(array[..., np.newaxis], 3, axis=2)
    alpha = array[..., 3].copy() if array.shape[2] == 4 else None
    return Decoded(array[..., :3].copy(order="C"), alpha, Origin(), ())


@contextmanager
def _pillow(name: str, max_pixels: int, data: bytes = b"") -> Iterator[None]:
    """Turn whatever Pillow raises into one line, and keep its warnings about odd files off the user's screen."""
    try:
        with SILENCE:
            yield
    except PictureError:
        raise
    except Image.DecompressionBombError:
        limit = max_pixels / 1e6
        raise PictureError(f"{name} declares more than {limit:g} megapixels; scale it down first") from None
    except UnidentifiedImageError:
        if is_unread_tiff(data):
            kind = "a TIFF of a kind that is not read"
            raise PictureError(f"{name} is {kind}; flatten it to RGB of 8 or 16 bits first") from None
        raise PictureError(f"{name} is damaged or not a picture; {CURE}") from None
    except MemoryError:
        raise PictureError(f"{name} needs more memory than there is; scale it down first") from None
    except Exception as error:  # decoders meet hostile bytes and raise almost anything
        why = reason(error)
        if "MAX_TEXT" in why:
            raise PictureError(f"{name} has a colour profile or text of more than 1 MB; save it without it") from None
        message = f"{name} is damaged or cut short ({why[:120]}); get a fresh copy of the picture"
        raise PictureError(message) from None


def _narrowed(image: Image.Image) -> Image.Image:
    """A picture made in memory of wide integers that are all 8-bit values as such a one; every other as it is."""
    if image.mode != "I" or image.format:
        return image
    least, most = image.getextrema()
    return image.convert("L") if least >= 0 and most <= 255 else image  # type: ignore[operator]


def _decode(image: Image.Image, name: str, data: bytes = b"") -> Decoded:
    notes: list[str] = []
    if getattr(image, "is_animated", False):
        what = "further pictures, such as a gain map or depth" if image.format == "MPO" else "several frames or pages"
        which = "one" if image.tell() else "the first"
        notes.append(f"holds {what}; only {which} is used and written")
    _correct_planes(image)
    if (bits := bits_per_channel(image, data)) > 8:
        notes.append(f"has {bits} bits per channel; it is read and written with 8")
    image.load()
    upright = _eight_bit(_upright(image), name, getattr(image, "tag_v2", {}))
    alpha = _pixels(upright, _alpha) if upright.has_transparency_data else None
    convert, icc = _to_rgb(upright, upright.info.get("icc_profile") or profile_by_numbers(image, data, notes), notes)
    rgb = _pixels(upright, convert)
    full_chroma = has_full_chroma(image, data)
    origin = Origin.of(image, upright, icc, notes, lossless=is_lossless_webp(data), full_chroma=full_chroma)
    lines = tuple(f"{name} {note}" for note in notes)
    return Decoded(rgb, alpha, origin, lines)


def _correct_planes(image: Image.Image) -> None:
    """Have the planes of an uncompressed TIFF of 16 bits read as such: Pillow takes each for 8 bits."""
    if not isinstance(image, TiffImageFile) or image.info.get("compression") != "raw":
        return
    tags = image.tag_v2
    if tags.get(284) == 2 and tags.get(258, ())[:1] == (16,):  # PlanarConfiguration, BitsPerSample
        tiles: list[Any] = image.tile
        grey, end = image.mode.startswith("I"), ";16L" if tags.prefix == b"II" else ";16B"
        image.tile = [t._replace(args=(image.mode if grey else t.args[0] + end, *t.args[1:])) for t in tiles]


def _upright(image: Image.Image) -> Image.Image:
    """The picture turned as its EXIF block says; the picture itself where there is nothing to turn."""
    try:
        turned = image.getexif().get(ExifTags.Base.Orientation, 1) != 1
        return ImageOps.exif_transpose(image) if turned else image
    except Exception:  # a damaged EXIF block must not cost the user the picture
        return image


def _pixels(image: Image.Image, convert: Convert) -> NDArray[np.uint8]:
    """The converted pixels, a band of rows at a time: at no time is there a second copy of a large picture."""
    step = max(1, _BAND // image.width)
    bands = (image.crop((0, top, image.width, min(top + step, image.height))) for top in range(0, image.height, step))
    first = np.asarray(convert(next(bands)))
    pixels = np.empty((image.height, *first.shape[1:]), np.uint8)
    pixels[: len(first)] = first
    for number, band in enumerate(bands, 1):
        pixels[number * step : (number + 1) * step] = np.asarray(convert(band))
    return pixels


def _alpha(image: Image.Image) -> Image.Image:
    return (image.convert("LA") if image.mode == "La" else image).convert("RGBA").getchannel("A")


def _eight_bit(image: Image.Image, name: str, tags: Mapping[int, Any]) -> Image.Image:
    """Return a picture of integers above 8 bits as 8-bit grey; every other as it is. `tags` are those of a TIFF."""
    if image.mode == "F":
        raise PictureError(f"{name} holds floating-point pixels; convert it to 8 or 16 bits per channel first")
    if not image.mode.startswith("I"):
        return image
    values = np.asarray(image)
    if values.min() < 0 or values.max() > 0xFFFF:
        raise PictureError(f"{name} holds 32-bit pixels; convert it to 8 or 16 bits per channel first")
    values = (values >> (4 if tags.get(258) == (12,) else 8)).astype(np.uint8)  # BitsPerSample
    grey = Image.fromarray(~values if tags.get(262) == 0 else values)  # PhotometricInterpretation: white is zero
    grey.info = {key: value for key, value in image.info.items() if key != "transparency"}
    return grey


def _to_rgb(image: Image.Image, icc: bytes | None, notes: list[str]) -> tuple[Convert, bytes | None]:
    """Return what brings any part of the picture to mode RGB, and the profile its pixels are in then, None for sRGB.

    RGB pixels keep their values and their profile, wide gamuts included: nothing outside the hair changes by a bit.
    Other colour spaces have no place in the result, so they go through their profile to sRGB.
    """
    space = colour_space(icc)
    if image.mode in ("CMYK", "LAB"):
        notes.append(f"is a {image.mode} picture; it is converted and written as RGB")
        return _through_profile(image.mode, icc if space == "CMYK" else None), None
    if image.mode in ("1", "L", "LA", "La") and space == "GRAY":
        from_grey = _through_profile("L", icc)
        return lambda part: from_grey(_grey(part)), None
    return _plain, icc if space == "RGB" else None


def _plain(part: Image.Image) -> Image.Image:
    if part.mode in ("La", "RGBa"):  # premultiplied: Pillow converts them in two steps only
        part = part.convert(part.mode.upper())
    return part.convert("RGB")


def _grey(part: Image.Image) -> Image.Image:
    return (part if part.mode in ("1", "L") else part.convert("LA").getchannel("L")).convert("L")


def _through_profile(mode: str, icc: bytes | None) -> Convert:
    """What brings pictures of a mode through their profile to sRGB, or plainly where the profile is damaged."""
    from PIL import ImageCms  # loads the colour engine, which most photos never need

    if mode != "LAB" and not icc:
        return _plain
    try:
        if mode == "LAB":
            source = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
        else:
            source = ImageCms.ImageCmsProfile(BytesIO(icc or b""))
        transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
    except ImageCms.PyCMSError:
        return _plain
    return lambda part: ImageCms.applyTransform(part, transform) or _plain(part)
