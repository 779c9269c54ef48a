"""The photo tab in a real browser: every way in, every control, every way out."""

import numpy as np
from page_helpers import bluer, choose, open_photo, pixels, said, saved
from PIL import Image

import hairtint


def test_the_three_pictures_are_those_of_python(photo, dark_hair):
    """Photo, mask and result: the browser's work against the package's, on the same pixels."""
    before, mask, after = (pixels(photo, name) for name in ("before", "mask", "after"))
    expected = hairtint.Segmenter().mask(before)
    union = np.maximum(mask[..., 0] / 255, expected).sum()
    assert np.minimum(mask[..., 0] / 255, expected).sum() / union > 0.97
    dyed = hairtint.recolor(before, mask[..., 0], "copper")
    assert np.abs(after.astype(int) - dyed).mean() < 0.5
    assert np.array_equal(after[mask[..., 0] == 0], before[mask[..., 0] == 0])


def test_a_colour_and_its_strength(photo):
    hair = pixels(photo, "mask")[..., 0] > 200
    before = pixels(photo, "before")
    choose(photo, "blue")
    full = bluer(before, pixels(photo, "after"), hair)
    photo.locator("#strength").fill("40")
    said(photo, "blue, 40 %")
    part = bluer(before, pixels(photo, "after"), hair)
    photo.locator("#strength").fill("0")
    said(photo, "blue, 0 %")
    assert full > 60
    assert 0.2 < part / full < 0.6
    assert np.array_equal(pixels(photo, "after"), before)


def test_the_wheel_takes_any_colour(photo):
    photo.locator("#tab-own").click()
    photo.locator("#hex").fill("3355ff")
    said(photo, "#3355ff, 100 %")
    assert photo.locator("#now-name").inner_text() == "Your own colour"
    photo.locator("#knob").focus()
    for _ in range(5):
        photo.keyboard.press("ArrowRight")
    assert int(photo.locator("#knob").get_attribute("aria-valuenow")) == 245
    photo.locator("#wheel").click(position={"x": 150, "y": 84})
    assert int(photo.locator("#knob").get_attribute("aria-valuenow")) in (0, 1, 359)
    photo.locator("#hex").fill("#b5562b")
    assert photo.get_by_label("copper", exact=True).is_checked()
    photo.locator("#hex").fill("")
    photo.locator("#hex").focus()
    photo.keyboard.insert_text("  #3355FF ")  # as it is pasted
    said(photo, "#3355ff, 100 %")
    photo.locator("#hex").fill("#fC0")
    said(photo, "#ffcc00, 100 %")
    assert photo.locator("#hex").input_value() == "#fC0", "a fourth digit may follow"
    assert photo.locator("#hex").get_attribute("aria-invalid") == "false"
    assert photo.locator("#hex").evaluate("(field) => field.validity.valid")
    photo.locator("#hex").fill("#fC01")
    assert photo.locator("#hex").get_attribute("aria-invalid") == "true"
    photo.locator("#hex").fill("#12")
    assert photo.locator("#hex").get_attribute("aria-invalid") == "true"


def test_a_tap_on_the_wheel_scrolls_nothing(photo):
    """Though its knob, which takes the focus, lies below what is in view."""
    photo.locator("#tab-own").click()
    photo.locator("#hex").fill("#80ff00")
    wide = photo.viewport_size
    photo.set_viewport_size({"width": 900, "height": 400})
    scrolled = photo.locator("#controls").evaluate("""(panel) => {
      const [wheel, bar] = [".wheel", ".foot"].map((name) => document.querySelector(name).getBoundingClientRect());
      panel.scrollTop += wheel.bottom - bar.top - 100;
      return panel.scrollTop;
    }""")
    box = photo.locator("#wheel").bounding_box()
    photo.mouse.click(box["x"] + 84, box["y"] + 20)
    assert int(photo.locator("#knob").get_attribute("aria-valuenow")) in (269, 270, 271)
    assert photo.locator("#controls").evaluate("panel => panel.scrollTop") == scrolled
    photo.set_viewport_size(wide)


def test_two_tone_begins_with_a_colour_that_is_seen(page):
    """On dark hair, and beside whatever the dye is."""
    second = page.locator("[name=effect-two-tone-color]:checked")
    for dye, beside in (("copper", "#e6d4bb"), ("platinum", "#111111")):
        page.evaluate("(name) => document.querySelector(`[name=dye][value='${name}']`).click()", dye)
        page.evaluate("document.getElementById('effect-two-tone').click()")
        assert second.input_value() == beside
        page.evaluate("document.getElementById('effect-two-tone').click()")


def test_every_effect_shows(photo):
    plain = pixels(photo, "after")
    photo.locator("#tab-more").click()
    for kind in ("ombre", "roots", "highlights", "lowlights", "two-tone", "gloss"):
        photo.locator(f"#effect-{kind}").check()
        said(photo, f"copper, 100 %, {kind}")
        assert np.abs(pixels(photo, "after").astype(int) - plain).max() > 10, kind
        amount = photo.locator(f"[id^=effect-{kind}-][type=range]").first
        amount.fill("90")
        photo.locator(f"#effect-{kind}").uncheck()
        said(photo, "copper, 100 %")


def test_the_method_of_the_report(photo):
    natural = pixels(photo, "after")
    photo.locator("#tab-more").click()
    photo.locator("#effect-gloss").check()
    photo.get_by_label("Hue only").check(force=True)
    assert photo.locator("#effect-gloss").is_disabled()
    said(photo, "copper, 100 %, hue only")
    hsv = pixels(photo, "after")
    expected = hairtint.recolor(pixels(photo, "before"), pixels(photo, "mask")[..., 0], "copper", method="hsv")
    assert np.abs(hsv.astype(int) - expected).mean() < 0.5
    assert not np.array_equal(hsv, natural)


def test_before_and_after_and_the_views(photo):
    frame = photo.locator("#compare")
    assert frame.evaluate("e => getComputedStyle(e.querySelector('#after')).clipPath") != "none"
    box = frame.bounding_box()
    photo.mouse.click(box["x"] + 0.25 * box["width"], box["y"] + 0.5 * box["height"])
    assert 22 <= int(photo.locator("#split").input_value()) <= 28
    for view, shown in {"photo": "before", "mask": "mask", "result": "after", "compare": "after"}.items():
        photo.locator(f"[name=view][value={view}]").check()
        assert photo.locator(f"#{shown}").is_visible()
    thumbs = photo.locator(".views label")
    places = [thumbs.nth(k).bounding_box()["x"] for k in range(4)]
    assert places == sorted(places)
    assert thumbs.nth(3).inner_text() == "Result"


def test_names_only_where_there_is_room(photo):
    """On a side of the picture that is narrower than its name there is none."""
    wide = photo.viewport_size
    names, frame = photo.locator("#compare .chip:visible"), photo.locator("#compare")
    try:
        for width, height in ((1280, 860), (360, 740), (360, 616), (740, 360)):
            photo.set_viewport_size({"width": width, "height": height})
            for share in ("50", "20", "85"):
                photo.locator("#split").fill(share)
                frame.evaluate("() => new Promise(requestAnimationFrame)")
                line = frame.bounding_box()["x"] + frame.bounding_box()["width"] * int(share) / 100
                for name in names.all():
                    box = name.bounding_box()
                    assert (box["x"] + box["width"] < line) == (name.inner_text() == "Before")
                    assert (box["x"] > line) == (name.inner_text() == "After")
        photo.set_viewport_size({"width": 740, "height": 360})
        assert photo.locator("#zoom").bounding_box()["y"] + 36 < frame.bounding_box()["y"]
    finally:
        photo.set_viewport_size(wide)


def test_the_orientation_of_a_camera_is_heeded(page, tmp_path, portrait):
    path = tmp_path / "sideways.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6  # turn right to see it
    Image.fromarray(np.ascontiguousarray(np.rot90(portrait[:400]))).save(path, exif=exif, quality=95)
    open_photo(page, path)
    shown = pixels(page, "before")
    assert shown.shape == (400, 512, 3)
    assert np.abs(shown.astype(int) - portrait[:400]).mean() < 4


def test_dropped_and_pasted(page, portrait_path):
    """The events that a browser makes of real files, even while the camera looks for another; a text is passed over."""
    import base64

    give = """({ kind, data = "", count = 0, into = "body" }) => {
      const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
      const transfer = new DataTransfer();
      if (kind === "drop") transfer.items.add(new File(["text"], "note.txt", { type: "text/plain" }));
      for (let k = 0; k < count; k++) transfer.items.add(new File([bytes], `dropped-${k}.jpg`, { type: "image/jpeg" }));
      const options = { bubbles: true, cancelable: true, dataTransfer: transfer, clipboardData: transfer };
      const Kind = kind === "paste" ? ClipboardEvent : DragEvent;
      document.querySelector(into).dispatchEvent(new Kind(kind, options));
    }"""
    page.evaluate(give, {"kind": "paste", "into": "#hex"})
    assert page.locator("#notice").is_hidden()
    page.evaluate(give, {"kind": "paste"})
    assert page.locator("#notice-title").inner_text() == "There is no picture to paste"
    data = base64.b64encode(portrait_path.read_bytes()).decode()
    for kind, count in (("drop", 1), ("drop", 3), ("paste", 1)):
        page.get_by_role("button", name="Take a photo").click()
        page.locator("#shutter-take:enabled").wait_for()
        page.evaluate(give, {"kind": kind, "data": data, "count": count})
        page.wait_for_selector("body[data-state=ready]")
        said(page, "copper, 100 %" if count == 1 else f"The first of {count} photos was taken")
        assert page.locator("#shutter").is_hidden()
        assert page.evaluate("document.getElementById('shutter-video').srcObject") is None
        page.locator("#another").click()
        page.wait_for_selector("body[data-state=empty]")
    page.evaluate("document.activeElement.blur()")
    page.evaluate(give, {"kind": "drop", "data": data, "count": 1})
    page.wait_for_selector("body[data-state=ready]")
    assert page.evaluate("document.activeElement.localName") == "body", "which had the focus before"


def test_the_way_back_and_forth(photo, tmp_path):
    """By the browser's buttons or the page's: the photo is kept until another one is finished."""
    body = photo.locator("body")
    copper = pixels(photo, "after")
    photo.get_by_role("link", name="Skip to the picture").press("Enter")
    assert body.get_attribute("data-state") == "ready"
    photo.go_back()
    assert body.get_attribute("data-state") == "ready"
    photo.go_back()
    photo.wait_for_selector("body[data-state=empty]")
    photo.go_forward()
    photo.wait_for_selector("body[data-state=ready]")
    assert np.array_equal(pixels(photo, "after"), copper)
    photo.get_by_role("button", name="Another photo").click()
    (tmp_path / "notes.txt").write_text("hello")
    photo.set_input_files("#file", tmp_path / "notes.txt")
    photo.locator("#notice").wait_for()
    assert body.get_attribute("data-state") == "empty"
    photo.get_by_role("button", name="Back to your photo").click()
    photo.wait_for_selector("body[data-state=ready]")
    said(photo, "copper, 100 %")
    photo.locator("#tab-live").click()
    photo.go_back()
    photo.locator("#compare").wait_for()
    photo.go_forward()
    photo.locator("#camera-start").wait_for()
    photo.go_back()
    photo.locator("#another").click()
    photo.get_by_role("button", name="Burgundy").click()
    photo.wait_for_selector("body[data-state=ready]")
    assert saved(photo, "#save")[0] == "eileen-collins-burgundy.jpg"
    photo.go_back()
    photo.go_forward()
    photo.wait_for_selector("body[data-state=ready]")
    assert saved(photo, "#save")[0] == "eileen-collins-burgundy.jpg"


def test_the_way_back_from_a_link(page, portrait_path):
    """To a look or to a part of the page, at the photo or before it: it is one step as well."""
    body = page.locator("body")
    page.get_by_role("link", name="Skip to the picture").press("Enter")
    open_photo(page, portrait_path)
    page.go_back()
    page.wait_for_selector("body[data-state=empty]")
    page.go_forward()
    page.wait_for_selector("body[data-state=ready]")
    page.evaluate("location.hash = 'color=2f5fc4&strength=80'")
    said(page, "blue, 80 %")
    page.locator("#another").click()
    page.go_back()
    page.wait_for_selector("body[data-state=ready]")
    page.go_back()
    page.wait_for_function("() => history.state.photo")
    assert body.get_attribute("data-state") == "ready"


def test_another_photo_begins_with_the_line_in_its_middle(photo, portrait_path):
    photo.locator("#split").fill("100")
    open_photo(photo, portrait_path)
    assert photo.locator("#split").input_value() == "50"
    assert photo.locator("#compare").evaluate("frame => frame.style.getPropertyValue('--split')") == "50%"


def test_taken_with_the_camera(page):
    """Which is asked for more than the live tab needs."""
    page.evaluate("""() => {
      const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = (wish) => real((globalThis.wished = wish));
    }""")
    page.get_by_role("button", name="Take a photo").click()
    page.get_by_role("button", name="Take it").click()
    page.wait_for_selector("body[data-state=ready]")
    assert pixels(page, "after").shape == (240, 320, 3)
    wish = page.evaluate("delete navigator.mediaDevices.getUserMedia, wished.video")
    assert wish == {"facingMode": "user", "width": {"ideal": 1920}, "height": {"ideal": 1440}}


def test_a_photo_chosen_after_others_stays(page, dark_hair, portrait_path):
    """However long an example is on its way, and the hair of another photo is looked for."""
    held = []
    page.route("**/eileen-collins.jpg", lambda route: held.append(route))
    with page.expect_request("**/eileen-collins.jpg"):
        page.get_by_role("button", name="Copper").click()
    page.evaluate("""async () => {
      const { Engine } = await import("./static/engine/index.js");
      const { mask } = Engine.prototype;
      Engine.prototype.mask = async ({ width, height }) => {
        Engine.prototype.mask = mask;
        await new Promise((resolve) => (globalThis.foundAll = resolve));
        return { width, height, data: new Float32Array(width * height).fill(1) };
      };
    }""")
    page.set_input_files("#file", portrait_path)
    page.wait_for_function("() => globalThis.foundAll")
    open_photo(page, dark_hair)
    mask = pixels(page, "mask")
    page.evaluate("foundAll()")
    assert np.array_equal(pixels(page, "mask"), mask)
    with page.expect_event("requestfinished"):
        held[0].continue_()
    page.unroute("**/eileen-collins.jpg")
    page.evaluate("fetch('static/examples/eileen-collins.jpg').then((a) => a.blob())")  # as long as that takes
    assert saved(page, "#save")[0] == "mé-you-1-copper.jpg"


def test_an_example_brings_its_look(page):
    page.get_by_role("button", name="Navy to turquoise").click()
    page.wait_for_selector("body[data-state=ready]")
    assert page.get_by_label("navy", exact=True).is_checked()
    assert page.locator("#effect-ombre").is_checked()
    assert page.get_by_label("Ombre: turquoise").is_checked()
    said(page, "navy, 100 %, ombre")
