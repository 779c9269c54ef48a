"""What moves: a disc on a textured ground, and a camera that turns from one head to another."""

import cv2
import numpy as np


def scene(shift=0, seed=0):
    """A textured frame (180, 320) and the map (64, 64) of a disc in it, both moved to the right by `shift` pixels."""
    noise = np.random.default_rng(seed).integers(0, 256, (18, 48, 3), np.uint8)
    wide = cv2.resize(noise, (480, 180), interpolation=cv2.INTER_CUBIC)
    y, x = np.mgrid[:180, :480]
    disc = (np.hypot(x - 240, y - 90) < 50).astype(np.float32)
    left = 80 - shift
    return wide[:, left : left + 320].copy(), cv2.resize(disc[:, left : left + 320], (64, 64))


def two_heads(portrait):
    """Frames (384, 680, 3) of the portrait beside its mirror image, each with the column where the second begins.

    The first has more hair in the first frame, the second a fifth more in the last.
    """
    head = portrait[:384, 60:460]
    both = np.hstack([head, head[:, ::-1]])
    return [(both[:, left : left + 680], 400 - left) for left in (40, 60, 80, 100, 120)]
