"""A folder of photos, those that cannot be read left out. Usage: python examples/folder.py photos copper results/"""

import sys
from pathlib import Path

import hairtint

source, color, target = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
target.mkdir(exist_ok=True)
segmenter = hairtint.Segmenter()
for path in sorted(source.iterdir()):
    try:
        photo = hairtint.Photo.open(path)
        dyed = hairtint.recolor(photo.rgb, segmenter.mask(photo.rgb), color)
        photo.with_rgb(dyed).save(target / f"{path.stem}.png", overwrite=True)
    except hairtint.HairtintError as error:
        print(error, file=sys.stderr)
