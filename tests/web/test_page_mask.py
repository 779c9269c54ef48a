"""The brush for the mask: what is dyed and saved is what was painted."""

import numpy as np
import pytest
from page_helpers import choose, open_photo, pinch, pixels, said, saved, zoomed
from PIL import Image


def painted(page, kind, *places):
    """Paint over places, given as shares of the frame, and wait for the picture."""
    page.locator("[name=view][value=mask]").check(force=True)
    page.locator(f"[name=brush][value={kind}]").check(force=True)
    page.evaluate("document.getElementById('status').textContent = ''")
    box = page.locator("#compare").bounding_box()
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in places]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=3)
    page.mouse.up()
    said(page, "copper, 100 %")


def shown(page):
    return pixels(page, "mask")[..., 0], pixels(page, "after").astype(int)


def test_hair_is_added_and_taken_back(photo):
    """Softly at the rim, and nothing changes elsewhere."""
    mask, after = shown(photo)
    painted(photo, "add", (0.2, 0.8), (0.4, 0.8))
    more, dyed = shown(photo)
    y, left, right = (round(512 * share) for share in (0.8, 0.2, 0.4))
    assert (more[y, left:right] == 255).all()
    assert len(set(more[y - 20 : y, (left + right) // 2].tolist())) > 5
    beside = np.ones(mask.shape, bool)
    beside[y - 20 : y + 20, left - 20 : right + 20] = False
    assert np.array_equal(more[beside], mask[beside])
    assert np.abs(dyed - after)[y - 3 : y + 3, left:right].mean() > 8
    assert np.array_equal(saved(photo, "#save-mask")[1][..., 0], more)
    assert np.abs(saved(photo, "#save")[1].astype(int) - dyed).mean() < 3
    painted(photo, "remove", (0.2, 0.8), (0.4, 0.8))
    assert shown(photo)[0][y, left:right].max() == 0
    for expected in (more, mask):
        photo.get_by_role("button", name="Undo the stroke").click()
        assert np.array_equal(shown(photo)[0], expected)
    assert photo.get_by_role("button", name="Undo the stroke").get_attribute("aria-disabled") == "true"
    photo.get_by_role("button", name="Undo the stroke").click(force=True)
    choose(photo, "blue")
    choose(photo, "copper")
    assert np.array_equal(shown(photo)[1], after)


def test_the_key_that_undoes(photo):
    """It takes back a stroke, and in the panel the look. All strokes go at once, which can be undone too."""
    found = photo.get_by_role("button", name="The mask as found")
    choose(photo, "blue")
    choose(photo, "copper")
    mask, _ = shown(photo)
    painted(photo, "add", (0.2, 0.8), (0.4, 0.8))
    photo.keyboard.press("Control+z")
    assert np.array_equal(shown(photo)[0], mask)
    assert found.get_attribute("aria-disabled") == "true"
    painted(photo, "add", (0.2, 0.8), (0.4, 0.8))
    painted(photo, "remove", (0.5, 0.2))
    mended, _ = shown(photo)
    found.click()
    assert np.array_equal(shown(photo)[0], mask)
    assert found.get_attribute("aria-disabled") == "true"
    photo.keyboard.press("Control+z")
    assert np.array_equal(shown(photo)[0], mended)
    said(photo, "copper, 100 %")
    photo.locator("#strength").focus()
    photo.keyboard.press("Control+z")
    said(photo, "blue, 100 %")
    assert np.array_equal(shown(photo)[0], mended)


def test_a_stroke_under_way_cannot_be_undone(photo):
    """Nor can those before it meanwhile, or the look."""
    choose(photo, "blue")
    choose(photo, "copper")
    painted(photo, "add", (0.2, 0.8))
    once, _ = shown(photo)
    photo.mouse.down()
    photo.keyboard.press("Control+z")
    assert (shown(photo)[0] >= once).all()
    photo.mouse.up()
    assert photo.locator("#now-name").inner_text() == "Copper"
    photo.keyboard.press("Control+z")
    assert np.array_equal(shown(photo)[0], once)


def test_the_mask_as_found_after_more_strokes_than_can_be_undone(page):
    page.evaluate("""async () => {
      const { Mending } = await import("./static/app/mending.js");
      const found = { width: 4, height: 3, data: Float32Array.from({ length: 12 }, (_, k) => k / 12) };
      const mending = new Mending(found);
      for (let k = 0; k < 60; k++) mending.stroke({ x: k % 4, y: k % 3 }, 2, k % 5 < 3).end();
      while (mending.undoable) mending.undo();
      const same = () => String(mending.mask.data) === String(found.data);
      if (mending.pristine || same()) throw new Error("all strokes could be undone");
      mending.reset();
      if (!mending.pristine || !same()) throw new Error(`found ${found.data}, is ${mending.mask.data}`);
    }""")


def test_without_any_hair_left_nothing_is_dyed(photo):
    photo.locator("[name=view][value=mask]").check(force=True)
    photo.locator("#brush-size").fill("96")
    rows = np.arange(0.02, 1, 0.06)
    painted(photo, "remove", *[(x, y) for k, y in enumerate(rows) for x in ((0.01, 0.99) if k % 2 else (0.99, 0.01))])
    mask, after = shown(photo)
    assert mask.max() == 0
    assert np.array_equal(after, pixels(photo, "before"))
    photo.locator("#zoom").click()
    assert zoomed(photo) == 1.1, "a little, or nothing would seem to happen"
    photo.locator("#brush-size").fill("8")
    painted(photo, "add", (0.5, 0.5))
    for _ in range(2):
        photo.locator("#zoom").click()
    assert zoomed(photo) == 8, "however small it is"
    photo.locator("#brush-size").fill("32")


def test_zoomed_in_the_brush_is_finer(photo):
    painted(photo, "add", (0.2, 0.8))
    wide = shown(photo)[0][round(0.8 * 512), : 512 // 2] == 255
    photo.get_by_role("button", name="Undo the stroke").click()
    for _ in range(5):
        photo.locator("#compare").press("+")
    painted(photo, "add", (0.1, 0.9))
    fine, _ = shown(photo)
    changed = fine[256:, :256] == 255
    assert 0 < changed.any(axis=0).sum() < 0.6 * wide.sum()


def test_what_is_saved_large_is_mended_too(page, tmp_path, portrait):
    """And found anew elsewhere: the larger mask is finer."""
    path = tmp_path / "large.png"
    Image.fromarray(portrait).resize((1800, 1800), Image.Resampling.BICUBIC).save(path, compress_level=1)
    open_photo(page, path)
    before = saved(page, "#save-mask")[1][..., 0]
    painted(page, "add", (0.2, 0.8), (0.4, 0.8))
    after = saved(page, "#save-mask")[1][..., 0].copy()
    assert after.shape == (1800, 1800)
    y, left, right = 1440, 360, 720
    assert (after[y, left:right] == 255).all()
    after[y - 80 : y + 80, left - 80 : right + 80] = before[y - 80 : y + 80, left - 80 : right + 80]
    assert np.array_equal(after, before)


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1280, 720), (740, 360), (360, 616)])
def test_the_brush_moves_nothing_from_under_the_finger(photo, width, height):
    """It is in view at once, and below the picture or on its lower edge."""
    wide = photo.viewport_size
    photo.set_viewport_size({"width": width, "height": height})
    try:
        views, picture = (photo.locator(name).bounding_box() for name in ("#views", "#compare"))
        photo.locator("[name=view][value=mask]").check(force=True)
        assert [photo.locator(name).bounding_box() for name in ("#views", "#compare")] == [views, picture]
        for part in photo.locator("#mend .segmented, #mend input[type=range], #mend button").all():
            box = part.bounding_box()
            assert picture["y"] + 0.75 * picture["height"] < box["y"] < height - box["height"]
    finally:
        photo.set_viewport_size(wide)


def test_two_fingers_zoom_and_paint_nothing(phone, portrait_path):
    open_photo(phone, portrait_path)
    mask, _ = shown(phone)
    phone.locator("[name=view][value=mask]").check(force=True)
    phone.locator("[name=brush][value=add]").check(force=True)
    phone.evaluate("scrollTo(0, 0)")
    box = phone.locator("#compare").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + 0.6 * box["height"]
    pinch(phone, x, y)
    phone.wait_for_function("() => document.getElementById('compare').style.getPropertyValue('--zoom') > 3")
    assert np.array_equal(shown(phone)[0], mask)
    phone.touchscreen.tap(x, y)
    phone.locator("#mend-undo[aria-disabled=false]").wait_for()
    assert (shown(phone)[0] > mask).any()
