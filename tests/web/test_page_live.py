"""The live tab, with a camera that films the bundled portrait."""

import re
import time

import cv2
import numpy as np
import pytest
from page_helpers import PATIENCE, RUNTIME, needs, pixels
from PIL import Image


@pytest.fixture
def live(page):
    """The page with the camera running; switched off afterwards."""
    page.locator("#tab-live").click()
    page.locator("#camera-start").click()
    page.locator("#pace:not(:empty)").wait_for()
    yield page
    page.locator("#tab-photo").click()


def picture(page, wanted):
    """The live canvas once it shows what is wanted; the last one it showed where that never comes."""
    end = time.monotonic() + PATIENCE / 1000
    while True:
        shown = pixels(page, "live-canvas")
        if wanted(shown) or time.monotonic() > end:
            return shown
        page.wait_for_timeout(200)


def blueness(shown):
    """How much of the upper half, where the hair is, is clearly blue."""
    upper = shown[: len(shown) // 2].astype(int)
    return (upper[..., 2] > upper[..., 0] + 60).mean()


def test_the_camera_shows_dyed_hair(live):
    assert blueness(picture(live, lambda _: True)) < 0.02
    live.get_by_label("blue", exact=True).check()
    assert blueness(picture(live, lambda shown: blueness(shown) > 0.06)) > 0.06
    live.locator("#live-split").fill("100")
    assert blueness(picture(live, lambda shown: blueness(shown) < 0.02)) < 0.02
    live.locator("#live-split").fill("0")


def test_the_mirror_turns_the_picture(live):
    """The green mark stands on the camera's left; in a mirror on the right."""

    def marked(shown, side):
        corner = shown[-len(shown) // 8 :, side].astype(int)
        return (corner[..., 1] > corner[..., 0] + 60).mean() > 0.5

    left, right = np.s_[: 320 // 10], np.s_[-320 // 10 :]
    for mirror, here, there in ((True, right, left), (False, left, right)):
        live.locator("#mirror").set_checked(mirror)
        shown = picture(live, lambda shown, here=here: marked(shown, here))
        assert marked(shown, here)
        assert not marked(shown, there)
    live.locator("#mirror").set_checked(True)


def test_snapshot_and_recording(live):
    live.get_by_label("violet", exact=True).check()
    with live.expect_download() as snapshot:
        live.locator("#snapshot").click()
    assert snapshot.value.suggested_filename.startswith("hairtint-violet-")
    assert Image.open(snapshot.value.path()).size == (320, 240)
    live.locator("#record").click()
    assert live.locator("#record").get_attribute("aria-pressed") == "true"
    live.locator("#timer").filter(has_text=re.compile("0:0[2-9]|0:[1-9]|[1-9]:")).wait_for()  # counts with the pictures
    with live.expect_download() as recording:
        live.locator("#record").click()
    assert recording.value.suggested_filename.rsplit(".", 1)[1] in ("mp4", "webm")
    data = recording.value.path().read_bytes()
    assert data[4:8] == b"ftyp" or data[:4] == b"\x1aE\xdf\xa3"  # ISO media or Matroska
    assert len(data) > 3000


def test_a_recording_that_the_browser_ends_is_saved(live):
    """As where its encoder fails; the camera can be switched off afterwards."""
    live.evaluate("""() => {
      const { start } = MediaRecorder.prototype;
      MediaRecorder.prototype.start = function (...slice) {
        MediaRecorder.prototype.start = start;
        globalThis.recorder = this;
        start.apply(this, slice);
      };
    }""")
    live.locator("#record").click()
    live.locator("#timer").filter(has_text=re.compile("0:0[2-9]|0:[1-9]|[1-9]:")).wait_for()
    with live.expect_download() as recording:
        live.evaluate("recorder.stop()")
    assert recording.value.path().stat().st_size > 3000
    assert live.locator("#record").get_attribute("aria-pressed") == "false"
    live.locator("#camera-stop").click()
    live.locator("#camera-start").wait_for()


def test_a_kept_look_has_a_picture_of_the_dye(live):
    """Even where the camera is shown as it is."""
    live.get_by_label("blue", exact=True).check()
    picture(live, lambda shown: blueness(shown) > 0.06)
    live.locator("#live-split").fill("100")
    picture(live, lambda shown: blueness(shown) < 0.02)
    live.locator("#keep").click()
    assert live.locator("#live-status").inner_text() == "Kept"
    live.evaluate("document.querySelector('.kept canvas').id = 'kept'")
    assert blueness(pixels(live, "kept")) > 0.06
    live.locator(".remove").click()


def test_a_recording_is_not_lost_by_leaving(visit, server):
    """The browser asks before the page is left; Back leads from the live tab to that of photos, which saves it."""
    needs(RUNTIME, "run scripts/fetch-web-assets")
    page = visit(server)
    page.locator("#tab-live").click()
    page.locator("#camera-start").click()
    page.locator("#pace:not(:empty)").wait_for()
    page.locator("#record").click()
    page.locator("#timer").filter(has_text=re.compile("0:0[2-9]|0:[1-9]|[1-9]:")).wait_for()
    with page.expect_event("dialog") as question:
        page.close(run_before_unload=True)
    assert question.value.type == "beforeunload"
    question.value.dismiss()
    with page.expect_download() as recording:
        page.go_back()
    assert recording.value.suggested_filename.startswith("hairtint-copper-")
    page.locator(".welcome").wait_for()
    page.go_forward()
    page.locator("#camera-start").wait_for()
    page.reload()
    page.locator("#camera-start").wait_for()


def test_on_a_phone_recording_moves_nothing(live):
    """Or the finger that began it is on another button next. The buttons and what is said of them stay in view."""
    wide = live.viewport_size
    live.set_viewport_size({"width": 360, "height": 740})
    try:
        live.evaluate("scrollTo(0, 300)")
        for name in ("live-status", "snapshot", "record"):
            box = live.locator(f"#{name}").bounding_box()
            assert 0 < box["y"] < box["y"] + box["height"] < 740, name
        place = live.locator("#record").bounding_box()
        live.locator("#record").click()
        live.locator("#timer").filter(has_text=re.compile("0:0[2-9]|0:[1-9]|[1-9]:")).wait_for()
        assert live.locator("#record").bounding_box() == place
        with live.expect_download():
            live.locator("#record").click()
        live.locator("#live-status").filter(has_text="Saved as").wait_for()
        assert live.locator("#record").bounding_box() == place
    finally:
        live.set_viewport_size(wide)


@pytest.mark.parametrize(("width", "height"), [(390, 844), (820, 1180)])
def test_starting_and_stopping_scrolls_nothing(page, width, height):
    """On phones and tablets the page is longer than the screen, and what was pressed for is at its top."""
    wide = page.viewport_size
    page.set_viewport_size({"width": width, "height": height})
    page.locator("#tab-live").click()
    try:
        for pressed, focused in (("camera-start", "snapshot"), ("camera-stop", "camera-start")):
            page.locator(f"#{pressed}").click()
            page.wait_for_function("(id) => document.activeElement.id === id", arg=focused)
            assert page.evaluate("scrollY") == 0, focused
    finally:
        page.locator("#tab-photo").click()
        page.set_viewport_size(wide)


@pytest.mark.parametrize(("width", "height"), [(740, 360), (667, 375)])
def test_on_a_phone_on_its_side_the_whole_picture_is_seen(live, width, height):
    wide = live.viewport_size
    live.set_viewport_size({"width": width, "height": height})
    try:
        frame = live.locator("#live-compare").bounding_box()
        assert frame["height"] > 0.65 * height
        assert frame["y"] + frame["height"] <= height
        assert live.get_by_role("button", name="Stop the camera").inner_text() == "Stop"
        assert live.get_by_role("combobox", name="Camera").get_attribute("id") == "camera-choice"
    finally:
        live.set_viewport_size(wide)


def test_what_is_recorded_keeps_its_size(live):
    """Where the camera is turned meanwhile, its picture is fitted in. It ends with the page out of view."""

    def red(shown):
        return shown[..., 0] > 100

    live.evaluate("""() => {
      const film = Object.assign(document.createElement("canvas"), { width: 320, height: 240 });
      const context = film.getContext("2d");
      const paint = () => {
        context.fillStyle = `rgb(200 ${performance.now() % 50} 0)`;
        context.fillRect(0, 0, film.width, film.height);
      };
      globalThis.standIn = { film, paint, painting: setInterval(paint, 50) };
      navigator.mediaDevices.getUserMedia = async () => film.captureStream();
    }""")
    try:
        live.locator("#camera-choice").dispatch_event("change")
        live.locator("#pace:not(:empty)").wait_for()
        picture(live, lambda shown: red(shown).all())
        live.locator("#record").click()
        live.evaluate("[standIn.film.width, standIn.film.height] = [240, 320], standIn.paint()")  # no empty frame
        shown = picture(live, lambda shown: not red(shown).all())
        live.locator("#timer").filter(has_text=re.compile("0:0[2-9]|0:[1-9]|[1-9]:")).wait_for()
        with live.expect_download() as recording:
            live.evaluate("""() => {
              Object.defineProperty(document, "hidden", { value: true, configurable: true });
              document.dispatchEvent(new Event("visibilitychange"));
              delete document.hidden;
            }""")
        assert picture(live, lambda shown: shown.shape == (320, 240, 3)).shape == (320, 240, 3)
    finally:
        live.evaluate("delete navigator.mediaDevices.getUserMedia, clearInterval(standIn.painting)")
    assert shown.shape == (240, 320, 3)
    assert red(shown).all(axis=0).tolist() == [False] * 70 + [True] * 180 + [False] * 70
    video, frames = cv2.VideoCapture(str(recording.value.path())), []
    while (step := video.read())[0]:
        frames.append(step[1][..., ::-1])
    assert {frame.shape for frame in frames} == {(240, 320, 3)}
    assert red(frames[-1])[:, [20, 160, 300]].all(axis=0).tolist() == [False, True, False]


def test_before_and_after_are_one_moment(live):
    """The camera shows another grey every time, the same on the left as on the right."""
    live.evaluate("""() => {
      const film = Object.assign(document.createElement("canvas"), { width: 320, height: 240 });
      const context = film.getContext("2d");
      let shown = 0;
      const paint = () => {
        const grey = 40 + 24 * (++shown % 8);
        context.fillStyle = `rgb(${grey} ${grey} ${grey})`;
        context.fillRect(0, 0, film.width, film.height);
      };
      globalThis.standIn = { painting: setInterval(paint, 30) };
      navigator.mediaDevices.getUserMedia = async () => film.captureStream();
    }""")
    live.locator("#live-split").fill("50")
    apart, greys = [], set()
    try:
        live.locator("#camera-choice").dispatch_event("change")
        live.locator("#pace:not(:empty)").wait_for()
        for _ in range(12):
            shown = pixels(live, "live-canvas")[120, [40, 280], 0].astype(int)
            apart.append(abs(shown[0] - shown[1]))
            greys.add(shown[0] // 24)
            live.evaluate("document.getElementById('pace').textContent = ''")
            live.locator("#pace:not(:empty)").wait_for()
    finally:
        live.evaluate("delete navigator.mediaDevices.getUserMedia, clearInterval(standIn.painting)")
        live.locator("#live-split").fill("0")
    assert len(greys) > 1
    assert max(apart) < 12, apart


def test_before_there_is_a_picture_nothing_is_saved(live):
    """Nor of a recording that ends as it begins: its file would be empty."""
    live.evaluate("() => { for (const id of ['record', 'record']) document.getElementById(id).click(); }")
    live.locator("#live-status").filter(has_text="Nothing was recorded").wait_for()
    live.evaluate("""() => {
      document.getElementById("camera-choice").dispatchEvent(new Event("change"));
      for (const id of ["snapshot", "record"]) document.getElementById(id).click();
    }""")
    live.locator("#pace:not(:empty)").wait_for()
    assert live.locator("#record").get_attribute("aria-pressed") == "false"
    assert "Saved" not in live.locator("#live-status").inner_text()


def test_the_cameras_can_be_chosen_and_stopped(live):
    assert live.locator("#camera-choice option").count() >= 1
    live.get_by_role("button", name="Stop the camera").click()
    live.locator("#camera-start").wait_for()
    assert live.locator("#controls").is_hidden()
    live.locator("#camera-start").click()
    live.locator("#camera-stop").wait_for()


# The test says when a camera is allowed: `asked[0]()` for the first that the page asked for, which `given[0]` then is.
ASKING = """() => {
  const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  globalThis.asked = [];
  globalThis.given = [];
  navigator.mediaDevices.getUserMedia = async (wish) => {
    const k = asked.length;
    globalThis.wished = wish.video;
    await new Promise((resolve) => asked.push(resolve));
    return (given[k] = await real(wish));
  };
}"""
RUNS = "(k) => given[k]?.active"
UNPLUG = "(k) => given[k].getVideoTracks()[0].dispatchEvent(new Event('ended'))"
ENDED = "(k) => given[k]?.active === false"


def test_a_photo_is_asked_for_again_before_the_camera_is_allowed(visit, server):
    page = visit(server)
    page.evaluate(ASKING)
    page.get_by_role("button", name="Take a photo").click()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Take a photo").click()
    page.evaluate("for (const allow of asked) allow()")
    page.locator("#shutter-take:enabled").wait_for()
    page.wait_for_function(ENDED, arg=0)
    assert page.evaluate(RUNS, 1)
    assert page.locator("#shutter").is_visible()
    assert page.locator("#notice").is_hidden()
    page.evaluate(UNPLUG, 1)
    page.locator("#notice-title").filter(has_text="The camera is gone").wait_for()
    assert page.locator("#shutter").is_hidden()
    assert page.evaluate("document.activeElement.id") == "shoot"


def test_a_camera_that_comes_late_is_let_go(live):
    """The one that was chosen last stays in view."""
    live.evaluate(ASKING)
    for _ in range(2):
        live.locator("#camera-choice").dispatch_event("change")
    try:
        live.evaluate("asked[1]()")
        live.locator("#pace:not(:empty)").wait_for()
        live.evaluate("asked[0]()")
        live.wait_for_function(ENDED, arg=0)
        for _ in range(5):  # more pictures than can have been under way
            live.evaluate("document.getElementById('pace').textContent = ''")
            live.locator("#pace:not(:empty)").wait_for()
        assert live.evaluate(RUNS, 1)
    finally:
        live.evaluate("delete navigator.mediaDevices.getUserMedia")


def test_a_camera_that_is_not_allowed(visit, server):
    page = visit(server)
    page.evaluate("""() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", "NotAllowedError"));
    }""")
    page.locator("#tab-live").click()
    page.locator("#camera-start").click()
    page.locator("#notice-title").filter(has_text="The camera is not allowed").wait_for()
    assert page.locator("#camera-start").is_enabled()
    assert page.evaluate("document.activeElement.id") == "camera-start"


def test_a_camera_that_goes_away(live):
    live.evaluate(ASKING)
    live.locator("#camera-choice").focus()
    live.locator("#camera-choice").dispatch_event("change")
    assert live.evaluate("wished.deviceId.exact") == live.locator("#camera-choice").input_value()
    live.evaluate("asked[0]()")
    live.locator("#pace:not(:empty)").wait_for()
    live.evaluate(UNPLUG, 0)
    live.locator("#notice-title").filter(has_text="The camera is gone").wait_for()
    assert live.evaluate("delete navigator.mediaDevices.getUserMedia, document.activeElement.id") == "camera-start"
