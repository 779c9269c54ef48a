"""The picture larger than its frame: what is seen of it, and that nothing but what is seen changes."""

import io

import numpy as np
import pytest
from page_helpers import open_photo, pinch, pixels, saved, zoomed
from PIL import Image


def seen(page, view):
    """What the frame shows in a view, int (H, W, 3)."""
    page.locator(f"[name=view][value={view}]").check(force=True)
    return np.asarray(Image.open(io.BytesIO(page.locator("#compare").screenshot())).convert("RGB")).astype(int)


@pytest.fixture
def middle(photo):
    """The middle of the frame, on the screen."""
    box = photo.locator("#compare").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_the_hair_fills_the_frame(photo):
    """All of it, in every view at the same place; and what is saved is the whole photo."""
    share = (pixels(photo, "mask")[..., 0] > 128).mean()
    photo.get_by_role("button", name="Zoom to the hair").click()
    assert zoomed(photo) > 1.2
    before, after, mask, both = (seen(photo, view) for view in ("photo", "result", "mask", "compare"))
    white = mask[5:-5, 5:-5, 0] > 160
    assert white.mean() > 1.2 * share
    between = np.s_[25:-25]  # the corners, which are round
    assert not np.concatenate([white[0, between], white[-1, between], white[between, 0], white[between, -1]]).any()
    below, half = np.s_[60:-30], both.shape[1] // 2  # the names; and beside the handle
    assert np.abs(both - before)[below, 30 : half - 30].mean() < 0.5
    assert np.abs(both - after)[below, half + 30 : -30].mean() < 0.5
    assert np.abs(before - after)[below, half + 30 : -30].mean() > 5
    assert saved(photo, "#save")[1].shape == (512, 512, 3)
    photo.get_by_role("button", name="Whole photo").click()
    assert zoomed(photo) == 1


def test_a_mouse(photo, middle):
    """What is under the pointer stays there; beside the line it moves the picture, and on it the line."""
    (x, y), split = middle, photo.locator("#split")
    photo.locator("[name=view][value=photo]").check(force=True)
    photo.mouse.move(x, y)
    photo.mouse.wheel(0, -100)
    assert zoomed(photo) == 1, "it scrolls the page"
    photo.keyboard.down("Control")
    for _ in range(3):
        photo.mouse.wheel(0, -100)
    photo.keyboard.up("Control")
    photo.wait_for_function("() => document.getElementById('compare').style.getPropertyValue('--zoom') > 2")
    photo.locator("#compare").press("0")
    photo.mouse.dblclick(x - 60, y - 80)
    assert zoomed(photo) == 2.5
    far = seen(photo, "photo")
    photo.mouse.move(x, y)
    photo.mouse.down()
    photo.mouse.move(x - 30, y, steps=3)
    photo.mouse.up()
    near = seen(photo, "photo")
    assert np.abs(near[40:-40, 40:-70] - far[40:-40, 70:-40]).mean() < 3
    photo.locator("[name=view][value=compare]").check(force=True)
    width = photo.locator("#compare").bounding_box()["width"]
    for start, end in ((0, 0.2), (0.3, 0.1)):  # the second is beside the line
        photo.mouse.move(x + start * width, y)
        photo.mouse.down()
        photo.mouse.move(x + end * width, y, steps=3)
        photo.mouse.up()
        assert abs(int(split.input_value()) - 70) <= 1
    photo.locator("[name=view][value=photo]").check(force=True)
    photo.mouse.dblclick(x, y)
    assert zoomed(photo) == 1


def test_a_double_click_enlarges_what_was_seen(photo):
    """On the dyed side too: a click moves the line, the second one puts it back."""
    box = photo.locator("#compare").bounding_box()
    photo.mouse.dblclick(box["x"] + 0.8 * box["width"], box["y"] + 0.4 * box["height"])
    assert zoomed(photo) == 2.5
    assert photo.locator("#split").input_value() == "50"
    assert photo.locator("#compare").evaluate("frame => frame.style.getPropertyValue('--split')") == "50%"


def test_keys(photo):
    """+, - and 0 also on the line, whose arrows are its own; those of the picture move it as far as its edges."""
    place = "({ style }) => ['--x', '--y'].map((name) => parseFloat(style.getPropertyValue(name)))"
    frame, split = photo.locator("#compare"), photo.locator("#split")
    frame.focus()
    photo.keyboard.press("+")
    photo.keyboard.press("+")
    assert zoomed(photo) == 1.5625
    box = frame.bounding_box()
    x, y = (50 * (zoomed(photo) * box["height"] / box[side] - 1) for side in ("width", "height"))
    for key, edges in {"ArrowUp": (0, y), "ArrowLeft": (x, y), "ArrowDown": (x, -y), "ArrowRight": (-x, -y)}.items():
        for _ in range(5):
            photo.keyboard.press(key)
        moved = frame.evaluate(place)
        assert moved == pytest.approx(edges), key
    split.focus()
    photo.keyboard.press("ArrowRight")
    assert split.input_value() == "51"
    assert frame.evaluate(place) == moved
    photo.keyboard.press("-")
    assert zoomed(photo) == 1.25
    photo.keyboard.press("0")
    assert zoomed(photo) == 1
    assert photo.get_by_role("button", name="Zoom to the hair").is_visible()


def test_a_phone(phone, tmp_path, portrait):
    """Two fingers enlarge the picture and not the page, the line stays, and a tall photo then has the whole width."""
    phone.set_viewport_size({"width": 360, "height": 740})
    path = tmp_path / "tall.png"
    Image.fromarray(portrait[:, 120:408]).save(path)
    open_photo(phone, path)
    box = phone.locator("#compare").bounding_box()
    assert box["width"] < 220
    pinch(phone, box["x"] + box["width"] / 2, box["y"] + box["height"] / 3)
    phone.wait_for_function("() => document.getElementById('compare').style.getPropertyValue('--zoom') > 3")
    assert phone.evaluate("visualViewport.scale") == 1
    assert phone.locator("#split").input_value() == "50"
    wide = phone.locator("#compare").bounding_box()
    assert wide["width"] == 328
    assert abs(wide["height"] - box["height"]) < 1
    assert phone.evaluate("document.documentElement.scrollWidth") == 360
    phone.locator("#zoom").tap()
    box = phone.locator("#compare").bounding_box()
    for _ in range(2):
        phone.touchscreen.tap(box["x"] + 0.8 * box["width"], box["y"] + 0.4 * box["height"])
    phone.wait_for_function("() => document.getElementById('compare').style.getPropertyValue('--zoom') > 2")
    assert phone.locator("#split").input_value() == "50"
    phone.locator("#another").tap()
    open_photo(phone, path)
    assert zoomed(phone) == 1
