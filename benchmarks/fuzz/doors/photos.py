"""Picture files: small ones of every format, mode and kind of metadata, damaged; decoded, and some dyed and written."""

from io import BytesIO
from pathlib import Path

import numpy as np
from damage import damaged, files, mended_png
from hypothesis import strategies as st
from PIL import ExifTags, Image, ImageCms

from hairtint import Photo, tint

Y, X = np.mgrid[:20, :24]
RGB = np.stack([X * 10, Y * 12, (X + Y) * 5], axis=2).astype(np.uint8)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def exif() -> bytes:
    tags = Image.Exif()
    tags[ExifTags.Base.Orientation], tags[ExifTags.Base.Make] = 6, "maker"
    tags[ExifTags.IFD.Exif] = {ExifTags.Base.ExposureTime: 0.1, ExifTags.Base.ExifImageWidth: 24}
    tags[ExifTags.IFD.GPSInfo] = {ExifTags.GPS.GPSLatitudeRef: "N"}
    return tags.tobytes()


def saved(file_format: str, mode: str = "RGB", **options: object) -> bytes:
    image = Image.fromarray(RGB)
    if mode == "I;16":
        image = Image.fromarray(RGB[..., 0].astype(np.uint16) * 257)
    elif mode == "RGBA":
        image.putalpha(Image.fromarray(RGB[..., 1]))
    image = image if image.mode == mode else image.convert(mode)
    buffer = BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def more() -> list[Image.Image]:
    """Further frames or pages; new ones each time, as writing leaves traces in them."""
    return [Image.fromarray(np.roll(RGB, k, axis=1)) for k in (3, 6)]


SEEDS = {
    "jpeg": saved("JPEG", quality=80),
    "jpeg-exif": saved("JPEG", exif=exif(), icc_profile=SRGB, comment=b"sea"),
    "jpeg-progressive": saved("JPEG", progressive=True),
    "jpeg-cmyk": saved("JPEG", "CMYK"),
    "jpeg-grey": saved("JPEG", "L"),
    "mpo": saved("MPO", save_all=True, append_images=more()),
    "png": saved("PNG"),
    "png-exif": saved("PNG", exif=exif(), icc_profile=SRGB, dpi=(72, 72)),
    "png-16": saved("PNG", "I;16"),
    "png-palette": saved("PNG", "P", transparency=3),
    "png-bits": saved("PNG", "1"),
    "png-la": saved("PNG", "LA"),
    "png-rgba": saved("PNG", "RGBA"),
    "apng": saved("PNG", save_all=True, append_images=more()),
    "webp": saved("WEBP", exif=exif(), icc_profile=SRGB),
    "webp-lossless": saved("WEBP", "RGBA", lossless=True),
    "webp-animated": saved("WEBP", save_all=True, append_images=more()),
    "tiff": saved("TIFF", exif=exif(), icc_profile=SRGB),
    "tiff-lzw": saved("TIFF", compression="tiff_lzw"),
    "tiff-16": saved("TIFF", "I;16"),
    "tiff-float": saved("TIFF", "F"),
    "tiff-lab": saved("TIFF", "LAB"),
    "tiff-pages": saved("TIFF", save_all=True, append_images=more()),
    "tiff-jpeg": saved("TIFF", compression="jpeg"),
    "tiff-fax": saved("TIFF", "1", compression="group4"),
    "tiff-deflate": saved("TIFF", compression="tiff_adobe_deflate"),
    "gif": saved("GIF", "P", comment=b"sea"),
    "gif-animated": saved("GIF", "P", save_all=True, append_images=more()),
    "bmp": saved("BMP"),
    "bmp-palette": saved("BMP", "P"),
    "avif": saved("AVIF"),
    "jpeg-2000": saved("JPEG2000"),
    "ppm": saved("PPM"),
    "pgm-16": saved("PPM", "I;16"),
    "empty": b"",
    "text": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
}
DEPTH = st.sampled_from(["open"] * 40 + ["encode"] * 8 + ["tint"])
CASES = st.tuples(files(SEEDS), st.booleans(), DEPTH, st.sampled_from(["jpeg", "png", "webp", "tiff", "gif", "bmp"]))


def run(case: tuple[tuple[str, int, str], bool, str, str], box: Path) -> None:
    file, mend, depth, target = case
    data = damaged(SEEDS, file)
    if mend and data[:4] == b"\x89PNG":
        data = mended_png(data)
    photo = Photo.open(data)
    assert photo.rgb.dtype == np.uint8
    assert photo.rgb.shape == (*photo.size[::-1], 3)
    assert photo.alpha is None or photo.alpha.shape == photo.rgb.shape[:2]
    assert all(len(note.splitlines()) == 1 for note in photo.notes)
    if depth == "encode":
        assert Photo.open(photo.encode(target)).size == photo.size
    elif depth == "tint" and photo.rgb.size < 1_000_000:
        assert Photo.open(tint(data, "copper", model="light")).size == photo.size
