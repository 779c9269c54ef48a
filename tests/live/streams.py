"""Things that stand in for cameras: clips, scripted sources, and a network camera that can be told to misbehave."""

import contextlib
import queue
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import cv2
import numpy as np

from hairtint.errors import SourceError
from hairtint.live.sources import Frame

COLORS = [(200, 40, 40), (40, 200, 40), (40, 40, 200)]


def plain(color, size=(64, 48)):
    """A picture of one colour, RGB uint8; size is (width, height)."""
    return np.full((size[1], size[0], 3), color, np.uint8)


def write_clip(path, pictures, fps=50):
    """A small MP4 of RGB pictures."""
    height, width = pictures[0].shape[:2]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"mp4v"), fps, (width, height))
    assert writer.isOpened()
    for rgb in pictures:
        writer.write(cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))
    writer.release()
    return path


class Script:
    """A source that does what the test puts into it: pictures to deliver, errors to raise; it waits while empty."""

    name = "scripted camera"

    def __init__(self, *items):
        self.items = queue.Queue()
        self.opened = self.closed = 0
        self.refusals = []  # errors to raise when it is opened
        self.put(*items)

    def put(self, *items):
        for item in items:
            self.items.put(item)

    def __enter__(self):
        self.opened += 1
        if self.refusals:
            raise self.refusals.pop(0)
        return self

    def __exit__(self, *_):
        self.closed += 1

    def read(self):
        item = self.items.get(timeout=30)
        if isinstance(item, BaseException):
            raise item
        return Frame(item, time.monotonic())


def gone(text="the camera is gone: plug it in"):
    return SourceError(text)


class NetworkCamera(ThreadingHTTPServer):
    """Streams JPEGs as IP cameras do. `picture` is what it shows; bytes are sent as they are; None ends the stream."""

    daemon_threads = True

    def __init__(self, picture, port=0):
        super().__init__(("127.0.0.1", port), _Stream)
        self.picture = picture
        self.port = self.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/stream"
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def __exit__(self, *_):
        self.picture = None
        self.shutdown()
        self.server_close()

    def handle_error(self, *_):
        """Viewers that go away are nothing to report."""


class _Stream(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=frame")
        self.end_headers()
        with contextlib.suppress(OSError):
            while (picture := self.server.picture) is not None:
                self._part(picture if isinstance(picture, bytes) else _jpeg(picture))
                time.sleep(0.01)

    def _part(self, data):
        head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(data)}\r\n\r\n"
        self.wfile.write(head.encode() + data + b"\r\n")

    def log_message(self, *_):
        """Quiet."""


def _jpeg(rgb):
    return cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR))[1].tobytes()


def soon(condition, what="it", seconds=30):
    """Wait until something has come true; generous, as machines may be busy."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what} did not happen"
        time.sleep(0.005)
