"""What the page says where something is missing or wrong."""

import base64

import numpy as np
import pytest
from page_helpers import PATIENCE, RUNTIME, choose, needs, open_photo, pixels, said, saved
from PIL import Image

from hairtint import zoo

PHOTO, VIDEO, WASM = zoo.find("fine").path, zoo.find("swift").path, RUNTIME.parent / "ort-wasm-simd-threaded.wasm"


def refused(page, files, *, state="empty"):
    """Choose files; the title and the sentence of the notice."""
    page.set_input_files("#file", files)
    page.locator("#notice").wait_for()
    assert page.locator("body").get_attribute("data-state") == state
    return page.locator("#notice-title").inner_text(), page.locator("#notice-text").inner_text()


def bytes_named(name, kind, data):
    return {"name": name, "mimeType": kind, "buffer": data}


@pytest.mark.parametrize(
    ("file", "title", "cure"),
    [
        (bytes_named("notes.txt", "text/plain", b"hello"), "This is not a picture", "JPEG, PNG"),
        (bytes_named("torn.jpg", "image/jpeg", b"\xff\xd8\xff\xe0torn"), "This picture cannot be opened", "damaged"),
        (bytes_named("IMG_1.HEIC", "", b"\0\0\0\x18ftypheic" + bytes(64)), "This is a HEIC photo", "as JPEG"),
    ],
)
def test_files_that_are_refused(page, file, title, cure):
    found, text = refused(page, file)
    assert found == title
    assert cure in text
    page.get_by_role("button", name="Close this message").click()
    assert page.locator("#notice").is_hidden()


def test_a_file_that_is_too_large(page, tmp_path):
    path = tmp_path / "huge.jpg"
    with path.open("wb") as file:
        file.truncate(64_000_001)
    title, text = refused(page, path)
    assert title == "This file is too large"
    assert "at most 64 MB" in text


def test_a_file_that_cannot_be_read(visit, server, portrait_path):
    page = visit(server)
    page.evaluate("""() => {
      File.prototype.arrayBuffer = () => Promise.reject(new DOMException("gone", "NotReadableError"));
    }""")
    title, text = refused(page, portrait_path)
    assert title == "This file cannot be read"
    assert "choose it again" in text


def test_a_picture_that_is_too_small(page, tmp_path):
    path = tmp_path / "dot.png"
    Image.new("RGB", (8, 8)).save(path)
    assert refused(page, path)[0] == "This picture is too small"


@pytest.fixture
def sky(tmp_path):
    """A picture without hair."""
    path = tmp_path / "sky.png"
    Image.new("RGB", (200, 160), (120, 170, 220)).save(path)
    return path


def test_no_hair(page, sky):
    page.locator("#choose").focus()
    title, text = refused(page, sky)
    assert title == "No hair was found"
    assert "well lit" in text
    assert page.evaluate("document.activeElement.id") == "choose"


def test_hair_that_was_not_found_is_painted(page, sky):
    """From the welcome and from another photo; the result is dyed there and saved."""
    refused(page, sky)
    for _ in range(2):
        page.get_by_role("button", name="Paint it yourself").click()
        page.wait_for_selector("body[data-state=ready]")
        said(page, "Paint over the hair.")
        assert page.locator("#notice").is_hidden()
        assert page.evaluate("document.activeElement.value") == "add"
        assert not pixels(page, "mask")[..., :3].any()
        page.evaluate("document.getElementById('status').textContent = ''")
        box = page.locator("#compare").bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.mouse.down()
        page.mouse.up()
        said(page, "copper, 100 %")
        name, picture = saved(page, "#save")
        assert name == "sky-copper.png"
        changed = np.abs(picture[..., :3].astype(int) - (120, 170, 220)).max(2) > 5
        assert changed[80, 100]
        assert 0 < changed.mean() < 0.3
        refused(page, sky, state="ready")


def test_a_finished_photo_survives_one_that_is_refused(page, sky, dark_hair):
    """Whether it is no picture or has no hair."""
    open_photo(page, dark_hair)
    choose(page, "blue")
    shown = [pixels(page, canvas) for canvas in ("before", "mask", "after")]
    for file, why in ((sky, "No hair was found"), (sky.with_name("notes.txt"), "This is not a picture")):
        sky.with_name("notes.txt").write_text("hello")
        assert refused(page, file, state="ready")[0] == why
        said(page, "blue, 100 %")
        for canvas, picture in zip(("before", "mask", "after"), shown, strict=True):
            assert np.array_equal(pixels(page, canvas), picture)
        assert page.locator("#save").is_enabled()
        button = page.locator("#save").bounding_box()
        assert button["y"] + button["height"] < page.viewport_size["height"]
    assert saved(page, "#save")[0] == "mé-you-1-blue.jpg"
    page.locator("#another").click()
    refused(page, sky)


def test_a_photo_chosen_while_another_is_refused(page, sky, portrait_path):
    """It is still being opened when the page turns back to the welcome, and is shown all the same."""
    choose = """async ([sky, portrait]) => {
      const drop = (data) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], "photo"));
        document.body.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer }));
      };
      const becomes = (state) => new Promise((resolve) => {
        const look = () => document.body.dataset.state === state && resolve();
        new MutationObserver(look).observe(document.body, { attributes: true });
      });
      const veil = document.getElementById("veil-text");
      const opened = new Promise((resolve) => {
        const look = () => veil.textContent !== "Opening the photo" && resolve();
        new MutationObserver(look).observe(veil, { childList: true });
      });
      drop(sky);
      await opened;
      const [refused, decode] = [becomes("empty"), createImageBitmap];
      globalThis.createImageBitmap = (...given) => refused.then(() => decode(...given));
      drop(portrait);
      await refused;
      globalThis.createImageBitmap = decode;
    }"""
    page.evaluate(choose, [base64.b64encode(each.read_bytes()).decode() for each in (sky, portrait_path)])
    page.wait_for_selector("body[data-state=ready]")
    assert page.locator("#notice").is_hidden()


def megabytes(*files):
    return f"{sum(file.stat().st_size for file in files) / 2**20:.1f}"


def held_back(page, address):
    """The requests for an address, which get no answer until they are let go; returned once there is one."""
    held = []
    page.context.route(address, lambda route: held.append(route))

    def first():
        for _ in range(PATIENCE // 50):
            if held:
                return held[0]
            page.wait_for_timeout(50)
        raise AssertionError(f"nobody asked for {address}")

    return first


def test_progress_while_the_network_is_fetched(visit, server, portrait_path):
    """The network and its runtime come side by side, and nothing is said to start before both are there. No picture
    leaves the device meanwhile, and nothing comes from elsewhere."""
    needs(RUNTIME, "run scripts/fetch-web-assets")
    page, asked = visit(server), []
    page.on("request", lambda request: asked.append((request.method, request.url)))
    network, runtime = held_back(page, "**/models/*"), held_back(page, "**/*.wasm")
    page.set_input_files("#file", portrait_path)
    page.locator("#veil").wait_for()
    assert page.locator("#compare").get_attribute("aria-busy") == "true"
    assert page.locator("#save").is_disabled()
    runtime()
    network().continue_()
    network_alone = f"Fetching the network, once: {megabytes(PHOTO)} MB"
    page.get_by_text(network_alone, exact=True).wait_for()
    page.evaluate("""() => {
      const veil = document.getElementById("veil-text");
      globalThis.heard = [];
      new MutationObserver(() => heard.push(veil.textContent)).observe(veil, { childList: true });
    }""")
    runtime().continue_()
    page.wait_for_selector("body[data-state=ready]")
    heard = [text for text in page.evaluate("heard") if text != network_alone]  # which may be said once more
    begins = heard.index("Starting the network")
    assert begins > 0
    assert all(text.endswith(f" of {megabytes(PHOTO, WASM)} MB") for text in heard[:begins])
    assert page.locator("#veil").is_hidden()
    assert page.locator("#save").is_enabled()
    assert all(method == "GET" and url.startswith((server, f"blob:{server}", "data:")) for method, url in asked)
    assert page.errors == []


def test_an_example_is_on_its_way(visit, server):
    """The page says so at once, and asks for the network later, which is a hundred times as large."""
    page, asked = visit(server), []
    page.on("request", lambda request: asked.append(request.url))
    example = held_back(page, "**/eileen-collins.jpg")
    page.get_by_role("button", name="Copper").click()
    page.locator("#veil-text").filter(has_text="Opening the photo").wait_for()
    said(page, "Opening the photo")
    assert page.locator("#compare").get_attribute("aria-busy") == "true"
    assert page.evaluate("document.activeElement.id") == "another"
    example()
    assert {url.rsplit("/", 1)[1] for url in asked} == {"eileen-collins.jpg"}
    page.context.unroute("**/eileen-collins.jpg")
    page.context.route("**/eileen-collins.jpg", lambda route: route.abort())
    page.locator("#another").click()
    page.get_by_role("button", name="Burgundy").click()
    page.locator("#notice-title").filter(has_text="The example is not here").wait_for()
    assert page.locator("body").get_attribute("data-state") == "empty"
    assert page.locator("#veil").is_hidden()
    assert page.evaluate("document.activeElement.id") == "choose"


def test_a_photo_that_is_being_opened_covers_the_one_before(photo):
    """A file that is none gives it back."""
    photo.evaluate("""() => {
      const { arrayBuffer } = File.prototype;
      File.prototype.arrayBuffer = async function () {
        await new Promise((resolve) => (globalThis.read = resolve));
        File.prototype.arrayBuffer = arrayBuffer;
        return arrayBuffer.call(this);
      };
    }""")
    photo.set_input_files("#file", {"name": "a.txt", "mimeType": "text/plain", "buffer": b"no picture"})
    said(photo, "Opening the photo")
    assert photo.locator("#veil").is_visible()
    assert photo.locator("#save").is_disabled()
    photo.evaluate("read()")
    photo.locator("#notice").wait_for()
    said(photo, "copper, 100 %")
    assert photo.locator("#veil").is_hidden()
    assert photo.locator("#save").is_enabled()


def test_progress_in_the_live_tab(visit, server):
    needs(RUNTIME, "run scripts/fetch-web-assets")
    page = visit(server)
    runtime = held_back(page, "**/*.wasm")
    page.locator("#tab-live").click()
    page.locator("#camera-start").click()
    button = page.locator("#camera-start")
    button.filter(has_text=f"Fetching the network, once: {megabytes(VIDEO)} MB").wait_for()
    page.evaluate("""() => {
      const button = document.getElementById("camera-start");
      globalThis.heard = [];
      const changes = { characterData: true, subtree: true };
      new MutationObserver(() => heard.push(button.textContent)).observe(button, changes);
    }""")
    runtime().continue_()
    page.locator("#pace:not(:empty)").wait_for()
    assert "Starting the network" in page.evaluate("heard")


def test_a_connection_that_breaks(visit, torn, portrait_path):
    """The page says so, and another try helps. It does not ask for the photo: this browser needs no server."""
    needs(RUNTIME, "run scripts/fetch-web-assets")
    page = visit(torn.address)
    for file in ("-worker.js", "models/", "ort.wasm.min.js", "threaded.js", "threaded.wasm"):
        torn.files = [file]
        page.set_input_files("#file", portrait_path)
        page.locator("#notice, #ask[open]").filter(visible=True).wait_for()
        assert page.locator("#ask").is_hidden(), file
        assert page.locator("#notice-title").inner_text() == "The colours could not be started"
        assert "check the connection and try again" in page.locator("#notice-text").inner_text()
    torn.files = []
    page.set_input_files("#file", portrait_path)
    page.wait_for_selector("body[data-state=ready]")


def test_dark_and_light(visit, server):
    page = visit(server, color_scheme="dark")
    paper = "e => getComputedStyle(e).backgroundColor"
    dark = page.locator("body").evaluate(paper)
    around = page.locator("meta[name=theme-color]")
    assert around.get_attribute("content") == "#161210"
    button = page.get_by_role("button", name="Dark colours")
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    light = page.locator("body").evaluate(paper)
    assert around.get_attribute("content") == "#f6f2ec"
    assert light != dark
    page.reload()
    assert page.locator("body").evaluate(paper) == light
    page.evaluate("localStorage.clear()")
    for scheme, pressed in (("light", "false"), ("dark", "true")):  # the device's own, until the visitor chooses
        page.emulate_media(color_scheme=scheme)
        page.locator(f"#theme[aria-pressed={pressed}]").wait_for()
    page.add_init_script("""Object.defineProperty(globalThis, "localStorage", {
      get() { throw new DOMException("blocked", "SecurityError"); },
    })""")
    page.reload()
    button.click()  # for this visit
    page.locator("#theme[aria-pressed=false]").wait_for()
    assert page.errors == []


def test_back_again_the_line_stands_where_its_range_does(visit, server):
    page = visit(server)
    page.locator("#split").evaluate("range => range.value = 85")
    page.goto(f"{server}docs")
    page.go_back()
    page.wait_for_selector(".card")
    assert page.locator("#split").input_value() == "50"
    assert page.locator("#compare").evaluate("frame => frame.style.getPropertyValue('--split')") == "50%"


def test_the_page_is_light(page):
    """Under 300 kB before the network, pictures included."""
    page.reload()
    page.wait_for_selector(".card")
    entries = "() => performance.getEntriesByType('resource').map((e) => [e.name, e.encodedBodySize])"
    sizes = dict(page.evaluate(entries))
    assert len(sizes) > 20
    assert sum(sizes.values()) < 300_000
