"""recolor: what it must never do, what the hue swap is by definition, and how near "natural" comes to a dye."""

import colorsys
import itertools
import sys
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hair import SHADES, beside_a_window, hair
from hypothesis import given, settings
from hypothesis import strategies as st
from skimage.color import deltaE_ciede2000, hsv2rgb, rgb2hsv
from skimage.color import rgb2lab as skimage_lab

from hairtint.canvas import Canvas
from hairtint.color import Color
from hairtint.errors import ColorError, InputError, MaskError, PictureError
from hairtint.heads import Heads
from hairtint.natural import LOWEST, STEP, Tone, at_level, ramp
from hairtint.perceptual import lab, lightness, luminance, to_linear, to_srgb
from hairtint.recolor import Shade, recolor

DYES = ("platinum", "copper", "burgundy", "chestnut", "jet black", "blue", "pink", "silver")
METHODS = st.sampled_from(["natural", "hsv"])
COLOURS = st.tuples(*[st.integers(0, 255)] * 3)
BROWN = Shade((90.0, 70.0, 50.0), 30.0, 20.0, 40.0, 90.0)


def noise(height, width, seed=0):
    random = np.random.default_rng(seed)
    rgb = random.integers(0, 256, (height, width, 3), dtype=np.uint8)
    mask = random.random((height, width), dtype=np.float32)
    mask[random.random((height, width)) < 0.4] = 0
    mask[random.random((height, width)) < 0.2] = 1
    return rgb, mask


@settings(max_examples=60)
@given(st.integers(1, 90), st.integers(1, 90), COLOURS, METHODS, st.integers(0, 99))
def test_outside_the_mask_nothing_changes(height, width, colour, method, seed):
    rgb, mask = noise(height, width, seed)
    before = rgb.copy(), mask.copy()
    out = recolor(rgb, mask, colour, method=method)
    assert out.dtype == np.uint8
    assert out.shape == rgb.shape
    assert out.flags.c_contiguous
    assert out.flags.writeable
    np.testing.assert_array_equal(out[mask == 0], rgb[mask == 0])
    np.testing.assert_array_equal(rgb, before[0])
    np.testing.assert_array_equal(mask, before[1])


@pytest.mark.parametrize("stray", [-0.0, -5e-4, 1 + 5e-4])
def test_a_mask_a_hair_outside_its_range_counts_as_inside(stray):
    """Filters leave such values; they take another way than the quick look at a float32's bits."""
    rgb, mask = noise(40, 50)
    strayed = np.where(mask == (0 if stray < 0.5 else 1), np.float32(stray), mask)
    np.testing.assert_array_equal(recolor(rgb, strayed, "copper"), recolor(rgb, mask, "copper"))


@pytest.mark.parametrize("wrong", [np.nan, -0.01, 1.01, np.inf])
def test_one_wrong_value_in_a_mask_is_found(wrong):
    rgb, mask = noise(40, 50)
    mask[17, 31] = wrong
    with pytest.raises(MaskError):
        recolor(rgb, mask, "copper")


@settings(max_examples=40)
@given(COLOURS, METHODS, st.lists(st.floats(0, 1), min_size=2, max_size=4))
def test_strength_moves_every_channel_one_way(colour, method, strengths):
    rgb, mask = noise(24, 31)
    strengths = sorted(strengths)
    steps = [recolor(rgb, mask, colour, method=method, strength=s).astype(int) for s in strengths]
    way = np.sign(recolor(rgb, mask, colour, method=method).astype(int) - rgb)
    for weaker, stronger in itertools.pairwise(steps):
        assert ((stronger - weaker) * way >= 0).all()


@settings(max_examples=20)
@given(COLOURS, METHODS)
def test_strength_0_is_the_identity(colour, method):
    rgb, mask = noise(20, 30)
    out = recolor(rgb, mask, colour, method=method, strength=0)
    np.testing.assert_array_equal(out, rgb)
    assert out is not rgb


@pytest.mark.parametrize("method", ["natural", "hsv"])
def test_any_strides(method):
    rgb, mask = hair()
    wanted = recolor(rgb, mask, "copper", method=method)
    wide = np.zeros((160, 280, 4), np.uint8)
    wide[:, ::2, :3] = rgb
    double = np.zeros((320, 140))
    double[::2] = mask
    views = [wide[:, ::2, :3], np.asfortranarray(rgb), rgb[::-1].copy()[::-1], rgb[..., ::-1].copy()[..., ::-1]]
    for view in views:
        for cover in (mask, double[::2], np.asfortranarray(mask), mask[:, ::-1].copy()[:, ::-1]):
            view.flags.writeable = cover.flags.writeable = False
            np.testing.assert_array_equal(recolor(view, cover, "copper", method=method), wanted)


@pytest.mark.parametrize("method", ["natural", "hsv"])
def test_kinds_of_masks(method):
    rgb, mask = hair(soft=0)
    wanted = recolor(rgb, mask, "blue", method=method)
    for cover in (mask > 0, mask.astype(np.uint8), (mask * 255).astype(np.uint8), mask.astype(np.float64)):
        np.testing.assert_allclose(recolor(rgb, cover, "blue", method=method).astype(int), wanted, atol=1)


@pytest.mark.parametrize("grey", [0, 255])
@pytest.mark.parametrize("colour", ["#000000", "#ffffff", "copper"])
@pytest.mark.parametrize("method", ["natural", "hsv"])
def test_pure_black_and_white(grey, colour, method):
    rgb = np.full((40, 40, 3), grey, np.uint8)
    with np.errstate(all="raise", under="ignore"):
        out = recolor(rgb, np.ones((40, 40), np.float32), colour, method=method)
    assert out.std(axis=(0, 1)).max() == 0


def test_no_hair_is_a_copy():
    rgb, _ = hair()
    out = recolor(rgb, np.zeros(rgb.shape[:2]), "copper")
    np.testing.assert_array_equal(out, rgb)
    assert not np.shares_memory(out, rgb)


def test_bands_leave_no_seam(monkeypatch):
    rgb, mask = hair()
    wanted = recolor(rgb, mask, "pink", effects=["ombre:blue", "highlights", "gloss"])
    monkeypatch.setattr(sys.modules["hairtint.recolor"], "_BAND", 9 * rgb.shape[1])
    np.testing.assert_array_equal(recolor(rgb, mask, "pink", effects=["ombre:blue", "highlights", "gloss"]), wanted)


@pytest.mark.parametrize("rgb", [np.zeros((4, 4), np.uint8), np.zeros((4, 4, 4), np.uint8), np.zeros((4, 4, 3)), None])
def test_what_is_no_picture(rgb):
    with pytest.raises(PictureError, match="uint8 array"):
        recolor(rgb, np.zeros((4, 4)), "copper")


@pytest.mark.parametrize(
    "mask",
    [
        np.zeros((4, 5)),
        np.zeros((4, 4, 1)),
        np.full((4, 4), np.nan),
        np.full((4, 4), 255.0),
        -np.ones((4, 4)),
        np.zeros((4, 4), np.int32),
        np.zeros((4, 4), "U1"),
        None,
    ],
)
def test_what_is_no_mask(mask):
    with pytest.raises(MaskError) as caught:
        recolor(np.zeros((4, 4, 3), np.uint8), mask, "copper")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "wrong",
    [{"strength": 1.1}, {"strength": float("nan")}, {"strength": True}, {"method": "magic"}, {"method": np.ones(3)},
     {"method": "hsv", "effects": ["gloss"]}, {"shade": 5}, {"shade": Shade},
     {"shade": []}, {"shade": [1]}, {"shade": [BROWN]}, {"shade": [(1, BROWN)]}, {"shade": [(np.ones((2, 2)), BROWN)]}],
)  # fmt: skip
def test_wrong_options(wrong):
    rgb, mask = hair()
    with pytest.raises(InputError):
        recolor(rgb, mask, "copper", **wrong)
    with pytest.raises(ColorError):
        recolor(rgb, mask, "coper")


def test_without_hair_there_may_be_no_shade():
    rgb, mask = hair()
    np.testing.assert_array_equal(recolor(rgb, mask * 0, "copper", shade=Heads().follow(rgb, mask * 0)), rgb)


# --- the hue swap


@settings(max_examples=30)
@given(COLOURS, st.integers(0, 99))
def test_hsv_is_the_hue_replaced_by_scikit_image(colour, seed):
    rgb, mask = noise(16, 17, seed)
    wanted = rgb2hsv(rgb)
    wanted[..., 0] = rgb2hsv(np.array(colour, np.uint8).reshape(1, 1, 3))[0, 0, 0]
    weight = mask[..., None]
    wanted = rgb * (1 - weight) + hsv2rgb(wanted) * 255 * weight
    assert np.abs(recolor(rgb, mask, colour, method="hsv") - wanted).max() <= 1.01


@settings(max_examples=100)
@given(COLOURS, COLOURS)
def test_hsv_is_the_hue_replaced_by_colorsys(pixel, colour):
    _, s, v = colorsys.rgb_to_hsv(*(c / 255 for c in pixel))
    wanted = 255 * np.array(colorsys.hsv_to_rgb(colorsys.rgb_to_hsv(*(c / 255 for c in colour))[0], s, v))
    out = recolor(np.array([[pixel]], np.uint8), np.ones((1, 1)), colour, method="hsv")
    assert np.abs(out[0, 0] - wanted).max() <= 0.51


def test_hsv_saturation_shifts_the_mean():
    rgb, mask = hair("dark", soft=0)
    inside = mask > 0
    plain, shifted = (rgb2hsv(recolor(rgb, mask, "blue", method="hsv", hsv_saturation=s))[inside] for s in (False, 0.2))
    assert (shifted[:, 1] - plain[:, 1]).mean() == pytest.approx(0.2, abs=0.02)
    wanted = rgb2hsv(np.array([[Color.parse("blue").rgb()]], np.uint8))[0, 0, 1]
    full = rgb2hsv(recolor(rgb, mask, "blue", method="hsv", hsv_saturation=True))[inside]
    assert full[:, 1].mean() == pytest.approx(wanted, abs=0.05)
    np.testing.assert_allclose(full[:, 2], plain[:, 2], atol=0.01)


def test_hsv_saturation_of_black_pixels_counts_for_nothing():
    rgb = np.full((20, 20, 3), (120, 100, 90), np.uint8)
    rgb[:, :10] = 0
    mask = np.ones(rgb.shape[:2], np.float32)
    dyed = recolor(rgb, mask, "#33b3cc", method="hsv", hsv_saturation=True)
    assert not dyed[:, :10].any()
    assert rgb2hsv(dyed[:, 10:])[..., 1].mean() == pytest.approx(0.75, abs=0.01)
    assert not recolor(np.zeros_like(rgb), mask, "blue", method="hsv", hsv_saturation=True).any()


def test_hsv_saturation_is_never_lowered():
    rgb, mask = hair("medium", soft=0)
    plain, paler = (recolor(rgb, mask, "rose gold", method="hsv", hsv_saturation=s) for s in (False, True))
    np.testing.assert_array_equal(paler, plain)


# --- natural


def high_pass(level):
    return level - cv2.GaussianBlur(level, (0, 0), 2.0)


@pytest.mark.parametrize("dye", DYES)
@pytest.mark.parametrize("shade", SHADES)
def test_natural_reaches_the_dye_and_keeps_the_strands(shade, dye):
    rgb, mask = hair(shade, 240, 200)
    before, after = skimage_lab(rgb), skimage_lab(recolor(rgb, mask, dye))
    inside = cv2.erode((mask > 0.99).astype(np.uint8), np.ones((9, 9))) > 0
    goal, got = lab(Color.parse(dye).rgb()), np.median(after[inside], axis=0)
    assert deltaE_ciede2000(got, goal) <= 10
    if np.hypot(*goal[1:]) > 8:
        angle = np.degrees(np.arctan2(got[2], got[1]) - np.arctan2(goal[2], goal[1]))
        assert abs((angle + 180) % 360 - 180) <= 5
    old, new = (high_pass(x[..., 0].astype(np.float32))[inside] for x in (before, after))
    assert np.corrcoef(old, new)[0, 1] >= 0.95
    assert 0.75 <= new.std() / old.std() <= 1.3


def test_natural_keeps_the_order_of_light():
    ladder = np.repeat(np.arange(0, 256, 4, dtype=np.uint8)[None, :, None], 64, axis=0).repeat(3, axis=2)
    for dye in DYES:
        level = recolor(ladder, np.ones(ladder.shape[:2]), dye).astype(int).sum(axis=2)
        assert (np.diff(level[32]) >= 0).all(), dye


@pytest.mark.parametrize("dye", ["#000000", "jet black"])
@pytest.mark.parametrize("level", [2, 8, 14, 20])
def test_black_hair_dyed_black_gets_no_lighter(level, dye):
    rgb, mask = hair("dark", soft=0)
    black = (rgb * (level / np.median(rgb[mask > 0]))).astype(np.uint8)
    black[mask == 0] = rgb[mask == 0]
    before, after = (np.median(skimage_lab(x)[mask > 0][:, 0]) for x in (black, recolor(black, mask, dye)))
    assert after <= max(before, lab(Color.parse(dye).rgb())[0]) + 2, "but for the soft limit of shadows"


def test_a_dark_scene_leaves_light_hair_dark():
    """Whatever the dye, hair comes to no more light than there is, down to a fade to black."""
    rgb, mask = hair("medium")
    lit, last = np.median(recolor(rgb, mask, "platinum")[mask > 0.99]), 256.0
    for stops in range(9):
        scene = (255 * to_srgb(to_linear(rgb / 255) / 2**stops)).astype(np.uint8)
        dyed = np.median(recolor(scene, mask, "platinum")[mask > 0.99])
        assert dyed <= last
        assert dyed <= lit
        if stops >= 3:
            assert dyed < scene[mask == 0].max() + 16, stops
        last = dyed
    assert last < 16


def test_somebody_small_in_the_light_is_dyed_as_in_the_light():
    """A scene is no darker than the hair in it, however little of the picture that is."""
    rgb, mask = hair("medium")
    night, cover = np.full((1600, 1600, 3), 6, np.uint8), np.zeros((1600, 1600), np.float32)
    night[700:860, 700:840], cover[700:860, 700:840] = rgb, mask
    near, far = recolor(rgb, mask, "copper"), recolor(night, cover, "copper")[700:860, 700:840]
    inside = mask > 0.99
    assert np.abs(np.median(near[inside], 0) - np.median(far[inside], 0)).max() <= 12


def test_hair_beside_a_bright_area_is_not_taken_for_hair_in_the_dark():
    """How much light a scene has is asked of the whole picture, not of what lies around the hair."""
    alone, beside = (np.median(recolor(rgb, mask, "platinum")[mask > 0.99]) for rgb, mask in beside_a_window())
    assert beside > alone + 60


def test_what_want_of_light_makes_dark_is_no_fuller_in_colour():
    """Platinum at dusk is dim platinum, not brown: the ratio of its channels stays."""
    rgb, mask = hair("medium")

    def ratios(picture):
        red, green, blue = np.median(to_linear(recolor(picture, mask, "platinum")[mask > 0.99] / 255), axis=0)
        return red / green, blue / green

    dusk = (255 * to_srgb(to_linear(rgb / 255) / 8)).astype(np.uint8)
    np.testing.assert_allclose(ratios(dusk), ratios(rgb), rtol=0.08)


@pytest.mark.parametrize("dye", ["copper", "caramel", "pink"])
def test_a_parting_is_not_painted_white(dye):
    """Bleach makes no skin brighter, that between the strands either."""
    tone = Tone.between(Shade((30, 26, 24), 10, 5, 20, 90), Color.parse(dye))
    skin = np.array([45.0, 55.0])
    new = tone.light(np.array([10.0])) + tone.strand(skin) - tone.strand(10.0)
    assert new.max() < 87
    assert (np.diff(new) > 2).all()


@pytest.mark.parametrize(("dye", "most"), [("jet black", 32), ("dark brown", 40)])
def test_dark_dye_covers_bleached_tips(dye, most):
    """Dark brown hair whose lower half was bleached: its median is the roots'."""
    rgb, mask = hair("dark", soft=0)
    tips = np.arange(len(rgb)) > 90
    rgb[tips] = hair("light", soft=0)[0][tips]
    new = skimage_lab(recolor(rgb, mask, dye))[110:][mask[110:] > 0]
    assert np.median(new[:, 0]) < most


@pytest.mark.parametrize("dye", [(60, 50, 40), (17, 17, 17)])
@pytest.mark.parametrize("start", np.arange(2, 60, 4.0))
def test_what_dye_covers_does_not_jump(dye, start):
    """As the shade drifts in a video."""
    shades = [Shade((0.0, 0.0, 0.0), start + k / 10, start, start + 20) for k in range(40)]
    light = [Tone.between(shade, Color(*dye)).light(np.float64(start + 40)) for shade in shades]
    assert np.abs(np.diff(light)).max() < 1


@pytest.mark.parametrize("level", [70, 80, 90])
def test_white_lets_no_light_hair_darken(level):
    shade = Shade((level * 2.5,) * 3, level, level - 8, level + 3)
    white, pearl = (Tone.between(shade, Color.parse(dye)).centre for dye in ("white", "pearl"))
    assert white >= level
    assert white - pearl > 1.5


@pytest.mark.parametrize("dye", ["platinum", "pastel pink", "#39ff14"])
@pytest.mark.parametrize(("start", "high"), [(3, 31), (6, 40), (12, 52), (16, 55)])
def test_the_shine_of_black_hair_has_room_below_white(start, high, dye):
    """Highlights far above the hair would all be glare if it were bleached with their whole distance."""
    tone = Tone.between(Shade((20.0, 20.0, 20.0), start, start / 2, high), Color.parse(dye))
    assert tone.lift > 2
    levels = tone.light(np.float64(start)) + tone.strand(np.arange(start, high + 1)) - tone.strand(np.float64(start))
    assert levels[-1] <= 94.5
    assert np.diff(levels).min() > 0.3, "every strand stays lighter than the one below it"


def test_the_modelling_of_black_hair_is_spread_when_it_is_bleached():
    """It was squeezed by want of light: what little is left of it gets up to twice the contrast."""
    black, brown = (
        Tone.between(Shade((9.0, 9.0, 9.0), start, start, start + 6, 90.0), Color.parse("platinum"))
        for start in (2.0, 12.0)
    )
    assert np.diff(black.strand(np.array([1.5, 2.5]))) == pytest.approx(2.5, abs=0.05)
    assert np.diff(brown.strand(np.array([11.5, 12.5]))) == pytest.approx(1.25, abs=0.05)


@pytest.mark.parametrize("dye", ["platinum", "silver", "pink"])
def test_the_shadows_of_brown_hair_are_as_deep_when_it_is_bleached(dye):
    """All that hair reflects is multiplied: beside the same light, the same shadow is darker by as much more."""
    tone = Tone.between(Shade((90.0, 66.0, 50.0), 30.0, 20.0, 45.0), Color.parse(dye))
    assert tone.lift > 1.5
    broad = tone.centre - tone.light(np.float64(18))
    strand = tone.strand(np.float64(30)) - tone.strand(np.float64(18))
    assert broad == pytest.approx(12 * tone.lift, rel=0.25)
    assert 12 * 1.1 * min(tone.lift**0.25, 1.25) < strand < 12 * tone.lift


def test_the_box_around_the_hair_does_not_creep_with_it():
    """Its small maps are sampled alike in the next frame of a video, so that locks stay where they are."""
    _box = sys.modules["hairtint.recolor"]._box
    mask = np.zeros((200, 300), np.float32)
    boxes = set()
    for grown in range(4):
        mask[43 - grown : 117 + grown, 60 - grown : 197 + grown] = 1
        boxes.add(str(_box(mask, mask.max(axis=1))))
    assert len(boxes) == 1


@pytest.mark.parametrize("dye", ["platinum", "champagne", "lightest blonde", "warm very light blonde"])
@pytest.mark.parametrize("level", [20, 35, 50])
def test_the_shadows_of_a_blonde_are_brown(dye, level):
    """Their hue is that of the chart's neutral browns, 64 to 81 degrees, not the olive of a darkened platinum, 86."""
    reached, a, b = lab(at_level(Color.parse(dye), level).rgb())
    assert reached == pytest.approx(level, abs=2)
    assert 60 <= np.degrees(np.arctan2(b, a)) <= 82


@pytest.mark.parametrize("dye", ["blue", "copper", "pastel pink", "silver", "yellow"])
def test_the_shadows_of_no_natural_colour_keep_its_hue(dye):
    color = Color.parse(dye)
    hues = [np.arctan2(*lab(rgb)[:0:-1]) for rgb in (color.rgb(), at_level(color, 40).rgb())]
    assert abs(np.degrees(np.diff(np.unwrap(hues))[0])) < 16


@pytest.mark.parametrize("shade", SHADES)
def test_platinum_is_not_olive_and_jet_black_not_violet(shade):
    """Platinum hair in photos has a* of 2.3 and b* of 15, and black hair is no bluer than grey."""
    rgb, mask = hair(shade, soft=0)
    platinum, black = (np.median(lab(recolor(rgb, mask, dye)[mask > 0]), axis=0) for dye in ("platinum", "jet black"))
    assert 1.5 < platinum[1] < 4
    assert 13 < platinum[2] < 21
    assert np.abs(black[1:]).max() < 0.5


def test_black_lifts_without_coloured_noise():
    rgb, mask = hair("dark", soft=0)
    noisy = np.clip(rgb + np.random.default_rng(1).normal(0, 4, rgb.shape), 0, 255).astype(np.uint8)
    inside = mask > 0
    before, after = skimage_lab(noisy)[inside], skimage_lab(recolor(noisy, mask, "platinum"))[inside]
    assert after[:, 1].std() < before[:, 1].std()


@pytest.mark.parametrize("behind", [20, 128, 245])
@pytest.mark.parametrize("dye", ["platinum", "jet black"])
def test_a_soft_edge_neither_glows_nor_darkens(behind, dye):
    """Across the edge, what is dyed lies between hair and background, but for the rim's shade."""
    mask = np.tile(np.clip((np.arange(160) - 74) / 12, 0, 1), (120, 1)).astype(np.float32)
    lock = {"platinum": 30, "jet black": 190}[dye]
    rgb = np.rint(mask * lock + (1 - mask) * behind).astype(np.uint8)[..., None].repeat(3, axis=2)
    out = recolor(rgb, mask, dye)[60].mean(axis=1)
    low, high = sorted((float(behind), float(out[96:110].mean())))
    assert out[66:96].min() >= low - 20
    assert out[66:96].max() <= high + 12


def test_the_colours_around_a_soft_edge_have_no_steps():
    """They are known at few columns: what is taken of the nearest alone would show as stripes."""
    wide, high = 1280, 120
    mask = np.linspace(2, -1, high, dtype=np.float32).clip(0, 1)[:, None].repeat(wide, axis=1)
    scene = np.linspace([40, 200, 90], [240, 60, 160], wide)[None]
    rgb = np.uint8(np.rint(mask[..., None] * (60, 40, 30) + (1 - mask[..., None]) * scene))
    _, behind = Canvas(rgb, mask, Shade.measure(rgb, mask)).sides(np.arange(60 * wide, 61 * wide), 0)
    assert np.ptp(behind[0]) > 150
    assert np.abs(np.diff(behind, axis=1)).max() < 0.5


def test_a_soft_mask_without_background_is_taken_at_its_word():
    """From a third on, no pixel is surely background; the dye must not leap there."""
    rgb = hair(soft=0)[0][50:110, 45:95]
    full = np.abs(recolor(rgb, np.ones(rgb.shape[:2]), "green").astype(int) - rgb).mean()
    for share in (0.3, 0.33, 0.34, 0.5, 0.8):
        out = recolor(rgb, np.full(rgb.shape[:2], share), "green")
        assert np.abs(out.astype(int) - rgb).mean() / full == pytest.approx(share, abs=0.07)


def test_the_shade_anchors_video():
    rgb, mask = hair()
    shade = Shade.measure(rgb, mask)
    np.testing.assert_array_equal(recolor(rgb, mask, "copper", shade=shade), recolor(rgb, mask, "copper"))
    darker = (rgb * (1 - 0.2 * mask[..., None])).astype(np.uint8)
    fixed, free = (recolor(darker, mask, "copper", shade=s)[mask > 0.99].mean() for s in (shade, None))
    assert fixed < free - 5
    assert shade.towards(Shade.measure(darker, mask), 0) == shade
    half = shade.towards(Shade.measure(darker, mask), 0.1)
    assert Shade.measure(darker, mask).lightness < half.lightness < shade.lightness


def test_the_light_of_a_scene_is_followed_fast_and_never_beyond():
    dim, bright = (Shade((50.0, 40.0, 30.0), 18.0, 12.0, 25.0, light) for light in (40.0, 90.0))
    assert dim.towards(bright, 0.1).light == pytest.approx(65)
    assert dim.towards(bright, 0.9).light == 90


def test_hair_is_followed_as_fast_as_the_light_that_changes_it():
    dim = Shade((50.0, 40.0, 30.0), 18.0, 12.0, 25.0, 40.0)
    lit = replace(dim, lightness=18 + 34 * 14 / 56, light=54.0)  # as much brighter as the scene
    assert dim.towards(lit, 0.1).lightness == pytest.approx((dim.lightness + lit.lightness) / 2)
    for other in (replace(lit, light=40.0), replace(lit, light=30.0)):  # the mask has moved
        assert dim.towards(other, 0.1).lightness == pytest.approx(dim.lightness + 0.85)
    assert dim.towards(replace(dim, light=54.0), 0.1).lightness == dim.lightness


def test_the_shade_is_that_of_the_hair():
    rgb = np.full((50, 60, 3), 200, np.uint8)
    mask = np.zeros((50, 60), bool)
    mask[10:40, 10:50] = True
    rgb[mask] = (90, 60, 40)
    for cover in (mask, mask.astype(np.float32), mask.astype(np.uint8) * 255):
        assert Shade.measure(rgb, cover).rgb == (90, 60, 40)
    with pytest.raises(MaskError):
        Shade.measure(rgb, mask & False)
    with pytest.raises(MaskError):
        Shade.measure(rgb, mask[1:])


@pytest.mark.parametrize("rgb", [np.ones((9, 9), np.uint8), np.ones((9, 9, 3)), np.ones((9, 9, 4), np.uint8), None])
def test_a_shade_is_measured_in_pictures_alone(rgb):
    mask = np.ones((9, 9), np.float32)
    with pytest.raises(PictureError, match="uint8 array"):
        Shade.measure(rgb, mask)
    with pytest.raises(PictureError, match="uint8 array"):
        Shade.measure(np.ones((9, 9, 3), np.uint8), mask, scene=rgb if rgb is not None else [rgb])


@pytest.mark.parametrize("mask", [None, [[1.0]], np.where(np.eye(9), np.nan, 1)])
def test_a_shade_is_measured_under_masks_alone(mask):
    with pytest.raises(MaskError, match="give"):
        Shade.measure(np.ones((9, 9, 3), np.uint8), mask)


def test_masked_arrays_and_matrices_of_rows_count_as_plain_ones():
    rgb, mask = noise(40, 30)
    wanted = recolor(rgb, mask, "copper")
    np.testing.assert_array_equal(recolor(np.ma.masked_array(rgb), np.ma.masked_array(mask), "copper"), wanted)
    np.testing.assert_array_equal(
        recolor(rgb, np.ma.masked_array(mask > 0.5), "copper"), recolor(rgb, mask > 0.5, "copper")
    )


@pytest.mark.parametrize("shape", [(2**31, 1, 3), (2**20, 2**20, 3), (16, 2**27, 3)])
def test_pictures_too_large_are_refused_before_anything_is_computed(shape):
    rgb = np.broadcast_to(np.uint8(0), shape)  # takes no memory by itself
    with pytest.raises(PictureError, match="megapixels"):
        recolor(rgb, np.broadcast_to(True, shape[:2]), "copper")


@pytest.mark.parametrize("effects", [5, None, 0.5])
def test_effects_that_are_none_are_refused(effects):
    with pytest.raises(InputError, match="effects"):
        recolor(*noise(20, 20), "copper", effects=effects)


# --- the tables behind it


@given(st.lists(COLOURS, min_size=1, max_size=8))
def test_lab_is_that_of_scikit_image(colours):
    rgb = np.array(colours, np.uint8)
    np.testing.assert_allclose(lab(rgb), skimage_lab(rgb[None])[0], atol=0.05)


@given(st.floats(0, 1))
def test_conversions_go_both_ways(value):
    assert float(to_srgb(to_linear(value))) == pytest.approx(value, abs=1e-6)
    assert float(luminance(lightness(value))) == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize("dye", [*DYES, "#000000", "#ffffff", "#ff0000", "#0000ff"])
def test_the_ramp_runs_from_black_to_white_through_the_dye(dye):
    colour = Color.parse(dye)
    colours = ramp(colour).view(np.uint8).reshape(-1, 4)[:, :3]
    levels = lab(colours)[:, 0]
    assert levels[0] < 1
    assert levels[-1] > 99
    assert np.diff(levels).min() > -0.4
    goal = lab(colour.rgb())
    if 10 < goal[0] < 90:
        reached = lab(colours[round((goal[0] - LOWEST) / STEP)])
        assert deltaE_ciede2000(reached, goal) < 1
        assert lab(at_level(colour, 50.0).rgb())[0] == pytest.approx(50, abs=1)


@given(st.floats(0, 100), COLOURS)
def test_tones_never_turn_light_into_shadow(start, colour):
    tone = Tone.between(Shade((0.0, 0.0, 0.0), start, start, start), Color(*colour))
    grid = np.linspace(0, 100, 101, dtype=np.float32)
    assert (np.diff(tone.light(grid)) >= 0).all()
    assert (np.diff(tone.strand(grid)) > 0).all()
