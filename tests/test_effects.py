"""Effects: composable, stable, and readable from one line of text."""

import cv2
import numpy as np
import pytest
from hair import hair, parted

from hairtint.canvas import Canvas
from hairtint.color import Color
from hairtint.effects import EFFECTS, Effect, Gloss, Highlights, Lowlights, Ombre, RootShadow, TwoTone
from hairtint.errors import ColorError, InputError
from hairtint.recolor import recolor
from hairtint.shade import Shade

ALL = [Ombre("platinum"), RootShadow(), Highlights(), Lowlights(), TwoTone("blue"), Gloss(0.4)]


def dyed(*effects, colour="chestnut", **options):
    rgb, mask = hair(**options)
    return recolor(rgb, mask, colour, effects=effects).astype(int), mask


@pytest.mark.parametrize("effect", ALL, ids=lambda e: e.kind)
def test_every_effect_changes_hair_and_only_hair(effect):
    rgb, mask = hair()
    plain, out = recolor(rgb, mask, "chestnut"), recolor(rgb, mask, "chestnut", effects=[effect])
    assert np.abs(out.astype(int) - plain)[mask > 0.99].mean() > 0.5
    np.testing.assert_array_equal(out[mask == 0], rgb[mask == 0])
    np.testing.assert_array_equal(recolor(rgb, mask, "chestnut", effects=[effect], strength=0), rgb)


@pytest.mark.parametrize("effect", ALL, ids=lambda e: e.kind)
def test_text_reads_back(effect):
    assert Effect.parse(str(effect)) == effect
    assert Effect.parse(effect) is effect


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        ("ombre:platinum:0.5", Ombre("platinum", 0.5)),
        ("ombre:0.3:platinum", Ombre("platinum", 0.3)),
        ("OMBRE: jet black ", Ombre("jet black")),
        ("roots", RootShadow()),
        ("roots:espresso:0.2:1", RootShadow("espresso", 0.2, 1.0)),
        ("highlights:honey:0.4", Highlights("honey", 0.4)),
        ("lowlights", Lowlights()),
        ("two-tone:#2f5fc4", TwoTone("blue")),
        ("gloss:0.4", Gloss(0.4)),
    ],
)
def test_texts(text, effect):
    assert Effect.parse(text) == effect


@pytest.mark.parametrize(
    "text", ["", "sparkle", "ombre", "gloss:2", "gloss:nan", "gloss:red", "gloss:0.1:0.2", "two-tone:a:b"]
)
def test_wrong_texts_are_refused_in_one_line(text):
    with pytest.raises((InputError, ColorError)) as caught:
        Effect.parse(text)
    assert "\n" not in str(caught.value)


def test_a_wrong_colour_shows_at_once():
    with pytest.raises(ColorError):
        Ombre("platnum")
    assert Ombre((230, 212, 187)).color == Color.parse("platinum")


def test_ombre_goes_from_roots_to_tips():
    plain, mask = dyed()
    tips, _ = dyed(colour="platinum")
    out, _ = dyed(Ombre("platinum"))
    rows = np.flatnonzero(mask.max(axis=1) > 0.99)
    hair_of = lambda x, r: x[r][mask[r] > 0.99].mean()  # noqa: E731
    assert hair_of(out, rows[3]) == pytest.approx(hair_of(plain, rows[3]), abs=3)
    assert hair_of(out, rows[-3]) == pytest.approx(hair_of(tips, rows[-3]), abs=3)


def test_roots_are_darker_and_tips_are_not():
    plain, mask = dyed(colour="platinum")
    out, _ = dyed(RootShadow(), colour="platinum")
    change = np.where(mask > 0.99, (out - plain).sum(axis=2), 0)
    assert change[:50].min() < -60
    assert not change[110:].any()


def test_roots_may_have_a_colour_of_their_own():
    (out, mask), (plain, _) = (
        dyed(RootShadow("blue", amount=1.0), colour="copper"),
        dyed(RootShadow(amount=1.0), colour="copper"),
    )
    crown = out[:50][mask[:50] > 0.99]
    assert (crown[:, 2] > crown[:, 0]).any()
    assert not (plain[:50][mask[:50] > 0.99][:, 2] > plain[:50][mask[:50] > 0.99][:, 0]).any()


def test_a_soft_two_tone_has_a_wide_transition():
    def mixed(softness):
        row = dyed(TwoTone("blue", softness), colour="copper", soft=0)[0][80, 30:110]
        blue, red = row[:, 2] > row[:, 0] + 60, row[:, 0] > row[:, 2] + 60
        return int(np.count_nonzero(~blue & ~red))

    assert mixed(0.8) > 2 * mixed(0.05)


def test_gloss_deepens_shadows():
    (plain, mask), (out, _) = dyed(colour="copper"), dyed(Gloss(1.0), colour="copper")
    level = hair()[0].sum(axis=2)
    dark = (mask > 0.99) & (level < np.percentile(level[mask > 0.99], 10))
    assert (out - plain)[dark].sum(axis=1).mean() < -10


def test_two_tone_splits_at_the_parting():
    out, _ = dyed(TwoTone("blue"), colour="copper")
    left, right = out[80, 35:50].mean(axis=0), out[80, 90:105].mean(axis=0)
    assert left[0] > left[2]
    assert right[2] > right[0]


def test_two_tone_parts_along_the_locks():
    """Under the same mask, other locks are parted at another place."""
    rows = [dyed(TwoTone("blue", softness=0), colour="copper", soft=0, seed=seed)[0][80] for seed in range(6)]
    assert len({int(np.argmax(row[:, 2] > row[:, 0] + 20)) for row in rows}) > 1


def test_locks_follow_the_hair():
    """The same hair elsewhere in the frame has its highlights on the same strands."""
    rgb, mask = hair(soft=0)
    moved_rgb, moved_mask = np.roll(rgb, 8, axis=1), np.roll(mask, 8, axis=1)
    out = recolor(rgb, mask, "chestnut", effects=["highlights"])
    moved = recolor(moved_rgb, moved_mask, "chestnut", effects=["highlights"])
    inside = np.roll(mask, 8, axis=1) > 0
    assert np.abs(np.roll(out, 8, axis=1)[inside].astype(int) - moved[inside]).mean() < 1


@pytest.mark.parametrize("column", [58, 70, 82])
def test_the_skin_of_a_parting_is_no_lock(column):
    """In the middle of the head or beside it."""
    rgb, mask = parted(column)
    plain, out = (recolor(rgb, mask, "chestnut", effects=e).astype(int) for e in ([], ["highlights:#00ff00"]))
    gain = (out - plain)[..., 1]
    assert gain[25:50, column - 1 : column + 2].mean() < 25, "where it would be 87"
    assert gain[60:][mask[60:] > 0.99].max() > 60, "further down all locks stay"


@pytest.mark.parametrize(
    ("kind", "turn"), [("highlights", lambda rgb: rgb), ("lowlights", lambda rgb: 255 - rgb)], ids=["bright", "dark"]
)
def test_locks_draw_no_outline(kind, turn):
    """Behind dark hair the background is bright, behind light hair dark: its light at the edge is no lock."""
    rgb, mask = hair("dark", height=300, width=220, soft=2.5)
    plain, out = (recolor(turn(rgb), mask, "chestnut", effects=e).astype(int) for e in ([], [f"{kind}:#00ff00"]))
    gain = np.abs(out - plain).mean(axis=2)
    inner = cv2.erode(mask, np.ones((25, 25))) > 0.9
    rim = (mask > 0.7) & (cv2.erode(mask, np.ones((5, 5))) < 0.7)
    assert gain[inner].mean() > 3
    assert gain[rim].mean() < gain[inner].mean()


def noisy_strands(angle, side=256):
    """Straight hair all over a noisy picture, `angle` degrees from upright: (rgb, mask)."""
    random = np.random.default_rng(0)
    y, x = np.mgrid[:side, :side] - side / 2
    across = x * np.cos(np.radians(angle)) + y * np.sin(np.radians(angle))
    hairs = cv2.GaussianBlur(random.normal(size=(1, 2 * side)), (0, 0), 2)[0]
    light = np.interp(across, np.arange(2 * side) - side, hairs / hairs.std())
    rgb = np.clip(90 + 12 * light + random.normal(0, 18, (side, side)), 0, 255)
    return cv2.cvtColor(np.uint8(rgb), cv2.COLOR_GRAY2RGB), np.ones((side, side), np.float32)


def strands(rgb, mask):
    return Canvas(rgb, mask, Shade.measure(rgb, mask)).strands


@pytest.mark.parametrize("angle", [0, 30, 90, 135])
def test_locks_are_long_where_the_picture_is_noisy(angle):
    """They lie along the hair and are no spots."""
    _, _, boxes, _ = cv2.connectedComponentsWithStats(np.uint8(strands(*noisy_strands(angle)) > 0.45))
    sides, areas = boxes[1:, 2:4], boxes[1:, 4]
    assert np.average(np.hypot(*sides.T), weights=areas) > 150
    assert (areas < 20).sum() < 20


def test_locks_are_short_where_curls_have_no_direction():
    """In an afro a lock as long as in straight hair would run across its curls, as a worm."""
    curls = cv2.GaussianBlur(np.random.default_rng(0).normal(size=(256, 256)), (0, 0), 2)
    rgb = cv2.cvtColor(np.uint8(np.clip(90 + 30 * curls / curls.std(), 0, 255)), cv2.COLOR_GRAY2RGB)
    _, _, boxes, _ = cv2.connectedComponentsWithStats(np.uint8(strands(rgb, np.ones((256, 256), np.float32)) > 0.45))
    assert np.average(np.hypot(*boxes[1:, 2:4].T), weights=boxes[1:, 4]) < 40


def test_locks_turn_with_the_picture():
    rgb, mask = noisy_strands(20)
    turned = strands(np.ascontiguousarray(np.rot90(rgb)), mask)
    assert np.abs(turned - np.rot90(strands(rgb, mask))).mean() < 1e-4


def test_locks_keep_still_in_noise():
    """From frame to frame it hardly moves them."""
    rgb, mask = hair("medium", height=256, width=256, soft=2)
    noise = np.random.default_rng(0).normal(0, 3, (2, *rgb.shape))
    first, second = (strands(np.uint8(np.clip(rgb + n, 0, 255)), mask) for n in noise)
    assert np.abs(first - second)[mask > 0.9].mean() < 0.012


def test_thin_hair_has_its_locks():
    """A braid is all edge, nearly."""
    rgb, mask = hair("medium", height=300, width=220, soft=0)
    mask[:, :104] = mask[:, 116:] = 0
    plain, out = (recolor(rgb, mask, "chestnut", effects=e).astype(int) for e in ([], ["highlights:#00ff00"]))
    assert np.abs(out - plain)[mask > 0].mean() > 3


def test_highlights_lighten_and_lowlights_darken():
    plain, mask = dyed()
    inside = mask > 0.99
    assert (dyed(Highlights())[0] - plain)[inside].mean() > 1
    assert (dyed(Lowlights())[0] - plain)[inside].mean() < -1
    assert (dyed(Gloss(1.0))[0] - plain)[inside].max() > 20
    assert np.abs(dyed(Highlights(share=0.1))[0] - plain).sum() < np.abs(dyed(Highlights(share=0.9))[0] - plain).sum()


@pytest.mark.parametrize(
    "none",
    ["highlights:platinum:1:0", "highlights:platinum:0:1", "lowlights:black:1:0", "roots:black:0:1", "roots:black:1:0"],
)
def test_none_of_an_effect_is_the_dye_alone(none):
    np.testing.assert_array_equal(dyed(none)[0], dyed()[0])


@pytest.mark.parametrize("effect", ["highlights:platinum:1", "lowlights:black:1", "roots:black"])
def test_an_effect_grows_from_nothing(effect):
    """By its share or depth, without a leap at the beginning."""
    plain, mask = dyed()
    shares = (0.01, 0.1, 0.25, 0.5, 0.75, 1)
    changes = [np.abs(dyed(f"{effect}:{share}")[0] - plain)[mask > 0.99].mean() for share in shares]
    assert changes == sorted(changes)
    assert changes[0] < 0.1
    assert changes[-1] > 5


def test_effects_compose_in_order():
    first, mask = dyed(Ombre("platinum"), TwoTone("blue"))
    second, _ = dyed(TwoTone("blue"), Ombre("platinum"))
    assert np.abs(first - second)[mask > 0.99].max() > 10


def test_every_effect_has_a_name_and_a_usage():
    assert list(EFFECTS) == ["ombre", "roots", "highlights", "lowlights", "two-tone", "gloss"]
    assert EFFECTS["ombre"].usage() == "ombre:COLOR:START:SOFTNESS"


@pytest.mark.parametrize("effect", [Ombre("#123456"), Ombre("#5e1234"), Highlights("#00e123"), RootShadow("7 ash")])
def test_colours_that_look_like_numbers_read_back(effect):
    assert Effect.parse(str(effect)) == effect


@pytest.mark.parametrize("number", [1 / 3, 1e-9, 1 - 1e-16, 0, 1, 1.0, True])
def test_numbers_read_back_to_the_bit(number):
    for effect in (Gloss(number), Ombre("copper", number)):
        assert Effect.parse(str(effect)) == effect


@pytest.mark.parametrize(
    ("text", "effect"),
    [
        ("highlights:000000", Highlights("#000000")),
        ("roots:000000:0.3", RootShadow("#000000", 0.3)),
        ("roots:0.3:000001", RootShadow("#000001", 0.3)),
        ("ombre:0e0000", Ombre("#0e0000")),
        ("two-tone:000", TwoTone("#000000")),
        ("ombre:100:1", Ombre("#110000", 1.0)),
        ("lowlights:0.1:1", Lowlights(None, 0.1, 1.0)),
        ("lowlights:honey:000", Lowlights("honey", 0.0)),
    ],
)
def test_three_or_six_hex_digits_are_a_colour(text, effect):
    assert Effect.parse(text) == effect


def test_numbers_of_numpy_are_numbers():
    for number in (np.float32(0.5), np.float64(0.5), np.int64(1)):
        assert Effect.parse(str(Gloss(number))) == Gloss(float(number))
    for number in (np.float32(1.5), np.complex64(0.5), "0.5", None):
        with pytest.raises(InputError, match="give a number"):
            Gloss(number)


def test_a_level_is_a_colour():
    assert Effect.parse("ombre:7") == Ombre("level 7")


@pytest.mark.parametrize("shape", [(1, 640), (640, 1), (1, 1), (2, 300)])
def test_narrow_pictures_take_every_effect(shape):
    rgb = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
    assert recolor(rgb, np.ones(shape, np.float32), "auburn", effects=ALL).shape == rgb.shape


def test_one_effect_need_not_be_a_list():
    rgb, mask = hair()
    expected = recolor(rgb, mask, "chestnut", effects=[Gloss(0.4)])
    np.testing.assert_array_equal(recolor(rgb, mask, "chestnut", effects="gloss:0.4"), expected)
    np.testing.assert_array_equal(recolor(rgb, mask, "chestnut", effects=Gloss(0.4)), expected)


@pytest.mark.parametrize(
    "make", [lambda: Gloss("x"), lambda: Gloss(None), lambda: Ombre(None), lambda: Gloss(float("nan"))]
)
def test_wrong_values_show_where_they_are_made(make):
    with pytest.raises((InputError, ColorError)):
        make()


@pytest.mark.parametrize(
    "options",
    [
        {"strength": "1"},
        {"strength": None},
        {"strength": float("nan")},
        {"hsv_saturation": 7, "method": "hsv"},
        {"hsv_saturation": 0.5},
    ],
)
def test_wrong_options_are_refused(options):
    rgb, mask = hair()
    with pytest.raises(InputError):
        recolor(rgb, mask, "chestnut", **options)
