"""Heads covered with cloth: hair of a training photo is drawn over as a headscarf, a wrap or a cap would cover it.

The training sets show few headscarves and turbans, and networks that learnt from those sets took their folds for
strands. The cloth has the hair's place and, at times, its very colour, so what is left to tell them apart is what cloth
is made of: a smooth edge, wide folds, a weave, a print, or the very texture of another part of the photo.
"""

from __future__ import annotations

import cv2
import numpy as np

from hairtint.training import shapes
from hairtint.training.pairs import Array

DARK = 60.0  # mean of a colour's channels
BLOTS = (8, 80)  # knots across the picture, from and to, of the noise that paints blots


def covered(rgb: Array, mask: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """The photo with its hair, or what of it lies beyond a line, under cloth; the mask keeps the hair that still shows.

    rgb: uint8 (H, W, 3); mask: uint8 (H, W), 255 for hair, greys where it is soft. Both come back as new arrays of the
    same shapes, or as they are where less than `shapes.LEAST` of the picture is hair.
    """
    hair = mask > 127
    if hair.mean() < shapes.LEAST:
        return rgb, mask
    region = shapes.part(_wrapped(hair, rng), hair, rng)
    if not region.any():
        return rgb, mask
    cloth = _cloth(rgb, hair, region, rng)
    solid = region.astype(np.float32)
    alpha = cv2.GaussianBlur(solid, (0, 0), rng.uniform(0.5, 1.2))[..., None]
    near = cv2.GaussianBlur(solid, (0, 0), max(1.0, 0.02 * len(mask)))[..., None]
    shaded = rgb * (1 - rng.uniform(0, 0.5) * near)
    result = np.clip(shaded + alpha * (cloth - shaded), 0, 255).astype(np.uint8)
    return result, np.rint(mask * (1 - alpha[..., 0])).astype(np.uint8)


def _wrapped(hair: Array, rng: np.random.Generator) -> Array:
    """The hair's place as cloth would fill it: gaps closed, a little wider, with a smooth outline. bool (H, W)."""
    unit = hair.sum() ** 0.5
    shape = cv2.morphologyEx(hair.astype(np.uint8), cv2.MORPH_CLOSE, _disc(rng.uniform(0.02, 0.15) * unit))
    shape = cv2.dilate(shape, _disc(rng.uniform(0.02, 0.1) * unit))
    smooth = cv2.GaussianBlur(shape.astype(np.float32), (0, 0), max(1.0, rng.uniform(0.01, 0.05) * unit))
    return np.asarray(smooth > rng.uniform(0.25, 0.5))


def _disc(radius: float) -> Array:
    side = 2 * max(1, round(radius)) + 1
    return cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))


def _cloth(rgb: Array, hair: Array, region: Array, rng: np.random.Generator) -> Array:
    """The cloth across the whole picture, float32 (H, W, 3) of 0 to 255: a stuff, folded and lit."""
    shape = region.shape
    depth = cv2.distanceTransform(region.astype(np.uint8), cv2.DIST_L2, 3)
    inside = np.asarray(depth / depth.max(), np.float32)
    folds = _folds(inside, region, rng)
    stuff = _of_photo(rgb, hair, rng) if rng.random() < 0.35 else None
    if stuff is None:
        stuff = _printed(shape, _colour(rgb, hair, rng), folds, rng)
    light = 1 + rng.uniform(0.05, 0.45) * folds
    light += rng.uniform(0, 0.3) * shapes.noise(shape, rng)
    light *= 1 - rng.uniform(0, 0.5) * (1 - np.sqrt(inside))
    thread = rng.standard_normal(shape, dtype=np.float32)
    across, along = rng.uniform(0.3, 1.5, 2)
    weave = cv2.GaussianBlur(thread, (0, 0), sigmaX=across, sigmaY=along)
    light += rng.uniform(0, 0.12) * weave  # relative: on black cloth more would look like curls
    return np.asarray(stuff * light[..., None], np.float32)


def _folds(inside: Array, region: Array, rng: np.random.Generator) -> Array:
    """Folds of -1 to 1 that run across the cloth and along its outline, bent by noise. float32 (H, W).

    Each is a soft rise and a crease of any sharpness, as on cloth that is wound or drawn tight.
    """
    rows, columns = np.indices(region.shape, dtype=np.float32)
    unit = max(4.0, float(region.sum()) ** 0.5)
    folds = np.zeros(region.shape, np.float32)
    for share, most in ((0.65, 5.0), (0.35, 14.0)):
        angle = rng.uniform(0, np.pi)
        along = (np.cos(angle) * columns + np.sin(angle) * rows) / unit
        place = rng.uniform(0.5, most) * along + rng.uniform(0, 4) * inside
        place = (place + rng.uniform(0.2, 1.5) * shapes.noise(region.shape, rng)) % 1
        crest = rng.uniform(0.5, 0.95)  # where in a fold its light side ends
        wave = np.where(place < crest, place / crest, (1 - place) / (1 - crest))
        folds += share * (2 * wave ** rng.uniform(0.5, 2) - 1) * (0.6 + 0.4 * shapes.noise(region.shape, rng))
    return folds


def _colour(rgb: Array, hair: Array, rng: np.random.Generator) -> Array:
    """A colour that headwear comes in, float32 (3,), but no dark one for dark hair: nothing would tell them apart."""
    own = rgb[hair].mean(0)
    while (colour := _drawn(own, rng)).mean() < DARK and own.mean() < DARK:
        pass
    return np.asarray(colour, np.float32)


def _drawn(own: Array, rng: np.random.Generator) -> Array:
    """Black, white, the hair's own, a natural or any colour; (3,)."""
    draw = rng.random()
    if draw < 0.15:
        return np.asarray(rng.uniform(5, 45) + rng.uniform(-8, 8, 3))
    if draw < 0.3:
        return np.asarray(rng.uniform(170, 250) + rng.uniform(-15, 15, 3))
    if draw < 0.5:
        return np.asarray(own * rng.uniform(0.7, 1.4))
    natural = draw < 0.7  # cream, beige, brown, grey
    hue = rng.integers(4, 24) if natural else rng.integers(180)
    saturation = rng.integers(10, 150) if natural else rng.integers(30, 256)
    hsv = np.array([[[hue, saturation, rng.integers(40, 256)]]], np.uint8)
    return np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)[0, 0])


def _printed(shape: tuple[int, ...], colour: Array, folds: Array, rng: np.random.Generator) -> Array:
    """Cloth of one colour, or with stripes, checks, dots, blots or a knit in others; the folds shift its print."""
    stuff = np.broadcast_to(colour, (*shape, 3)).astype(np.float32)
    draw = rng.random()
    if draw < 0.4:
        return stuff
    rows, columns = np.indices(shape, dtype=np.float32)
    turn, step = rng.uniform(0, np.pi), rng.uniform(0.012, 0.08) * max(shape)
    bend = rng.uniform(0, 0.6) * folds
    u = (np.cos(turn) * columns + np.sin(turn) * rows) / step + bend
    v = (-np.sin(turn) * columns + np.cos(turn) * rows) / step + bend
    if draw < 0.5:
        share = np.sin(np.pi * u)
    elif draw < 0.58:
        share = np.maximum(np.sin(np.pi * u), np.sin(np.pi * v))
    elif draw < 0.68:
        share = np.sin(np.pi * u) * np.sin(np.pi * v)
    elif draw < 0.9:
        share = shapes.noise(shape, rng, BLOTS)
    else:
        share = np.sin(4 * np.pi * u + np.sin(4 * np.pi * v)) * 0.5
    share = np.clip((share - rng.uniform(-0.3, 0.5)) * rng.uniform(1, 8) + 0.5, 0, 1)[..., None]
    second = rng.uniform(0, 255, 3) if rng.random() < 0.5 else colour * rng.uniform(0.2, 1.8)
    return np.asarray(stuff + share * rng.uniform(0.3, 1.0) * (second - stuff), np.float32)


def _of_photo(rgb: Array, hair: Array, rng: np.random.Generator) -> Array | None:
    """A piece of the photo without hair, clothes as often as not, spread over the picture; None where none is found."""
    height, width = hair.shape
    for _ in range(6):
        side = rng.uniform(0.15, 0.4)
        h, w = max(8, int(side * height)), max(8, int(side * width))
        top = int(rng.uniform(0, 1) ** 0.5 * (height - h))  # more often from below, where the clothes are
        left = int(rng.uniform(0, 1) * (width - w))
        if not hair[top : top + h, left : left + w].any():
            piece = rgb[top : top + h, left : left + w]
            piece = cv2.resize(piece, None, fx=(z := rng.uniform(1, 2)), fy=z, interpolation=cv2.INTER_LINEAR)
            h, w = piece.shape[:2]
            spread = cv2.copyMakeBorder(piece, 0, max(0, height - h), 0, max(0, width - w), cv2.BORDER_REFLECT)
            return spread[:height, :width].astype(np.float32)
    return None
