"""The panel of the look: what was done can be seen, undone, kept and sent."""

import pytest
from page_helpers import open_photo, said


def test_what_was_done_can_be_undone(page):
    """Step by step: a drag is one of them. A reset can be undone too."""
    page.evaluate("document.body.dataset.state = 'ready'")
    look = "() => [document.getElementById('now-name').innerText, document.getElementById('strength').value]"
    undo = page.get_by_role("button", name="Undo")
    page.get_by_label("blue", exact=True).check()
    box = page.locator("#strength").bounding_box()
    page.mouse.move(box["x"] + box["width"] - 12, box["y"] + box["height"] / 2)
    page.mouse.down()
    for share in (0.8, 0.6, 0.5):
        page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
    page.mouse.up()
    assert page.evaluate(look)[1] == "50"
    page.get_by_role("button", name="Reset the look").click()
    assert page.evaluate(look) == ["Copper", "100"]
    undo.click()
    assert page.evaluate(look) == ["Blue", "50"]
    page.keyboard.press("Control+z")
    assert page.evaluate(look) == ["Blue", "100"]
    page.keyboard.press("Meta+z")
    assert page.evaluate(look) == ["Copper", "100"]


def test_effects_in_use_stand_beside_the_dye(page):
    """With a button each that takes them off."""
    page.evaluate("document.body.dataset.state = 'ready'")
    for kind in ("ombre", "gloss"):
        page.evaluate("(id) => document.getElementById(id).click()", f"effect-{kind}")
    assert page.locator("#chips li").all_inner_texts() == ["Ombre", "Gloss"]
    page.get_by_role("button", name="Take off: Ombre").click()
    assert page.locator("#chips li").all_inner_texts() == ["Gloss"]
    assert page.evaluate("document.activeElement.ariaLabel") == "Take off: Gloss"
    assert not page.evaluate("document.getElementById('effect-ombre').checked")
    page.keyboard.press("Enter")
    assert page.locator("#chips").is_hidden()
    assert page.evaluate("document.activeElement.id") == "undo"
    page.keyboard.press("Enter")
    assert page.locator("#chips li").all_inner_texts() == ["Gloss"]
    page.evaluate("document.querySelector('[name=method][value=hsv]').click()")
    assert page.locator("#chips li").all_inner_texts() == ["Hue only"]
    page.get_by_role("button", name="Take off: Hue only").click()
    assert page.locator("#chips li").all_inner_texts() == ["Gloss"]


def test_the_effects_of_an_example_are_not_worn_by_ones_own_photo(page, dark_hair):
    """Unless the visitor has changed them, and so knows of them."""
    burgundy = page.get_by_role("button", name="Burgundy, glossy")
    burgundy.click()
    page.wait_for_selector("body[data-state=ready]")
    open_photo(page, dark_hair)
    said(page, "burgundy, 100 %")
    page.locator("#another").click()
    burgundy.click()
    page.wait_for_selector("body[data-state=ready]")
    page.evaluate("document.getElementById('effect-ombre').click()")
    page.locator("#another").click()
    open_photo(page, dark_hair)
    said(page, "burgundy, 100 %, ombre, gloss")


def test_the_sheets_of_the_panel(visit, server):
    """Arrow keys change them, and the one that was open last is open when the visitor comes back."""
    page = visit(server)
    page.evaluate("document.body.dataset.state = 'ready'")
    page.locator("#tab-colour").focus()
    for sheet in ("own", "more", "colour", "own"):
        page.keyboard.press("ArrowRight")
        assert [page.locator(f"#{each}").is_visible() for each in ("colour", "own", "more")] == [
            sheet == each for each in ("colour", "own", "more")
        ]
    page.reload()
    page.locator(".card").first.wait_for()
    page.evaluate("document.body.dataset.state = 'ready'")
    assert page.locator("#hex").is_visible()
    assert page.locator("#tab-own").get_attribute("aria-selected") == "true"


def test_an_effect_in_any_colour(page):
    """A dye, or whatever the browser's own field gives."""
    page.evaluate("document.body.dataset.state = 'ready'")
    page.locator("#tab-more").click()
    page.locator("#effect-ombre").check()
    page.get_by_label("Ombre: pink").check()
    assert page.get_by_label("Ombre: platinum").is_checked() is False
    page.get_by_label("Ombre: any colour").fill("#12ab34")
    assert page.locator("[name=effect-ombre-color]:checked").count() == 0
    page.get_by_role("button", name="Undo").click()
    assert page.get_by_label("Ombre: pink").is_checked()


NOW = "() => [document.getElementById('now-name').innerText, document.getElementById('strength').value]"


def test_a_look_travels_in_the_address(visit, server):
    page = visit(server)
    page.evaluate("document.body.dataset.state = 'ready'")
    page.get_by_label("blue", exact=True).check()
    page.locator("#strength").fill("40")
    page.locator("#tab-more").click()
    page.locator("#effect-ombre").check()
    page.get_by_label("Ombre: any colour").fill("#12ab34")
    page.wait_for_url("**#color=2f5fc4&strength=40&method=natural&effect=ombre:12ab34:0.5:0.4")
    page.reload()
    page.evaluate("document.body.dataset.state = 'ready'")
    assert page.evaluate(NOW) == ["Blue", "40"]
    assert page.locator("#chips li").all_inner_texts() == ["Ombre"]
    assert page.get_by_label("Ombre: any colour").input_value() == "#12ab34"
    page.get_by_role("button", name="Reset the look").click()
    page.wait_for_url(server)
    page.evaluate("location.hash = 'color=e06a9f&strength=70'")  # a link that is followed while the page is open
    page.locator("#now-name").filter(has_text="pink").wait_for()
    assert page.evaluate(NOW) == ["Pink", "70"]
    page.evaluate("location.hash = 'stage'")
    page.wait_for_url("**#color=e06a9f&strength=70&method=natural")


@pytest.mark.parametrize(
    "address",
    [
        "stage", "color=", "color=javascript:1", "color=2f5fc4&strength=101", "color=2f5fc4&strength=-1",
        "color=2f5fc4&method=constructor", "color=2f5fc4&effect=<img src=x>", "color=2f5fc4&effect=__proto__",
        "color=2f5fc4&effect=ombre", "color=2f5fc4&effect=gloss:2", "color=2f5fc4&effect=gloss:0.1:0.2",
        "color=2f5fc4&effect=gloss&effect=gloss", "color=2f5fc4" + 600 * "&", "color=%E0%A4%A",
    ],
)  # fmt: skip
def test_an_address_that_holds_no_look(page, address):
    read = "async (text) => (await import('./static/app/look-text.js')).readLook(text)"
    assert page.evaluate(read, address) is None


WORDS = "kept => kept.map(({ title }) => title)"


def test_looks_are_kept(visit, server, dark_hair):
    """With a small picture while the page is open; of photos nothing is stored."""
    page = visit(server)
    open_photo(page, dark_hair)
    page.get_by_label("blue", exact=True).check()
    said(page, "blue, 100 %")
    page.get_by_role("button", name="Keep this look").click()
    page.get_by_label("pink", exact=True).check()
    page.get_by_role("button", name="Keep this look").click()
    assert page.locator("#shelf canvas").count() == 2
    page.locator(".kept").last.click()
    said(page, "blue, 100 %")
    page.evaluate("localStorage.setItem('looks', JSON.stringify([...JSON.parse(localStorage.looks), 7, 'color=x']))")
    page.reload()
    page.evaluate("document.body.dataset.state = 'ready'")
    assert page.locator("#shelf canvas").count() == 0
    assert page.locator(".kept").evaluate_all(WORDS) == ["pink, 100 %", "blue, 100 %"]
    page.set_viewport_size({"width": 1280, "height": 720})
    for sheet in ("#tab-more", "#tab-own", "#tab-colour"):
        page.locator(sheet).click()
        seen, whole = page.evaluate("[shelf.clientHeight, shelf.scrollHeight]")
        assert seen == whole > 80, sheet
    page.get_by_role("button", name="Remove: pink, 100 %").click()
    assert page.evaluate("document.activeElement.title") == "blue, 100 %"
    assert page.evaluate("localStorage.looks") == '["color=2f5fc4&strength=100&method=natural"]'
    page.get_by_role("button", name="Remove: blue, 100 %").click()
    assert page.locator("#shelf").is_hidden()


def test_two_tabs_keep_looks_on_one_shelf(visit, server):
    one = visit(server)
    with one.context.new_page() as other:
        other.goto(server)
        for page in (one, other):
            page.wait_for_selector("body[data-tab]")
            page.evaluate("document.body.dataset.state = 'ready'")
        for page, dye, kept in ((one, "blue", ["blue, 100 %"]), (other, "pink", ["pink, 100 %", "blue, 100 %"])):
            page.get_by_label(dye, exact=True).check()
            page.locator("#keep").click()
            for each in (one, other):
                each.locator(f".kept >> nth={len(kept) - 1}").wait_for()
                assert each.locator(".kept").evaluate_all(WORDS) == kept
        one.get_by_label("pink", exact=True).check()
        assert one.locator("#keep").get_attribute("aria-pressed") == "true"


def test_the_heart_answers(visit, server):
    """By a word and by being full while the look of now is kept; a second press removes it."""
    page = visit(server)
    page.evaluate("document.body.dataset.state = 'ready'")
    heart = page.get_by_role("button", name="Keep this look")
    for strength in range(20, 32):
        page.locator("#strength").fill(str(strength))
        assert heart.get_attribute("aria-pressed") == "false"
        heart.click()
        said(page, "Kept")
        assert heart.get_attribute("aria-pressed") == "true"
    page.locator("#strength").fill("32")
    heart.click()
    said(page, "Kept; the oldest of 12 was removed")
    assert page.locator(".kept").evaluate_all(WORDS) == [f"copper, {strength} %" for strength in range(32, 20, -1)]
    heart.click()
    said(page, "No longer kept")
    assert heart.get_attribute("aria-pressed") == "false"
    assert page.locator(".kept").count() == 11
    page.locator(".kept").first.click()
    assert heart.get_attribute("aria-pressed") == "true"
    page.locator(".remove").first.click()
    assert heart.get_attribute("aria-pressed") == "false"


def test_kept_looks_can_be_told_apart(visit, server):
    """By the words of the status line, and what the method switches off is no part of them."""
    page = visit(server)
    page.evaluate("document.body.dataset.state = 'ready'")
    page.locator("#tab-more").click()
    page.locator("#effect-ombre").check()
    for strength in ("40", "80"):
        page.locator("#strength").fill(strength)
        page.locator("#keep").click()
    page.get_by_label("Hue only").check(force=True)
    page.locator("#keep").click()
    words = ["copper, 80 %, hue only", "copper, 80 %, ombre", "copper, 40 %, ombre"]
    assert page.locator(".kept").evaluate_all(WORDS) == words
    assert page.locator(".kept").first.inner_text() == "Copper, 80\N{NO-BREAK SPACE}%, hue only"
    page.reload()
    page.evaluate("document.body.dataset.state = 'ready'")
    page.locator(".kept").first.click()
    page.get_by_label("Natural dye").check(force=True)
    assert page.locator("#chips").is_hidden()
