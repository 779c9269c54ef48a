"""The browser's masks against Python's: matte, looks, and the whole road from a photo to its mask."""

import cv2
import engine_page
import numpy as np
import pytest
from hair import hair
from page_helpers import RUNTIME, needs

from hairtint import Segmenter, VideoSegmenter, framing, glances, matte, parts, vivid
from hairtint.pyramid import Pyramid
from hairtint.segmenter import preprocess
from hairtint.softness import as_soft

REFINE = """async ({ probability, rgb, reach }) => {
  const [{ refine }, { Pyramid }, { View }] = await Promise.all(["matte", "pyramid", "raster"].map(module));
  return packed(refine(await plane(probability), new Pyramid(View.rgba(await picture(rgb))), reach).data);
}"""
AS_SOFT = """async ({ mask, rgb }) => {
  const [{ asSoft }, { View }] = await Promise.all(["softness", "raster"].map(module));
  return packed(asSoft(await plane(mask), View.rgba(await picture(rgb))).data);
}"""
LARGEST = """async ({ mask, before }) => {
  const { largestRegion } = await module("matte");
  return packed(largestRegion(await plane(mask), before && (await plane(before))).data);
}"""
LOOKS = """async ({ rgb }) => {
  const [{ finest }, { Pyramid }, { View }] = await Promise.all(["glances", "pyramid", "raster"].map(module));
  const look = async ({ view: { data, width, height, offset, row, pixel } }) => ({
    width: 32,
    height: 32,
    data: Float32Array.from({ length: 1024 }, (_, i) => {
      const [x, y] = [Math.floor(((i % 32) * width) / 32), Math.floor((Math.floor(i / 32) * height) / 32)];
      return data[offset + y * row + x * pixel] / 255;
    }),
  });
  const { width, height, data } = await finest(new Pyramid(View.rgba(await picture(rgb))), look);
  return [width, height, packed(data)];
}"""
SEEN = """async ({ rgb }) => {
  const [{ seen }, { Pyramid }, { View }] = await Promise.all(["parts", "pyramid", "raster"].map(module));
  const plane = ({ data, width, height, offset, row, pixel }, wide, high) => ({
    width: wide,
    height: high,
    data: Float32Array.from({ length: wide * high }, (_, i) => {
      const [x, y] = [Math.floor(((i % wide) * width) / wide), Math.floor((Math.floor(i / wide) * height) / high)];
      return data[offset + y * row + x * pixel] / 255;
    }),
  });
  const look = async ({ view }) => plane(view, 64, 64);
  let count = 0;
  const see = async (shown) => {
    count++;
    return { probability: await look(shown), mask: plane(shown.view, shown.view.width, shown.view.height) };
  };
  const mask = await seen(new Pyramid(View.rgba(await picture(rgb))), see, look);
  return [count, packed(mask.data)];
}"""
BROWN = """async ({ rgb }) => {
  const [{ browned }, { View }] = await Promise.all(["vivid", "raster"].map(module));
  return packed(browned(View.rgba(await picture(rgb))).data);
}"""
SHRINK = """async ({ rgb, width, height }) => {
  const [{ Pyramid }, { stretch, View }] = await Promise.all(["pyramid", "raster"].map(module));
  const pyramid = new Pyramid(View.rgba(await picture(rgb)));
  return packed(stretch(pyramid.covering(width, height), width, height).data);
}"""
FRAMING = """async ({ dimensions, pictures }) => {
  const { nearest, readShapes } = await module("framing");
  const found = pictures.map(([width, height]) => nearest(readShapes(dimensions), { width, height }));
  return found.map(({ height, width }) => [height, width]);
}"""
PHOTO = """async ({ rgb, name, finest }) => {
  const { Engine } = await module("index");
  globalThis.engines ??= {};
  engines[name] ??= await Engine.load({ modelUrl: `/${name}.onnx`, backend: "wasm" });
  const mask = await engines[name].mask(await picture(rgb), { finest });
  return packed(mask.data);
}"""


def noisy_map(mask, side, seed=0):
    noise = cv2.GaussianBlur(np.random.default_rng(seed).normal(0, 1, (side, side)).astype(np.float32), (0, 0), 3)
    return np.clip(cv2.resize(mask, (side, side)) + noise, 0, 1)


@pytest.mark.parametrize(("width", "height"), [(640, 480), (300, 500), (200, 150), (1023, 577)])
@pytest.mark.parametrize(("side", "reach"), [(128, matte.REACH), (256, matte.PHOTO_REACH)])
def test_the_matte_is_pythons(modules, width, height, side, reach):
    rgb, mask = hair("dark", height, width, soft=8)
    probability = noisy_map(mask, side)
    data = {"probability": engine_page.sent(probability), "rgb": engine_page.sent(rgb), "reach": reach}
    found = engine_page.received(modules.evaluate(REFINE, data)).reshape(height, width)
    assert np.abs(found - matte.refine(probability, rgb, reach=reach)).max() < 1e-3


@pytest.mark.parametrize(("height", "width"), [(250, 250), (301, 402), (1100, 900)])
@pytest.mark.parametrize("shade", ["dark", "medium"])
@pytest.mark.parametrize("soft", [0.5, 1.8, 6])
def test_a_mask_as_soft_as_the_photo_is_pythons(modules, height, width, shade, soft):
    rgb, _ = hair(shade, height, width, soft=soft)
    _, mask = hair(shade, height, width, soft=0.7)
    data = {"mask": engine_page.sent(mask), "rgb": engine_page.sent(rgb)}
    ours = engine_page.received(modules.evaluate(AS_SOFT, data)).reshape(mask.shape)
    theirs = as_soft(mask, rgb)
    assert (theirs is mask) == (soft < 1)
    np.testing.assert_allclose(ours, theirs, atol=5e-3)


def test_the_soft_mask_of_a_small_head_is_pythons(modules):
    (rgb, _), (_, mask) = (hair("dark", soft=soft) for soft in (1.8, 0.7))
    far = [(200, 700), (600, 60)]
    mask, rgb = np.pad(mask, far), np.pad(rgb, [*far, (0, 0)], mode="edge")
    data = {"mask": engine_page.sent(mask), "rgb": engine_page.sent(rgb)}
    ours = engine_page.received(modules.evaluate(AS_SOFT, data)).reshape(mask.shape)
    theirs = as_soft(mask, rgb)
    assert theirs is not mask
    np.testing.assert_allclose(ours, theirs, atol=5e-3)


def test_the_largest_region_is_pythons(modules):
    mask = np.zeros((60, 90), np.float32)
    mask[5:25, 5:25], mask[3:27, 3:5] = 0.9, 0.3
    mask[30:58, 40:80], mask[28:30, 40:80] = 0.8, 0.3
    mask[30:40, 82:88], mask[35:37, 80:82] = 0.7, 0.4
    found = engine_page.received(modules.evaluate(LARGEST, {"mask": engine_page.sent(mask)})).reshape(mask.shape)
    np.testing.assert_array_equal(found, matte.largest_region(mask))


@pytest.mark.parametrize("size", [24, 25])
def test_the_region_of_the_frame_before_is_pythons(modules, size):
    mask = np.zeros((60, 60), np.float32)
    mask[5:25, 5:25] = mask[60 - size :, 60 - size :] = 1
    before = np.roll(mask, 3, axis=1) * (np.arange(60) < 30)
    data = {"mask": engine_page.sent(mask), "before": engine_page.sent(before)}
    found = engine_page.received(modules.evaluate(LARGEST, data)).reshape(mask.shape)
    np.testing.assert_array_equal(found, matte.largest_region(mask, before))


def test_of_very_many_regions_the_largest_is_found(modules):
    mask = np.zeros((800, 800), np.float32)
    mask[::2, ::2] = 1
    mask[400:404, 400:404] = 1
    found = engine_page.received(modules.evaluate(LARGEST, {"mask": engine_page.sent(mask)})).reshape(mask.shape)
    np.testing.assert_array_equal(found, matte.largest_region(mask))


@pytest.mark.parametrize("speck", [False, True])
@pytest.mark.parametrize(("side", "top", "left"), [(60, 40, 100), (60, 0, 239), (12, 300, 200), (280, 5, 5), (0, 0, 0)])
def test_the_looks_are_pythons(modules, side, top, left, speck):
    grain = np.random.default_rng(0).integers(
        20, 60, (400, 299, 1), np.uint8
    )  # else the near look's edges are not seen
    rgb = grain.repeat(3, axis=2)
    rgb[top : top + side, left : left + side] = np.linspace(130, 250, side, dtype=np.uint8)[:, None, None]
    rgb[360:363, 10:260:50] = 90  # doubtful, and cut by the near look's edges
    if speck:
        rgb[387:400, 280:290] = 200

    def look(picture):
        height, width = picture.rgb.shape[:2]
        rows, columns = np.arange(32) * height // 32, np.arange(32) * width // 32
        return picture.rgb[np.ix_(rows, columns)][..., 0] / np.float32(255)

    width, height, found = modules.evaluate(LOOKS, {"rgb": engine_page.sent(rgb)})
    theirs = glances.finest(rgb, look)
    assert (height, width) == theirs.shape
    assert np.abs(engine_page.received(found).reshape(theirs.shape) - theirs).max() < 1e-5


def test_the_picture_in_brown_is_pythons(modules):
    rgb = np.random.default_rng(0).integers(0, 256, (90, 120, 3), np.uint8)
    found = engine_page.received(modules.evaluate(BROWN, {"rgb": engine_page.sent(rgb)})).reshape(rgb.shape)
    assert np.abs(found.astype(int) - vivid.browned(rgb)).max() <= 1


@pytest.mark.parametrize(
    ("width", "height", "heads", "count"),
    [(901, 600, [(200, 100, 60), (300, 700, 90)], 13), (901, 600, [(200, 50, 90)], 1), (901, 600, [(200, 300, 300)], 1),
     (1501, 500, [(100, 300, 90)], 13), (500, 2000, [(300, 100, 90)], 13),
     (601, 900, [(494, 200, 10)], 13), (640, 480, [], 1),
     (300, 300, [(0, 9, 9)], 1)],
)  # fmt: skip
def test_the_parts_are_pythons(modules, width, height, heads, count):
    """One of the heads lies between the rows that the look at the whole sees."""
    rgb = np.random.default_rng(0).integers(0, 9, (height, width, 3), np.uint8)
    for top, left, side in heads:
        rgb[top : top + side, left : left + side] = np.linspace(130, 250, side, dtype=np.uint8)[:, None, None]
    calls = []

    def look(picture):
        high, wide = picture.rgb.shape[:2]
        return picture.rgb[np.ix_(np.arange(64) * high // 64, np.arange(64) * wide // 64)][..., 0] / np.float32(255)

    def see(picture):
        calls.append(picture)
        return look(picture), picture.rgb[..., 0] / np.float32(255)

    _, theirs = parts.seen(Pyramid(rgb), see, look)
    ours_count, ours = modules.evaluate(SEEN, {"rgb": engine_page.sent(rgb)})
    assert ours_count == len(calls) == count
    np.testing.assert_allclose(engine_page.received(ours).reshape(theirs.shape), theirs, atol=1e-5)


@pytest.mark.parametrize(("width", "height"), [(640, 480), (512, 512), (257, 300), (256, 1000), (100, 90), (300, 200)])
@pytest.mark.parametrize("shape", [(256, 256), (192, 192), (128, 224)])
def test_the_network_sees_what_it_sees_in_python(modules, width, height, shape):
    rgb = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    asked = {"rgb": engine_page.sent(rgb), "width": shape[1], "height": shape[0]}
    found = engine_page.received(modules.evaluate(SHRINK, asked)).reshape(*shape, 3)
    assert np.abs(found.astype(int) - preprocess(rgb, shape)).max() <= 1


def test_pictures_get_the_shape_they_get_in_python(modules):
    shapes = framing.shapes(192)
    pictures = [[width, height] for width in (1, 90, 640, 1920) for height in (1, 100, 480, 555, 1080)]
    asked = {"dimensions": [1, *framing.named(shapes), 3], "pictures": pictures}
    found = [tuple(shape) for shape in modules.evaluate(FRAMING, asked)]
    assert found == [framing.nearest(shapes, *picture) for picture in pictures]


@pytest.mark.parametrize(
    ("dimensions", "count"),
    [([1, 40, 40, 3], 1), ([1, "64,32", "64,96", 3], 2), ([1, "height", "width", 3], 0), ([1, 40, 64, 3], 0),
     ([1, "64,32", "64", 3], 0), ([2, 40, 40, 3], 0), ([1, 3, 40, 40], 0),
     ([1, 2**32 - 1, 2**32 - 1, 3], 0)],
)  # fmt: skip
def test_dimensions_that_name_no_shapes_are_refused(modules, dimensions, count):
    script = "async (d) => (await module('framing')).readShapes(d).length"
    assert modules.evaluate(script, dimensions) == count


@pytest.mark.parametrize("part", ["whole", "wide"])
@pytest.mark.parametrize(("name", "finest"), [("fine", True), ("swift", True), ("swift", False)])
def test_a_photo_has_pythons_mask(modules, portrait, name, finest, part):
    """By `fine` alone: the page fetches no second network for photos."""
    needs(RUNTIME, "run scripts/fetch-web-assets")
    if part == "wide":
        portrait = np.ascontiguousarray(portrait[: portrait.shape[1] * 9 // 16])
    asked = {"rgb": engine_page.sent(portrait), "name": name, "finest": finest}
    found = engine_page.received(modules.evaluate(PHOTO, asked))
    network = Segmenter(name, backend="onnxruntime")
    theirs = VideoSegmenter(network).mask(portrait)
    if finest:
        theirs = seen(network, portrait)
    difference = np.abs(found.reshape(theirs.shape) - theirs)
    assert difference.mean() < 5e-4
    assert difference.max() < 0.1
    assert theirs.mean() > 0.02


def test_a_photo_of_several_people_has_pythons_mask(modules, portrait):
    """Seen in parts as well: the whole shows less."""
    small = cv2.resize(portrait, (360, 360), interpolation=cv2.INTER_AREA)
    strip = np.concatenate([small] * 4, axis=1)
    network = Segmenter("swift", backend="onnxruntime")
    theirs = seen(network, strip)
    found = modules.evaluate(PHOTO, {"rgb": engine_page.sent(strip), "name": "swift", "finest": True})
    ours = engine_page.received(found).reshape(theirs.shape)
    whole = matte.refine(glances.finest(strip, network.glance), strip, reach=matte.PHOTO_REACH)
    assert ((ours > 0.5) != (theirs > 0.5)).mean() < 2e-3
    assert np.abs(ours - theirs).mean() < 2e-3
    assert ((whole > 0.5) != (theirs > 0.5)).mean() > 0.02


def seen(network, rgb):
    """The photo's mask as the page makes it, by one network."""

    def see(picture):
        probability = glances.finest(picture, network.glance)
        return probability, as_soft(matte.refine(probability, picture, reach=matte.PHOTO_REACH), picture.rgb)

    return parts.seen(Pyramid(rgb), see, network.glance)[1]
