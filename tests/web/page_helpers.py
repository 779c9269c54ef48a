"""What the tests of the page do again and again."""

import base64
import io
import re
from pathlib import Path

import numpy as np
from needs import left_out
from PIL import Image

HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "src" / "hairtint" / "web" / "static"
CHROMIUM = Path("/usr/bin/chromium")
RUNTIME = STATIC / "vendor" / "ort.wasm.min.js"
AXE = HERE / "node_modules" / "axe-core" / "axe.min.js"
PATIENCE = 120_000  # milliseconds: a busy machine is no defect

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip
CAMERA = ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]


def needs(path, cure):
    """Skip where a file is missing; fail in continuous integration, where nothing may be missing."""
    if not path.exists():
        reason = f"{path.name} is not here: {cure}"
        left_out(reason)


def pixels(page, canvas):
    """What a canvas shows, uint8 (H, W, 3)."""
    address = page.evaluate("(id) => document.getElementById(id).toDataURL('image/png')", canvas)
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(address.split(",")[1]))).convert("RGB"))


def open_photo(page, path):
    """Choose a photo and wait for its result."""
    page.set_input_files("#file", path)
    page.wait_for_selector("body[data-state=ready]")


def choose(page, name):
    """Choose a dye of the palette and wait until the page says that it is on the picture."""
    page.get_by_label(name, exact=True).check()
    said(page, f"{name}, 100 %")


def said(page, text):
    """Wait until the status line says this and no more: then the picture shows that look."""
    page.locator("#status").filter(has_text=re.compile(f"^{re.escape(text)}$")).wait_for()


def saved(page, button):
    """Click a button that saves; the file's name and its picture, (H, W) or (H, W, 3)."""
    with page.expect_download() as download:
        page.locator(button).click()
    path = download.value.path()
    return download.value.suggested_filename, np.asarray(Image.open(io.BytesIO(path.read_bytes())))


def zoomed(page):
    """How many times as large as the whole the picture is."""
    return float(page.locator("#compare").evaluate("frame => frame.style.getPropertyValue('--zoom')"))


def bluer(before, after, where):
    """How much further blue lies above red than before, on average over some pixels."""
    gap = [p[where].astype(float) @ np.array([-1, 0, 1]) for p in (before, after)]
    return (gap[1] - gap[0]).mean()


def pinch(page, x, y):
    """Two fingers on a touch screen part from 30 to 180 pixels around a point."""
    touch = page.context.new_cdp_session(page)

    def send(kind, *places):
        points = [{"x": place, "y": y, "id": k} for k, place in enumerate(places)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    send("touchStart", x - 15, x + 15)
    for half in range(20, 91, 5):
        send("touchMove", x - half, x + half)
    send("touchEnd")
