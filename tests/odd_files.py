"""Odd files as the world has them, each made here, and what becomes of them: the table in docs/robustness.md.

`python tests/odd_files.py` writes the table anew; tests/test_odd_files.py checks that it still holds.
"""

import contextlib
import io
import re
import struct
import sys
import tempfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageCms, PngImagePlugin

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "robustness.md"
BEGIN, END = "<!-- odd files: written by tests/odd_files.py -->", "<!-- end of odd files -->"
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
Make = Callable[[], bytes]


def scene(width: int = 64, height: int = 48) -> Image.Image:
    """A part of the bundled portrait, so that there is hair to dye."""
    with Image.open(ROOT / "examples" / "eileen-collins.jpg") as portrait:
        return portrait.convert("RGB").resize((width, height))


def saved(file_format: str, image: Image.Image | None = None, **options: Any) -> bytes:
    buffer = BytesIO()
    (image or scene()).save(buffer, file_format, **options)
    return buffer.getvalue()


def mode(name: str) -> Image.Image:
    """The picture in one of Pillow's modes."""
    if name == "I;16":
        return Image.fromarray(np.asarray(scene().convert("L")).astype(np.uint16) * 257)
    if name in ("RGBA", "LA"):
        image = scene().convert(name)
        image.putalpha(Image.linear_gradient("L").resize(image.size))
        return image
    return scene().convert(name)


def sixteen_bit_png(channels: int) -> bytes:
    """RGB or RGBA with 16 bits, which Pillow reads and does not write."""
    rows = np.asarray(mode("RGBA" if channels == 4 else "RGB")).astype(">u2") * 257
    raw = b"".join(b"\0" + row.tobytes() for row in rows)
    head = struct.pack(">IIBBBBB", 64, 48, 16, 6 if channels == 4 else 2, 0, 0, 0)
    return PNG + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


PNG = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def header_only_png(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return PNG + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")


def with_chunk(kind: bytes, content: bytes, image: Image.Image | None = None) -> bytes:
    """A PNG with one more chunk, after the first."""
    data = saved("PNG", image)
    return data[:33] + chunk(kind, content) + data[33:]


def tiff(pixels: NDArray[Any], tags: dict[int, Any], order: str = "<") -> bytes:
    """A TIFF of uint8 or uint16 (H, W) or (H, W, 3), uncompressed, with more tags or others: numbers (LONG) or bytes.

    PlanarConfiguration (284) 2 lays its channels behind each other.
    """
    height, width, channels = np.atleast_3d(pixels).shape
    planes = [*np.moveaxis(pixels, 2, 0)] if tags.get(284) == 2 else [pixels]
    strips = [plane.astype(plane.dtype.newbyteorder(order)).tobytes() for plane in planes]
    ends = [8, *(8 + sum(map(len, strips[: k + 1])) for k in range(len(strips)))]
    known = {256: width, 257: height, 258: (8 * pixels.itemsize,) * channels, 262: 2 if channels == 3 else 1,
             273: tuple(ends[:-1]), 277: channels, 278: height, 279: tuple(map(len, strips))}  # fmt: skip
    table, body, start = b"", b"", ends[-1] + 2 + 12 * len(known | tags) + 4
    for tag, value in sorted((known | tags).items()):
        values = value if isinstance(value, bytes | tuple) else (value,)
        content = values if isinstance(values, bytes) else struct.pack(f"{order}{len(values)}I", *values)
        table += struct.pack(f"{order}HHI", tag, 7 if isinstance(values, bytes) else 4, len(values))
        table += content.ljust(4, b"\0") if len(content) <= 4 else struct.pack(f"{order}I", start + len(body))
        body += content if len(content) > 4 else b""
    head = (b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, ends[-1])
    return head + b"".join(strips) + struct.pack(f"{order}H", len(known | tags)) + table + bytes(4) + body


def exif(orientation: int | None = None, **tags: Any) -> bytes:
    found = Image.Exif()
    if orientation is not None:
        found[ExifTags.Base.Orientation] = orientation
    found[ExifTags.Base.Make] = tags.get("make", "a maker")
    return found.tobytes()


def with_thumbnail() -> bytes:
    """A JPEG whose EXIF block holds a small JPEG of the old hair (IFD1)."""
    small = saved("JPEG", scene(32, 24))
    ifd0 = struct.pack(">H", 1) + struct.pack(">HHI4s", 0x0112, 3, 1, b"\0\1\0\0") + struct.pack(">I", 26)
    entries = [(0x0103, 3, 1, 6 << 16), (0x0201, 4, 1, 68), (0x0202, 4, 1, len(small))]
    ifd1 = struct.pack(">H", 3) + b"".join(struct.pack(">HHII", *e) for e in entries) + struct.pack(">I", 0)
    block = b"MM\0\x2a" + struct.pack(">I", 8) + ifd0 + ifd1
    return saved("JPEG", exif=b"Exif\0\0" + block.ljust(68, b"\0") + small)


def profile(space: bytes, gamma: float, size: int = 0) -> bytes:
    """A small ICC profile of one tone curve; with three primaries (those of Adobe RGB) where it is for RGB."""

    def fixed(*values: float) -> bytes:
        return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(65536 * v) for v in values))

    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(256 * gamma)) + b"\0\0"
    white = fixed(0.9642, 1.0, 0.8249)
    tags = [(b"wtpt", white)]
    if space == b"GRAY":
        tags.append((b"kTRC", curve))
    else:
        primaries = fixed(0.6097, 0.3111, 0.0195), fixed(0.2053, 0.6257, 0.0609), fixed(0.1492, 0.0632, 0.7446)
        tags += [(b"rXYZ", primaries[0]), (b"gXYZ", primaries[1]), (b"bXYZ", primaries[2])]
        tags += [(name, curve) for name in (b"rTRC", b"gTRC", b"bTRC")]
    table, body, offset = struct.pack(">I", len(tags)), b"", 132 + 12 * len(tags)
    for name, content in tags:
        table += name + struct.pack(">II", offset + len(body), len(content))
        body += content
    body += bytes(size)
    start = struct.pack(
        ">I4sI4s4s4s12s4s", offset + len(body), b"\0" * 4, 0x02400000, b"mntr", space, b"XYZ ", bytes(12), b"acsp"
    )
    head = start.ljust(68, b"\0") + struct.pack(">III", 0xF6D6, 0x10000, 0xD32D)
    return head.ljust(128, b"\0") + table + body


def frames(count: int = 3) -> dict[str, Any]:
    """Options for Pillow that add further frames or pages."""
    return {"save_all": True, "append_images": [scene().rotate(90 * k) for k in range(1, count)]}


def cut(data: bytes, share: float) -> bytes:
    return data[: int(len(data) * share)]


def xmp_png() -> bytes:
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", '<rdf:Description tiff:Orientation="6"/>')
    texts.add_text("Author", "Ada")
    return saved("PNG", pnginfo=texts)


def boxed(brand: bytes) -> bytes:
    return struct.pack(">I4s4sI4s", 20, b"ftyp", brand, 0, brand) + struct.pack(">I4s", 108, b"mdat") + bytes(100)


JPEGS: dict[str, Make] = {
    "plain.jpg": lambda: saved("JPEG", quality=90),
    "progressive.jpg": lambda: saved("JPEG", progressive=True),
    "one-channel.jpg": lambda: saved("JPEG", mode("L")),
    "cmyk.jpg": lambda: saved("JPEG", mode("CMYK")),
    "no-subsampling.jpg": lambda: saved("JPEG", subsampling=0, quality=100),
    "lowest-quality.jpg": lambda: saved("JPEG", quality=1),
    "odd-size.jpg": lambda: saved("JPEG", scene(61, 47)),
    **{f"exif-rotation-{k}.jpg": lambda k=k: saved("JPEG", exif=exif(k)) for k in range(1, 9)},
    "exif-rotation-99.jpg": lambda: saved("JPEG", exif=exif(99)),
    "exif-garbage.jpg": lambda: saved("JPEG", exif=b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x02garbage"),
    "exif-thumbnail.jpg": with_thumbnail,
    "comment.jpg": lambda: saved("JPEG", comment=b"at the sea"),
    "adobe-rgb.jpg": lambda: saved("JPEG", icc_profile=profile(b"RGB ", 2.2)),
    "linear-light.jpg": lambda: saved("JPEG", icc_profile=profile(b"RGB ", 1.0)),
    "grey-profile.jpg": lambda: saved("JPEG", mode("L"), icc_profile=profile(b"GRAY", 1.0)),
    "huge-profile.jpg": lambda: saved("JPEG", icc_profile=profile(b"RGB ", 2.2, 2_000_000)),
    "wrong-profile.jpg": lambda: saved("JPEG", icc_profile=profile(b"GRAY", 2.2)),
    "garbage-profile.jpg": lambda: saved("JPEG", icc_profile=b"no profile at all"),
    "several-pictures.mpo": lambda: saved("MPO", **frames(2)),
    "motion.jpg": lambda: saved("JPEG", xmp=b'<rdf:Description GCamera:MotionPhoto="1"/>') + boxed(b"mp42"),
    "extra-bytes.jpg": lambda: saved("JPEG") + bytes(5000),
    "missing-end.jpg": lambda: saved("JPEG")[:-2],
    "truncated.jpg": lambda: cut(saved("JPEG", quality=95), 0.6),
    "header-only.jpg": lambda: saved("JPEG")[:20],
}  # fmt: skip
PNGS: dict[str, Make] = {
    "palette.png": lambda: saved("PNG", mode("P")),
    "palette-see-through.png": lambda: saved("PNG", mode("P"), transparency=0),
    "alpha.png": lambda: saved("PNG", mode("RGBA")),
    "grey-alpha.png": lambda: saved("PNG", mode("LA")),
    "one-bit.png": lambda: saved("PNG", mode("1")),
    "grey-16-bit.png": lambda: saved("PNG", mode("I;16")),
    "colour-16-bit.png": lambda: sixteen_bit_png(3),
    "colour-alpha-16-bit.png": lambda: sixteen_bit_png(4),
    "animated.png": lambda: saved("PNG", **frames()),
    "rotation-in-xmp.png": xmp_png,
    "display-p3.png": lambda: with_chunk(b"cICP", bytes([12, 13, 0, 1])),
    "hdr.png": lambda: with_chunk(b"cICP", bytes([9, 16, 0, 1])),
    "linear-light.png": lambda: with_chunk(b"gAMA", struct.pack(">I", 100_000)),
    "huge-profile.png": lambda: with_chunk(b"iCCP", b"name\0\0" + zlib.compress(bytes(2_000_000))),
    "1x1.png": lambda: saved("PNG", scene(1, 1)),
    "1x200.png": lambda: saved("PNG", scene(1, 200)),
    "200x1.png": lambda: saved("PNG", scene(200, 1)),
    "3x5.png": lambda: saved("PNG", scene(3, 5)),
    "16x16.png": lambda: saved("PNG", Image.new("RGB", (16, 16), "grey")),
    "16x1500.png": lambda: saved("PNG", scene(16, 1500)),
    "truncated.png": lambda: cut(saved("PNG"), 0.6),
    "wrong-checksum.png": lambda: saved("PNG").replace(b"IHDR", b"IHDR", 1)[:29] + b"\0\0\0\0" + saved("PNG")[33:],
    "bomb-header.png": lambda: header_only_png(60_000, 60_000),
    "zero-width.png": lambda: header_only_png(0, 48),
}  # fmt: skip
OTHERS: dict[str, Make] = {
    "lossy.webp": lambda: saved("WEBP", quality=80),
    "lossless-alpha.webp": lambda: saved("WEBP", mode("RGBA"), lossless=True),
    "animated.webp": lambda: saved("WEBP", **frames()),
    "plain.avif": lambda: saved("AVIF"),
    "photo.heic": lambda: (ROOT / "tests" / "phone.heic").read_bytes(),
    "empty.heic": lambda: boxed(b"heic"),
    "uncompressed.tif": lambda: saved("TIFF"),
    "lzw.tif": lambda: saved("TIFF", compression="tiff_lzw"),
    "fax.tif": lambda: saved("TIFF", mode("1"), compression="group4"),
    "tiles.tif": lambda: saved("TIFF", compression="tiff_adobe_deflate", tiffinfo={322: 16, 323: 16}),
    "pages.tif": lambda: saved("TIFF", **frames()),
    "float.tif": lambda: saved("TIFF", mode("F")),
    "16-bit.tif": lambda: saved("TIFF", mode("I;16")),
    "32-bit.tif": lambda: saved("TIFF", Image.fromarray(np.full((48, 64), 10**6, np.int32))),
    "planes-16-bit.tif": lambda: tiff(np.asarray(scene()).astype(np.uint16) * 257, {284: 2}),
    "white-is-zero-16-bit.tif": lambda: tiff(65535 - np.asarray(mode("I;16")), {262: 0}),
    "layers.tif": lambda: tiff(np.asarray(scene()), {37724: b"Adobe Photoshop Document Data Block\0"}),
    "raw.dng": lambda: tiff(np.asarray(scene()), {254: 1, 330: 8, 50706: b"\1\4\0\0"}),
    "raw.cr3": lambda: boxed(b"crx "),
    "cmyk.tif": lambda: saved("TIFF", mode("CMYK")),
    "lab.tif": lambda: saved("TIFF", mode("LAB")),
    "plain.bmp": lambda: saved("BMP"),
    "palette.bmp": lambda: saved("BMP", mode("P")),
    "plain.gif": lambda: saved("GIF", mode("P")),
    "animated.gif": lambda: saved("GIF", **frames()),
    "plain.jp2": lambda: saved("JPEG2000"),
    "plain.ppm": lambda: saved("PPM"),
    "grey-16-bit.pgm": lambda: saved("PPM", mode("I;16")),
    "plain.tga": lambda: saved("TGA"),
    "icon.ico": lambda: saved("ICO"),
    "drawing.svg": lambda: b'<svg xmlns="http://www.w3.org/2000/svg" width="64" height="48"/>',
    "page.pdf": lambda: saved("PDF"),
    "photoshop.psd": lambda: b"8BPS\0\1" + bytes(60),
    "postscript.eps": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 64 48\nshowpage\n",
    "jpeg-xl.jxl": lambda: b"\xff\x0a" + bytes(60),
    "video.mp4": lambda: boxed(b"isom"),
    "png-named.jpg": lambda: saved("PNG"),
    "text-named.jpg": lambda: b"This is a letter and no picture.\n" * 9,
    "page-named.jpg": lambda: b"<!doctype html><title>404</title>",
    "program-in-gif.gif": lambda: saved("GIF", mode("P")) + b"<script>alert(1)</script>",
    "pdf-in-jpeg.jpg": lambda: saved("JPEG", comment=b"%PDF-1.4 1 0 obj") + b"%%EOF",
    "zero-length.jpg": lambda: b"",
    "zeros.jpg": lambda: bytes(3000),
}  # fmt: skip
FILES = JPEGS | PNGS | OTHERS


def by_command(name: str, data: bytes, folder: Path) -> str:
    """What `hairtint image` makes of the file: "dyed", with what it says, or its refusal."""
    from hairtint.cli import run

    source, out, said = folder / name, folder / f"{name}-out.png", io.StringIO()
    source.write_bytes(data)
    with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
        status = run(["image", str(source), "-c", "copper", "--model", "light", "-o", str(out)])
    lines = [_told(line, folder) for line in said.getvalue().splitlines()]
    if status == 0:
        with Image.open(out) as result:
            result.load()
        return "; ".join(["dyed", *lines])
    left = sorted(path.name for path in folder.iterdir())
    if status != 1 or len(lines) != 1 or left != [name]:
        raise AssertionError(f"{name}: status {status}, {lines}, {left}")
    return lines[0].replace("hairtint: ", "refused: ")


def by_api(name: str, data: bytes, client: Any) -> str:
    """What the web API makes of it: the status, and what it says."""
    fields = {"image": (BytesIO(data), name), "color": "copper", "model": "light"}
    answer = client.post("/api/v1/recolor", data=fields, content_type="multipart/form-data")
    if answer.status_code == 200:
        with Image.open(BytesIO(answer.data)) as result:
            result.load()
        return "; ".join(["200", *filter(None, [answer.headers.get("Hairtint-Notes", "")])])
    return f"{answer.status_code}: {_told(answer.get_json()['detail'], None)}"


def _told(line: str, folder: Path | None) -> str:
    text = line if folder is None else line.replace(f"{folder}/", "")
    return re.sub(r"cut short \(.*?\); get", "cut short; get", text)  # the reason is Pillow's and changes with it


def row(name: str, command: str, api: str) -> str:
    return f"| {name} | {command} | {api} |"


def main() -> None:
    from hairtint.web import create_app

    client = create_app(model="light", rate=0, workers=1).test_client()
    rows = []
    for name, make in FILES.items():
        with tempfile.TemporaryDirectory() as folder:
            data = make()
            rows.append(row(name, by_command(name, data, Path(folder)), by_api(name, data, client)))
    table = "\n".join(["| file | `hairtint image` | web API |", "| --- | --- | --- |", *rows])
    before, _, rest = PAGE.read_text().partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n\n{table}\n\n{END}{rest.partition(END)[2]}")
    print(f"{len(rows)} kinds of files", file=sys.stderr)


if __name__ == "__main__":
    main()
