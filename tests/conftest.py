"""What several tests share: the bundled portrait, and a small data set."""

import os
import signal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from PIL import Image

# A busy machine is no defect: no test may fail by the clock.
settings.register_profile("any-machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any-machine")

for each in (signal.SIGINT, signal.SIGHUP):  # ignored in the background, it would be by the programs under test too
    if signal.getsignal(each) is signal.SIG_IGN:
        signal.signal(each, lambda *_: None)

for name in ("FORCE_COLOR", "HAIRTINT_BACKEND", "HAIRTINT_MODELS"):  # nor may what a person or CI has set decide
    os.environ.pop(name, None)
os.environ["no_proxy"] = os.environ["NO_PROXY"] = "localhost,127.0.0.1"

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="session")
def portrait_path():
    """The bundled portrait, a 512x512 JPEG."""
    return ROOT / "examples" / "eileen-collins.jpg"


@pytest.fixture(scope="session")
def portrait(portrait_path):
    """Its pixels, RGB uint8 (512, 512, 3), read-only so that no test can spoil it for the next."""
    rgb = np.asarray(Image.open(portrait_path).convert("RGB")).copy()
    rgb.flags.writeable = False
    return rgb


@pytest.fixture(scope="session")
def playwright():
    """The driver of browsers: one for all tests, because a second one refuses to start beside it."""
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def shared():
    """The folder of peers, tools and training data beside the checkout; tests that need it are skipped without it."""
    folder = ROOT.parent / "shared"
    if not (folder / "data").is_dir():
        pytest.skip("needs the project's shared data beside the checkout")
    return folder


@pytest.fixture
def pairs_folder(tmp_path, portrait):
    """A plain data set of three photos: the portrait, a darker and a mirrored copy, with a rough hair mask."""
    y, x = np.mgrid[:512, :512]
    hair = (np.hypot((x - 220) / 90, (y - 110) / 100) < 1) & ~(np.hypot((x - 222) / 45, (y - 135) / 65) < 1)
    folder = tmp_path / "portraits"
    for name in ("images", "masks"):
        (folder / name).mkdir(parents=True)
    variants = {
        "plain": (portrait, hair),
        "dark": (portrait // 2, hair),
        "mirrored": (portrait[:, ::-1], hair[:, ::-1]),
    }
    for stem, (rgb, mask) in variants.items():
        Image.fromarray(np.ascontiguousarray(rgb)).save(folder / "images" / f"{stem}.jpg")
        Image.fromarray(np.ascontiguousarray(mask)).save(folder / "masks" / f"{stem}.png")
    return folder
