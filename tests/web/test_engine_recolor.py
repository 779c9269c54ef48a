"""The browser's recolouring against Python's, pixel by pixel."""

import engine_page
import numpy as np
import pytest
from hair import beside_a_window, hair, parted, people, touching

import hairtint
from hairtint.heads import Heads

# Sums in another order change the odd pixel by a level; a step of the dye's table may add one.
MOST, MEAN = 2, 0.02
COLORS = ["#e6d4bb", "copper", "#17151a", "turquoise", "rgb(91, 36, 112)"]
EFFECTS = [
    "ombre:platinum:0.5",
    "roots",
    "roots:navy:0.6:1",
    "highlights",
    "lowlights:#400000",
    "two-tone:pink",
    "gloss",
    "lowlights:black:1:1",
    "roots:0.1",
]
RECOLOR = """async ({ rgb, mask, look }) => {
  const { readLook, recolor } = await module("recolor");
  const image = await picture(rgb);
  recolor(image, await plane(mask), readLook(look));
  return packed(image.data);
}"""


def recolored(modules, rgb, mask, **look):
    data = {"rgb": engine_page.sent(rgb), "mask": engine_page.sent(mask.astype(np.float32)), "look": look}
    rgba = engine_page.received(modules.evaluate(RECOLOR, data)).reshape(*rgb.shape[:2], 4)
    assert (rgba[..., 3] == 255).all()
    return rgba[..., :3]


def compare(modules, rgb, mask, color, **options):
    ours = recolored(modules, rgb, mask, color=color, **options)
    theirs = hairtint.recolor(rgb, mask, color, **options)
    difference = np.abs(ours.astype(int) - theirs.astype(int))
    assert np.array_equal(ours[mask == 0], rgb[mask == 0])
    assert difference.max() <= MOST, f"worst pixel {difference.max()} levels off"
    assert difference[mask > 0].mean() < MEAN
    return ours


@pytest.mark.parametrize("shade", ["dark", "medium", "light"])
@pytest.mark.parametrize("color", COLORS)
def test_natural_is_pythons(modules, shade, color):
    compare(modules, *hair(shade), color)


def test_the_light_of_the_scene_is_pythons(modules):
    for rgb, mask in beside_a_window():
        compare(modules, rgb, mask, "copper")


@pytest.mark.parametrize("color", ["#e6d4bb", "#39ff14"])
def test_the_shine_of_black_hair_is_pythons(modules, color):
    rgb, mask = hair("dark", soft=0)
    shiny = np.where(np.arange(rgb.shape[1])[:, None] % 7 == 0, np.uint8(110), rgb // 2)
    compare(modules, np.ascontiguousarray(shiny), mask, color)


@pytest.mark.parametrize("color", ["jet black", "dark brown", "chestnut", "copper"])
@pytest.mark.parametrize("light", [1, 0.4])
def test_tips_under_dye_are_pythons(modules, color, light):
    rgb, mask = hair("dark", soft=0)
    rgb[90:] = hair("light", soft=0)[0][90:]
    compare(modules, np.uint8(light * rgb), mask, color)


@pytest.mark.parametrize("color", ["platinum", "lightest blonde", "ash blonde", "chestnut", "silver", "black"])
@pytest.mark.parametrize("effect", ["roots", "lowlights"])
def test_darker_tones_are_pythons(modules, color, effect):
    compare(modules, *hair("medium"), color, effects=[effect])


@pytest.mark.parametrize("column", [70, 82])
def test_locks_beside_a_parting_are_pythons(modules, column):
    compare(modules, *parted(column), "chestnut", effects=["highlights:#00ff00:1"])


@pytest.mark.parametrize("effects", [[], ["ombre:platinum"]])
def test_several_heads_are_pythons(modules, effects):
    heads = [hair(shade, seed=k) for k, shade in enumerate(("dark", "light", "dark"))]
    rgb, mask = (np.ascontiguousarray(np.hstack(parts)) for parts in zip(*heads, strict=True))
    compare(modules, rgb, mask, "copper", effects=effects)


FOLLOW = """async (frames) => {
  const [{ Heads }, { View }] = await Promise.all([module("heads"), module("raster")]);
  const heads = new Heads();
  const out = [];
  for (const { rgb, mask } of frames) {
    const found = heads.follow(View.rgba(await picture(rgb)), await plane(mask));
    out.push(found.map((head) => ({ mask: packed(head.mask.data), lightness: head.shade.lightness })));
  }
  return out;
}"""


def test_the_heads_of_a_video_are_pythons(modules):
    places = [(("dark", 40), ("light", left), ("dark", 330)) for left in range(230, 110, -12)]
    places += [places[-1][:2], places[-1][1:2], (("dark", 40),)]
    frames = [people(*place, seed=t)[:2] for t, place in enumerate(places)]
    frames += [(np.rint(frames[-1][0] * gain).astype(np.uint8), frames[-1][1]) for gain in (0.8, 0.6, 0.6, 1)]
    frames += touching(53)  # of another size, too
    sent = [{"rgb": engine_page.sent(rgb), "mask": engine_page.sent(mask)} for rgb, mask in frames]
    heads = Heads()
    for found, (rgb, mask) in zip(modules.evaluate(FOLLOW, sent), frames, strict=True):
        known = heads.follow(rgb, mask)
        assert [head["lightness"] for head in found] == pytest.approx([shade.lightness for _, shade in known], abs=0.3)
        for head, (cover, _) in zip(found, known, strict=True):
            theirs = engine_page.received(head["mask"]).reshape(mask.shape)
            assert (np.abs(theirs - cover) > 0.5).mean() < 0.003, "but for single cells where heads touch"


def test_many_specks_are_no_trouble(modules):
    rgb, mask = hair("medium", 400, 300)
    mask[::2, ::2] = np.maximum(mask[::2, ::2], 0.3)
    recolored(modules, rgb, mask, color="copper")


def test_natural_is_pythons_without_a_background(modules):
    rgb = np.ascontiguousarray(hair(soft=0)[0][50:110, 45:95])
    compare(modules, rgb, np.full(rgb.shape[:2], 0.4, np.float32), "platinum")


@pytest.mark.parametrize("color", [*COLORS, "#808080"])
def test_hsv_is_pythons(modules, color):
    compare(modules, *hair("medium"), color, method="hsv")


@pytest.mark.parametrize("effect", EFFECTS)
@pytest.mark.parametrize("shade", ["dark", "light"])
def test_each_effect_is_pythons(modules, effect, shade):
    compare(modules, *hair(shade, height=300, width=220), "auburn", effects=[effect])
