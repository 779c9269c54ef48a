"""How fast is a photo in the browser? From the drop to the first dyed picture, and from a click to the next colour.

    python benchmarks/browser_photo.py [PHOTO] [--colors N] [--side PIXELS]

The page is the real one, in headless Chromium, served by this process. "Warm" is the second photo of a visit, when the
network has been fetched and started; "first" includes that. Every time ends when the new picture is on the canvas.
Needs the `dev` and `web` extras, Debian's chromium and scripts/fetch-web-assets.
"""

from __future__ import annotations

import argparse
import base64
import io
import logging
import statistics
import sys
import threading
from pathlib import Path
from typing import Any

from PIL import Image
from werkzeug.serving import make_server

from hairtint.palette import DYES
from hairtint.web import create_app

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests" / "web"), str(ROOT / "tests")]
from engine_page import chromium  # noqa: E402
from page_helpers import CHROMIUM, RUNTIME, needs  # noqa: E402

DROP = """async (data) => {
  const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], "dropped.jpg", { type: "image/jpeg" }));
  const ready = () => document.body.dataset.state === "ready";
  const started = performance.now();
  document.body.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: transfer }));
  while (ready()) await new Promise((resolve) => setTimeout(resolve));
  while (!ready()) await new Promise((resolve) => new MutationObserver(resolve).observe(document.body,
    { attributeFilter: ["data-state"] }));
  return performance.now() - started;
}"""
CLICK = """async (name) => {
  const status = document.getElementById("status");
  const said = () => status.textContent.startsWith(`${name}, `);
  const changed = new Promise((resolve) => new MutationObserver(() => said() && resolve()).observe(status,
    { childList: true, characterData: true, subtree: true }));
  const started = performance.now();
  document.querySelector(`[name=dye][value="${name}"]`).click();
  await changed;
  return performance.now() - started;
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("photo", nargs="?", type=Path, default=ROOT / "examples" / "eileen-collins.jpg")
    parser.add_argument("--colors", type=int, default=20, help="to click, one after another")
    parser.add_argument("--side", type=int, default=1280, help="longer side of the photo in pixels")
    args = parser.parse_args()
    needs(CHROMIUM, "install chromium")
    needs(RUNTIME, "run scripts/fetch-web-assets")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, create_app(rate=0), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 860})
        page.set_default_timeout(0)
        page.goto(f"http://127.0.0.1:{server.server_port}/")
        page.wait_for_selector(".card")
        report(page, jpeg(args.photo, args.side), [dye.name for dye in DYES][: args.colors])
    server.shutdown()


def jpeg(path: Path, side: int) -> str:
    """The photo with this longer side, as a JPEG file in base64."""
    with Image.open(path) as opened:
        rgb = opened.convert("RGB")
    scale = side / max(rgb.size)
    buffer = io.BytesIO()
    rgb.resize((round(rgb.width * scale), round(rgb.height * scale))).save(buffer, "JPEG", quality=92)
    return base64.b64encode(buffer.getvalue()).decode()


def report(page: Any, photo: str, colors: list[str]) -> None:
    print(f"first photo of a visit, network fetched and started meanwhile: {page.evaluate(DROP, photo):.0f} ms")
    warm = [page.evaluate(DROP, photo) for _ in range(5)]
    print(f"photo on a warm page: least {min(warm):.0f} ms, median {statistics.median(warm):.0f} ms")
    clicks = [page.evaluate(CLICK, color) for color in colors]
    print(f"another colour: least {min(clicks):.0f} ms, median {statistics.median(clicks):.0f} ms")


if __name__ == "__main__":
    main()
