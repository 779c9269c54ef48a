"""One server and one browser for all tests of the page. Without Chromium or fetched files they are skipped, but in
continuous integration (CI=true) that is a failure."""

import threading
from contextlib import contextmanager
from types import SimpleNamespace

import cv2
import engine_page
import numpy as np
import pytest
from page_helpers import CAMERA, CHROMIUM, FLAGS, PATIENCE, RUNTIME, needs, open_photo
from PIL import Image

PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def application():
    """What the servers of these tests serve."""
    from hairtint.web import create_app

    return create_app(rate=0)


@contextmanager
def served(application):
    """An application on a free port of 127.0.0.1; the address, with a slash at the end."""
    from werkzeug.serving import make_server

    listening = make_server("127.0.0.1", 0, application, threaded=True)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.server_port}/"
    listening.shutdown()
    thread.join()


@pytest.fixture(scope="session")
def server(application):
    """The address of the application."""
    with served(application) as address:
        yield address


@pytest.fixture
def torn(application):
    """The application behind a connection that breaks halfway through the files whose names are in `files`."""
    connection = SimpleNamespace(files=[])

    def halved(environ, start_response):
        if not any(name in environ["PATH_INFO"] for name in connection.files):
            return application(environ, start_response)
        for known in ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE"):  # what has come before
            environ.pop(known, None)
        body = b"".join(application(environ, start_response))
        return [body[: len(body) // 2]]

    with served(halved) as address:
        connection.address = address
        yield connection


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
def browser(clip, playwright):
    """Headless Chromium of the system, with a camera that films the clip."""
    needs(CHROMIUM, "install chromium")
    flags = [*FLAGS, *CAMERA, f"--use-file-for-fake-video-capture={clip}"]
    browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=flags)
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def modules(browser):
    """A page that can import the engine's modules and nothing more."""
    with engine_page.serving() as address:
        page = engine_page.tab(browser, address)
        yield page
        page.close()


def opened(browser, address, **options):
    """A page in a context of its own, with patience for busy machines; its errors are in `page.errors`."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 860}, "reduced_motion": "reduce", **options})
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    page.errors = []
    page.on("pageerror", lambda error: page.errors.append(str(error)))
    page.on("console", lambda message: page.errors.append(message.text) if message.type == "error" else None)
    page.goto(address)
    page.wait_for_selector(".card")
    return page


@pytest.fixture
def visit(browser):
    """visit(address, **context options) -> a page of this test alone, closed after it."""
    pages = []

    def visit(address, **options):
        pages.append(opened(browser, address, **options))
        return pages[-1]

    yield visit
    for page in pages:
        page.context.close()


def one_for_all(browser, server, **options):
    """The page as the server serves it. One for all tests: the network and its runtime are loaded once."""
    needs(RUNTIME, "run scripts/fetch-web-assets")
    page = opened(browser, server, **options)
    page.at_first = page.evaluate(f"() => ({CONTROLS}).map(({STATE}))")
    page.found = None
    yield page
    page.context.close()


@pytest.fixture(scope="session")
def one_page(browser, server):
    """The page in a wide window."""
    yield from one_for_all(browser, server)


@pytest.fixture(scope="session")
def one_phone(browser, server):
    """The page on a phone."""
    yield from one_for_all(browser, server, viewport=PHONE, is_mobile=True, has_touch=True)


def anew(page):
    """The page, empty, in the look that it begins with; it must not log any error."""
    page.errors.clear()
    start_anew(page)
    yield page
    assert not page.errors


@pytest.fixture
def page(one_page):
    """The page, anew, in a wide window."""
    yield from anew(one_page)


@pytest.fixture
def phone(one_phone):
    """The page, anew, on a phone."""
    one_phone.set_viewport_size(PHONE)
    yield from anew(one_phone)


# Every control that a visitor can move, and what of it can have been moved.
CONTROLS = "[...document.querySelectorAll('#controls input, #controls select, details, .split, #mirror')]"
STATE = "({ value = '', checked = false, open = false }) => ({ value, checked, open })"
RESTORE = f"""(first) => {{
  const changed = (element, kind) => element.dispatchEvent(new Event(kind, {{ bubbles: true }}));
  {CONTROLS}.forEach((control, k) => {{
    const [now, then] = [({STATE})(control), first[k]];
    if (now.open !== then.open) control.open = then.open;
    else if (now.checked !== then.checked && (then.checked || control.type !== "radio")) control.click();
    else if (now.value !== then.value) {{
      control.value = then.value;
      changed(control, "input");
      changed(control, "change");
    }}
  }});
  document.activeElement.blur();
  scrollTo(0, 0);
}}"""


def start_anew(page):
    """Back to the welcome, with every control where it stood at first, whatever a test before has left behind."""
    page.evaluate("for (const dialog of document.querySelectorAll('dialog[open]')) dialog.close()")
    page.locator("#tab-photo").click()
    if page.locator("#notice").is_visible():
        page.locator("#notice-close").click()
    if page.locator("#another").is_visible():
        page.locator("#another").click()
    if page.locator("#theme").get_attribute("aria-pressed") == "true":
        page.locator("#theme").click()
    page.evaluate("document.getElementById('tab-colour').click()")
    page.evaluate(RESTORE, page.at_first)
    assert page.evaluate(f"() => ({CONTROLS}).map(({STATE}))") == page.at_first


@pytest.fixture(scope="session")
def dark_hair(tmp_path_factory, portrait):
    """The portrait as a visitor's file with a name that needs care."""
    path = tmp_path_factory.mktemp("photos") / "Mé & you (1).jpg"
    Image.fromarray(portrait).save(path, quality=95)
    return path


# A photo with its mask, and whether that was mended.
FOUND = """() => [...["before", "mask"].map((id) => document.getElementById(id).toDataURL()),
  document.getElementById("mend-undo").ariaDisabled]"""


@pytest.fixture
def photo(page, dark_hair):
    """The page with a photo in it: that of a test before where it is still there, with its mask as it was found."""
    if page.locator("#reopen").is_visible():
        page.locator("#reopen").click()
        page.wait_for_selector("body[data-state=ready]")
    if page.evaluate(FOUND) != page.found:
        open_photo(page, dark_hair)
        page.found = page.evaluate(FOUND)
    return page
