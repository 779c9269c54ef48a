"""Nothing is sent anywhere: no name is looked up and no connection made, whatever the runtimes bring along."""

import subprocess
import sys

import pytest

WATCHED = """
import sys
seen = []
watched = ("socket.connect", "socket.getaddrinfo", "socket.sendto", "urllib.Request", "subprocess.Popen", "os.fork")
sys.addaudithook(lambda event, values: event in watched and seen.append((event, str(values)[:200])))
"""
WORK = """
import hairtint
photo = hairtint.Photo.open(sys.argv[1])
mask = hairtint.Segmenter(backend=sys.argv[2]).mask(photo.rgb)
hairtint.recolor(photo.rgb, mask, "copper")
"""
PROBE = """
import socket
try:
    socket.create_connection(("127.0.0.1", 9), timeout=0.1)
except OSError:
    pass
"""
SAID = "print(seen)"


def watched(work, *arguments):
    done = subprocess.run([sys.executable, "-c", WATCHED + work + SAID, *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("backend", ["onnxruntime", "openvino"])
def test_a_photo_stays_here(portrait_path, backend):
    pytest.importorskip(backend)
    assert watched(WORK, str(portrait_path), backend) == "[]"


def test_a_connection_would_be_seen():
    assert "socket.connect" in watched(PROBE)
