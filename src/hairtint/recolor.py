"""Dyeing hair whose mask is known: `recolor(rgb, mask, color)`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, get_args

import cv2
import numpy as np
import numpy.typing as npt

from hairtint import heads
from hairtint.canvas import MARGIN, Canvas, Rows, mix
from hairtint.color import Color, ColorLike
from hairtint.effects import Effect, Effects, is_share
from hairtint.errors import InputError
from hairtint.frame import Cover, check_frame, check_mask
from hairtint.hsv import HueSwap
from hairtint.pixels import U8
from hairtint.shade import Shade

__all__ = ["METHODS", "Method", "Shade", "recolor"]

Method = Literal["natural", "hsv"]
METHODS: tuple[Method, ...] = get_args(Method)
Box = tuple[slice, slice]

_VISIBLE = 1 / 512  # a smaller share of dye changes no 8-bit value
_PACE = 16  # pixels that the box grows by: if it crept with the mask, a video's small maps were sampled anew each frame
_BAND = 1 << 18  # pixels worked on at a time: they stay in the cache, and memory stays small for any picture


def recolor(
    rgb: npt.NDArray[np.uint8],
    mask: npt.NDArray[np.generic],
    color: ColorLike,
    *,
    strength: float = 1.0,
    method: Method = "natural",
    effects: Effects = (),
    shade: Shade | heads.Parts | None = None,
    hsv_saturation: bool | float = False,
) -> npt.NDArray[np.uint8]:
    """Change the colour of the hair, and of nothing else.

    Args:
        rgb: uint8 (H, W, 3), RGB, of any strides; may be read-only and is never changed.
        mask: (H, W): float in [0, 1], bool, or uint8 from 0 to 255 (0 and 1 alone count as bool). Where it is 0,
            the result is the picture to the bit.
        color: the dye, anything that `Color.parse` reads.
        strength: 0 gives the picture back to the bit, 1 the full dye; each channel moves one way in between.
        method: "natural" moves this hair's own shade to the dye in CIELAB and keeps its strands, shadows and
            highlights (hairtint.natural). "hsv" replaces the hue and nothing else, as the report on hair segmentation
            does: black, white and grey hair keep their look, and a grey dye counts as red.
        effects: for "natural": one effect, or several in the order of their painting, as objects or as text like
            "gloss:0.4".
        shade: for "natural": the hair before dyeing; None measures this picture, each head for itself where their hair
            differs clearly (hairtint.heads). In video hand in a smoothed one, or what Heads.follow gives: the mask of
            each head, all together `mask`, and its shade.
        hsv_saturation: for "hsv", the report's remedy for dark hair: add this much in [0, 1] to the saturation of all
            hair alike; True adds what brings its mean up to the dye's saturation, and lowers nothing.

    Returns:
        A new contiguous uint8 (H, W, 3), RGB.

    Raises:
        PictureError: rgb is not uint8 (H, W, 3) or is empty.
        MaskError: the mask is not of the picture's size, or holds NaN or values outside [0, 1].
        ColorError: the colour cannot be read.
        InputError: strength, method, effects or shade are none of the above.
    """
    dye = Color.parse(color)
    check_frame(rgb)
    cover, peaks = check_mask(mask, rgb)
    rgb = np.asarray(rgb)  # a subclass, as masked arrays are, would not get through OpenCV
    check_share("strength", strength)
    chosen = checked_effects(effects, method)
    check_saturation(hsv_saturation, method)
    shades = [(cover, shade)] if isinstance(shade, Shade) else shade
    if shades is not None and not _are_heads(shades, cover.shape, hair=bool(peaks.any())):
        given = "a Shade, as Shade.measure(rgb, mask) is one, what Heads.follow gives of this mask, or None"
        raise InputError(f"shade {shade!r}: give {given}")
    out = np.array(rgb, order="C")
    box = _box(cover, peaks) if strength > 0 else None
    if box is None:
        return out
    if method == "hsv":
        _swap_hue(out, rgb, cover, box, dye, hsv_saturation, strength)
        return out
    if shades:
        parts = [(part[box], measured) for part, measured in shades]
    else:
        told = heads.told_apart(rgb[box], cover[box])
        parts = [(part, Shade.measure(rgb[box], part, scene=rgb)) for part in told]
    for part, measured in parts:
        _dye(out[box], rgb[box], part, measured, dye, chosen, strength, alone=len(parts) == 1)
    return out


def _swap_hue(out: U8, rgb: U8, cover: Cover, box: Box, dye: Color, saturation: bool | float, strength: float) -> None:
    """Write the hair of the report's method into `out`."""
    swap = HueSwap.of(dye, rgb[box], cover[box], saturation)
    for place, part, share in _bands(rgb, cover, box):
        out[place] = _faded(part, mix(part, swap(part), share), strength)


def _dye(
    out: U8, rgb: U8, cover: Cover, shade: Shade, dye: Color, effects: list[Effect], strength: float, *, alone: bool
) -> None:
    """Write the dyed hair of `cover` into `out`. alone: it is all hair, and fills the box."""
    whole = (slice(0, len(cover)), slice(0, cover.shape[1]))
    box = whole if alone else _box(cover, cover.max(axis=1))
    if box is None:
        return
    canvas = Canvas(rgb[box], cover[box], shade)
    for place, pixels, share in _bands(rgb, cover, box):
        rows = Rows(canvas, pixels, share, place[0].start - box[0].start, dye)
        dyed = rows.dyed(dye)
        for effect in effects:
            dyed = effect.paint(dyed, rows)
        changed = _faded(pixels, rows.over(dyed), strength)
        if alone:
            out[place] = changed
        else:
            np.copyto(out[place], changed, where=share[..., None] > 0)


def _are_heads(shades: object, size: tuple[int, ...], *, hair: bool) -> bool:
    """Whether these are masks of that size, each with a Shade; there are some where there is hair."""
    return isinstance(shades, list) and (bool(shades) or not hair) and all(_is_head(head, size) for head in shades)


def _is_head(head: object, size: tuple[int, ...]) -> bool:
    match head:
        case (np.ndarray(shape=shape), Shade()):
            return bool(shape == size)
    return False


def check_share(name: str, value: object) -> None:
    """Raise InputError unless a value is a number from 0 to 1, and no bool."""
    if isinstance(value, bool) or not is_share(value):
        raise InputError(f"{name} {value!r}: give a number from 0 to 1")


def checked_effects(effects: Effects, method: str) -> list[Effect]:
    """The effects, read; InputError where they cannot be, or the method is none or has none."""
    check_method(method)
    if not isinstance(effects, Iterable | Effect):
        raise InputError(f'effects {effects!r}: give one or several, such as "gloss:0.4"')
    chosen = [Effect.parse(e) for e in ([effects] if isinstance(effects, str | Effect) else effects)]
    if chosen and method == "hsv":
        raise InputError('effects need method "natural": leave them out, or change the method')
    return chosen


def check_saturation(saturation: object, method: str) -> None:
    """Raise InputError unless it is a share, or a bool, and 0 for every method but "hsv"."""
    if not isinstance(saturation, bool):
        check_share("hsv_saturation", saturation)
    if saturation and method != "hsv":
        raise InputError('hsv_saturation needs method "hsv": leave it out, or change the method')


def check_method(method: object) -> None:
    """Raise InputError unless there is such a method."""
    if not isinstance(method, str) or method not in METHODS:
        known = " or ".join(f'"{name}"' for name in METHODS)
        raise InputError(f"method {method!r}: choose {known}")


def _box(cover: Cover, peaks: Cover) -> Box | None:
    """The rows and columns around all hair, with a margin; None without any hair. `peaks`: the most of each row."""
    least = _VISIBLE * (255 if cover.dtype == np.uint8 else 1)
    rows = np.flatnonzero(peaks > least)
    if not rows.size:
        return None
    columns = np.flatnonzero(cover[rows[0] : rows[-1] + 1].max(axis=0) > least)
    return _padded(rows, cover.shape[0]), _padded(columns, cover.shape[1])


def _padded(hits: npt.NDArray[np.intp], end: int) -> slice:
    first, last = max(0, int(hits[0]) - MARGIN), int(hits[-1]) + 1 + MARGIN
    return slice(first // _PACE * _PACE, min(end, -(-last // _PACE) * _PACE))


def _bands(rgb: U8, cover: npt.NDArray[np.generic], box: Box) -> Iterator[tuple[Box, U8, npt.NDArray[np.float32]]]:
    """The box in bands of rows: the place in the picture, its pixels and its mask as float32, contiguous."""
    rows, columns = box
    step = max(8, _BAND // (columns.stop - columns.start))
    for top in range(rows.start, rows.stop, step):
        place = slice(top, min(top + step, rows.stop)), columns
        scale = np.float32(1 / 255 if cover.dtype == np.uint8 else 1)
        share = np.clip(np.multiply(cover[place], scale, dtype=np.float32), 0, 1)
        yield place, np.ascontiguousarray(rgb[place]), share


def _faded(before: U8, after: U8, strength: float) -> U8:
    """`before` moved towards `after`: multiplying the difference keeps each channel monotone in strength."""
    if strength == 1:
        return after
    change = np.asarray(cv2.subtract(after, before, dtype=cv2.CV_16S), np.float32) * np.float32(strength)
    return np.asarray(before + np.rint(change), np.uint8)
