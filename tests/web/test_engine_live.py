"""The browser's live road: memory, frames in a row, the loop on a camera, and what it says when something is wrong."""

import cv2
import engine_page
import numpy as np
import pytest
from page_helpers import RUNTIME, needs
from scenes import scene, two_heads

from hairtint import VideoSegmenter, recolor
from hairtint.memory import Memory

BLEND = """async ({ frames, maps, width, height, side }) => {
  const [{ Memory }, { Pyramid }, { View }] = await Promise.all(["memory", "pyramid", "raster"].map(module));
  const [pixels, values] = [await bytes(frames), new Float32Array((await bytes(maps)).buffer)];
  const memory = new Memory();
  const [area, cells] = [3 * width * height, side * side];
  const out = new Float32Array(values.length);
  for (let i = 0; i * cells < values.length; i++) {
    const view = View.rgb({ width, height, data: pixels.subarray(i * area, (i + 1) * area) });
    const map = { width: side, height: side, data: values.slice(i * cells, (i + 1) * cells) };
    out.set(memory.blend(map, new Pyramid(view)).data, i * cells);
  }
  return packed(out);
}"""
LOAD = """async (options) => {
  const { Engine } = await module("index");
  globalThis.engine ??= await Engine.load({ modelUrl: "/swift.onnx", backend: "wasm", ...options });
  return engine.info;
}"""
FRAME = """async ({ rgb, look, fresh }) => {
  if (fresh || !globalThis.live) globalThis.live = engine.live({ masks: true });
  const { image, mask, timings } = await live.frame(await picture(rgb), look);
  return { image: packed(image.data), mask: packed(mask.data), timings };
}"""
RECOLOR = """async ({ rgb, mask, other, looks }) => {
  const [image, hair] = [await picture(rgb), await plane(mask)];
  const dyed = await Promise.all(looks.map((look) => engine.recolor(image, hair, look)));
  await engine.recolor(image, hair, { color: "no such dye" }).catch(() => {});
  dyed.push(await engine.recolor(image, await plane(other), looks[0]));
  return dyed.map(({ data }) => packed(data));
}"""
PLAY = """async () => {
  const [video, canvas] = ["video", "canvas"].map((name) => document.querySelector(name));
  video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { width: 320, height: 240 } });
  await video.play();
  const seen = [];
  await new Promise((resolve, reject) => {
    const stop = engine.live().play(video, canvas, {
      look: () => ({ color: "copper" }),
      onframe: ({ fps, timings }) => seen.push({ fps, timings }) > 4 && resolve(stop()),
      onerror: reject,
    });
  });
  const count = seen.length;
  await new Promise((resolve) => setTimeout(resolve, 500));
  return { width: canvas.width, height: canvas.height, seen, late: seen.length - count };
}"""


@pytest.fixture(scope="module")
def engine(modules):
    needs(RUNTIME, "run scripts/fetch-web-assets")
    modules.evaluate(LOAD, {})
    return modules


def blended(modules, frames, maps):
    """The steadied maps of a video: the browser's and Python's."""
    data = {
        "frames": engine_page.sent(np.concatenate(frames))["name"],
        "maps": engine_page.sent(np.concatenate(maps))["name"],
        "height": frames[0].shape[0], "width": frames[0].shape[1], "side": maps[0].shape[0],
    }  # fmt: skip
    ours = engine_page.received(modules.evaluate(BLEND, data)).reshape(-1, *maps[0].shape)
    memory = Memory()
    return ours, np.stack([memory.blend(m, f) for m, f in zip(maps, frames, strict=True)])


def swaying(portrait, count=14):
    """A clip of the portrait that sways by up to 5 pixels a frame, and what moves each frame into the first."""
    moves = [np.float32([[1, 0, 20 * np.sin(t / 4)], [0, 1, 8 * np.cos(t / 3)]]) for t in range(count)]
    return [cv2.warpAffine(portrait, m, (512, 384), borderMode=cv2.BORDER_REFLECT) for m in moves], moves


def test_the_memory_is_as_steady_as_pythons(modules, portrait):
    frames, moves = swaying(portrait)
    y, x = np.mgrid[:384, :512]
    disc = (np.hypot(x - 220, y - 110) < 90).astype(np.float32)
    shape = (128, 128)
    tame = 0.2 + 0.6 * disc  # so that no noise is cut off at 0 or 1
    true = [cv2.resize(cv2.warpAffine(tame, m, (512, 384)), shape, interpolation=cv2.INTER_AREA) for m in moves]
    random = np.random.default_rng(0)
    maps = [np.clip(m + random.normal(0, 0.06, shape).astype(np.float32), 0, 1).astype(np.float32) for m in true]
    errors = [
        np.mean([np.abs(m - t).mean() for m, t in zip(found, true, strict=True)][5:])
        for found in blended(modules, frames, maps)
    ]
    raw = np.mean([np.abs(m - t).mean() for m, t in zip(maps, true, strict=True)][5:])
    assert errors[0] < 1.1 * errors[1]
    assert errors[0] < 0.5 * raw


def test_the_first_frame_is_the_networks_own_map(modules):
    rgb, true = scene()
    ours, theirs = blended(modules, [rgb], [true])
    np.testing.assert_array_equal(ours, theirs)


def test_hair_that_is_gone_from_an_unchanged_picture_fades_as_in_python(modules):
    rgb, true = scene()
    gone = [np.zeros_like(true)] * 4
    ours, theirs = blended(modules, [rgb] * 5, [true, *gone])
    assert 0.1 < theirs[1][true == 1].mean() < 0.6
    np.testing.assert_allclose(ours, theirs, atol=0.02)


def test_the_map_moves_with_the_picture(modules):
    frames, maps = zip(*(scene(shift) for shift in range(0, 48, 4)), strict=True)
    ours, _ = blended(modules, frames, maps)
    assert ((ours[-1] > 0.5) != (maps[-1] > 0.5)).mean() < 0.01


def test_a_cut_starts_anew(modules):
    (one, full), (other, _) = scene(seed=0), scene(seed=7)
    ours, _ = blended(modules, [one, other], [full, np.zeros_like(full)])
    assert not ours[1].any()


def test_the_first_frame_after_a_cut_is_as_right_as_a_photo(engine, portrait):
    other = (np.roll(portrait[:, ::-1], portrait.shape[1] // 4, 1) * 0.6 + 70).astype(np.uint8)
    scenes = [(portrait, True), (other, False), (other, True)]
    dyed = [
        engine_page.received(
            engine.evaluate(FRAME, {"rgb": engine_page.sent(rgb), "look": {"color": "copper"}, "fresh": fresh})["image"]
        )
        for rgb, fresh in scenes
    ]
    np.testing.assert_array_equal(dyed[1], dyed[2])


def test_a_frame_is_dyed_as_python_dyes_it(engine, portrait):
    video, look = VideoSegmenter("swift", backend="onnxruntime"), {"color": "platinum", "strength": 0.9}
    for number in range(2):
        done = engine.evaluate(FRAME, {"rgb": engine_page.sent(portrait), "look": look, "fresh": number == 0})
        mask = engine_page.received(done["mask"]).reshape(portrait.shape[:2])
        dyed = engine_page.received(done["image"]).reshape(*portrait.shape[:2], 4)[..., :3]
        assert np.abs(mask - video.mask(portrait)).mean() < 1e-3
        difference = np.abs(dyed.astype(int) - recolor(portrait, mask, "platinum", strength=0.9))
        assert difference.mean() < 0.01
        assert set(done["timings"]) == {"grab", "network", "memory", "matte", "color", "travel"}


def test_green_hair_is_found_as_python_finds_it(engine, portrait):
    """From the first frame on, and by its own colours again after a cut."""
    hair = VideoSegmenter("swift", backend="onnxruntime").mask(portrait)
    green, mirrored = recolor(portrait, hair, "emerald"), np.ascontiguousarray(portrait[:, ::-1])
    video = VideoSegmenter("swift", backend="onnxruntime")
    for number, rgb in enumerate([green, green, mirrored, mirrored, mirrored]):
        done = engine.evaluate(FRAME, {"rgb": engine_page.sent(rgb), "look": {"color": "copper"}, "fresh": number == 0})
        mask = engine_page.received(done["mask"]).reshape(portrait.shape[:2])
        theirs = video.mask(rgb)
        assert np.abs(mask - theirs).mean() < 2e-3
        assert (theirs > 0.5).mean() > 0.7 * (hair > 0.5).mean()


def test_the_largest_region_stays_on_its_head(engine, portrait):
    for number, (rgb, second) in enumerate(two_heads(portrait)):
        data = {"rgb": engine_page.sent(rgb), "look": {"color": "copper", "largestRegion": True}, "fresh": number == 0}
        mask = engine_page.received(engine.evaluate(FRAME, data)["mask"]).reshape(rgb.shape[:2])
        assert mask[:, :second].any()
        assert not mask[:, second:].any()


def test_a_photo_is_sent_once_and_dyed_as_often_as_one_likes(engine, portrait):
    rgb, mask = portrait[:256], np.zeros((256, 512), np.float32)
    mask[40:200, 100:400] = 0.8
    data = {"rgb": engine_page.sent(rgb), "mask": engine_page.sent(mask), "other": engine_page.sent(mask[::-1])}
    looks = [{"color": "platinum"}, {"color": "blue", "strength": 0.5}, {"color": "red", "method": "hsv"}]
    dyed = [engine_page.received(found) for found in engine.evaluate(RECOLOR, {**data, "looks": looks})]
    masks = [mask, mask, mask, mask[::-1]]
    for look, hair, found in zip([*looks, looks[0]], masks, dyed, strict=True):
        options = dict(look)
        expected = recolor(rgb, hair, options.pop("color"), **options)
        assert np.abs(found.reshape(256, 512, 4)[..., :3].astype(int) - expected).mean() < 0.01


def test_frames_of_another_size_start_anew(engine, portrait):
    for rgb in (portrait, portrait[:300], portrait[:300, ::-1]):
        data = {"rgb": engine_page.sent(rgb), "look": {"color": "red"}, "fresh": False}
        assert engine_page.received(engine.evaluate(FRAME, data)["mask"]).size == rgb[..., 0].size


def test_the_loop_draws_the_camera_until_it_is_stopped(engine):
    played = engine.evaluate(PLAY)
    assert (played["width"], played["height"]) == (320, 240)
    assert played["seen"][-1]["fps"] > 0
    assert played["late"] == 0


def test_a_wrong_look_is_a_sentence(engine, portrait):
    for look, told in (
        ({"color": "no such dye"}, "unknown colour"),
        ({"color": "red", "strength": 2}, "from 0 to 1"),
        ({"color": "red", "effects": ["sparkle"]}, "unknown effect"),
        ({"color": "red", "effects": ["ombre"]}, "needs a colour"),
        ({"color": "red", "method": "oil"}, "choose"),
    ):
        data = {"rgb": engine_page.sent(portrait), "look": look, "fresh": False}
        assert told in engine.evaluate(f"(data) => ({FRAME})(data).catch((error) => error.message)", data)


REFUSED = """async (options) => {
  const { Engine } = await module("index");
  return Engine.load({ modelUrl: "/swift.onnx", ...options }).then(() => "", (error) => error.message);
}"""


def test_missing_files_are_a_sentence(modules):
    assert "could not be downloaded" in modules.evaluate(REFUSED, {"modelUrl": "/nothing.onnx"})
    assert "fetch-web-assets" in modules.evaluate(REFUSED, {"vendorUrl": "/nothing/"})
    modules.context.route("**/ort.*.js", lambda route: route.fulfill(content_type="application/octet-stream"))
    assert "The host sends ort.wasm.min.js as application/octet-stream" in modules.evaluate(REFUSED, {})
    modules.context.unroute("**/ort.*.js")


def test_a_policy_that_forbids_the_network_is_a_sentence(modules):
    needs(RUNTIME, "run scripts/fetch-web-assets")

    def strict(route):
        answer = route.fetch()
        route.fulfill(response=answer, headers={**answer.headers, "content-security-policy": "default-src 'self'"})

    modules.context.route("**/network-worker.js", strict)
    told = modules.evaluate(REFUSED, {})
    modules.context.unroute("**/network-worker.js")
    assert told.startswith("The host's Content-Security-Policy")
    assert "wasm-unsafe-eval" in told


def test_a_core_is_left_to_the_page_and_one_that_is_not_isolated_gets_one_thread(engine):
    cores = engine.evaluate("navigator.hardwareConcurrency")
    assert engine.evaluate(LOAD, {})["threads"] == max(1, min(cores - 1, 4))
    with engine_page.serving(isolated=False) as address:
        other = engine_page.tab(engine.context.browser, address)
        assert other.evaluate(LOAD, {"threads": 2})["threads"] == 1
        other.close()
