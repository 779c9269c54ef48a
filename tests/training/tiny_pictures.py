"""Small pictures with hair, for the tests of training."""

import cv2
import numpy as np


def picture(seed, height=40, width=48):
    """A picture, RGB uint8, with a dark ellipse for hair, and its mask, uint8 0 or 255."""
    rng = np.random.default_rng(seed)
    rgb = np.empty((height, width, 3), np.uint8)
    rgb[:] = rng.integers(120, 250, 3)
    mask = np.zeros((height, width), np.uint8)
    centre = (int(width * rng.uniform(0.3, 0.7)), int(height * rng.uniform(0.3, 0.7)))
    axes = tuple(int(v) for v in min(height, width) * rng.uniform(0.2, 0.35, 2))
    cv2.ellipse(mask, centre, axes, 0, 0, 360, 255, -1)
    rgb[mask > 0] = rng.integers(0, 70, 3)
    noisy = rgb.astype(np.int16) + rng.integers(-8, 8, rgb.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8), mask


def write(folder, stem, rgb, mask):
    """One pair of a plain data set."""
    for name in ("images", "masks"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(folder / "images" / f"{stem}.jpg"), rgb[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])
    cv2.imwrite(str(folder / "masks" / f"{stem}.png"), mask)
