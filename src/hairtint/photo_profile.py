"""Colours that a file names by numbers, CICP (ITU-T H.273) or gAMA and cHRM of a PNG, as an ICC profile of the same."""

import struct
from collections.abc import Sequence

import numpy as np
from PIL import Image

Point = tuple[float, float]

_D65 = (0.3127, 0.3290)
_SRGB: Sequence[Point] = (_D65, (0.64, 0.33), (0.30, 0.60), (0.15, 0.06))  # x and y of white, red, green and blue
_GAMUTS: dict[int, tuple[str, Sequence[Point]]] = {
    **dict.fromkeys((1, 2, 5, 6, 7), ("sRGB", _SRGB)),  # unspecified, and those of television, which are close
    9: ("BT.2020", (_D65, (0.708, 0.292), (0.170, 0.797), (0.131, 0.046))),
    12: ("Display P3", (_D65, (0.680, 0.320), (0.265, 0.690), (0.150, 0.060))),
}
_GAMMAS = dict.fromkeys((1, 2, 6, 7, 13, 14, 15)) | {4: 2.2, 5: 2.8, 8: 1.0}  # None: the curve of sRGB
_HDR = {16: "HDR (PQ)", 18: "HDR (HLG)"}
_UNSPECIFIED = (2, 2)

_D50 = np.array([0.9642, 1.0, 0.8249])
_BRADFORD = np.array([[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]])


def profile_by_numbers(image: Image.Image, data: bytes, notes: list[str]) -> bytes | None:
    """Return the ICC profile of a picture that has none, and None for sRGB.

    `image` is what Pillow opened, `data` its file. Colours that no small profile describes are told in `notes`.
    """
    primaries, transfer = cicp = _cicp(image, data)
    if primaries not in _GAMUTS or transfer not in _GAMMAS:
        what = _HDR.get(transfer, f"colours numbered {primaries}/{transfer} by CICP")
        notes.append(f"is in {what}, which is not kept, so that its colours change; export it in sRGB first")
        return None
    (name, points), gamma = _GAMUTS[primaries], _GAMMAS[transfer]
    if cicp == _UNSPECIFIED and "srgb" not in image.info:
        chromaticity = image.info.get("chromaticity")
        points = [chromaticity[i : i + 2] for i in range(0, 8, 2)] if chromaticity else points
        gamma = 1 / image.info["gamma"] if image.info.get("gamma") else gamma
        name = "gAMA and cHRM of the PNG"
    if np.allclose(points, _SRGB, atol=0.005) and 2.1 < (gamma or 2.2) < 2.3:
        return None
    try:
        return _matrix_profile(name, points, gamma)
    except (ArithmeticError, np.linalg.LinAlgError, struct.error):
        notes.append("has damaged gAMA or cHRM, which was left out")
        return None


def _cicp(image: Image.Image, data: bytes) -> tuple[int, int]:
    """Colour primaries and transfer characteristics."""
    if nclx := image.info.get("nclx_profile"):  # of HEIC
        return nclx["color_primaries"], nclx["transfer_characteristics"]
    if image.format == "PNG" and (at := data.find(b"\0\0\0\4cICP")) >= 0:
        return data[at + 8], data[at + 9]
    if image.format == "AVIF" and (at := data.find(b"colrnclx")) >= 0:
        return data[at + 9], data[at + 11]
    return _UNSPECIFIED


def _matrix_profile(name: str, points: Sequence[Point], gamma: float | None) -> bytes:
    """An ICC profile (version 4.3) of white, red, green and blue, each x and y; gamma None is the curve of sRGB."""
    with np.errstate(all="raise"):
        white, *corners = np.array([(x / y, 1, (1 - x - y) / y) for x, y in points])
        cones = _BRADFORD @ _D50 / (_BRADFORD @ white)
        adaptation = np.linalg.inv(_BRADFORD) @ np.diag(cones) @ _BRADFORD
        primaries = adaptation @ (np.transpose(corners) * np.linalg.solve(np.transpose(corners), white))
    # The kind of a curve is a short and two bytes of zero, and so the same as a number.
    curve = (0, gamma) if gamma else (3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
    tags = {b"desc": _text(name), b"cprt": _text("public domain"), b"wtpt": _numbers(b"XYZ ", *_D50)}
    tags[b"chad"] = _numbers(b"sf32", *adaptation.flat)
    for colour, column in zip((b"r", b"g", b"b"), primaries.T, strict=True):
        tags |= {colour + b"XYZ": _numbers(b"XYZ ", *column), colour + b"TRC": _numbers(b"para", *curve)}
    table, body, start = struct.pack(">I", len(tags)), b"", 132 + 12 * len(tags)
    for tag, content in tags.items():
        table += tag + struct.pack(">II", start + len(body), len(content))
        body += content
    head = struct.pack(">I4xI", start + len(body), 0x0430_0000) + b"mntrRGB XYZ " + bytes(12) + b"acsp" + bytes(28)
    return head + _numbers(b"", *_D50)[4:] + bytes(48) + table + body


def _numbers(kind: bytes, *values: float) -> bytes:
    return kind + struct.pack(f">4x{len(values)}i", *(round(value * 65536) for value in values))


def _text(text: str) -> bytes:
    words = text.encode("utf-16-be")
    return b"mluc" + struct.pack(">4xII4sII", 1, 12, b"enUS", len(words), 28) + words + bytes(-len(words) % 4)
