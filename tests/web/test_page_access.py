"""The page for everybody: by keyboard, with a screen reader, on a phone, in old browsers; and without a server."""

import functools
import http.server
import re
import threading

import numpy as np
import pytest
from page_helpers import AXE, PATIENCE, RUNTIME, choose, needs, open_photo, pixels, said

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page):
    """What axe-core finds, as "rule: element" lines."""
    if not page.evaluate("'axe' in globalThis"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        """async (tags) => (await axe.run(document, { runOnly: tags, resultTypes: ["violations"] })).violations
          .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`))""",
        RULES,
    )
    return found


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing(page, theme, dark_hair):
    needs(AXE, "run npm ci --prefix tests/web")
    if page.evaluate("document.documentElement.dataset.theme") != theme:
        page.locator("#theme").click()
    assert violations(page) == []
    open_photo(page, dark_hair)
    page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true")
    assert violations(page) == []
    page.locator("#tab-own").click()
    assert violations(page) == []
    page.locator("#tab-more").click()
    page.locator("#effect-ombre").check()
    page.locator("#keep").click()
    assert violations(page) == []
    page.locator(".remove").click()
    page.locator("[name=view][value=mask]").check(force=True)
    assert page.locator("#mend").is_visible()
    assert violations(page) == []
    page.set_input_files("#file", {"name": "a.txt", "mimeType": "text/plain", "buffer": b"no picture"})
    page.locator("#notice").wait_for()
    assert violations(page) == []
    page.locator("#tab-live").click()
    assert violations(page) == []


def test_every_slider_has_a_name(visit, server):
    """Its amount is its value: as part of the name, or in a live region of its own, it would be heard twice."""
    page = visit(server)
    page.evaluate("""() => {
      document.body.dataset.state = "ready";
      for (const part of document.querySelectorAll("main [hidden]:not(.notice, .veil)")) part.hidden = false;
    }""")
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    names = [node["name"]["value"].strip() for node in tree if node.get("role", {}).get("value") == "slider"]
    assert len(names) == page.locator("input[type=range]:visible, #knob").count() > 10
    assert all(names), names
    assert not [name for name in names if "%" in name]
    assert page.locator("output").count() == 0


def test_axe_finds_nothing_in_the_documentation(browser, server):
    needs(AXE, "run npm ci --prefix tests/web")
    with browser.new_context(viewport={"width": 390, "height": 844}) as context:
        page = context.new_page()
        page.goto(f"{server}docs")
        assert violations(page) == []


def focused(page):
    return page.evaluate(
        "document.activeElement.id || document.activeElement.value || document.activeElement.innerText"
    )


def walk(page, target, most=40):
    """Press Tab until the focus is there."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if focused(page) == target:
            return
    raise AssertionError(f"{target} cannot be reached: the focus is on {focused(page)!r}")


def test_a_walk_by_keyboard_alone(page):
    """From the example to a saved picture without a pointer."""
    page.evaluate("document.activeElement.blur()")
    page.locator("#choose").focus()
    walk(page, "Copper")
    page.keyboard.press("Enter")
    page.wait_for_selector("body[data-state=ready]")
    assert focused(page) == "another"
    walk(page, "split")
    page.keyboard.press("Home")
    assert page.locator("#split").input_value() == "0"
    walk(page, "compare")
    page.keyboard.press("ArrowRight")
    assert page.locator("#compare").get_attribute("data-view") == "photo"
    page.keyboard.press("ArrowLeft")
    walk(page, "strength")
    page.keyboard.press("ArrowLeft")
    said(page, "copper, 99 %")
    walk(page, "copper")
    page.keyboard.press("ArrowRight")
    said(page, "ginger, 99 %")
    page.locator("#tab-colour").focus()
    page.keyboard.press("ArrowLeft")
    assert focused(page) == "tab-more"
    walk(page, "effect-gloss")
    page.keyboard.press("Space")
    said(page, "ginger, 99 %, gloss")
    walk(page, "save")
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    assert download.value.suggested_filename == "eileen-collins-ginger.jpg"
    page.locator("#tab-photo").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#live").is_visible()
    page.keyboard.press("ArrowLeft")
    assert page.locator("#photo").is_visible()


def test_a_phone(phone, dark_hair):
    """Nothing sticks out, and the picture stays in view while a colour is chosen below."""
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    open_photo(phone, dark_hair)
    for width, height in ((360, 616), (360, 740), (390, 844)):
        phone.set_viewport_size({"width": width, "height": height})
        assert phone.evaluate("document.documentElement.scrollWidth") == width
        names = ("#compare", "#sheets", ".dye .swatch", ".foot", "#save")
        picture, sheets, dye, foot, save = (phone.locator(name).first.bounding_box() for name in names)
        assert picture["y"] + picture["height"] < sheets["y"] < dye["y"] < foot["y"] - dye["height"]
        assert save["y"] + save["height"] < height, "what the photo was opened for is in view, and the way out"
    phone.get_by_label("violet", exact=True).scroll_into_view_if_needed()
    phone.get_by_label("violet", exact=True).check()
    said(phone, "violet, 100 %")
    hero = phone.locator("#compare").bounding_box()
    assert 0 <= hero["y"] < 60
    status, save = (phone.locator(name).bounding_box() for name in ("#status", "#save"))
    assert hero["y"] + hero["height"] < status["y"] < save["y"] < 844 - save["height"]
    small = """() => [...document.querySelectorAll("button, .dye, summary, select, .switch")]
      .filter((e) => e.offsetParent && e.getBoundingClientRect().height < 24).map((e) => e.outerHTML.slice(0, 80))"""
    assert phone.evaluate(small) == []
    phone.set_viewport_size({"width": 320, "height": 640})
    assert phone.evaluate("document.documentElement.scrollWidth") == 320
    theme, tab = (phone.locator(name).bounding_box() for name in ("#theme", "#tab-live"))
    assert theme["y"] < tab["y"] + tab["height"], "one line"


def test_the_browsers_font_size_is_heeded(visit, server):
    """However large letters are set there, no name lies on another and nothing sticks out."""
    page = visit(server)
    browser_wide = page.context.new_cdp_session(page)
    page.evaluate("document.body.dataset.state = 'ready'")
    sizes = """() => ["body", ".dye .name", "#tab-photo", "#now-name"].map(
      (name) => parseFloat(getComputedStyle(document.querySelector(name)).fontSize))"""
    cut = """() => [...document.querySelectorAll(".dye .name")].filter((name) => {
      const letters = document.createRange();
      letters.selectNodeContents(name);
      const [inner, cell] = [letters, name.parentElement].map((part) => part.getBoundingClientRect());
      return inner.left < cell.left - 1 || inner.right > cell.right + 1 || inner.bottom > cell.bottom + 1;
    }).map((name) => name.innerText)"""
    usual = np.array(page.evaluate(sizes))
    for letters in (16, 20, 24, 32):
        browser_wide.send("Page.setFontSizes", {"fontSizes": {"standard": letters, "fixed": 13}})
        assert np.allclose(page.evaluate(sizes), usual * letters / 16, rtol=0.01)
        for width, height in ((1920, 1080), (1440, 900), (844, 390), (390, 844), (320, 640)):
            page.set_viewport_size({"width": width, "height": height})
            assert page.evaluate("document.documentElement.scrollWidth") == width, (letters, width)
            assert page.evaluate(cut) == [], (letters, width)
            assert page.evaluate("(panel => panel.scrollWidth - panel.clientWidth)(controls)") == 0, (letters, width)


def test_between_what_stays_in_view_there_is_room(photo):
    """However large the letters and however many effects are on, every control of the panel can be touched."""
    wide = photo.viewport_size
    letters = photo.context.new_cdp_session(photo)
    hidden = """(controls) => controls.filter((control) => control.checkVisibility()).filter((control) => {
      control.scrollIntoView({ block: "center" });
      const { left, right, top, bottom } = control.getBoundingClientRect();
      const there = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
      return control !== there && !control.contains(there);
    }).map((control) => control.outerHTML)"""
    photo.locator("#tab-more").click()
    for effect in ("ombre", "roots", "highlights", "lowlights", "two-tone", "gloss"):
        photo.locator(f"#effect-{effect}").check()
    said(photo, "copper, 100 %, ombre, roots, highlights, lowlights, two-tone, gloss")
    try:
        for size, width, height in ((16, 360, 616), (24, 360, 740), (32, 360, 740), (32, 360, 616), (32, 740, 360)):
            letters.send("Page.setFontSizes", {"fontSizes": {"standard": size, "fixed": 13}})
            photo.set_viewport_size({"width": width, "height": height})
            controls = photo.locator("#strength, #sheets button, #more input, .foot button")
            assert controls.evaluate_all(hidden) == [], (size, width, height)
    finally:
        letters.send("Page.setFontSizes", {"fontSizes": {"standard": 16, "fixed": 13}})
        photo.set_viewport_size(wide)


def test_no_focus_goes_under_the_foot_of_the_panel(photo):
    """Nor at twice the size, where the panel is low and scrolls as a whole."""
    wide = photo.viewport_size
    photo.locator("#tab-more").click()
    for effect in ("ombre", "gloss"):
        photo.locator(f"#effect-{effect}").check()
    said(photo, "copper, 100 %, ombre, gloss")
    try:
        for width, height in ((640, 512), (720, 450), (740, 360)):
            photo.set_viewport_size({"width": width, "height": height})
            photo.locator("#tab-more").focus()
            for _ in range(30):
                photo.keyboard.press("Tab")
                inside, bottom, foot = photo.evaluate("""() => {
                  const [focused, foot] = [document.activeElement, document.querySelector(".foot")];
                  const { bottom } = focused.getBoundingClientRect();
                  return [foot.contains(focused), bottom, foot.getBoundingClientRect().top];
                }""")
                if inside:
                    break
                assert bottom <= foot, (width, height, focused(photo))
            assert inside
    finally:
        photo.set_viewport_size(wide)


def test_a_wide_window(visit, server):
    """The bar is in line with what lies below it, and the welcome stands in the middle."""
    page = visit(server, viewport={"width": 1920, "height": 1080})
    welcome, footer = (page.locator(name).bounding_box() for name in (".welcome", "footer"))
    bar, brand, tabs = (page.locator(name).bounding_box() for name in (".bar", ".brand", "#theme .icon"))
    assert abs(brand["x"] - welcome["x"]) < 1
    assert abs(tabs["x"] + tabs["width"] - welcome["x"] - welcome["width"]) < 1
    above, below = welcome["y"] - bar["y"] - bar["height"], footer["y"] - welcome["y"] - welcome["height"]
    assert abs(above - below) < 24


def test_a_window_that_is_wide_but_low(visit, server):
    """A phone on its side, a laptop at twice the size: the panel stands beside a picture that takes the height."""
    page = visit(server)
    page.evaluate("document.body.dataset.state = 'ready'")
    for width, height in ((844, 390), (667, 375), (720, 450)):
        page.set_viewport_size({"width": width, "height": height})
        picture, save = (page.locator(name).bounding_box() for name in ("#compare", "#save"))
        assert save["x"] > picture["x"] + picture["width"], width
        assert save["y"] + save["height"] <= height
        assert picture["height"] > 0.65 * height
        assert picture["y"] + picture["height"] <= height
        assert page.evaluate("document.documentElement.scrollWidth") == width


def test_in_the_visitors_own_colours_what_is_chosen_can_be_seen(visit, server):
    """Forced colours (Windows' high contrast) take backgrounds and shadows away."""
    page = visit(server, forced_colors="active")
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    script = """([of, part]) => {
      const style = getComputedStyle(document.querySelector(of), part);
      const { backgroundColor: fill, boxShadow: line, color: words } = style;
      return { fill, line, words, kept: style.forcedColorAdjust === "none" };
    }"""

    def drawn(of, part=None):
        return page.evaluate(script, [of, part])

    for chosen, other in (
        ("#tab-photo", "#tab-live"),
        ("[name=method]:checked + span", "[name=method]:not(:checked) + span"),
        ("[name=view]:checked + .thumb", "[name=view]:not(:checked) + .thumb"),
        ("#mirror", "#effect-gloss"),
    ):
        assert drawn(chosen) != drawn(other), chosen
    off, knob = drawn("#effect-gloss"), drawn("#effect-gloss", "::after")
    assert off["kept"]
    assert off["line"] != "none"
    assert knob["fill"] != off["fill"]
    assert drawn("#value")["kept"], "or its track has no line"
    chosen = drawn("#tab-photo")
    page.locator("#tab-photo").hover()
    assert drawn("#tab-photo") == chosen, "the words were chosen for what they stand on"


def test_a_script_that_does_not_arrive(browser, server):
    """Or that is another version's: nothing of the page runs, but it says so."""
    other = {"status": 200, "content_type": "text/javascript", "body": "export const another = 1;"}
    for answer in (lambda route: route.abort(), lambda route: route.fulfill(**other)):
        with browser.new_context() as context:
            page = context.new_page()
            page.route("**/app/wheel.js", answer)
            page.goto(server)
            page.get_by_text("Reload it.").wait_for(timeout=PATIENCE)
            assert page.locator("#notice-title").inner_text() == "The page did not load completely"
            assert page.locator("#notice-close").is_hidden()
            assert page.locator("#controls").is_hidden()


def test_where_the_browser_cannot_the_server_may(visit, server, portrait_path):
    """A network that does not arrive: the page asks before a photo leaves the device, and takes a no. Of video it does
    not ask."""
    page = visit(server)
    page.context.route("**/models/*", lambda route: route.fulfill(status=200, body=b"no network"))
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.set_input_files("#file", portrait_path)
    page.locator("#ask[open]").wait_for()
    page.keyboard.press("Escape")
    page.locator("#notice-title").filter(has_text="Nothing was sent").wait_for()
    assert page.evaluate("document.activeElement.id") == "choose"
    page.set_input_files("#file", portrait_path)
    page.get_by_role("button", name="No, keep them here").click()
    page.locator("#notice-title").filter(has_text="Nothing was sent").wait_for()
    assert not sent
    page.locator("#tab-live").click()
    page.locator("#camera-start").click()
    page.locator("#notice-title").filter(has_text="The colours could not be started").wait_for()
    assert page.locator("#ask").is_hidden()
    page.set_input_files("#file", portrait_path)
    page.get_by_role("button", name="Send my photos to the server").click()
    page.wait_for_selector("body[data-state=ready]")
    assert sent
    assert "server" in page.locator("#privacy").inner_text()
    page.locator("[name=view][value=mask]").check(force=True)
    assert page.locator("#mend").is_hidden(), "the server dyes with its own mask"
    page.get_by_label("blue", exact=True).check()
    said(page, "blue, 100 %")
    hair = pixels(page, "mask")[..., 0] > 200
    assert hair.mean() > 0.03
    red, _, blue = pixels(page, "after")[hair].mean(axis=0)
    assert blue > red + 40
    bald = pixels(page, "mask")[..., 0] == 0
    assert np.array_equal(pixels(page, "after")[bald], pixels(page, "before")[bald])
    forgotten = iter([True])
    page.context.route(
        "**/recolor", lambda route: route.fulfill(status=404) if next(forgotten, False) else route.continue_()
    )
    page.get_by_label("green", exact=True).check()
    said(page, "green, 100 %")
    red, green, _ = pixels(page, "after")[hair].mean(axis=0)
    assert green > red + 40, "a server that has forgotten the photo gets it again"


def test_a_browser_that_is_too_old(visit, server, portrait_path):
    """The server colours its photos. Where that has no time it is asked again, for the newest colour alone."""
    page, asked = visit(server), []
    page.add_init_script("delete globalThis.WebAssembly")
    page.reload()
    page.get_by_text("Photos are coloured by this server").wait_for()
    assert "needs a newer browser" in page.locator("#live-lead").text_content()
    open_photo(page, portrait_path)

    def busy(route):
        asked.append(re.search("#[0-9a-f]{6}", route.request.post_data)[0])
        if len(asked) > 2:
            route.continue_()
        else:
            route.fulfill(status=429, headers={"Retry-After": "1"}, json={"detail": "wait"})

    page.route("**/api/v1/recolor", busy)
    for name in ("blue", "violet"):
        page.get_by_label(name, exact=True).check()
    said(page, "violet, 100 %")
    assert asked == ["#2f5fc4", "#6a3fb0", "#6a3fb0"]
    assert page.locator("#notice").is_hidden()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {".mjs": "application/octet-stream"}

    def log_message(self, *_):
        pass


def test_static_files_need_no_server(visit, tmp_path, portrait_path):
    """`hairtint web --export`, in a subfolder of a plain static host that knows no .mjs and sets no headers."""
    needs(RUNTIME, "run scripts/fetch-web-assets")
    from hairtint.web.export import export

    export(tmp_path / "site" / "hair")
    handler = functools.partial(_Quiet, directory=str(tmp_path / "site"))
    host = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=host.serve_forever, daemon=True).start()
    try:
        page = visit(f"http://127.0.0.1:{host.server_port}/hair/")
        open_photo(page, portrait_path)
        choose(page, "blue")
        hair = pixels(page, "mask")[..., 0] > 200
        red, _, blue = pixels(page, "after")[hair].mean(axis=0)
        assert hair.mean() > 0.03
        assert blue > red + 40
        assert page.errors == []
        page.goto((tmp_path / "site" / "hair" / "index.html").as_uri())
        page.get_by_text("Put this folder on a web host: see HOSTING.txt.").wait_for()
        assert page.locator("#notice-title").inner_text() == "The page did not load completely"
    finally:
        host.shutdown()
        host.server_close()
