"""A network by name or by the path of its .onnx. Usage: python examples/own_model.py mine.onnx me.jpg mask.png"""

import sys

import numpy as np
from PIL import Image

import hairtint

model, picture, result = sys.argv[1:]
photo = hairtint.Photo.open(picture)
mask = hairtint.Segmenter(model).mask(photo.rgb)  # float32 (H, W) in [0, 1]
Image.fromarray(np.rint(mask * 255).astype(np.uint8)).save(result)
print(f"{mask.mean():.1%} of the picture is hair; networks here: {', '.join(hairtint.models())}")
