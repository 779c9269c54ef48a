"""Wall time and peak memory of a cold `hairtint image` on a megapixel photo. Usage: cold_image.py [--rounds N]"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image

PORTRAIT = Path(__file__).parent.parent / "examples" / "eileen-collins.jpg"


def once(photo: Path, out: Path) -> tuple[float, float]:
    """Seconds and megabytes (peak resident set) of one call in a new process."""
    start = time.perf_counter()
    call = [sys.executable, "-m", "hairtint", "image", str(photo), "-c", "copper", "-o", str(out), "--force", "-q"]
    child = subprocess.Popen(call)
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        raise SystemExit(f"hairtint image failed with status {status}")
    return time.perf_counter() - start, usage.ru_maxrss / 1024


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        photo = Path(folder) / "photo.jpg"
        Image.open(PORTRAIT).resize((1000, 1000), Image.Resampling.BICUBIC).save(photo, quality=93)
        runs = [once(photo, Path(folder) / "out.jpg") for _ in range(rounds)]
    seconds, megabytes = (sorted(column) for column in zip(*runs, strict=True))
    print(f"cold hairtint image, 1 megapixel: median {seconds[rounds // 2]:.2f} s, best {seconds[0]:.2f} s")
    print(f"peak memory: median {megabytes[rounds // 2]:.0f} MB")
