"""One server and one browser for all tests of the page. Without Chromium or fetched files they are skipped, but in
continuous integration (CI=true) that is a failure."""

import threading

import cv2
import numpy as np
import pytest
from page_helpers import CHROMIUM, FLAGS, PATIENCE, RUNTIME, needs
from PIL import Image


@pytest.fixture(scope="session")
def server():
    """The application on a free port of 127.0.0.1; the address, with a slash at the end."""
    from werkzeug.serving import make_server

    from hairtint.web import create_app

    listening = make_server("127.0.0.1", 0, create_app(rate=0), threaded=True)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.server_port}/"
    listening.shutdown()
    thread.join()


@pytest.fixture(scope="session")
def clip(tmp_path_factory, portrait):
    """What the fake camera films, as .y4m: the bundled portrait, panned to and fro."""
    path = tmp_path_factory.mktemp("camera") / "portrait.y4m"
    with path.open("wb") as file:
        file.write(b"YUV4MPEG2 W320 H240 F15:1 Ip A1:1 C420jpeg\n")
        for k in range(30):
            left = round(60 + 30 * np.sin(2 * np.pi * k / 30))
            view = cv2.resize(np.ascontiguousarray(portrait[:300, left : left + 400]), (320, 240))
            view[200:, :40] = (0, 200, 0)  # tells left from right
            file.write(b"FRAME\n" + cv2.cvtColor(view, cv2.COLOR_RGB2YUV_I420).tobytes())
    return path


@pytest.fixture(scope="session")
def browser(clip):
    """Headless Chromium of the system, with a camera that films the clip."""
    needs(CHROMIUM, "install chromium")
    from playwright.sync_api import sync_playwright

    flags = [*FLAGS, f"--use-file-for-fake-video-capture={clip}"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def visit(browser):
    """visit(address, **context options) -> a page with patience for busy machines; its errors are in `page.errors`."""
    contexts = []

    def open_page(address, **options):
        context = browser.new_context(
            **{"viewport": {"width": 1280, "height": 860}, "reduced_motion": "reduce", **options}
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.errors = []
        page.on("pageerror", lambda error: page.errors.append(str(error)))
        page.on("console", lambda message: page.errors.append(message.text) if message.type == "error" else None)
        page.goto(address)
        page.wait_for_selector(".card")
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def one_page(visit, server):
    """The page as the server serves it. One for all: the network and its runtime are loaded once."""
    needs(RUNTIME, "run scripts/fetch-web-assets")
    return visit(server)


@pytest.fixture
def page(one_page):
    """The page, empty, in the look that it begins with; it must not log any error."""
    one_page.errors.clear()
    start_anew(one_page)
    yield one_page
    assert not one_page.errors


def start_anew(page):
    """Back to the welcome and the first look, by the page's own controls."""
    page.locator("#tab-photo").click()
    if page.locator("#notice").is_visible():
        page.locator("#notice-close").click()
    if page.locator("#another").is_visible():
        page.locator("#another").click()
    page.evaluate("""() => {
      const send = (element, kind) => element.dispatchEvent(new Event(kind, { bubbles: true }));
      document.querySelector("[name=method][value=natural]").click();
      for (const box of document.querySelectorAll("#effects :checked")) box.click();
      document.querySelector("[name=dye][value=copper]").click();
      const [strength, split] = ["strength", "split"].map((id) => document.getElementById(id));
      [strength.value, split.value] = [100, 50];
      for (const range of [strength, split]) send(range, "input");
    }""")


@pytest.fixture(scope="session")
def dark_hair(tmp_path_factory, portrait):
    """The portrait as a visitor's file with a name that needs care."""
    path = tmp_path_factory.mktemp("photos") / "Mé & you (1).jpg"
    Image.fromarray(portrait).save(path, quality=95)
    return path
