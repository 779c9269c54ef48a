"""Pictures in and out: every file is made here, and every refusal is one line."""

import io
import os
import struct
import subprocess
import sys
import threading
import warnings
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from odd_files import chunk, header_only_png, tiff, with_chunk
from PIL import (
    ExifTags,
    Image,
    ImageCms,
    ImageFile,
    ImageOps,
    IptcImagePlugin,
    JpegImagePlugin,
    PngImagePlugin,
    features,
)

from hairtint import photo_reading
from hairtint.errors import HairtintError, InputError, MaskError, OutputError, PictureError
from hairtint.photo import (
    MAX_FILE_BYTES,
    MAX_PIXELS,
    PICTURE_SUFFIXES,
    Photo,
    check_output,
    same_kind,
    side_by_side,
    write_mask,
)
from hairtint.recolor import recolor
from hairtint.whole_file import write_bytes

HEIC = Path(__file__).parent / "phone.heic"  # turned, as a phone writes it, from the bundled portrait
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:Description dc:creator="Ada"/></x:xmpmeta>'


def scene(height: int = 48, width: int = 64, seed: int = 0) -> np.ndarray:
    """A smooth picture without symmetry, so that rotations show and JPEG changes it little."""
    y, x = np.mgrid[0:height, 0:width]
    shift = np.random.default_rng(seed).integers(0, 40)
    planes = [x * 200 // width + shift, y * 200 // height, (x + y) * 200 // (height + width)]
    return np.stack(planes, axis=2).astype(np.uint8)


def file_bytes(image: Image.Image, file_format: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, file_format, **options)
    return buffer.getvalue()


def jpeg_bytes(**options: object) -> bytes:
    return file_bytes(Image.fromarray(scene()), "JPEG", **options)


def exif_bytes(orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.Make] = "Hasselblad"
    exif[ExifTags.Base.ImageWidth] = 64
    exif[ExifTags.IFD.Exif] = {
        ExifTags.Base.ExposureTime: 0.125,
        ExifTags.Base.ExifImageWidth: 64,
        ExifTags.Base.ExifImageHeight: 48,
    }
    exif[ExifTags.IFD.GPSInfo] = {ExifTags.GPS.GPSLatitudeRef: "N"}
    return exif.tobytes()


def reopened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def refused(picture: object, *words: str, error: type[HairtintError] = PictureError, **options: object) -> str:
    """Open what must be refused; the message is one line and holds all the words."""
    with pytest.raises(error) as caught:
        Photo.open(picture, **options)  # type: ignore[arg-type]
    return one_line_with(caught.value, *words)


def one_line_with(error: Exception, *words: str) -> str:
    message = str(error)
    assert "\n" not in message
    assert message
    assert len(message) < 400
    assert all(word.lower() in message.lower() for word in words), message
    return message


def icc_profile(space: bytes, *tags: tuple[bytes, bytes]) -> bytes:
    """A small ICC profile (version 2) to Lab or XYZ with these tags."""
    connection = b"XYZ " if space == b"GRAY" else b"Lab "
    body, table, offset = b"", struct.pack(">I", len(tags)), 132 + 12 * len(tags)
    for name, content in tags:
        content += b"\0" * (-len(content) % 4)
        table += name + struct.pack(">II", offset + len(body), len(content))
        body += content
    illuminant = struct.pack(">III", 0xF6D6, 0x10000, 0xD32D)
    head = struct.pack(">I4sI4s4s4s12s4s4s", offset + len(body), b"\0" * 4, 0x02400000, b"prtr", space, connection,
                       b"\0" * 12, b"acsp", b"\0" * 4)  # fmt: skip
    head += b"\0" * (68 - len(head)) + illuminant
    return head + b"\0" * (128 - len(head)) + table + body


def cmyk_profile() -> bytes:
    """A press whose every ink only darkens, and more strongly than plain arithmetic has it."""
    identity = bytes(range(256))
    inks = np.indices((2, 2, 2, 2)).reshape(4, -1)
    lightness = (255 * 0.6 ** inks.sum(axis=0)).astype(np.uint8)
    grid = np.stack([lightness, np.full(16, 140, np.uint8), np.full(16, 120, np.uint8)], axis=1)
    matrix = struct.pack(">9i", *(0x10000 * (i % 4 == 0) for i in range(9)))
    lut = b"mft1\0\0\0\0" + bytes([4, 3, 2, 0]) + matrix + identity * 4 + grid.tobytes() + identity * 3
    return icc_profile(b"CMYK", (b"A2B0", lut), (b"wtpt", white_point()))


def grey_profile() -> bytes:
    """Linear light: a middle grey is shown much lighter than sRGB shows it."""
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, 0x0100)
    return icc_profile(b"GRAY", (b"kTRC", curve), (b"wtpt", white_point()))


def white_point() -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">III", 0xF6D6, 0x10000, 0xD32D)


# --- reading ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_orientation_is_carried_out_once(file_format: str, orientation: int) -> None:
    options = {"lossless": True} if file_format == "WEBP" else {}
    data = file_bytes(Image.fromarray(scene()), file_format, exif=exif_bytes(orientation), **options)
    photo = Photo.open(data)
    np.testing.assert_array_equal(photo.rgb, np.asarray(ImageOps.exif_transpose(Image.open(io.BytesIO(data)))))
    again = reopened(photo.encode())
    assert again.getexif()[ExifTags.Base.Orientation] == 1
    assert again.size == photo.size == ((64, 48) if orientation < 5 else (48, 64))
    details = again.getexif().get_ifd(ExifTags.IFD.Exif)
    assert (details[ExifTags.Base.ExifImageWidth], details[ExifTags.Base.ExifImageHeight]) == photo.size
    np.testing.assert_array_equal(Photo.open(photo.encode("png")).rgb, photo.rgb)


def test_orientation_in_xmp_is_carried_out_once() -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", '<rdf:Description tiff:Orientation="6" dc:creator="Ada"/>')
    photo = Photo.open(file_bytes(Image.fromarray(scene()), "PNG", pnginfo=texts))
    assert photo.size == (48, 64)
    again = Photo.open(photo.encode())
    assert again.size == (48, 64)
    assert b"Ada" in (again.origin.xmp or b"")


@pytest.mark.parametrize(
    ("source", "target"),
    [(s, t) for s in ("JPEG", "PNG", "WEBP", "TIFF") for t in ("JPEG", "PNG", "WEBP", "TIFF", "AVIF")],
)
def test_metadata_is_kept_across_formats(source: str, target: str) -> None:
    if target == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow has no AVIF")
    original = Photo.open(Image.fromarray(scene()))
    image = original.to_pil()
    image.info.update(exif=exif_bytes(), icc_profile=SRGB, xmp=XMP, dpi=(300, 300))
    with_metadata = Photo.open(image)
    data = Photo.open(with_metadata.encode(source)).encode(target)
    again = Photo.open(data)
    exif = reopened(data).getexif()
    assert exif[ExifTags.Base.Make] == "Hasselblad"
    assert float(exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.ExposureTime]) == 0.125
    assert exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitudeRef] == "N"
    assert again.origin.icc == SRGB
    assert b"Ada" in (again.origin.xmp or b"")
    if source not in ("WEBP", "AVIF") and target not in ("WEBP", "AVIF"):
        assert again.origin.dpi == pytest.approx((300, 300), abs=0.1)
    assert again.notes == ()


@pytest.mark.parametrize("file_format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_exif_keeps_text_in_any_alphabet_and_data_as_such(file_format: str) -> None:
    if file_format == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow has no AVIF")
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = "J__rgen"
    exif[ExifTags.IFD.Exif] = {
        ExifTags.Base.LensModel: "J__rgen",
        ExifTags.Base.UserComment: (bytearray(b"ASCII\0\0\0sea"),),  # which Pillow writes as UNDEFINED
        ExifTags.IFD.Interop: {ExifTags.Interop.InteropIndex: "R98"},
    }
    photo = Photo.open(jpeg_bytes(exif=exif.tobytes().replace(b"J__rgen", "Jürgen".encode())))
    data = photo.encode(file_format)
    written = reopened(data).getexif()
    details = written.get_ifd(ExifTags.IFD.Exif)
    for text in (written[ExifTags.Base.Artist], details[ExifTags.Base.LensModel]):
        assert text.encode("latin-1").decode() == "Jürgen"
    assert details[ExifTags.Base.UserComment] == b"ASCII\0\0\0sea"
    assert any(struct.pack(f"{order}HHI", ExifTags.Base.UserComment, 7, 11) in data for order in "<>")
    assert written.get_ifd(ExifTags.IFD.Interop) == {ExifTags.Interop.InteropIndex: "R98"}


def test_exif_that_was_set_in_memory_may_hold_any_text() -> None:
    image = Image.fromarray(scene())
    image.getexif()[ExifTags.Base.Artist] = "アダ"
    artist = reopened(Photo.open(image).encode("jpeg")).getexif()[ExifTags.Base.Artist]
    assert artist.encode("latin-1").decode() == "アダ"


def test_a_makernote_is_left_out() -> None:
    exif = Image.Exif()
    exif[ExifTags.IFD.Exif] = {ExifTags.Base.MakerNote: b"its own offsets", ExifTags.Base.LensModel: "50 mm"}
    photo = Photo.open(jpeg_bytes(exif=exif.tobytes()))
    assert not photo.notes
    assert dict(reopened(photo.encode()).getexif().get_ifd(ExifTags.IFD.Exif)) == {ExifTags.Base.LensModel: "50 mm"}


def test_comment_and_texts_are_kept() -> None:
    assert reopened(Photo.open(jpeg_bytes(comment=b"at the sea")).encode()).info["comment"] == b"at the sea"
    assert (
        reopened(Photo.open(file_bytes(Image.fromarray(scene()), "GIF", comment=b"sea")).encode()).info["comment"]
        == b"sea"
    )
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Author", "Ada")
    photo = Photo.open(file_bytes(Image.fromarray(scene()), "PNG", pnginfo=texts))
    assert reopened(photo.encode()).text["Author"] == "Ada"  # type: ignore[attr-defined]
    assert any("PNG texts" in line for line in photo.losses("jpeg"))


IPTC = b"\x1c\x02\x78\0\x0aat the sea\x1c\x02\x50\0\x0cAda Lovelace"


def iptc_jpeg() -> bytes:
    block = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + len(IPTC).to_bytes(4, "big") + IPTC + bytes(len(IPTC) % 2)
    return jpeg_bytes(extra=b"\xff\xed" + (len(block) + 2).to_bytes(2, "big") + block)


def iptc_tiff(order: str) -> bytes:
    """A TIFF whose IPTC is called LONG, as by many programs."""
    return tiff(scene(), {33723: struct.unpack(f"{order}{len(IPTC) // 4}I", IPTC)}, order)


@pytest.mark.parametrize("data", [iptc_jpeg(), tiff(scene(), {33723: IPTC}), iptc_tiff("<"), iptc_tiff(">")])
def test_iptc_stays_in_jpeg_and_tiff_and_is_told_of_elsewhere(data: bytes) -> None:
    photo = Photo.open(data)
    assert photo.origin.iptc == IPTC
    for file_format in ("jpeg", "tiff"):
        again = reopened(photo.encode(file_format))
        assert isinstance(again, ImageFile.ImageFile)
        assert IptcImagePlugin.getiptcinfo(again) == {(2, 120): b"at the sea", (2, 80): b"Ada Lovelace"}
        assert photo.losses(file_format) == ()
    assert photo.losses("png") == ("PNG cannot hold IPTC of the original",)


def test_metadata_too_long_for_jpeg_is_left_out_and_said() -> None:
    image = Image.fromarray(scene())
    image.info["xmp"] = b"x" * 70_000
    photo = Photo.open(image)
    assert reopened(photo.encode("jpeg")).info.get("xmp") is None
    assert any("XMP" in line for line in photo.losses("jpeg"))
    huge = SRGB + bytes(300_000)
    image.info = {"icc_profile": huge}
    assert reopened(Photo.open(image).encode("jpeg")).info["icc_profile"] == huge


@pytest.mark.parametrize("file_format", ["tiff", "png", "jpeg"])
def test_layers_of_photoshop_are_left_out_and_said(file_format: str) -> None:
    tags = {
        37724: b"Adobe Photoshop Document Data Block\0" + b"old hair" * 9000,
        34377: b"8BIM old hair",
        271: b"Ada\0",
    }
    photo = Photo.open(tiff(scene(), tags))
    assert any("layers" in note for note in photo.notes)
    data = photo.encode(file_format)
    assert b"old hair" not in data
    assert reopened(data).getexif()[ExifTags.Base.Make]
    assert photo.losses(file_format) == ()


def test_xmp_does_not_speak_of_what_is_not_written() -> None:
    xmp = b"""<rdf:Description dc:creator="Ada" xmpNote:HasExtendedXMP="0A" GCamera:MotionPhoto="1" hdrgm:Version='1.0'>
<Container:Directory><rdf:Seq><rdf:li><Container:Item Item:Mime="video/mp4"/></rdf:li></rdf:Seq></Container:Directory>
<GCamera:MicroVideoOffset>4000</GCamera:MicroVideoOffset><dc:title>sea</dc:title></rdf:Description>"""
    photo = Photo.open(jpeg_bytes(xmp=xmp) + b"\0\0\0\x18ftypmp42")
    assert photo.origin.xmp == b'<rdf:Description dc:creator="Ada">\n\n<dc:title>sea</dc:title></rdf:Description>'
    assert [word in note for note, word in zip(photo.notes, ("XMP", "motion photo"), strict=True)] == [True, True]
    assert Photo.open(photo.encode()).notes == ()


def test_exif_of_a_bigtiff_is_kept() -> None:
    entries = [(256, 64), (257, 48), (258, 8), (259, 1), (262, 1), (271, 0x616441), (273, 16), (277, 1), (278, 48),
               (279, 3072)]  # fmt: skip
    table = b"".join(struct.pack("<HHQQ", tag, *((2, 4) if tag == 271 else (4, 1)), value) for tag, value in entries)
    head = struct.pack("<2sHHHQ", b"II", 43, 8, 0, 16 + 3072)
    photo = Photo.open(head + scene()[..., 0].tobytes() + struct.pack("<Q", len(entries)) + table + bytes(8))
    assert photo.notes == ()
    assert reopened(photo.encode()).getexif()[ExifTags.Base.Make] == "Ada"


def test_damaged_metadata_does_not_cost_the_picture() -> None:
    photo = Photo.open(jpeg_bytes(exif=b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x02garbage", icc_profile=b"no profile"))
    assert photo.rgb.shape == (48, 64, 3)
    assert photo.origin.icc is None
    assert Photo.open(photo.encode()).rgb.shape == (48, 64, 3)


@pytest.mark.parametrize("subsampling", [0, 1, 2])
@pytest.mark.parametrize("quality", [35, 80, 97])
def test_jpeg_is_written_as_strongly_compressed_as_it_was(quality: int, subsampling: int) -> None:
    data = jpeg_bytes(quality=quality, subsampling=subsampling, progressive=True)
    before, after = reopened(data), reopened(Photo.open(data).encode())
    assert after.quantization == before.quantization  # type: ignore[attr-defined]
    assert JpegImagePlugin.get_sampling(after) == subsampling
    assert after.info["progressive"]


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_turned_jpeg_is_not_compressed_anew(orientation: int) -> None:
    squares = np.random.default_rng(0).integers(60, 200, (16, 16, 3), np.uint8).repeat(4, axis=0).repeat(4, axis=1)
    options = {"quality": 75, "exif": exif_bytes(orientation)}
    photo = Photo.open(file_bytes(Image.fromarray(squares), "JPEG", subsampling=0, **options))
    assert np.abs(photo.rgb.astype(int) - Photo.open(photo.encode()).rgb).mean() < 0.1
    halved = Photo.open(file_bytes(Image.fromarray(squares), "JPEG", subsampling=1, **options))
    assert JpegImagePlugin.get_sampling(reopened(halved.encode())) == (1 if orientation < 5 else 0), "of its rows"


def test_lossless_webp_and_compressed_tiff_stay_so() -> None:
    rgba = np.dstack([scene(), np.zeros((48, 64), np.uint8)])
    webp = Photo.open(file_bytes(Image.fromarray(rgba), "WEBP", lossless=True, exact=True))
    np.testing.assert_array_equal(Photo.open(webp.encode()).to_array(), rgba)
    assert not Photo.open(file_bytes(Image.fromarray(scene()), "WEBP")).origin.lossless
    tiff = Photo.open(file_bytes(Image.fromarray(scene()), "TIFF", compression="tiff_lzw"))
    assert reopened(tiff.encode()).info["compression"] == "tiff_lzw"


@pytest.mark.skipif(not features.check("avif"), reason="this Pillow has no AVIF")
def test_an_avif_of_fine_colours_stays_one() -> None:
    stripes = np.tile(np.array([[200, 40, 40], [40, 40, 200]], np.uint8), (48, 32, 1))
    for subsampling, fine in (("4:4:4", True), ("4:2:0", False)):
        data = file_bytes(Image.fromarray(stripes), "AVIF", quality=90, subsampling=subsampling)
        again = Photo.open(Photo.open(data).with_rgb(stripes).encode())
        assert (np.abs(again.rgb.astype(int) - stripes).mean() < 10) == fine


@pytest.mark.parametrize("file_format", ["jpeg", "webp", "avif"])
def test_a_quality_that_is_asked_for_takes_the_place_of_the_originals(file_format: str) -> None:
    options = {"lossless": True} if file_format == "webp" else {}
    photo = Photo.open(file_bytes(Image.fromarray(scene()), file_format.upper(), **options))
    low, high = (photo.encode(file_format, quality=quality) for quality in (np.int64(10), 90))
    assert len(low) < len(high)
    assert low == Photo.open(photo.rgb).encode(file_format, quality=10)


@pytest.mark.parametrize("quality", [0, 101, 50.5, True, "95"])
def test_a_quality_that_is_none_is_refused(quality: object) -> None:
    with pytest.raises(InputError, match="whole number from 1 to 100"):
        Photo.open(scene()).encode("jpeg", quality=quality)  # type: ignore[arg-type]


@pytest.mark.parametrize(("file_format", "options"), [("PNG", {}), ("WEBP", {"lossless": True, "exact": True})])
def test_a_quick_file_is_larger_and_the_same_picture(file_format: str, options: dict[str, bool]) -> None:
    photo = Photo.open(file_bytes(Image.fromarray(scene()), file_format, **options))
    quick = photo.encode(quick=True)
    assert len(quick) > len(photo.encode())
    np.testing.assert_array_equal(Photo.open(quick).rgb, scene())


def test_a_quick_webp_is_less_tightly_compressed() -> None:
    photo = Photo.open(scene())
    assert len(photo.encode("webp", quick=True)) > len(photo.encode("webp"))


@pytest.mark.parametrize("file_format", ["PNG", "WEBP", "TIFF"])
def test_alpha_is_kept(file_format: str) -> None:
    alpha = scene()[..., 1]
    rgba = np.dstack([scene(), alpha])
    options = {"lossless": True, "exact": True} if file_format == "WEBP" else {}
    photo = Photo.open(file_bytes(Image.fromarray(rgba), file_format, **options))
    assert photo.alpha is not None
    np.testing.assert_array_equal(photo.alpha, alpha)
    np.testing.assert_array_equal(photo.rgb, scene())
    again = Photo.open(photo.with_rgb(255 - photo.rgb).encode())
    np.testing.assert_array_equal(again.to_array(), np.dstack([255 - scene(), alpha]))


@pytest.mark.parametrize("suffix", [".jpg", ".bmp"])
def test_alpha_is_laid_on_white_where_it_has_no_place(tmp_path: Path, suffix: str) -> None:
    photo = Photo.open(np.dstack([scene(), np.zeros((48, 64), np.uint8)]))
    lines = photo.save(tmp_path / f"flat{suffix}")
    assert any("white" in line for line in lines)
    assert Photo.open(tmp_path / f"flat{suffix}").rgb.min() >= 254
    opaque = Photo.open(np.dstack([scene(), np.full((48, 64), 255, np.uint8)]))
    assert opaque.losses(suffix) == ()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBX", "YCbCr", "La", "RGBa", "PA", "HSV"])
def test_every_mode_becomes_rgb(mode: str) -> None:
    image = Image.fromarray(scene())
    steps = {"La": ("LA", "La"), "RGBa": ("RGBA", "RGBa"), "PA": ("P", "PA")}.get(mode, (mode,))
    for step in steps:
        image = image.convert(step)
    photo = Photo.open(image)
    assert photo.rgb.shape == (48, 64, 3)
    assert photo.rgb.dtype == np.uint8
    assert photo.rgb.flags["C_CONTIGUOUS"]
    assert photo.rgb.flags["WRITEABLE"]
    assert (photo.alpha is not None) == (mode in ("LA", "La", "RGBa", "PA"))


def test_grey_files_and_their_alpha() -> None:
    grey = Image.fromarray(scene()).convert("L")
    photo = Photo.open(file_bytes(grey, "JPEG"))
    assert (photo.rgb[..., 0] == photo.rgb[..., 2]).all()
    assert reopened(photo.encode()).mode == "RGB"
    with_alpha = grey.copy()
    with_alpha.putalpha(Image.fromarray(scene()[..., 1]))
    photo = Photo.open(file_bytes(with_alpha, "PNG"))
    np.testing.assert_array_equal(photo.rgb[..., 1], np.asarray(grey))
    np.testing.assert_array_equal(photo.alpha, scene()[..., 1])


def test_see_through_colours_of_palette_grey_and_rgb() -> None:
    palette = Image.fromarray(scene()).quantize(16)
    corner = palette.getpixel((0, 0))
    photo = Photo.open(file_bytes(palette, "PNG", transparency=corner))
    expected = np.where(np.asarray(palette) == corner, 0, 255)
    np.testing.assert_array_equal(photo.alpha, expected)
    grey = Image.fromarray(scene()[..., 0])
    photo = Photo.open(file_bytes(grey, "PNG", transparency=60))
    np.testing.assert_array_equal(photo.alpha, np.where(scene()[..., 0] == 60, 0, 255))
    colour = tuple(int(value) for value in scene()[20, 30])
    photo = Photo.open(file_bytes(Image.fromarray(scene()), "PNG", transparency=colour))
    assert photo.alpha is not None
    assert photo.alpha[20, 30] == 0
    np.testing.assert_array_equal(photo.rgb, scene())


@pytest.mark.parametrize("suffix", [".png", ".tiff"])
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_16_bits_are_read_as_8_and_said(tmp_path: Path, suffix: str, channels: int) -> None:
    deep = np.random.default_rng(0).integers(0, 65536, (48, 64, channels)).astype(np.uint16)
    path = tmp_path / f"deep{suffix}"
    assert cv2.imwrite(str(path), deep[..., [2, 1, 0, 3][:channels]] if channels > 1 else deep)
    photo = Photo.open(path)
    assert sum("16 bits" in note for note in photo.notes) == 1
    expected = (deep >> 8).astype(np.uint8)
    np.testing.assert_array_equal(photo.rgb, np.repeat(expected, 3, axis=2) if channels == 1 else expected[..., :3])
    assert Photo.open(photo.encode()).notes == ()


@pytest.mark.parametrize("orientation", [1, 6])
def test_16_bit_grey_keeps_its_orientation_and_metadata(orientation: int) -> None:
    deep = (scene()[..., 0].astype(np.uint16) << 8) + 7
    photo = Photo.open(file_bytes(Image.fromarray(deep), "PNG", exif=exif_bytes(orientation)))
    expected = np.rot90(scene()[..., 0], -1) if orientation == 6 else scene()[..., 0]
    np.testing.assert_array_equal(photo.rgb[..., 0], expected)
    assert reopened(photo.encode()).getexif()[ExifTags.Base.Make] == "Hasselblad"


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("channels", [1, 3])
def test_16_bit_planes_are_read_as_such(channels: int, order: str) -> None:
    pixels = scene()[..., :channels]
    photo = Photo.open(tiff(pixels.astype(np.uint16) * 257, {284: 2}, order))
    np.testing.assert_array_equal(photo.rgb, np.broadcast_to(pixels, photo.rgb.shape))
    assert sum("16 bits" in note for note in photo.notes) == 1


def test_16_bit_grey_of_which_white_is_zero_is_no_negative() -> None:
    grey = scene()[..., 0]
    photo = Photo.open(tiff(65535 - grey.astype(np.uint16) * 257, {262: 0}))
    np.testing.assert_array_equal(photo.rgb[..., 1], grey)


def test_12_bit_grey_is_not_black() -> None:
    packed = np.tile(np.array([0xAB, 0xCD, 0xEF], np.uint8), (16, 8))  # 0xabc and 0xdef in turn
    photo = Photo.open(tiff(packed, {256: 16, 258: 12}))
    assert photo.rgb[3, :4, 0].tolist() == [0xAB, 0xDE, 0xAB, 0xDE]
    assert any("12 bits" in note for note in photo.notes)


def test_more_than_8_bits_are_said_where_pillow_reads_8(tmp_path: Path) -> None:
    for suffix in (".jp2", ".ppm"):
        path = tmp_path / f"deep{suffix}"
        assert cv2.imwrite(str(path), scene().astype(np.uint16) * 257)
        assert Photo.open(path).notes == (f"{path} has 16 bits per channel; it is read and written with 8",)


@pytest.mark.parametrize("by", [1, 256])
def test_a_picture_of_wide_integers_made_in_memory_is_not_black(by: int) -> None:
    grey = scene()[..., 0]
    photo = Photo.open(Image.fromarray(grey.astype(np.int32) * by))
    np.testing.assert_array_equal(photo.rgb, np.repeat(grey[..., np.newaxis], 3, axis=2))
    assert len(photo.notes) == (by > 1), "of values above 255 as 16 bits"


def test_float_and_32_bit_pictures_are_refused() -> None:
    refused(file_bytes(Image.new("F", (32, 32), 0.5), "TIFF"), "floating-point", "convert")
    refused(file_bytes(Image.new("I", (32, 32), 1 << 20), "TIFF"), "32-bit", "convert")


def test_whole_tiffs_that_are_not_read_are_not_called_damaged(recwarn: pytest.WarningsRecorder) -> None:
    cmyk_and_alpha = tiff(np.zeros((48, 64, 5), np.uint8), {262: 5, 338: 2})
    white_is_zero = tiff(np.zeros((48, 64), np.uint16), {262: 0}, ">")
    for data in (cmyk_and_alpha, white_is_zero):
        refused(data, "kind that is not read", "flatten")
        refused(data[:100], "damaged")
    assert not recwarn


def test_cmyk_goes_through_its_profile() -> None:
    cmyk = Image.fromarray(scene()).convert("CMYK")
    plain = Photo.open(file_bytes(cmyk, "TIFF"))
    np.testing.assert_array_equal(plain.rgb, np.asarray(cmyk.convert("RGB")))
    assert any("CMYK" in note for note in plain.notes)
    profile = cmyk_profile()
    photo = Photo.open(file_bytes(cmyk, "TIFF", icc_profile=profile))
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    oracle = ImageCms.profileToProfile(cmyk, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    np.testing.assert_array_equal(photo.rgb, np.asarray(oracle))
    assert np.abs(photo.rgb.astype(int) - plain.rgb).mean() > 10
    again = reopened(photo.encode())
    assert again.mode == "RGB"
    assert "icc_profile" not in again.info


def test_cmyk_jpeg_with_a_profile_that_cannot_be_used() -> None:
    cmyk = Image.fromarray(scene()).convert("CMYK")
    for profile in (b"junk" * 50, SRGB, icc_profile(b"CMYK")):
        photo = Photo.open(file_bytes(cmyk, "JPEG", quality=95, icc_profile=profile))
        assert np.abs(photo.rgb.astype(int) - scene()).mean() < 4
        assert photo.origin.icc is None
        assert reopened(photo.encode()).mode == "RGB"


def test_grey_profile_is_applied_and_dropped_while_rgb_profiles_stay() -> None:
    grey = Image.new("L", (32, 32), 128)
    photo = Photo.open(file_bytes(grey, "PNG", icc_profile=grey_profile()))
    assert photo.rgb[0, 0, 0] == pytest.approx(188, abs=2)  # linear 0.5, seen through sRGB's curve
    assert photo.origin.icc is None
    assert Photo.open(file_bytes(grey, "PNG", icc_profile=SRGB)).origin.icc == SRGB


def test_wide_gamut_keeps_values_and_profile() -> None:
    wide = icc_profile(b"RGB ", (b"wtpt", white_point()))
    photo = Photo.open(file_bytes(Image.fromarray(scene()), "PNG", icc_profile=wide))
    np.testing.assert_array_equal(photo.rgb, scene())
    assert reopened(photo.encode()).info["icc_profile"] == wide


def shown(photo: Photo) -> np.ndarray:
    """The first pixel as a screen of sRGB shows it."""
    profile = ImageCms.ImageCmsProfile(io.BytesIO(photo.origin.icc or SRGB))
    image = Image.fromarray(photo.rgb[:1, :1])
    return np.asarray(ImageCms.profileToProfile(image, profile, ImageCms.createProfile("sRGB")), int)[0, 0]


P3 = np.array([[0.4866, 0.2657, 0.1982], [0.2290, 0.6917, 0.0793], [0.0000, 0.0451, 1.0439]])  # to XYZ (SMPTE EG 432-1)
TO_SRGB = np.array([[3.2410, -1.5374, -0.4986], [-0.9692, 1.8760, 0.0416], [0.0556, -0.2040, 1.0570]])  # IEC 61966-2-1
EARTH = (150, 110, 90)


def test_colours_named_by_numbers_look_the_same_as_before() -> None:
    image = Image.new("RGB", (32, 32), EARTH)
    light = np.where((x := np.array(EARTH) / 255) <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4)
    for data, linear in (
        (with_chunk(b"cICP", bytes([12, 13, 0, 1]), image), TO_SRGB @ P3 @ light),
        (with_chunk(b"gAMA", struct.pack(">I", 100_000), image), x),
        (with_chunk(b"gAMA", struct.pack(">I", 55_556), image), x**1.8),
    ):
        photo = Photo.open(data)
        np.testing.assert_array_equal(photo.rgb[0, 0], EARTH)
        for file_format in ("png", "jpeg", "webp", "tiff"):
            assert reopened(photo.encode(file_format)).info["icc_profile"] == photo.origin.icc
        np.testing.assert_allclose(shown(photo), 255 * (1.055 * linear ** (1 / 2.4) - 0.055), atol=1.5)
        assert photo.notes == ()


def test_primaries_of_a_png_are_kept() -> None:
    adobe = (31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000)
    data = with_chunk(b"cHRM", struct.pack(">8I", *adobe), Image.new("RGB", (32, 32), (0, 200, 0)))
    profile = ImageCms.ImageCmsProfile(io.BytesIO(Photo.open(data).origin.icc or b""))
    assert profile.profile.green_primary[0] == pytest.approx((0.2053, 0.6257, 0.0609), abs=1e-3)  # as Adobe has it


def test_srgb_by_numbers_needs_no_profile() -> None:
    primaries = struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
    gamma = chunk(b"gAMA", struct.pack(">I", 45_455))
    data = with_chunk(b"cHRM", primaries)
    for known in (data, data[:33] + gamma + data[33:], with_chunk(b"cICP", bytes([1, 13, 0, 1]))):
        assert Photo.open(known).origin.icc is None
    linear = with_chunk(b"gAMA", struct.pack(">I", 100_000))
    assert Photo.open(linear[:33] + chunk(b"sRGB", b"\0") + linear[33:]).origin.icc is None
    assert Photo.open(with_chunk(b"cHRM", bytes(32))).notes == (
        "the picture has damaged gAMA or cHRM, which was left out",
    )


@pytest.mark.parametrize(("transfer", "name"), [(16, "HDR (PQ)"), (18, "HDR (HLG)"), (11, "9/11")])
def test_colours_that_are_not_kept_are_said(transfer: int, name: str) -> None:
    photo = Photo.open(with_chunk(b"cICP", bytes([9, transfer, 0, 1])))
    assert photo.origin.icc is None
    assert any(name in note and "sRGB" in note for note in photo.notes)


def test_colours_of_heic() -> None:
    pytest.importorskip("pi_heif")
    before, _, after = HEIC.read_bytes().partition(b"colrnclx\0\1\0\x0d")
    wide = Photo.open(before + b"colrnclx\0\x0c\0\x0d" + after)
    assert "Display P3" in ImageCms.getProfileDescription(io.BytesIO(wide.origin.icc or b""))
    hdr = Photo.open(before + b"colrnclx\0\x09\0\x12" + after)
    assert any("HDR (HLG)" in note for note in hdr.notes)


def test_hdr_of_10_bits_in_avif_is_said(tmp_path: Path) -> None:
    av = pytest.importorskip("av")
    if not features.check("avif") or "libsvtav1" not in av.codecs_available:
        pytest.skip("no AVIF is written or read here")
    from hairtint.video.priority import kept_priority

    path = tmp_path / "hdr.avif"
    with kept_priority(), av.open(path, "w", format="avif") as file:
        stream = file.add_stream("libsvtav1", rate=1, width=64, height=64, pix_fmt="yuv420p10le")
        stream.codec_context.color_primaries, stream.codec_context.color_trc = 9, 16
        frame = av.VideoFrame.from_ndarray(scene(64, 64), format="rgb24").reformat(format="yuv420p10le")
        file.mux([*stream.encode(frame), *stream.encode()])
    photo = Photo.open(path)
    assert [word in note for note, word in zip(photo.notes, ("10 bits", "HDR (PQ)"), strict=True)] == [True, True]


def test_lab_becomes_rgb() -> None:
    lab = ImageCms.profileToProfile(
        Image.fromarray(scene()), ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    photo = Photo.open(file_bytes(lab, "TIFF"))
    assert np.abs(photo.rgb.astype(int) - scene()).mean() < 3


@pytest.mark.parametrize("file_format", ["GIF", "WEBP", "PNG", "TIFF"])
def test_of_several_frames_the_first_is_used_and_said(file_format: str) -> None:
    frames = [Image.fromarray(scene(seed=seed)) for seed in range(3)]
    data = file_bytes(frames[0], file_format, save_all=True, append_images=frames[1:])
    photo = Photo.open(data)
    assert any("first" in note for note in photo.notes)
    assert np.abs(photo.rgb.astype(int) - scene()).mean() < 8
    assert photo.format == file_format
    assert not getattr(reopened(photo.encode()), "is_animated", False)
    image = reopened(data)
    image.seek(2)
    moved = Photo.open(image)
    assert ["only one is used" in note for note in moved.notes] == [True]
    assert np.abs(moved.rgb.astype(int) - scene(seed=2)).mean() < 8


def test_mpo_of_a_phone_is_a_jpeg() -> None:
    frames = [Image.fromarray(scene(seed=seed)) for seed in range(2)]
    photo = Photo.open(file_bytes(frames[0], "MPO", save_all=True, append_images=frames[1:]))
    assert any("gain map" in note for note in photo.notes)
    assert photo.encode()[:2] == b"\xff\xd8"
    assert photo.origin.jpeg


@pytest.mark.parametrize("file_format", ["AVIF", "JPEG2000", "BMP", "PPM"])
def test_other_formats(file_format: str) -> None:
    Image.init()
    if file_format not in Image.SAVE:
        pytest.skip(f"this Pillow has no {file_format}")
    photo = Photo.open(file_bytes(Image.fromarray(scene()), file_format))
    assert np.abs(photo.rgb.astype(int) - scene()).mean() < 8
    written = reopened(photo.encode()).format
    assert written == (file_format if file_format in ("AVIF", "BMP") else "PNG")


def test_the_content_decides_not_the_name(tmp_path: Path) -> None:
    path = tmp_path / "really a png.jpg"
    path.write_bytes(file_bytes(Image.fromarray(scene()), "PNG"))
    photo = Photo.open(path)
    assert photo.format == "PNG"
    np.testing.assert_array_equal(photo.rgb, scene())
    np.testing.assert_array_equal(Photo.open(str(path)).rgb, scene())


# --- refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("share", [0.0005, 0.02, 0.3, 0.5, 0.9, 0.98])
def test_truncated_jpeg_is_refused(tmp_path: Path, share: float, progressive: bool) -> None:
    rgb = np.random.default_rng(1).integers(0, 256, (96, 96, 3)).astype(np.uint8)
    data = file_bytes(Image.fromarray(rgb), "JPEG", progressive=progressive)
    path = tmp_path / "cut.jpg"
    path.write_bytes(data[: max(1, int(len(data) * share))])
    refused(path, "cut.jpg", "damaged")
    refused(path.read_bytes(), "damaged")


@pytest.mark.parametrize("file_format", ["PNG", "WEBP", "GIF", "TIFF", "BMP", "PPM"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_other_truncated_files_are_refused(file_format: str, share: float) -> None:
    rgb = np.random.default_rng(1).integers(0, 256, (96, 96, 3)).astype(np.uint8)
    data = file_bytes(Image.fromarray(rgb), file_format)
    refused(data[: int(len(data) * share)], "damaged")


@settings(max_examples=300, derandomize=True)
@given(st.data())
def test_damaged_bytes_give_a_photo_or_one_line(data: st.DataObject) -> None:
    source = bytearray(_INTACT[data.draw(st.sampled_from(sorted(_INTACT)))])
    for _ in range(data.draw(st.integers(1, 6))):
        source[data.draw(st.integers(0, len(source) - 1))] = data.draw(st.integers(0, 255))
    try:
        photo = Photo.open(bytes(source), max_pixels=1_000_000)
        photo.encode()
    except (PictureError, OutputError) as error:
        one_line_with(error)


_INTACT = {
    "jpeg": jpeg_bytes(exif=exif_bytes(6), icc_profile=SRGB, xmp=XMP),
    "png": file_bytes(Image.fromarray(scene()), "PNG", exif=exif_bytes(3), icc_profile=SRGB),
    "palette": file_bytes(Image.fromarray(scene()).quantize(16), "PNG", transparency=3),
    "webp": file_bytes(Image.fromarray(scene()), "WEBP", exif=exif_bytes(8)),
    "tiff": file_bytes(Image.fromarray(scene()), "TIFF", exif=exif_bytes(5)),
    "gif": file_bytes(Image.fromarray(scene()), "GIF"),
    "bmp": file_bytes(Image.fromarray(scene()), "BMP"),
}


@settings(max_examples=100, derandomize=True)
@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_refused_in_one_line(data: bytes) -> None:
    refused(data, "the picture")


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"/>', "SVG"),
        (b"%PDF-1.7\n", "PDF"),
        (b"8BPS\0\x01", "Photoshop"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "PostScript"),
        (b"\xff\x0a\xfa\x1f", "JPEG XL"),
        (b"\0\0\0\x18ftypisom\0\0\2\0", "video"),
        (b"hello, I am a text", "not a picture"),
        (b"", "empty"),
    ],
)
def test_what_is_no_photo_is_refused_by_name(data: bytes, word: str) -> None:
    refused(data, word)


@pytest.mark.parametrize(
    "data",
    [
        tiff(scene(), {50706: b"\1\4\0\0"}),
        tiff(scene(), {254: 1, 330: 8}),
        tiff(scene()[..., 0], {262: 32803}, ">"),
        b"II*\0" + struct.pack("<I", 16) + b"CR\2\0" + bytes(20),
        b"\0\0\0\x18ftypcrx \0\0\0\1crx isom",
        b"FUJIFILMCCD-RAW 0201FF159502",
        b"IIRO\x08\0\0\0",
        b"IIU\0\x18\0\0\0",
    ],
    ids=["DNG", "NEF", "sensor", "CR2", "CR3", "RAF", "ORF", "RW2"],
)
def test_raw_photos_are_refused_instead_of_their_preview(data: bytes) -> None:
    refused(data, "raw photo", "develop it first")


@pytest.mark.parametrize("tags", [{}, {254: 0, 330: 8}, {254: 1}, {254: 2}])
def test_pyramids_and_pages_are_no_raw_photos(tags: dict[int, int]) -> None:
    photo = Photo.open(tiff(scene(), tags))
    np.testing.assert_array_equal(photo.rgb, scene())
    assert Photo.open(photo.encode()).notes == ()


def test_a_raw_photo_that_was_developed_stays_a_photo() -> None:
    exif = Image.Exif()
    exif[50706], exif[ExifTags.Base.Make] = b"\1\4\0\0", "Ada"
    photo = Photo.open(jpeg_bytes(exif=exif.tobytes()))
    assert reopened(photo.encode()).getexif()[ExifTags.Base.Make] == "Ada"
    np.testing.assert_array_equal(Photo.open(photo.encode("tiff")).rgb, photo.rgb)


def test_heic_is_named_where_it_cannot_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(Image.OPEN, "HEIF", raising=False)
    monkeypatch.setitem(sys.modules, "pi_heif", None)
    refused(HEIC, "HEIC", "pip install 'hairtint[heic]'")


def test_heic_of_a_phone_is_a_photo() -> None:
    pytest.importorskip("pi_heif")
    photo = Photo.open(HEIC)
    assert photo.size == (80, 96)
    portrait = np.asarray(Image.open(HEIC.parents[1] / "examples/eileen-collins.jpg").resize((96, 96)))[:, 8:88]
    assert np.abs(photo.rgb.astype(int) - portrait).mean() < 6
    again = reopened(photo.encode("jpeg"))
    assert again.getexif()[ExifTags.Base.Make] == "Hairtint"
    assert again.getexif()[ExifTags.Base.Orientation] == 1
    refused(HEIC.read_bytes()[:1000], "damaged")


def test_a_path_may_be_made_of_bytes(tmp_path: Path) -> None:
    Photo.open(scene()).save(tmp_path / "in.png")
    with os.scandir(os.fsencode(tmp_path)) as entries:
        photo = Photo.open(next(entries))
    np.testing.assert_array_equal(photo.rgb, scene())


def test_paths_that_hold_no_picture(tmp_path: Path) -> None:
    refused(tmp_path / "absent.jpg", "absent.jpg", "no such file")
    refused(tmp_path, "folder")
    (tmp_path / "empty.jpg").touch()
    refused(tmp_path / "empty.jpg", "empty.jpg", "zero bytes")
    refused("zero\0byte.jpg", "cannot be read")
    refused("x" * 5000, "cannot be read")
    refused(tmp_path / "two\nlines.jpg", "no such file")
    refused("", "folder")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    refused(tmp_path / "pipe.jpg", "not a regular file")


def test_declared_size_is_refused_before_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    for width, height in ((20_000, 20_000), (16_000, 10_000), (1_000_000, 400)):
        refused(header_only_png(width, height), "megapixels", "scale it down")
    monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", lambda self: pytest.fail("decoded"))
    refused(header_only_png(15_501, 10_000), "15501x10000", "155 megapixels")
    refused(header_only_png(300, 300), "300x300", max_pixels=10_000)


@pytest.mark.parametrize("most", [None, "x", 0, -1, 1e9, float("nan"), True])
def test_what_is_no_most_of_pixels_is_not_the_photos_fault(most: object) -> None:
    for picture in (scene(), file_bytes(Image.fromarray(scene()), "PNG")):
        refused(picture, "max_pixels", "whole number above 0", error=InputError, max_pixels=most)


def test_photos_opened_at_once_leave_the_warnings_as_they_were(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first to begin is the first to be done, while the other goes on."""
    both, begun, decode = threading.Event(), threading.Event(), photo_reading._decode

    def decoded(image: Image.Image, name: str, data: bytes = b"") -> photo_reading.Decoded:
        begun.set()
        if "second" in name:
            both.set()
            first.join(60)
        assert both.wait(60)
        return decode(image, name, data)

    monkeypatch.setattr(photo_reading, "_decode", decoded)
    for name in ("first.png", "second.png"):
        Photo.open(scene()).save(tmp_path / name)
    before = list(warnings.filters)
    first = threading.Thread(target=Photo.open, args=(tmp_path / "first.png",))
    first.start()
    assert begun.wait(60)
    Photo.open(tmp_path / "second.png")
    assert list(warnings.filters) == before


def test_pillows_own_limit_stays_as_it_is(recwarn: pytest.WarningsRecorder) -> None:
    before = Image.MAX_IMAGE_PIXELS
    refused(header_only_png(9_990, 9_990), "damaged")  # between Pillow's warning and our limit: the pixels are missing
    assert before == Image.MAX_IMAGE_PIXELS
    assert not recwarn.list


def test_too_small_and_too_many_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused(file_bytes(Image.new("RGB", (1, 1)), "PNG"), "1x1", "16x16")
    refused(Image.new("RGB", (100, 15)), "100x15", "16x16")
    refused(Image.new("RGB", (0, 0)), "0x0")
    assert Photo.open(Image.new("RGB", (16, 16))).size == (16, 16)
    monkeypatch.setattr(photo_reading, "MAX_FILE_BYTES", 1_000_000)
    (tmp_path / "big.jpg").write_bytes(jpeg_bytes() + bytes(1_000_000))
    refused(tmp_path / "big.jpg", "big.jpg", "MB")
    refused((tmp_path / "big.jpg").read_bytes(), "MB")
    huge_profile = b"name\0\0" + zlib.compress(bytes(2_000_000))
    refused(with_chunk(b"iCCP", huge_profile), "colour profile or text", "1 MB")


def test_the_largest_photos_of_cameras_are_let_in() -> None:
    for width, height in ((11_648, 8_736), (14_204, 10_652)):  # of Fujifilm and Phase One
        assert width * height <= MAX_PIXELS
        assert width * height * 6 <= MAX_FILE_BYTES  # as TIFF of 16 bits


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.zeros((32, 32, 3)), ["float64", "uint8"]),
        (np.full((32, 32, 3), np.nan, np.float32), ["float32"]),
        (np.zeros((32, 32, 3), np.uint16), ["uint16"]),
        (np.zeros((32, 32), bool), ["bool"]),
        (np.array([None]), ["object"]),
        (np.zeros((32, 32, 2), np.uint8), ["(32, 32, 2)"]),
        (np.zeros((2, 32, 32, 3), np.uint8), ["(2, 32, 32, 3)"]),
        (np.zeros(32, np.uint8), ["(32,)"]),
        (np.zeros((0, 32, 3), np.uint8), ["32x0"]),
        (np.broadcast_to(np.uint8(0), (20_000, 20_000, 3)), ["20000x20000"]),
    ],
)
def test_arrays_that_are_no_pictures(array: np.ndarray, words: list[str]) -> None:
    refused(array, *words)


@pytest.mark.parametrize("thing", [None, 7, [[1, 2], [3, 4]], object()])
def test_things_that_are_no_pictures(thing: object) -> None:
    refused(thing, "give a path")


def test_interruptions_are_not_swallowed(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(self: Image.Image) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(JpegImagePlugin.JpegImageFile, "load", interrupted)
    with pytest.raises(KeyboardInterrupt):
        Photo.open(jpeg_bytes())


# --- the same kind out -----------------------------------------------------------------------------------------------


@settings(max_examples=60, derandomize=True)
@given(
    hnp.arrays(
        np.uint8,
        st.tuples(st.integers(16, 40), st.integers(16, 40)).flatmap(
            lambda size: st.sampled_from([size, (*size, 3), (*size, 4)])
        ),
    )
)
def test_arrays_go_round_unchanged(array: np.ndarray) -> None:
    photo = Photo.open(array)
    out = same_kind(array, photo)
    expected = array if array.ndim == 3 else np.repeat(array[..., np.newaxis], 3, axis=2)
    np.testing.assert_array_equal(out, expected)
    assert not np.shares_memory(out, array)
    assert not np.shares_memory(photo.rgb, array)
    for file_format in ("png", "tiff"):
        np.testing.assert_array_equal(Photo.open(photo.encode(file_format)).to_array(), expected)


def test_arrays_in_any_memory_order() -> None:
    for view in (scene()[:, ::-1], np.asfortranarray(scene()), scene().transpose(1, 0, 2)):
        photo = Photo.open(view)
        np.testing.assert_array_equal(photo.rgb, view)
        assert photo.rgb.flags["C_CONTIGUOUS"]


@pytest.mark.parametrize(
    ("mode", "expected"), [("RGB", "RGB"), ("RGBA", "RGBA"), ("L", "RGB"), ("LA", "RGBA"), ("P", "RGB")]
)
def test_pillow_pictures_give_pillow_pictures(mode: str, expected: str) -> None:
    image = Image.fromarray(scene()).convert(mode)
    image.info["icc_profile"] = SRGB
    before = image.tobytes()
    out = same_kind(image, Photo.open(image))
    assert out.mode == expected
    assert out.info["icc_profile"] == SRGB
    assert image.tobytes() == before


def test_pillow_picture_is_turned_upright_and_left_alone() -> None:
    image = Image.open(io.BytesIO(jpeg_bytes(exif=exif_bytes(6))))
    out = same_kind(image, Photo.open(image))
    assert out.size == (48, 64)
    assert out.getexif()[ExifTags.Base.Orientation] == 1
    assert image.size == (64, 48)
    assert image.getexif()[ExifTags.Base.Orientation] == 6


def test_bytes_give_bytes_and_paths_give_pillow_pictures(tmp_path: Path) -> None:
    data = jpeg_bytes()
    for kind in (bytes, bytearray, memoryview):
        out = same_kind(kind(data), Photo.open(kind(data)))
        assert isinstance(out, bytes)
        assert reopened(out).format == "JPEG"
    path = tmp_path / "in.jpg"
    path.write_bytes(data)
    for name in (path, str(path)):
        assert isinstance(same_kind(name, Photo.open(name)), Image.Image)
    assert [entry.name for entry in tmp_path.iterdir()] == ["in.jpg"]


def test_with_rgb_refuses_other_shapes() -> None:
    photo = Photo.open(scene())
    for wrong in (scene(20, 20), scene().astype(np.float32), scene()[..., 0], None):
        with pytest.raises(PictureError) as caught:
            photo.with_rgb(wrong)  # type: ignore[arg-type]
        one_line_with(caught.value, "(48, 64, 3)")


@pytest.mark.parametrize("wrong", [scene() / 255, scene()[..., 0], scene()[:0], scene().tolist(), None])
def test_a_photo_is_made_of_pixels_alone(wrong: object) -> None:
    with pytest.raises(PictureError) as caught:
        Photo(wrong)  # type: ignore[arg-type]
    one_line_with(caught.value, "uint8 array (height, width, 3)")


@pytest.mark.parametrize("wrong", [np.ones((9, 9), np.uint8), np.ones((48, 64)), scene(), 255])
def test_transparency_is_that_of_the_photo(wrong: object) -> None:
    with pytest.raises(PictureError) as caught:
        Photo(scene(), wrong)  # type: ignore[arg-type]
    one_line_with(caught.value, "transparency", "uint8 (48, 64)")


def test_a_photo_is_as_large_as_max_pixels_lets_in() -> None:
    rgb = np.broadcast_to(np.uint8(0), (17_000, 10_000, 3))  # takes no memory by itself
    assert Photo(rgb).size == (10_000, 17_000)


# --- writing ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", [".jpg", ".JPEG", ".png", ".webp", ".tif", ".tiff", ".avif", ".bmp", ".gif"])
def test_the_suffix_decides_how_to_write(tmp_path: Path, suffix: str) -> None:
    if suffix == ".avif" and not features.check("avif"):
        pytest.skip("this Pillow has no AVIF")
    photo = Photo.open(np.dstack([scene(), np.full((48, 64), 255, np.uint8)]))
    path = tmp_path / f"out{suffix}"
    photo.save(path)
    assert suffix.lower() in PICTURE_SUFFIXES
    assert np.abs(Photo.open(path).rgb.astype(int) - scene()).mean() < 8
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_unknown_suffix_lists_the_known(tmp_path: Path) -> None:
    photo = Photo.open(scene())
    for name in ("out.xyz", "out", ".png", "out.svg"):
        with pytest.raises(OutputError) as caught:
            photo.save(tmp_path / name)
        one_line_with(caught.value, name, ".jpg", ".png", ".webp")
    with pytest.raises(OutputError, match=r"\.jpg"):
        photo.encode("nonsense")
    assert photo.encode("jpg") == photo.encode(".JPG") == photo.encode("JPEG")
    assert not list(tmp_path.iterdir())


def test_what_is_no_format_or_path_is_refused(tmp_path: Path) -> None:
    photo, mask = Photo(scene()), np.zeros((9, 9))
    for write in (photo.encode, photo.losses, photo.save, check_output, lambda path: write_mask(path, mask)):
        with pytest.raises(OutputError) as caught:
            write(5)  # type: ignore[arg-type]
        one_line_with(caught.value, "int", "give")


def test_existing_files_are_kept_unless_told(tmp_path: Path) -> None:
    path = tmp_path / "out.png"
    path.write_bytes(b"precious")
    photo = Photo.open(scene())
    for write in (photo.save, check_output, lambda target: write_mask(target, np.zeros((9, 9)))):
        with pytest.raises(OutputError) as caught:
            write(path)
        one_line_with(caught.value, "out.png", "--force")
    assert path.read_bytes() == b"precious"
    photo.save(path, overwrite=True)
    np.testing.assert_array_equal(Photo.open(path).rgb, scene())


@pytest.mark.parametrize("links", [True, False])
def test_of_two_that_write_one_file_the_second_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    path, write = tmp_path / "out.png", Path.write_bytes

    def after_another(self: Path, data: bytes) -> None:
        monkeypatch.undo()
        if not links:
            monkeypatch.setattr(Path, "hardlink_to", lambda *_: (_ for _ in ()).throw(PermissionError))
        Photo.open(scene()).save(path)
        write(self, data)

    monkeypatch.setattr(Path, "write_bytes", after_another)
    with pytest.raises(OutputError) as caught:
        Photo.open(255 - scene()).save(path)
    one_line_with(caught.value, "out.png", "exists already")
    np.testing.assert_array_equal(Photo.open(path).rgb, scene())
    assert list(tmp_path.iterdir()) == [path]


def test_a_private_file_stays_private(tmp_path: Path) -> None:
    path = tmp_path / "out.png"
    Photo.open(scene()).save(path)
    path.chmod(0o600)
    Photo.open(scene()).save(path, overwrite=True)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "link.png").symlink_to(tmp_path / "real.png")
    Photo.open(scene()).save(tmp_path / "link.png")
    assert (tmp_path / "link.png").is_symlink()
    assert (tmp_path / "real.png").is_file()
    (tmp_path / "loop.png").symlink_to(tmp_path / "loop.png")
    with pytest.raises(OutputError):
        Photo.open(scene()).save(tmp_path / "loop.png", overwrite=True)


@pytest.mark.parametrize(
    ("target", "word"),
    [
        ("absent/out.png", "create it first"),
        ("file/out.png", "does not exist"),
        ("folder.png", "folder"),
        ("n" * 300 + ".png", "cannot be written"),
        ("zero\0byte.png", "cannot be written"),
    ],
)
def test_places_that_cannot_be_written(tmp_path: Path, target: str, word: str) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(OutputError) as caught:
        Photo.open(scene()).save(tmp_path / target, overwrite=True)
    one_line_with(caught.value, word)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["file", "folder.png"]


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="no /proc here")
def test_read_only_folder_even_for_root() -> None:
    with pytest.raises(OutputError) as caught:
        Photo.open(scene()).save("/proc/self/out.png")
    one_line_with(caught.value, "cannot be written")


@pytest.mark.skipif(not Path("/dev/null").is_char_device(), reason="no /dev/null here")
def test_a_device_is_never_replaced() -> None:
    with pytest.raises(OutputError) as caught:
        write_bytes(Path("/dev/null"), b"", overwrite=True)
    one_line_with(caught.value, "not a regular file")
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize("step", ["write_bytes", "replace"])
@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_failure_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, failure: BaseException
) -> None:
    path = tmp_path / "out.png"
    path.write_bytes(b"precious")
    real = Path.write_bytes

    def fails(self: Path, argument: object) -> None:
        if step == "write_bytes":
            real(self, b"half of it")
        raise failure

    monkeypatch.setattr(Path, step, fails)
    expected = OutputError if isinstance(failure, OSError) else KeyboardInterrupt
    with pytest.raises(expected) as caught:
        Photo.open(scene()).save(path, overwrite=True)
    if isinstance(failure, OSError):
        one_line_with(caught.value, "the disk is full", "out.png")
    assert path.read_bytes() == b"precious"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out.png"]


def test_formats_that_cannot_hold_the_picture_are_refused() -> None:
    wide = Photo.open(np.zeros((16, 17_000, 3), np.uint8))
    with pytest.raises(OutputError) as caught:
        wide.encode("webp")
    one_line_with(caught.value, "WEBP", ".png")


def test_written_files_have_the_usual_permissions(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    Photo.open(scene()).save(tmp_path / "out.png")
    assert (tmp_path / "out.png").stat().st_mode == (tmp_path / "usual").stat().st_mode


# --- masks and figure 10 ---------------------------------------------------------------------------------------------


def test_masks_are_grey_pngs(tmp_path: Path) -> None:
    mask = np.linspace(0, 1, 48 * 64, dtype=np.float32).reshape(48, 64)
    write_mask(tmp_path / "mask.png", mask)
    image = Image.open(tmp_path / "mask.png")
    assert image.mode == "L"
    np.testing.assert_array_equal(np.asarray(image), np.rint(mask * 255))
    with pytest.raises(OutputError) as caught:
        write_mask(tmp_path / "mask.jpg", mask)
    one_line_with(caught.value, "PNG")


@pytest.mark.parametrize(
    "mask",
    [
        np.zeros((4, 4, 1)),
        np.zeros((4, 4), np.int32),
        np.zeros((0, 4)),
        np.full((4, 4), 1.5),
        np.full((4, 4), -0.1),
        np.full((4, 4), np.nan),
        [[1.0]],
    ],
)
def test_what_is_no_mask_is_refused(tmp_path: Path, mask: np.ndarray) -> None:
    with pytest.raises(MaskError) as caught:
        write_mask(tmp_path / "mask.png", mask)
    one_line_with(caught.value, "give")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", [bool, np.uint8, np.float32, np.float64])
def test_masks_are_written_and_shown_as_they_dye(tmp_path: Path, kind: type) -> None:
    """Yes or no in any dtype, and floats that filters leave a hair outside their range."""
    mask = np.zeros((48, 64), kind)
    mask[:, 32:] = 1.0005 if np.issubdtype(kind, np.floating) else 1
    white = np.where(mask, 255, 0)
    write_mask(tmp_path / "mask.png", mask)
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "mask.png")), white)
    shown = side_by_side(scene(), mask, recolor(scene(), mask, "copper"))
    np.testing.assert_array_equal(shown[:, 66:130, 0], white)


def test_side_by_side_shows_input_mask_and_result() -> None:
    rgb, result = scene(), 255 - scene()
    mask = np.zeros((48, 64), np.float32)
    mask[:, 32:] = 1
    figure = side_by_side(rgb, mask, result)
    assert figure.dtype == np.uint8
    gap = (figure.shape[1] - 3 * 64) // 2
    assert 1 <= gap <= 8
    np.testing.assert_array_equal(figure[:, :64], rgb)
    np.testing.assert_array_equal(figure[:, -64:], result)
    np.testing.assert_array_equal(figure[:, 64 + gap : 128 + gap, 1], mask * 255)
    assert (figure[:, 64 : 64 + gap] == 255).all()
    with pytest.raises(MaskError, match="of the picture's size"):
        side_by_side(rgb, mask[:-1], result)
    with pytest.raises(PictureError):
        side_by_side(rgb, mask, result[:-1])
    with pytest.raises(PictureError):
        side_by_side(rgb, mask, None)  # type: ignore[arg-type]


def test_importing_is_cheap() -> None:
    package = Path(photo_reading.__file__).parent
    # An empty package in place of the real one: what else `import hairtint` brings along is not the matter here.
    code = f"""
import sys, types
sys.modules["hairtint"] = types.ModuleType("hairtint")
sys.modules["hairtint"].__path__ = [{str(package)!r}]
import hairtint.photo
print(*sys.modules)
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "hairtint.photo" in found.stdout.split()
    assert not {"cv2", "torch", "PIL.ImageCms"} & set(found.stdout.split())
