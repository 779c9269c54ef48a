"""The page of the live picture as a viewer uses it: real Chromium, real clicks."""

import shutil
import threading

import numpy as np
import pytest
from needs import left_out

from hairtint.live import serve_http
from hairtint.live.serve import Server

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
]  # fmt: skip
# The average colour of the picture as the page shows it.
SEEN = """() => {
  const picture = document.getElementById("picture");
  const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
  const pen = canvas.getContext("2d");
  if (!picture.naturalWidth) return [0, 0, 0];
  pen.drawImage(picture, 0, 0, 1, 1);
  return Array.from(pen.getImageData(0, 0, 1, 1).data).slice(0, 3);
}"""


@pytest.fixture(scope="module")
def browser(playwright):
    if CHROMIUM is None:
        left_out("no chromium on this machine: the page is not tested in a browser")
    running = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield running
    running.close()


class Loop:
    """A stand-in for the camera's loop: shows the chosen colour, at its strength, as the whole picture."""

    def __init__(self, server):
        self.server, self.color, self.strength, self.mask = server, "#404040", 1.0, False
        self.stopped = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def run(self):
        while not self.stopped.wait(0.05):
            for command in self.server.commands():
                vars(self).update(command)
            rgb = [int(self.color[k : k + 2], 16) * self.strength for k in (1, 3, 5)]
            self.server.show(np.full((120, 160, 3), [255 if self.mask else v for v in rgb], np.uint8))

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.stopped.set()
        self.thread.join()


def shows(page, rgb):
    page.wait_for_function(
        f"(wanted) => {{ const seen = ({SEEN})(); return seen.every((v, k) => Math.abs(v - wanted[k]) < 8); }}", arg=rgb
    )


def test_a_viewer_chooses_a_colour_a_strength_and_the_mask(browser, tmp_path):
    with Server(port=0, token="for-this-test") as server, Loop(server):
        page = browser.new_page(viewport={"width": 390, "height": 844})
        page.set_default_timeout(120_000)  # a busy machine is no defect
        complaints = []
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        outside = []
        ours = (server.url, f"blob:http://127.0.0.1:{server.port}/")
        page.on("request", lambda request: None if request.url.startswith(ours) else outside.append(request.url))
        page.goto(server.url, wait_until="domcontentloaded")
        shows(page, [64, 64, 64])
        page.get_by_role("button", name="auburn").click()
        shows(page, [0x8E, 0x3B, 0x2F])
        assert page.get_by_role("button", name="auburn").get_attribute("aria-pressed") == "true"
        page.get_by_label("Strength").fill("0.5")
        shows(page, [0x8E // 2, 0x3B // 2, 0x2F // 2])
        assert page.locator("#percent").inner_text() == "50 %"
        with page.expect_download() as download:
            page.get_by_role("link", name="Snapshot").click()
        assert download.value.suggested_filename.startswith("hairtint-")
        page.get_by_role("button", name="Show mask").click()
        shows(page, [255, 255, 255])
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than a phone"
        page.screenshot(path=tmp_path / "page.png")
        another = browser.new_page()
        another.set_default_timeout(120_000)
        another.goto(server.url, wait_until="domcontentloaded")
        another.wait_for_selector("button[aria-pressed=true][title=auburn]")
        assert outside == []
        assert complaints == []
        another.close()
        page.close()


def test_a_page_says_that_the_server_is_gone_and_goes_on_when_it_is_back(browser, monkeypatch):
    monkeypatch.setattr(serve_http, "REPEAT", 0.2)
    page = browser.new_page()
    page.set_default_timeout(120_000)
    page.add_init_script("const real = setTimeout; globalThis.setTimeout = (then, pause) => real(then, pause / 20);")
    with Server(port=0) as server:
        server.show(np.full((120, 160, 3), 64, np.uint8))
        page.goto(server.url, wait_until="domcontentloaded")
        shows(page, [64, 64, 64])
    page.wait_for_function("() => /ended|lost/.test(document.getElementById('note').innerText)")
    with Server(port=server.port) as back:
        for value in (128, 200):
            back.show(np.full((120, 160, 3), value, np.uint8))
            shows(page, [value] * 3)
        assert page.locator("#note").inner_text() == ""
        for trouble in ("the camera is gone – trying again", None):
            back.state["trouble"] = trouble
            page.wait_for_function("text => document.getElementById('note').innerText === text", arg=trouble or "")
    page.close()
