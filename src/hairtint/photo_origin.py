"""What a picture file holds beside its pixels, and how to write it back.

Kept where the written format has a place for it: EXIF (orientation reset to 1, the embedded thumbnail dropped because
it shows the old hair), ICC profile, XMP, IPTC (JPEG, TIFF), resolution, comment, PNG texts, and how strongly a JPEG was
compressed. Not kept, because Pillow cannot write them: extended XMP, and depth, gain maps or video behind the main
picture; nor Photoshop's layers and resources in a TIFF, which show the old hair, and the MakerNote of a camera, which
may do so too and whose offsets hold in the original file only.
"""

import math
import re
import struct
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from PIL import ExifTags, Image, JpegImagePlugin, PngImagePlugin, TiffImagePlugin, TiffTags

_T = TypeVar("_T")

_LAYERS = 37724  # of Photoshop
_IPTC_TAG = 33723  # of a TIFF
# Tags of the first EXIF folder that would be wrong in a new file: how a TIFF lays its pixels out, the version of a DNG,
# what shows the old hair, Photoshop's layers and its resources with a thumbnail, and what goes its own way.
_OLD_TAGS = frozenset(
    (*range(254, 260), 262, 266, 273, *range(277, 282), 284, 301, *range(317, 326), 330, 332, *range(338, 342), 347)
) | frozenset((*range(512, 522), *range(529, 533), 700, _IPTC_TAG, 34377, 34675, _LAYERS, 50706))
_SAID_ELSEWHERE = frozenset({274, 282, 283, 296})  # orientation, which is done, and resolution, which is `dpi`
_TIFF_COMPRESSIONS = frozenset({"raw", "packbits", "tiff_lzw", "tiff_adobe_deflate", "tiff_deflate", "zstd", "lzma"})
_JPEG_MARKER_BYTES = 65_000  # the longest block a JPEG marker holds, less room for the block's own heading
_COLOUR_SPACE = slice(16, 20)  # of an ICC profile
_IPTC = 0x0404  # its resource number in Photoshop's block of a JPEG
# Properties in XMP that speak of what lies behind the picture or its first block of XMP, and is not written.
_BEHIND = rb"(?:xmpNote:HasExtendedXMP|G?Camera:M(?:otionPhoto|icroVideo)\w*|hdrgm:\w+|G?Container:Directory)"
_BEHIND_XMP = re.compile(
    rb"""\s%b\s*=\s*(?:"[^"]*"|'[^']*')|<(%b)(?:\s[^<>]*)?(?:/>|>(?:(?!<%b).)*?</\1\s*>)""" % ((_BEHIND,) * 3),
    re.DOTALL,
)
_LOST_XMP = {
    re.compile(rb"xmpNote:HasExtendedXMP"): "has XMP in several parts, of which the first is kept",
    re.compile(rb"""M(?:otionPhoto|icroVideo)(?:=["']|>)1"""): "is a motion photo, whose video is left out",
}


@dataclass(frozen=True)
class Origin:
    """Everything of the original file that its pixels do not hold. The default is a picture without a past.

    Attributes:
        format: Pillow's name of the file's format ("JPEG", "PNG", …), or None for arrays and pictures made in memory.
        exif: the EXIF block, its orientation reset to 1.
        icc: the ICC profile of the RGB pixels; None stands for sRGB.
        xmp: the XMP packet.
        dpi: dots per inch, horizontal and vertical.
        comment: the comment of a JPEG or GIF.
        iptc: caption, author and copyright of a JPEG or TIFF, as IPTC-IIM records.
        texts: the text fields of a PNG, by keyword.
        jpeg: how a JPEG was compressed, as Pillow's save options (`qtables`, `subsampling`, `progressive`).
        lossless: True for a WebP that lost nothing.
        full_chroma: True for an AVIF whose colour is as fine as its light (4:4:4).
        compression: Pillow's name of a TIFF's compression.
    """

    format: str | None = None
    exif: bytes | None = None
    icc: bytes | None = None
    xmp: bytes | None = None
    dpi: tuple[float, float] | None = None
    comment: bytes | None = None
    iptc: bytes | None = None
    texts: Mapping[str, str] | None = None
    jpeg: Mapping[str, Any] | None = None
    lossless: bool = False
    full_chroma: bool = False
    compression: str | None = None

    @property
    def weight(self) -> int:
        """Bytes of memory that it takes, but for small change."""
        blocks = [self.exif, self.icc, self.xmp, self.comment, self.iptc]
        words = [word for pair in (self.texts or {}).items() for word in pair]
        return sum(map(sys.getsizeof, [*filter(None, blocks), *words]))

    @classmethod
    def of(
        cls,
        image: Image.Image,
        upright: Image.Image,
        icc: bytes | None,
        notes: list[str],
        *,
        lossless: bool,
        full_chroma: bool,
    ) -> "Origin":
        """Gather what belongs to `image`, loaded as the file has it; `upright` is the same picture after its rotation.

        `icc` is the profile that belongs to the RGB pixels. Damaged parts are left out, with a line added to `notes`.
        """

        def part(name: str, read: Callable[[], _T]) -> _T | None:
            try:
                return read()
            except Exception:  # Pillow's parsers meet hostile bytes here and raise almost anything
                notes.append(f"has damaged {name}, which was left out")
                return None

        info = upright.info
        exif = part("EXIF", image.getexif) or Image.Exif()
        on_its_side = upright is not image and exif.get(ExifTags.Base.Orientation) in range(5, 9)
        return cls(
            format="JPEG" if image.format == "MPO" else image.format,
            exif=part("EXIF", lambda: _exif(exif, upright.size, notes)),
            icc=icc,
            xmp=_xmp(_as_bytes(info.get("xmp") or info.get("XML:com.adobe.xmp")), notes),
            dpi=part("resolution tags", lambda: _dpi(info.get("dpi"))),
            comment=_as_bytes(info.get("comment")),
            iptc=part("IPTC", lambda: _iptc(image, exif)),
            texts=part("texts", lambda: _texts(image)),
            jpeg=part("quality tables", lambda: _jpeg(image, on_its_side)),
            lossless=lossless,
            full_chroma=full_chroma,
            compression=info.get("compression") if image.format == "TIFF" else None,
        )

    def info(self) -> dict[str, Any]:
        """Return the entries of `PIL.Image.Image.info` that a picture in memory carries on."""
        found = {"exif": self.exif, "icc_profile": self.icc, "xmp": self.xmp, "dpi": self.dpi, "comment": self.comment}
        return {key: value for key, value in found.items() if value}

    def save_options(self, file_format: str) -> dict[str, Any]:
        """Return the options with which Pillow writes this picture as `file_format`."""
        options: dict[str, Any] = {key: value for key, value in self.info().items() if key in _HELD[file_format]}
        match file_format:
            case "JPEG":
                for key in ("exif", "xmp", "comment"):
                    if len(options.get(key, b"")) > _JPEG_MARKER_BYTES:
                        del options[key]
                if self.iptc and len(self.iptc) <= _JPEG_MARKER_BYTES:
                    options["extra"] = _photoshop(_IPTC, self.iptc)
                options |= self.jpeg or {"quality": 95, "subsampling": 0}
            case "PNG":
                if len(options.get("icc_profile", b"")) > PngImagePlugin.MAX_TEXT_CHUNK:
                    del options["icc_profile"]  # Pillow writes it, but neither Pillow nor hairtint could read it again
                options["pnginfo"] = self._png_texts()
            case "WEBP":
                options |= {"lossless": True, "exact": True} if self.lossless else {"quality": 92}
            case "TIFF":
                tags = self._tags()
                if self.xmp:
                    tags[700] = self.xmp
                if self.iptc:
                    tags[_IPTC_TAG] = self.iptc
                options |= {"exif": tags, "compression": self._tiff_compression(tags)}
            case "AVIF":
                options |= {"exif": self._tags(), "quality": 90}
                options |= {"subsampling": "4:4:4"} if self.full_chroma else {}
        return options

    def lost(self, file_format: str) -> list[str]:
        """Return the names of what was found in the original and cannot be kept in `file_format`."""
        names = {"exif": "EXIF", "icc_profile": "the colour profile", "xmp": "XMP", "comment": "the comment"}
        kept = self.save_options(file_format).keys() | _HELD_APART.get(file_format, frozenset())
        lost = [name for key, name in names.items() if key in self.info() and key not in kept]
        lost += ["IPTC"] if self.iptc and "extra" not in kept else []
        return lost + (["PNG texts"] if self.texts and file_format != "PNG" else [])

    def _png_texts(self) -> PngImagePlugin.PngInfo:
        texts = PngImagePlugin.PngInfo()
        for keyword, text in (self.texts or {}).items():
            texts.add_text(keyword, text)
        if self.xmp:
            texts.add_itxt("XML:com.adobe.xmp", self.xmp.decode("utf-8", "replace"))
        return texts

    def _tags(self) -> Image.Exif:
        """The EXIF block for the formats of which Pillow writes it anew."""
        tags = Image.Exif()
        if self.exif:
            tags.load(self.exif)
            tags.update(_as_read(tags))
            for folder in tags.keys() & {ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo}:
                entries = tags.get_ifd(folder)
                if ExifTags.IFD.Interop in entries:
                    entries[ExifTags.IFD.Interop] = tags.get_ifd(ExifTags.IFD.Interop)
                entries.update(_as_read(entries, folder))
        return tags

    def _tiff_compression(self, tags: Image.Exif) -> str:
        if ExifTags.IFD.Exif in tags or ExifTags.IFD.GPSInfo in tags:
            return "raw"  # through libtiff, Pillow cannot write folders of tags; better a larger file than no metadata
        return self.compression if self.compression in _TIFF_COMPRESSIONS else "tiff_adobe_deflate"


_HELD: dict[str, frozenset[str]] = {
    "JPEG": frozenset({"exif", "icc_profile", "xmp", "dpi", "comment"}),
    "PNG": frozenset({"exif", "icc_profile", "dpi"}),
    "WEBP": frozenset({"exif", "icc_profile", "xmp"}),
    "TIFF": frozenset({"exif", "icc_profile", "dpi"}),
    "AVIF": frozenset({"exif", "icc_profile", "xmp"}),
    "BMP": frozenset({"dpi"}),
    "GIF": frozenset({"comment"}),
}
_HELD_APART = {"PNG": frozenset({"xmp"}), "TIFF": frozenset({"xmp", "extra"})}  # by no option of their own


class _Text(str):
    """Text of EXIF as Pillow read it, a character a byte; of plain text Pillow would write ASCII only."""

    def encode(self, *_: object) -> bytes:
        return super().encode("latin-1" if max(self, default="") <= "\xff" else "utf-8")


def _as_read(tags: Mapping[int, Any], folder: int | None = None) -> dict[int, Any]:
    """Return the tags of an EXIF folder, None for the first, such that Pillow writes them as it read them."""

    def value(tag: int, found: Any) -> Any:
        match found:
            case str():
                return _Text(found)
            case dict():
                return _as_read(found, tag)
            case bytes() if folder and not TiffTags.lookup(tag, folder).type:
                return (bytearray(found),)  # UNDEFINED, as EXIF wants it; of bytes Pillow would write BYTE
        return found

    return {tag: value(tag, found) for tag, found in tags.items()}


def _photoshop(number: int, data: bytes) -> bytes:
    """The JPEG marker APP13 that holds one of Photoshop's resources (Adobe Photoshop File Formats Specification)."""
    resource = b"8BIM" + struct.pack(">HHI", number, 0, len(data)) + data + bytes(len(data) % 2)
    block = b"Photoshop 3.0\0" + resource
    return b"\xff\xed" + struct.pack(">H", len(block) + 2) + block


def colour_space(icc: bytes | None) -> str:
    """Return the colour space an ICC profile describes ("RGB", "CMYK", "GRAY", …), or "" where it is no profile."""
    if icc is None or len(icc) < 132 or icc[36:40] != b"acsp":
        return ""
    return icc[_COLOUR_SPACE].decode("latin-1").strip()


def _exif(found: Image.Exif, size: tuple[int, int], notes: list[str]) -> bytes | None:
    """Return the EXIF block for a picture that is upright now and has this (width, height)."""
    if _LAYERS in found:
        notes.append("has layers, which show the hair as it was; the picture alone is used and written")
    exif = Image.Exif()  # the caller's picture stays as it is
    exif.endian = found.endian
    for tag in set(found) - _OLD_TAGS:
        exif[tag] = found[tag]
    for folder in (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo):
        entries = exif[folder] if isinstance(exif.get(folder), dict) else found.get_ifd(folder)
        if entries:
            exif[folder] = dict(entries)
    if set(exif) <= _SAID_ELSEWHERE:
        return None
    exif[ExifTags.Base.Orientation] = 1
    details = exif.get(ExifTags.IFD.Exif, {})
    details.pop(ExifTags.Base.MakerNote, None)  # untold: every camera writes one
    if isinstance(details.get(ExifTags.IFD.Interop), int):
        details[ExifTags.IFD.Interop] = found.get_ifd(ExifTags.IFD.Interop)
    for tag, side in ((ExifTags.Base.ExifImageWidth, size[0]), (ExifTags.Base.ExifImageHeight, size[1])):
        if tag in details:
            details[tag] = side
    exif.update(_as_read(exif))
    return exif.tobytes()


def _iptc(image: Image.Image, exif: Image.Exif) -> bytes | None:
    if isinstance(image, TiffImagePlugin.TiffImageFile):
        # Undecoded: many programs call these bytes numbers of 32 bits, and Pillow would decode the first of them only.
        return _as_bytes(image.tag_v2._tagdata.get(_IPTC_TAG))
    return _as_bytes(image.info.get("photoshop", {}).get(_IPTC) or exif.get(_IPTC_TAG))


def _xmp(packet: bytes | None, notes: list[str]) -> bytes | None:
    """Return the XMP packet without what it says of parts that are not written."""
    if packet is None:
        return None
    notes.extend(note for sign, note in _LOST_XMP.items() if sign.search(packet))
    return _BEHIND_XMP.sub(b"", packet)


def _as_bytes(value: object) -> bytes | None:
    if isinstance(value, str):
        return value.encode("utf-8", "replace")
    return bytes(value) if isinstance(value, bytes | bytearray) and value else None


def _dpi(value: Any) -> tuple[float, float] | None:
    if value is None:
        return None
    x, y = float(value[0]), float(value[1])
    return (x, y) if all(math.isfinite(side) and 1 <= side <= 60_000 for side in (x, y)) else None


def _texts(image: Image.Image) -> dict[str, str] | None:
    texts = getattr(image, "text", None)
    if not texts or image.format != "PNG":
        return None
    # XMP and raw EXIF profiles travel on their own road; kept here they would bring the old orientation back.
    return {key: text for key, text in texts.items() if not re.match("XML:com.adobe.xmp|Raw profile type", key)}


def _jpeg(image: Image.Image, on_its_side: bool) -> dict[str, Any] | None:
    """Return how a JPEG was compressed, for its upright picture: what was along its rows may be along its columns."""
    tables = getattr(image, "quantization", None)
    if not isinstance(image, JpegImagePlugin.JpegImageFile) or not tables:
        return None
    qtables = [list(tables[key]) for key in sorted(tables)]
    if len(qtables) > 4 or any(len(table) != 64 or not all(1 <= q <= 255 for q in table) for table in qtables):
        return None
    sampling = max(JpegImagePlugin.get_sampling(image), 0)
    if on_its_side:
        qtables = [[q for column in range(8) for q in table[column::8]] for table in qtables]
        sampling = 0 if sampling == 1 else sampling  # 4:2:2 halves the chroma of rows, and Pillow halves no other
    return {"qtables": qtables, "subsampling": sampling, "progressive": bool(image.info.get("progressive"))}
