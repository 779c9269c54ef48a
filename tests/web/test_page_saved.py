"""What the visitor takes home from the photo tab."""

import numpy as np
import pytest
from page_helpers import choose, open_photo, pixels, said, saved
from PIL import Image


def test_what_is_saved(photo):
    choose(photo, "sky blue")
    name, picture = saved(photo, "#save")
    assert name == "mé-you-1-sky-blue.jpg"
    assert picture.shape == (512, 512, 3)
    assert np.abs(picture.astype(int) - pixels(photo, "after")).mean() < 3
    name, mask = saved(photo, "#save-mask")
    assert name == "mé-you-1-mask.png"
    assert np.array_equal(mask[..., 0], pixels(photo, "mask")[..., 0])
    named = "async (photo) => (await import('./static/app/save.js')).fileName(photo, 'sky blue', 'jpg')"
    assert photo.evaluate(named, "(?).jpg") == "hairtint-sky-blue.jpg"
    assert photo.evaluate(named, f"{70 * 'x'}.jpg") == f"{60 * 'x'}-sky-blue.jpg"


def test_one_thing_is_made_at_a_time(photo):
    """Meanwhile the buttons are seen to wait, and the focus stays."""
    photo.evaluate("""() => {
      const { convertToBlob } = OffscreenCanvas.prototype;
      OffscreenCanvas.prototype.convertToBlob = async function (...given) {
        await new Promise((resolve) => (globalThis.encode = resolve));
        OffscreenCanvas.prototype.convertToBlob = convertToBlob;
        return convertToBlob.apply(this, given);
      };
    }""")
    buttons = [photo.locator(name) for name in ("#save", "#save-mask")]
    buttons[0].focus()
    photo.keyboard.press("Enter")
    said(photo, "Preparing the picture")
    photo.wait_for_function("() => globalThis.encode")
    assert [button.get_attribute("aria-disabled") for button in buttons] == ["true", "true"]
    assert photo.evaluate("document.activeElement.id") == "save"
    buttons[1].click(force=True)
    with photo.expect_download() as download:
        photo.evaluate("encode()")
    assert download.value.suggested_filename == "mé-you-1-copper.jpg"
    said(photo, "Saved as mé-you-1-copper.jpg")
    assert [button.get_attribute("aria-disabled") for button in buttons] == ["false", "false"]
    assert saved(photo, "#save-mask")[0] == "mé-you-1-mask.png"


def test_a_picture_that_took_too_long_to_be_shared_is_kept(page, dark_hair):
    """The system's sheet opens only soon after a press, and for a look that is still the one that was pressed for."""
    page.evaluate("""() => {
      globalThis.shared = [];
      navigator.canShare = () => true;
      navigator.share = async ({ files: [file] }) => {
        shared.push(file.name);
        if (shared.length % 2) throw new DOMException("too late", "NotAllowedError");
      };
      globalThis.made = 0;
      const encode = OffscreenCanvas.prototype.convertToBlob;
      OffscreenCanvas.prototype.convertToBlob = function (...given) {
        made++;
        return encode.apply(this, given);
      };
      globalThis.restore = () => {
        OffscreenCanvas.prototype.convertToBlob = encode;
        delete navigator.canShare;
        delete navigator.share;
      };
    }""")
    try:
        open_photo(page, dark_hair)
        for dye, made in (("copper", 1), ("blue", 2)):
            choose(page, dye)
            page.locator("#share").click()
            said(page, "The picture is ready: press Share again.")
            page.locator("#share").click()
            said(page, f"{dye}, 100 %")
            assert page.evaluate("[made, shared.at(-2), shared.at(-1)]") == [made, *2 * [f"mé-you-1-{dye}.jpg"]]
    finally:
        page.evaluate("restore()")


def test_a_large_photo_is_shown_small_and_saved_large(page, tmp_path, portrait):
    """Even where its file is gone by then."""
    path = tmp_path / "large.png"
    Image.fromarray(portrait).resize((1800, 1800), Image.Resampling.BICUBIC).save(path, compress_level=1)
    open_photo(page, path)
    path.unlink()
    assert pixels(page, "before").shape == (1280, 1280, 3)
    name, picture = saved(page, "#save")
    assert name == "large-copper.png"
    assert picture.shape[:2] == (1800, 1800)


@pytest.mark.parametrize(("suffix", "side"), [("png", 256), ("webp", 256), ("png", 1400)])
def test_what_can_be_seen_through_stays_so(page, tmp_path, portrait, suffix, side):
    """On the screen it lies on white; saved, it has the colours and the alpha of the file."""
    ramp = np.minimum(np.arange(side) * 1020 // side, 255).astype(np.uint8)
    alpha = np.broadcast_to(ramp, (side, side))
    rgb = np.asarray(Image.fromarray(portrait).resize((side, side)))
    path = tmp_path / f"cut.{suffix}"
    Image.fromarray(np.dstack([rgb, alpha])).save(path, lossless=True)
    open_photo(page, path)
    page.locator("#strength").fill("0")
    said(page, "copper, 0 %")
    corner = pixels(page, "before")[:8, :2].astype(int)
    assert np.abs(corner - 255).max() <= 4
    name, picture = saved(page, "#save")
    assert name == f"cut-copper.{suffix}"
    assert picture.shape == (side, side, 4)
    assert np.abs(picture[..., 3].astype(int) - alpha).max() <= (0 if suffix == "png" else 2)
    clear = alpha > 100
    off = np.abs(picture[..., :3][clear].astype(int) - rgb[clear])
    assert off.max() <= 3 if suffix == "png" else off.mean() < 6


def test_hair_that_can_be_seen_through_is_dyed_as_other_hair_is(page, tmp_path, portrait):
    """Not as it looks on white. The screen shows what is saved, on white."""
    path, half = tmp_path / "half.png", np.full(portrait.shape[:2], 255, np.uint8)
    half[:, portrait.shape[1] // 2 :] = 128
    saw = []
    for picture in (portrait, np.dstack([portrait, half])):
        Image.fromarray(picture).save(path)
        open_photo(page, path)
        said(page, "copper, 100 %")
        saw.append((saved(page, "#save")[1].astype(int), pixels(page, "after").astype(int)))
        page.locator("#another").click()
    (opaque, _), (clear, screen) = saw
    opaque = opaque[..., :3]
    changed = np.abs(opaque - portrait).max(axis=2) > 20
    right = changed & (half < 255)
    assert right.sum() > 1000
    assert np.abs(clear[right][:, :3] - opaque[right]).mean() < 12
    on_white = 255 + (clear[..., :3] - 255) * (half[..., None] / 255)
    assert np.abs(on_white - screen[..., :3]).max() <= 2
