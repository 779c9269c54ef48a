"""A browser page with the engine's modules, for tests: real Chromium, a real server on 127.0.0.1."""

import base64
import hashlib
import http.server
import threading
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
from page_helpers import CHROMIUM, FLAGS, PATIENCE, STATIC

from hairtint import zoo

NUMPY = {"Float32Array": np.float32, "Uint8Array": np.uint8, "Uint8ClampedArray": np.uint8}
SENT: dict[str, bytes] = {}

# What every test page can do: bytes in, bytes out, and whole pictures from RGB.
HELPERS = """
globalThis.bytes = async (name) => new Uint8Array(await (await fetch(`/sent/${name}`)).arrayBuffer());
globalThis.packed = (array) => ({
  kind: array.constructor.name,
  data: new Uint8Array(array.buffer, array.byteOffset, array.byteLength).toBase64(),
});
globalThis.picture = async ({ width, height, name }) => {
  const rgb = await bytes(name);
  const out = new ImageData(width, height);
  for (let i = 0; i < width * height; i++) {
    for (let k = 0; k < 3; k++) out.data[4 * i + k] = rgb[3 * i + k];
    out.data[4 * i + 3] = 255;
  }
  return out;
};
globalThis.plane = async ({ width, height, name }) => {
  return { width, height, data: new Float32Array((await bytes(name)).buffer) };
};
globalThis.module = (name) => import(`/engine/${name}.js`);
"""


def sent(array):
    """How the page gets an array: its size, and the name under which `bytes` fetches it."""
    raw = np.ascontiguousarray(array).tobytes()
    name = hashlib.sha256(raw).hexdigest()
    SENT[name] = raw
    return {"width": array.shape[1], "height": array.shape[0], "name": name}


def received(value):
    """The NumPy array, flat, of what `packed` made in the page."""
    return np.frombuffer(base64.b64decode(value["data"]), NUMPY[value["kind"]])


class _Handler(http.server.SimpleHTTPRequestHandler):
    def guess_type(self, path):
        return {".wasm": "application/wasm"}.get(Path(path).suffix, "text/javascript")

    def translate_path(self, path):
        name = path.lstrip("/")
        return str(zoo.find(name[:-5]).path if name in ("fine.onnx", "swift.onnx", "light.onnx") else STATIC / name)

    def end_headers(self):
        if self.server.isolated:
            self.send_header("Cross-Origin-Opener-Policy", "same-origin")
            self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        super().end_headers()

    def do_GET(self):
        if self.path == "/":
            return self._answer(
                "text/html", b"<!doctype html><title>engine</title><video muted></video><canvas></canvas>"
            )
        if self.path.startswith("/sent/"):
            return self._answer("application/octet-stream", SENT[self.path.removeprefix("/sent/")])
        return super().do_GET()

    def _answer(self, kind, body):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextmanager
def serving(*, isolated=True):
    """The engine's static files on a free port of 127.0.0.1; the address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler))
    server.isolated = isolated
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def chromium(*flags):
    """Headless Chromium of the system, as Playwright sees it."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=[*FLAGS, *flags])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(*flags, isolated=True):
    """A page that can import the engine's modules."""
    with serving(isolated=isolated) as address, chromium(*flags) as browser:
        yield tab(browser, address)


def tab(browser, address):
    """A page of the browser with what tests need."""
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    page.add_init_script(HELPERS)
    page.goto(address)
    return page
