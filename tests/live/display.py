"""A display of its own for a test: Xvfb, whose screen lies in a file that can be looked at."""

import contextlib
import os
import shutil
import struct
import subprocess

import numpy as np
from needs import left_out


@contextlib.contextmanager
def xvfb(folder, size=(1200, 800)):
    """Yields (environment, look): `look()` is the screen, RGB uint8 (H, W, 3)."""
    if not shutil.which("Xvfb") or not shutil.which("xdotool"):
        left_out("needs Xvfb and xdotool: run scripts/system-packages")
    read, write = os.pipe()
    command = [
        "Xvfb",
        "-displayfd",
        str(write),
        "-screen",
        "0",
        f"{size[0]}x{size[1]}x24",
        "-fbdir",
        str(folder),
        "-nolisten",
        "tcp",
    ]
    with subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL) as server:
        os.close(write)
        try:
            with os.fdopen(read) as pipe:
                display = f":{pipe.readline().strip()}"
            environment = {**os.environ, "DISPLAY": display, "SDL_VIDEODRIVER": "x11"}
            environment.pop("WAYLAND_DISPLAY", None)
            yield environment, lambda: _screen((folder / "Xvfb_screen0").read_bytes())
        finally:
            server.terminate()


def _screen(data):
    """The pixels of an XWD file (X11/XWDFile.h): a header of big-endian words, a colour map, rows of BGRX."""
    header = struct.unpack(">25I", data[:100])
    size, width, height, row, colors = header[0], header[4], header[5], header[12], header[19]
    start = size + 12 * colors
    rows = np.frombuffer(data[start : start + row * height], np.uint8).reshape(height, row)
    return np.ascontiguousarray(rows[:, : 4 * width].reshape(height, width, 4)[..., 2::-1])
