"""Which codec goes into which file, and how good it is told to be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from hairtint.errors import InputError, OutputError, one_line
from hairtint.video.layout import Layout

if TYPE_CHECKING:
    from av import VideoFormat

QUALITIES = ("draft", "good", "high", "lossless")
"""Names of the qualities, the smallest file first; a number stands for the codec's own CRF."""

X265_NARROW = 64  # pixels of width: with fewer, x265's assembler writes beyond its memory


@dataclass(frozen=True, slots=True)
class Codec:
    """A codec that frames are written with.

    Attributes:
        encoder: FFmpeg's name.
        formats: the pixel formats it is used with, what players like best first.
        qualities: the options for draft, good, high and lossless; None where there is no such thing.
        crf: what the option for a number is called and its highest value; None where there is none.
        fixed: options for every quality.
        even: sides must be even where chroma is subsampled.
        tag: the four letters that players of .mp4 and .mov look for.
        fields: what the height must be a multiple of for it to keep interlaced pictures as such; 0 where it cannot.
        shape: it says itself how wide its pixels are.
        least: pixels a side that a picture must have.
        limited: its YCbCr is read in limited range, whatever the tag says.
        fastest: frames a second that it must not be told to exceed; None where any number will do.
    """

    encoder: str
    formats: tuple[str, ...]
    qualities: tuple[dict[str, str] | None, ...]
    crf: int | None = None
    fixed: tuple[tuple[str, str], ...] = ()
    even: bool = False
    tag: str | None = None
    fields: int = 0
    shape: bool = False
    least: int = 1
    limited: bool = False
    fastest: int | None = None

    def options(self, quality: str, width: int = X265_NARROW) -> dict[str, str]:
        """The encoder's options for a name of QUALITIES or a CRF number; raises InputError for neither.

        width: of the pictures.
        """
        chosen: dict[str, str] | None
        if quality in QUALITIES:
            chosen = self.qualities[QUALITIES.index(quality)]
        elif self.crf is not None and quality.isdecimal() and int(quality) <= self.crf:
            chosen = {**(self.qualities[1] or {}), "crf": quality}
        else:
            chosen = None
        if chosen is None:
            names = [n for n, q in zip(QUALITIES, self.qualities, strict=True) if q is not None]
            number = f" or a number from 0 to {self.crf}" if self.crf is not None else ""
            raise InputError(f"quality {quality[:20]!r} is none of {self.encoder}: give {', '.join(names)}{number}")
        options = dict(self.fixed) | chosen
        if self.encoder == "libx265" and width < X265_NARROW:
            options["x265-params"] += ":asm=0"
        return options

    def interlaces(self, height: int) -> bool:
        """Whether interlaced pictures of this height stay so."""
        return self.fields > 0 and height % self.fields == 0

    def nearest(self, quality: str) -> str:
        """The quality, or where this codec has no such thing "high"; a number, made for another codec, is "good"."""
        if quality not in QUALITIES:
            return "good"
        return quality if self.qualities[QUALITIES.index(quality)] is not None else "high"

    def layout_for(self, source: VideoFormat, *, alpha: bool | None = None) -> Layout:
        """How pictures of a source's format are written: as they are if possible, else as near as the codec has.

        alpha: with transparency or without; None as in the source.
        """
        bits, rgb = source.components[0].bits, source.is_rgb or source.has_palette
        step = (16 // max(1, source.chroma_width(16)), 16 // max(1, source.chroma_height(16)))
        if len(source.components) < 3 or rgb:
            step = (2, 2)  # grey, and RGB where the codec has none: what players like best
        wants = any(c.is_alpha for c in source.components) if alpha is None else alpha

        def distance(one: Layout) -> tuple[int, ...]:
            has = one.alpha is not None
            return (wants and not has, max(0, bits - one.bits), has and not wants, one.rgb != rgb,
                    not one.rgb and one.step != step, one.bits > bits)  # fmt: skip

        return min((found for name in self.formats if (found := Layout.named(name))), key=distance)


_YUV = ("yuv420p", "yuv422p", "yuv444p")
_YUV10 = tuple(f"{name}10le" for name in _YUV)


def _crf(*settings: tuple[int, str], lossless: dict[str, str] | None) -> tuple[dict[str, str] | None, ...]:
    return (*({"crf": str(crf), "preset": preset} for crf, preset in settings), lossless)


CODECS: dict[str, Codec] = {
    "h264": Codec(
        "libx264", _YUV + _YUV10, crf=51, even=True, fields=4, shape=True,
        qualities=_crf((28, "veryfast"), (20, "medium"), (16, "slow"), lossless={"qp": "0", "preset": "medium"}),
    ),
    "hevc": Codec(
        "libx265", (*_YUV, *_YUV10, "yuv420p12le", "yuv422p12le", "yuv444p12le"), crf=51, even=True, tag="hvc1",
        shape=True,
        fixed=(("x265-params", "log-level=error"),),
        qualities=_crf(
            (30, "ultrafast"), (22, "medium"), (18, "medium"),
            lossless={"x265-params": "log-level=error:lossless=1", "preset": "medium"},
        ),
    ),
    "vp9": Codec(
        "libvpx-vp9", (*_YUV, "yuva420p", "yuv440p"), crf=63,
        fixed=(("b", "0"), ("row-mt", "1"), ("deadline", "good")),
        qualities=({"crf": "38", "cpu-used": "6"}, {"crf": "28", "cpu-used": "4"}, {"crf": "20", "cpu-used": "2"},
                   {"lossless": "1", "cpu-used": "4"}),
    ),
    "av1": Codec(
        "libsvtav1", ("yuv420p", "yuv420p10le"), crf=63, even=True, fastest=240, least=16,  # it never ends with fewer
        qualities=_crf((42, "10"), (30, "8"), (22, "6"), lossless=None),
    ),
    "prores": Codec(
        "prores_ks", ("yuv422p10le", "yuv444p10le", "yuva444p10le"),
        qualities=({}, {}, {}, None), fixed=(("vendor", "apl0"),), fields=2, limited=True,
    ),
    "ffv1": Codec(
        "ffv1", (*_YUV, "yuv440p", "yuv411p", *_YUV10, "yuv420p12le", "yuv422p12le", "yuv444p12le", "yuva420p",
                 "yuva422p", "yuva444p", "yuva444p10le", "bgr0", "bgra", "gbrp10le", "gbrp12le"),
        qualities=({}, {}, {}, {}), fixed=(("level", "3"), ("slicecrc", "1")), fields=1,
    ),
    "gif": Codec("gif", ("rgb24", "bgra"), qualities=({}, {}, {}, None), shape=True),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Container:
    """A kind of file.

    Attributes:
        name: FFmpeg's name of the muxer.
        codecs: what is written into it, the default first.
        matte: the codec for pictures with transparency; None where there is none.
        turns: it can say how the picture is to be turned.
        shape: it says how wide the pixels are, for every codec.
    """

    name: str
    codecs: tuple[str, ...]
    matte: str | None = None
    turns: bool = True
    shape: bool = False


CONTAINERS: dict[str, Container] = {
    ".mp4": Container("mp4", ("h264", "hevc", "av1", "vp9"), shape=True),
    ".m4v": Container("mp4", ("h264", "hevc"), shape=True),
    ".mov": Container("mov", ("h264", "hevc", "prores"), matte="prores", shape=True),
    ".mkv": Container("matroska", ("h264", "hevc", "av1", "vp9", "ffv1", "prores"), matte="ffv1"),
    ".webm": Container("webm", ("vp9", "av1"), matte="vp9"),
    ".gif": Container("gif", ("gif",), turns=False),
}


def container_of(path: Path) -> Container:
    """The kind of file that a name asks for; raises OutputError for one that is not written."""
    if found := CONTAINERS.get(path.suffix.lower()):
        return found
    raise OutputError(f"{one_line(path)}: no video is written with this suffix; use {' '.join(CONTAINERS)}")


def choose(path: Path, wanted: str | None, bits: int) -> str:
    """The name of the codec for a file: the wanted one, or the container's own for this many bits.

    Raises:
        InputError: no such codec, or it does not go into this kind of file.
    """
    able = container_of(path).codecs
    if wanted is None:
        return "hevc" if able[0] == "h264" and bits > 8 else able[0]
    if wanted not in CODECS:
        raise InputError(f"unknown codec {wanted[:20]!r}: choose one of {', '.join(CODECS)}")
    if wanted not in able:
        raise InputError(f"{wanted} does not go into {path.suffix.lower()}: choose {' or '.join(able)}")
    return wanted


def check_encoder(codec: Codec) -> None:
    """Raise OutputError where this build of PyAV cannot write the codec."""
    from av.codec.codec import Codec as Found
    from av.codec.codec import UnknownCodecError

    try:
        Found(codec.encoder, "w")
    except UnknownCodecError:
        raise OutputError(
            f"this PyAV was built without the encoder {codec.encoder}: choose another --codec or file suffix, "
            "or install PyAV's own wheel (pip install --force-reinstall --only-binary av av)"
        ) from None
