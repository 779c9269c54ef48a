"""What kind of file the bytes of a picture are: what is refused by name, and what Pillow does not tell of the rest."""

from io import BytesIO

from PIL import Image
from PIL.TiffImagePlugin import TiffImageFile

from hairtint.errors import PictureError
from hairtint.photo_warnings import SILENCE

# Formats that photos come in and Pillow decodes, HEIF by a plugin; never EPS, which would start another program.
_FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "TIFF", "GIF", "BMP", "DIB", "AVIF", "HEIF", "JPEG2000", "PPM")

_REFUSED_BY_NAME: dict[str, tuple[bytes, ...]] = {
    "a PDF": (b"%PDF",),
    "a Photoshop file": (b"8BPS",),
    "a PostScript file": (b"%!PS",),
    "a JPEG XL picture": (b"\xff\x0a", b"\x00\x00\x00\x0cJXL "),
    "an icon": (b"\x00\x00\x01\x00",),
}
_RAWS = (b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"MMOR", b"IIU\0", b"FOVb", b"\0MRM")  # RAF, ORF, RW2, X3F, MRW
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"mif1", b"msf1"})
_VIDEO_BRANDS = frozenset({b"isom", b"iso2", b"iso5", b"iso6", b"mp41", b"mp42", b"M4V ", b"qt  ", b"avc1"})
_MATROSKA = b"\x1aE\xdf\xa3"
CURE = "give a JPEG, PNG, WebP, TIFF, AVIF, BMP or GIF"


def formats(data: bytes, name: str) -> list[str]:
    """Return the formats to try, or refuse by name what is known and not supported."""
    Image.init()
    head = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    box, brand = data[4:8], data[8:12]
    found = next((kind for kind, starts in _REFUSED_BY_NAME.items() if data.startswith(starts)), None)
    if head.startswith(b"<") and b"<svg" in head.lower():
        found = "an SVG drawing"
    elif box == b"ftyp" and brand in _HEIC_BRANDS and b"avif" not in data[:64]:
        if not _reads_heic():
            raise PictureError(f"{name} is a HEIC picture: pip install 'hairtint[heic]' to read it; or {CURE}")
    elif (box == b"ftyp" and brand in _VIDEO_BRANDS) or data.startswith(_MATROSKA):
        raise PictureError(f"{name} is a video, not a picture; {CURE}")
    elif data.startswith(_RAWS) or (box == b"ftyp" and brand == b"crx ") or _is_raw_tiff(data):
        raise PictureError(f"{name} is a raw photo: develop it first, to JPEG or TIFF")
    if found:
        raise PictureError(f"{name} is {found}, which is not supported; {CURE}")
    return [known for known in _FORMATS if known in Image.OPEN]


def _reads_heic() -> bool:
    """Whether Pillow reads HEIC, as phones of Apple write it: by a plugin that is there already or by the extra's."""
    if "HEIF" not in Image.OPEN:
        try:
            import pi_heif
        except ImportError:
            return False
        pi_heif.register_heif_opener()
    return True


def _is_raw_tiff(data: bytes) -> bool:
    """Whether it is DNG, CR2, NEF, ARW, …, which are TIFFs: all that Pillow could read of them is a preview."""
    if not data.startswith((b"II*\0", b"MM\0*")):
        return False
    tags = Image.Exif()
    try:
        tags.load_from_fp(BytesIO(data))
        preview = 330 in tags and tags.get(254, 0) & 1  # NewSubfileType: reduced resolution; the rest in SubIFDs
    except Exception:  # damaged, which decoding will tell
        return False
    sensor = tags.get(262) in (32803, 34892)  # PhotometricInterpretation: colour filter array, LinearRaw
    return bool(data[8:10] == b"CR" or 50706 in tags or sensor or preview)  # 50706: DNGVersion


def is_unread_tiff(data: bytes) -> bool:
    """Whether it is a TIFF whose channels, as CMYK with alpha, Pillow does not know; a damaged one is none."""
    try:
        with SILENCE:
            TiffImageFile(BytesIO(data))
    except Exception as error:
        return "unknown pixel mode" in str(error)
    return False


def is_lossless_webp(data: bytes) -> bool:
    """Whether it is a WebP that lost nothing."""
    if not (data[:4] == b"RIFF" and data[8:12] == b"WEBP"):
        return False
    lossless, lossy = data.find(b"VP8L"), data.find(b"VP8 ")
    return lossless >= 0 and (lossy < 0 or lossless < lossy)


def has_full_chroma(image: Image.Image, data: bytes) -> bool:
    """Whether it is an AVIF whose colour is as fine as its light (4:4:4)."""
    at = data.find(b"av1C") if image.format == "AVIF" else -1
    return at >= 0 and not data[at + 6] & 0b11100  # monochrome, chroma_subsampling_x and _y


def bits_per_channel(image: Image.Image, data: bytes) -> int:
    """The bits of each channel in the file; `image` is opened and not yet loaded, `data` b"" where it is not known."""
    tile = next(iter(getattr(image, "tile", ())), None)
    args = tile.args if tile and isinstance(tile.args, tuple) else (tile and tile.args,)
    match image.format:
        case "HEIF":
            return int(image.info.get("bit_depth", 8))
        case "AVIF" if (at := data.find(b"av1C")) >= 0:
            return (8, 8, 10, 12)[data[at + 6] >> 5 & 3]  # high_bitdepth, twelve_bit
        case "JPEG2000" if (at := data.find(b"\xff\x4f\xff\x51")) >= 0:
            return (data[at + 42] & 127) + 1  # Ssiz
        case "TIFF" if isinstance(image, TiffImageFile):
            return int(max(image.tag_v2.get(258, (1,))))  # BitsPerSample
        case "PPM" if isinstance(args[-1], int):
            return args[-1].bit_length()  # the largest value
    deep = any(isinstance(arg, str) and arg.endswith((";16B", ";16L", ";16N")) for arg in args)
    return 16 if deep or image.mode.startswith("I") else 8
