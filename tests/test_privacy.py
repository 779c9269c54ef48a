"""Nothing is sent anywhere: no name is looked up and no connection made, whatever the runtimes bring along."""

import os
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


def watched(home, work, *arguments):
    """What a fresh user's process was seen to do; the telemetry of ONNX Runtime, off in this one, starts anew."""
    environment = {**os.environ, "HOME": str(home)}
    environment.pop("ORT_DISABLE_TELEMETRY", None)
    call = [sys.executable, "-c", WATCHED + work + SAID, *arguments]
    done = subprocess.run(call, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("backend", ["onnxruntime", "openvino"])
def test_a_photo_stays_here_and_leaves_nothing_behind(portrait_path, backend, tmp_path):
    pytest.importorskip(backend)
    assert watched(tmp_path, WORK, str(portrait_path), backend) == "[]"
    assert list(tmp_path.rglob("*")) == []


def test_a_connection_would_be_seen(tmp_path):
    assert "socket.connect" in watched(tmp_path, PROBE)
