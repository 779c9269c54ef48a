"""A head of hair made from noise, for tests: strands, shadows, shine, skin and a soft outline."""

import cv2
import numpy as np

from hairtint.perceptual import luminance, to_srgb

SHADES = {"dark": (34, 24, 20), "medium": (112, 82, 60), "light": (196, 164, 120)}


def hair(shade: str = "medium", height: int = 160, width: int = 140, soft: float = 1.5, seed: int = 0):
    """(rgb uint8 (H, W, 3), mask float32 (H, W)); strands run down, light falls from the left."""
    random = np.random.default_rng(seed)
    strands = cv2.GaussianBlur(random.standard_normal((height, width)).astype(np.float32), (0, 0), 1.0, sigmaY=12)
    light = 1 + 0.25 * strands / strands.std() + 0.35 * np.linspace(1, -1, width, dtype=np.float32)
    lock = np.array(SHADES[shade], np.float32) * np.clip(light, 0.1, None)[..., None]
    mask = np.zeros((height, width), np.float32)
    cv2.ellipse(mask, (width // 2, height // 2), (width // 3, int(height * 0.42)), 0, 0, 360, 1.0, -1)
    if soft:
        mask = cv2.GaussianBlur(mask, (0, 0), soft)
        mask[mask < 0.01] = 0
    skin = np.array((205, 160, 135), np.float32) + random.normal(0, 3, (height, width, 3)).astype(np.float32)
    rgb = mask[..., None] * lock + (1 - mask[..., None]) * skin
    return np.clip(np.rint(rgb), 0, 255).astype(np.uint8), mask


def beside_a_window(dark: float = 0.15):
    """Hair in little light, alone and beside a bright area: two pictures with their masks."""
    rgb, mask = hair("medium")
    dim = (rgb * dark).astype(np.uint8)
    return (dim, mask), (np.hstack([dim, np.full_like(dim, 235)]), np.hstack([mask, np.zeros_like(mask)]))


def parted(column: int):
    """Dark hair with a line of skin from the forehead up, around a column."""
    rgb, mask = hair("dark", soft=0)
    rgb[:55, column - 2 : column + 3] = (150, 115, 98)
    return rgb, mask


def people(*places, size=(200, 480), seed=0):
    """Heads (shade, left) on a light wall, later ones in front: frame, mask, whose each pixel is, 0 for nobody."""
    noise = np.random.default_rng(seed).normal(0, 3, (*size, 3))
    frame, mask, whose = np.full((*size, 3), 200.0), np.zeros(size, np.float32), np.zeros(size, int)
    for number, (shade, left) in enumerate(places, 1):
        rgb, cover = hair(shade, seed=number)
        place = np.s_[20 : 20 + cover.shape[0], left : left + cover.shape[1]]
        frame[place] += cover[..., None] * (rgb - frame[place])
        mask[place] = np.maximum(mask[place], cover)
        whose[place][cover > 0.5] = number
    return np.clip(frame + noise, 0, 255).astype(np.uint8), mask, whose


def touching(level: float):
    """Two frames with their masks: heads of L* 30 and 70 side by side, which then touch; the left has a lit spot."""
    tone, left, right = (round(255 * float(to_srgb(luminance(each)))) for each in (level, 30, 70))
    apart, joined = np.ones((2, 96, 192), np.float32)
    apart[:, 90:102] = 0
    before = np.full((96, 192, 3), left, np.uint8)
    before[:, 96:] = right
    after = before.copy()
    after[30:60, 30:60] = tone
    return (before, apart), (after, joined)
