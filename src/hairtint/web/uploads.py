"""Picture files out of requests, looked at before anything decodes them."""

from __future__ import annotations

import base64
import binascii
import re
from io import BytesIO
from typing import IO, Any

import flask

from hairtint.errors import PictureError
from hairtint.photo_kinds import formats
from hairtint.photo_warnings import SILENCE
from hairtint.web.problems import Problem

MOST_SCANS = 100
"""Scans that a JPEG may have: each is a pass over all pixels. Progressive photos have about ten."""

TAKEN = "JPEG, PNG, WebP, AVIF, GIF, BMP or TIFF"
_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"BM", b"II*\x00", b"MM\x00*")
_BRANDS = frozenset({b"avif", b"avis", b"mif1", b"heic", b"heix", b"msf1"})
_SPACE = b" \t\r\n\f\v"
_DATA_URL = re.compile(r"data:[\w.+/-]*(?:;[\w=.+-]+)*?(?P<base64>;base64)?,", re.IGNORECASE)


class Request(flask.Request):
    """A request whose files stay in memory, however large: nothing of a picture is written to disk."""

    def _get_file_stream(self, *_: Any, **__: Any) -> IO[bytes]:
        return BytesIO()


def from_text(text: str) -> bytes:
    """The file in base64 text or a data URL; Problem 422 where there is none."""
    if text[:5].lower() == "data:":
        found = _DATA_URL.match(text[:200])
        if not found or not found["base64"]:
            raise Problem(422, 'the data URL is not base64; begin it with "data:image/jpeg;base64,"', field="image")
        text = text[found.end() :]
    try:
        return base64.b64decode(text.encode("ascii").translate(None, _SPACE), validate=True)
    except (binascii.Error, ValueError):
        raise Problem(422, "image is not base64; encode the bytes of the picture file", field="image") from None


def check(data: bytes, max_bytes: int) -> None:
    """Refuse by its bytes alone a file that is empty (422), too large (413), no picture (415) or a bomb (422)."""
    if not data:
        raise Problem(422, "the picture is empty (zero bytes); choose the file again", field="image")
    if len(data) > max_bytes:
        size, limit = len(data) / 1e6, max_bytes / 1e6
        raise Problem(413, f"the picture has {size:.1f} MB, more than {limit:g} MB; scale it down first", field="image")
    try:
        with SILENCE:
            formats(data, "the file")
    except PictureError as error:
        raise Problem(415, str(error), field="image") from None
    webp = data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    boxed = data[4:8] == b"ftyp" and data[8:12] in _BRANDS
    if not (data.startswith(_STARTS) or webp or boxed):
        raise Problem(415, f"the file is not a picture of a kind that is taken; give a {TAKEN}", field="image")
    if data.startswith(b"\xff\xd8") and data.count(b"\xff\xda") > MOST_SCANS:
        raise Problem(422, "the JPEG has more scans than any photo needs; save it again as a plain JPEG", field="image")
