"""The panel of the look: what was done can be seen, undone, kept and sent."""

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
