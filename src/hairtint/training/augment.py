"""Random changes to a photo and its mask, together. Validation data never comes here.

Recipes:
- `report`: what the report did (section 3.2): rotations and mirrors, blur and motion blur.
- `strong`: this project's own: also scale, crop, colour, lighting, noise, JPEG and occlusion.
- `mild`: the same kinds of change, smaller and rarer, for networks too small to learn every light and framing.

A mask comes back with greys where pixels lie across its outline; `pairs.hard` makes it black and white again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np

from hairtint.segmenter import preprocess
from hairtint.training.pairs import Array

Recipe = Callable[[Array, Array, np.random.Generator, int], tuple[Array, Array]]


def report(rgb: Array, mask: Array, rng: np.random.Generator, size: int) -> tuple[Array, Array]:
    """The report's expansion on the fly: seven of eight draws are rotated and mirrored at random, then blurred.

    rgb: uint8 (H, W, 3); mask: uint8 (H, W), 255 for hair. Returns the pair at (size, size), as the report feeds it.
    """
    if rng.random() < 7 / 8:
        rgb, mask = warp(rgb, mask, rng, size, degrees=180 if rng.random() < 0.25 else 30, mirror=0.5)
    else:
        rgb, mask = fit(rgb, mask, size)
    draw = rng.random()
    if draw < 0.15:
        rgb = blurred(rgb, rng)
    elif draw < 0.3:
        rgb = motion_blurred(rgb, rng)
    return rgb, mask


def strong(rgb: Array, mask: Array, rng: np.random.Generator, size: int) -> tuple[Array, Array]:
    """The richer recipe: what cameras, light and framing do to a picture; same shapes as `report`."""
    rgb, mask = warp(rgb, mask, rng, size, degrees=25, mirror=0.5, scale=(0.7, 1.45), stretch=0.15, shift=0.12)
    if rng.random() < 0.8:
        rgb = relit(rgb, rng)
    if rng.random() < 0.15:
        rgb, mask = occluded(rgb, mask, rng)
    draw = rng.random()
    if draw < 0.12:
        rgb = blurred(rgb, rng)
    elif draw < 0.24:
        rgb = motion_blurred(rgb, rng)
    if rng.random() < 0.25:
        rgb = noisy(rgb, rng)
    if rng.random() < 0.25:
        rgb = recompressed(rgb, rng)
    return rgb, mask


def mild(rgb: Array, mask: Array, rng: np.random.Generator, size: int) -> tuple[Array, Array]:
    """A gentle `strong`; same shapes as `report`."""
    rgb, mask = warp(rgb, mask, rng, size, degrees=12, mirror=0.5, scale=(0.85, 1.25), stretch=0.08, shift=0.06)
    if rng.random() < 0.4:
        rgb = relit(rgb, rng)
    if rng.random() < 0.1:
        rgb = noisy(rgb, rng)
    return rgb, mask


RECIPES: dict[str, Recipe] = {"report": report, "strong": strong, "mild": mild}


def fit(rgb: Array, mask: Array, size: int) -> tuple[Array, Array]:
    """The pair at (size, size) without any chance: what validation and the live road see."""
    return preprocess(rgb, (size, size)), cv2.resize(mask, (size, size), interpolation=cv2.INTER_AREA)


def warp(
    rgb: Array,
    mask: Array,
    rng: np.random.Generator,
    size: int,
    *,
    degrees: float = 0.0,
    mirror: float = 0.0,
    scale: tuple[float, float] = (1.0, 1.0),
    stretch: float = 0.0,
    shift: float = 0.0,
) -> tuple[Array, Array]:
    """One affine resampling for both: rotation, mirror, zoom, stretch of the sides, shift, and the fit to `size`.

    The picture's border is mirrored outwards with its mask, so that no black corners give the trick away.
    """
    height, width = mask.shape
    angle = np.radians(rng.uniform(-degrees, degrees))
    zoom = np.exp(rng.uniform(*np.log(scale)))
    sides = np.exp(rng.uniform(-stretch, stretch) * np.array([1.0, -1.0]))
    flip = -1.0 if rng.random() < mirror else 1.0
    cos, sin = np.cos(angle), np.sin(angle)
    to_unit = np.diag([2 / width, 2 / height])
    # Rotate in the photo's own proportions, then squeeze to the square.
    aspect = np.diag([width / height, 1.0])
    turn = np.linalg.inv(aspect) @ np.array([[cos, -sin], [sin, cos]]) @ aspect
    matrix = (size / 2) * np.diag([flip, 1.0]) @ np.diag(zoom * sides) @ turn @ to_unit
    move = rng.uniform(-shift, shift, 2) * size
    centre = np.array([(width - 1) / 2, (height - 1) / 2])
    offset = np.array([(size - 1) / 2] * 2) + move - matrix @ centre
    affine = np.column_stack([matrix, offset]).astype(np.float32)
    shrink = 1 / max(abs(np.linalg.det(matrix)) ** 0.5, 1e-6)
    if shrink > 1.5:  # keep the resampling from aliasing
        rgb = cv2.GaussianBlur(rgb, (0, 0), 0.35 * shrink)
    border = cv2.BORDER_REFLECT_101
    rgb = cv2.warpAffine(rgb, affine, (size, size), flags=cv2.INTER_LINEAR, borderMode=border)
    return rgb, cv2.warpAffine(mask, affine, (size, size), flags=cv2.INTER_LINEAR, borderMode=border)


def blurred(rgb: Array, rng: np.random.Generator) -> Array:
    """Out of focus: a Gaussian of up to 1.2 % of the size."""
    return cv2.GaussianBlur(rgb, (0, 0), rng.uniform(0.3, 0.012 * len(rgb) + 0.3))


def motion_blurred(rgb: Array, rng: np.random.Generator) -> Array:
    """A camera or head that moved: the mean along a short line in a random direction."""
    length = int(rng.integers(3, max(4, len(rgb) // 20))) | 1  # of an even line no pixel is the middle
    kernel = np.zeros((length, length), np.float32)
    kernel[length // 2] = 1
    turn = cv2.getRotationMatrix2D(((length - 1) / 2,) * 2, rng.uniform(0, 180), 1)
    line = cv2.warpAffine(kernel, turn, (length, length))
    return cv2.filter2D(rgb, -1, line / line.sum())


def relit(rgb: Array, rng: np.random.Generator) -> Array:
    """Other light: exposure, gamma, contrast, white balance, saturation, at times a gradient across the picture."""
    levels = np.linspace(0, 1, 256, dtype=np.float32)[:, None] ** np.exp(rng.uniform(-0.45, 0.45))
    levels = (levels - 0.5) * rng.uniform(0.7, 1.3) + 0.5 + rng.uniform(-0.12, 0.12)
    levels = levels * np.exp(rng.uniform(-0.12, 0.12, 3))
    table = (np.clip(levels, 0, 1) * 255).astype(np.uint8)
    rgb = cv2.LUT(rgb, table[None])
    if rng.random() < 0.6:
        grey = cv2.cvtColor(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
        keep = rng.uniform(0.0, 1.4) if rng.random() < 0.9 else 0.0
        rgb = cv2.addWeighted(rgb, keep, grey, 1 - keep, 0)
    if rng.random() < 0.25:
        angle, depth = rng.uniform(0, 2 * np.pi), rng.uniform(0.2, 0.7)
        line = np.linspace(-1, 1, len(rgb), dtype=np.float32)
        ramp = 1 + depth * (np.cos(angle) * line[None, :] + np.sin(angle) * line[:, None]) / 1.42
        rgb = np.clip(rgb * ramp[..., None], 0, 255).astype(np.uint8)
    return rgb


def noisy(rgb: Array, rng: np.random.Generator) -> Array:
    """Sensor noise, the same seed for no two pictures."""
    noise = rng.standard_normal(rgb.shape, dtype=np.float32) * rng.uniform(2, 14)
    changed: Array = np.clip(rgb + noise, 0, 255).astype(np.uint8)
    return changed


def recompressed(rgb: Array, rng: np.random.Generator) -> Array:
    """What a JPEG of low quality leaves, at times after a trip through a smaller size."""
    size = rgb.shape[1::-1]
    if rng.random() < 0.5:
        by = rng.uniform(0.4, 0.9)
        smaller = (max(1, round(by * size[0])), max(1, round(by * size[1])))
        rgb = cv2.resize(rgb, smaller, interpolation=cv2.INTER_AREA)
    data = cv2.imencode(".jpg", rgb[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 85))])[1]
    decoded: Any = cv2.imdecode(data, cv2.IMREAD_COLOR)
    back: Array = cv2.resize(decoded[:, :, ::-1], size, interpolation=cv2.INTER_LINEAR)
    return back


def occluded(rgb: Array, mask: Array, rng: np.random.Generator) -> tuple[Array, Array]:
    """Something in front: an ellipse or bar of one colour covers picture and hair alike."""
    size = len(rgb)
    centre = tuple(int(v) for v in rng.integers(0, size, 2))
    axes = tuple(int(v) for v in rng.integers(size // 16, size // 4, 2))
    colour = tuple(int(v) for v in rng.integers(0, 256, 3))
    shape = (centre, axes, float(rng.uniform(0, 180)), 0.0, 360.0)
    rgb = cv2.ellipse(rgb.copy(), *shape, colour, -1)
    return rgb, cv2.ellipse(mask.copy(), *shape, 0, -1)
