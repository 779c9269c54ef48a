"""A slot for one frame: the newest wins, and it becomes a JPEG only when somebody looks at it."""

from __future__ import annotations

import threading

import cv2
import numpy as np
from numpy.typing import NDArray

QUALITY = 85  # of the moving picture
SNAPSHOT_QUALITY = 95


class JpegSlot:
    """One frame, put by one thread and looked at by any number of others; whoever is slow misses frames."""

    def __init__(self) -> None:
        self.closed = False
        self._news = threading.Condition()
        self._encoding = threading.Lock()
        self._rgb: NDArray[np.uint8] | None = None
        self._number = 0  # how many frames there have been
        self._jpeg = (0, b"")  # the last frame that was encoded, and its number

    def put(self, rgb: NDArray[np.uint8]) -> None:
        """Make this the newest frame, uint8 (H, W, 3) RGB. It is kept, not copied: do not write into it afterwards."""
        with self._news:
            self._rgb, self._number = rgb, self._number + 1
            self._news.notify_all()

    def wait(self, seen: int, timeout: float) -> None:
        """Wait until the newest frame is another than number `seen`, at most `timeout` seconds or until closed."""
        with self._news:
            self._news.wait_for(lambda: self.closed or self._number != seen, timeout)

    def jpeg(self) -> tuple[int, bytes]:
        """The newest frame's number and JPEG, encoded once for all who look; (0, b"") before the first frame."""
        with self._encoding:
            with self._news:
                rgb, number = self._rgb, self._number
            if rgb is not None and number != self._jpeg[0]:
                self._jpeg = (number, encode(rgb, QUALITY))
            return self._jpeg

    def snapshot(self) -> bytes:
        """The newest frame as a fine JPEG; b"" before the first frame."""
        with self._news:
            rgb = self._rgb
        return b"" if rgb is None else encode(rgb, SNAPSHOT_QUALITY)

    def close(self) -> None:
        """Wake everybody who waits: no frame will come any more."""
        with self._news:
            self.closed = True
            self._news.notify_all()


def encode(rgb: NDArray[np.uint8], quality: int) -> bytes:
    """A frame, uint8 (H, W, 3) RGB, as the bytes of a JPEG file; `quality` from 1 to 100."""
    _, data = cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    return data.tobytes()
