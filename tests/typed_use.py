"""Calls that the documentation promises, for the type checker alone: `make types` refuses what a hint forbids."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

import hairtint
from hairtint.effects import Gloss
from hairtint.heads import Heads
from hairtint.look import Look
from hairtint.shade import Shade
from hairtint.style import Hairstyle


def use(path: Path, data: bytes, rgb: NDArray[np.uint8], mask: NDArray[np.float32]) -> None:
    """Each call has its result's type."""
    picture: Image.Image = hairtint.tint(path, "auburn", effects=Gloss(0.4), model=path)
    encoded: bytes = hairtint.tint(data, (181, 86, 43), effects="gloss:0.4")
    dyed: NDArray[np.uint8] = hairtint.tint(rgb, "auburn", effects={"gloss", "ombre:blue"})
    style: Hairstyle = hairtint.style(picture, model=path)
    look = Look("copper", effects=["gloss:0.4", Gloss(0.4)], largest_region=True)
    dyed = look.dyed(rgb, look.hair(mask), shade=Heads().follow(rgb, mask > 0.5))
    dyed = hairtint.recolor(rgb, (mask * 255).astype(np.uint8), look.color, shade=Shade.measure(rgb, mask))
    gloss: tuple[hairtint.Color, str] = look.color, ":".join(map(str, look.effects))
    print(encoded, dyed, style, gloss)
