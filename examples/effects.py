"""A palette of one's own, with effects. Usage: python examples/effects.py me.jpg results/"""

import sys
from pathlib import Path

import hairtint
from hairtint.effects import Gloss, Ombre, RootShadow

LOOKS = {
    "autumn": ("#8a3b1e", [Ombre("#d9a05b", start=0.55), Gloss(0.4)]),
    "frost": ("rgb(214, 222, 230)", [RootShadow(depth=0.3)]),
    "plum": ("#5b2245", ["highlights:#a8568c", "gloss:0.3"]),
}

photo, target = hairtint.Photo.open(sys.argv[1]), Path(sys.argv[2])
target.mkdir(exist_ok=True)
mask = hairtint.Segmenter().mask(photo.rgb)
for name, (color, effects) in LOOKS.items():
    dyed = hairtint.recolor(photo.rgb, mask, color, effects=effects)
    photo.with_rgb(dyed).save(target / f"{name}.jpg", overwrite=True)
