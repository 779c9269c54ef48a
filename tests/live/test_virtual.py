"""The virtual camera, with a device of pyvirtualcam's own interface that keeps what it is sent."""

from typing import ClassVar

import numpy as np
import pytest
from live.streams import COLORS, plain

from hairtint.errors import MissingExtraError, OutputError
from hairtint.live.virtual import VirtualCamera

pyvirtualcam = pytest.importorskip("pyvirtualcam")


class Device:
    """A backend for pyvirtualcam.register_backend."""

    sent: ClassVar[list] = []
    busy = False

    def __init__(self, *, width, height, **_):
        if Device.busy:
            raise RuntimeError("device is\n  already in use")
        self.size = width, height

    def close(self):
        Device.sent.append("closed")

    def send(self, frame):
        Device.sent.append(np.asarray(frame).reshape(self.size[1], self.size[0], 3).copy())

    def device(self):
        return "/dev/video42"

    def native_fmt(self):
        return None


@pytest.fixture
def device():
    pyvirtualcam.register_backend("test", Device)
    Device.sent, Device.busy = [], False
    return Device


def test_pictures_arrive_and_keep_their_shape(device):
    told = []
    with VirtualCamera(backend="test", tell=told.append) as sink:
        sink.show(plain(COLORS[0], (64, 49)))
        sink.show(plain(COLORS[1], (32, 48)))
    assert told == ["in the other program, choose the camera /dev/video42"]
    first, second, end = device.sent
    assert first.shape == second.shape == (48, 64, 3)
    assert (first[24, 32] == COLORS[0]).all()
    assert (second[24, 32] == COLORS[1]).all()
    assert (second[24, 5] == 0).all()
    assert end == "closed"


def test_a_system_without_one_says_what_to_install(device, monkeypatch):
    device.busy = True
    for system, cure in (("linux", "v4l2loopback"), ("darwin", "OBS"), ("win32", "OBS")):
        monkeypatch.setattr("sys.platform", system)
        with VirtualCamera(backend="test") as sink, pytest.raises(OutputError, match=cure) as error:
            sink.show(plain(COLORS[0]))
        assert "\n" not in str(error.value)


def test_without_pyvirtualcam_it_names_the_extra(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyvirtualcam", None)
    with pytest.raises(MissingExtraError, match=r"hairtint\[camera\]"):
        VirtualCamera().__enter__()
