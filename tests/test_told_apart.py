"""Hair of several people in one picture or video: each gets the dye, not the mean of all."""

import itertools

import cv2
import numpy as np
import pytest
from hair import hair, people, touching

from hairtint import recolor
from hairtint.errors import MaskError, PictureError
from hairtint.heads import Heads, told_apart
from hairtint.shade import Shade


def beside(*shades):
    """Heads of these shades side by side, and their masks."""
    heads = [hair(shade, seed=k) for k, shade in enumerate(shades)]
    return np.hstack([rgb for rgb, _ in heads]), np.hstack([mask for _, mask in heads]), heads


@pytest.mark.parametrize("color", ["platinum", "copper", "jet black"])
def test_each_head_comes_out_as_it_does_alone(color):
    rgb, mask, heads = beside("dark", "light")
    dyed, left = recolor(rgb, mask, color), 0
    for alone, cover in heads:
        part = dyed[:, left : left + cover.shape[1]][cover > 0.99].astype(int)
        assert np.abs(np.median(part, 0) - np.median(recolor(alone, cover, color)[cover > 0.99], 0)).max() <= 2
        left += cover.shape[1]
    assert np.array_equal(dyed[mask == 0], rgb[mask == 0])


@pytest.mark.parametrize("kind", [np.float32, np.uint8, np.float64])
def test_the_parts_are_the_mask(kind):
    rgb, mask, _ = beside("dark", "light", "dark")
    cover = np.rint(255 * mask).astype(np.uint8) if kind == np.uint8 else mask.astype(kind)
    parts = told_apart(rgb, cover)
    assert len(parts) == 2, "the two dark heads have one shade"
    assert np.array_equal(sum(parts), cover)
    assert all(part.dtype == cover.dtype for part in parts)
    assert (parts[0][:, 140:280] == 0).all()


def test_light_and_shadow_of_one_head_are_not_two_people():
    rgb, mask, _ = beside("medium", "medium")
    rgb[:, 140:] = rgb[:, 140:] * 0.75
    assert told_apart(rgb, mask)[0] is mask


def test_one_head_is_one_however_it_looks():
    rgb, mask = hair("dark", 300, 300)
    rgb[:150] = 255
    assert told_apart(rgb, mask)[0] is mask


def test_a_speck_goes_with_the_largest_head():
    rgb, mask, _ = beside("dark", "light")
    cv2.circle(mask, (140, 150), 4, 1.0, -1)
    rgb[146:155, 136:145] = 255
    dark, light = told_apart(rgb, mask)
    larger = dark if (dark > 0).sum() > (light > 0).sum() else light
    assert larger[150, 140] == 1


def test_a_given_shade_holds_for_all():
    rgb, mask, _ = beside("dark", "light")
    shade = Shade.measure(rgb, mask)
    assert not np.array_equal(recolor(rgb, mask, "copper", shade=shade), recolor(rgb, mask, "copper"))


def test_strength_and_effects_reach_every_head():
    rgb, mask, _ = beside("dark", "light")
    half, full = (recolor(rgb, mask, "blue", strength=s, effects=["gloss"]).astype(int) for s in (0.5, 1))
    between = (half >= np.minimum(rgb, full)) & (half <= np.maximum(rgb, full))
    assert between.all()
    assert np.array_equal(recolor(rgb, mask, "blue", strength=0), rgb)


@pytest.mark.parametrize("bridge", [0.001, 0.05])
def test_a_faint_veil_does_not_join_heads(bridge):
    rgb, mask, _ = beside("dark", "light")
    assert len(told_apart(rgb, np.maximum(mask, np.float32(bridge)))) == 2


def test_a_faint_region_stays_faint():
    rgb, mask, _ = beside("dark", "light")
    cover = np.rint(255 * mask).astype(np.uint8)
    cover[:, 140:] = np.minimum(cover[:, 140:], 1)
    assert np.abs(recolor(rgb, cover, "platinum")[:, 140:].astype(int) - rgb[:, 140:]).max() <= 2


def test_heads_close_to_each_other_are_dyed_from_the_photo():
    rgb, mask, _ = beside("dark", "light")
    steps = [recolor(rgb, mask, "platinum", strength=s).astype(int) for s in (0, 0.3, 0.6, 1)]
    way = np.sign(steps[-1] - steps[0])
    assert all(((b - a) * way >= 0).all() for a, b in itertools.pairwise(steps))


def test_any_number_of_specks_is_one_look():
    rgb = np.random.default_rng(0).integers(0, 256, (400, 300, 3), np.uint8)
    mask = np.zeros((400, 300), np.float32)
    mask[::2, ::2] = 1
    assert np.array_equal(sum(told_apart(rgb, mask)), mask)


# --- in video


def tones(heads, frame, mask, whose):
    """The median colour of each person's hair dyed copper."""
    dyed = recolor(frame, mask, "copper", shade=heads.follow(frame, mask)).astype(int)
    return [np.median(dyed[whose == number], 0) for number in range(1, whose.max() + 1)]


def alone(shade):
    frame, mask, whose = people((shade, 100))
    return tones(Heads(), frame, mask, whose)[0]


def test_in_video_each_head_comes_out_as_it_does_alone():
    heads = Heads()
    for t in range(12):
        frame, mask, whose = people(("dark", 20 + 3 * t), ("light", 280 - 4 * t), seed=t)
        for tone, shade in zip(tones(heads, frame, mask, whose), ("dark", "light"), strict=True):
            assert np.abs(tone - alone(shade)).max() <= 4
    assert len(heads.shades) == 2


def test_heads_that_meet_and_part_keep_their_own_shades():
    heads, away = Heads(), {"dark": alone("dark"), "light": alone("light")}
    for t, left in enumerate([*range(190, 120, -7), *range(120, 190, 7)]):
        frame, mask, whose = people(("dark", 40), ("light", left), seed=t)
        for tone, shade in zip(tones(heads, frame, mask, whose), away, strict=True):
            assert np.abs(tone - away[shade]).max() <= 6, (left, shade)


def test_heads_that_touch_may_move_on_together():
    heads, away = Heads(), {"dark": alone("dark"), "light": alone("light")}
    for t, left in enumerate([*range(190, 130, -10), *[130] * 14]):
        shift = max(0, t - 6) * 8
        frame, mask, whose = people(("dark", 40 + shift), ("light", left + shift), seed=t)
        for tone, shade in zip(tones(heads, frame, mask, whose), away, strict=True):
            assert np.abs(tone - away[shade]).max() <= 6, (t, shade)


def test_who_comes_and_goes_leaves_the_other_alone():
    heads = Heads()
    for t in range(4):
        frame, mask, whose = people(("dark", 60), seed=t)
        [steady] = tones(heads, frame, mask, whose)
    for t in range(4):
        frame, mask, whose = people(("dark", 60), ("light", 300), seed=t)
        dark, light = tones(heads, frame, mask, whose)
        assert np.abs(dark - steady).max() <= 3
        assert np.abs(light - alone("light")).max() <= 3
    frame, mask, whose = people(("dark", 60), seed=9)
    assert np.abs(tones(heads, frame, mask, whose)[0] - steady).max() <= 3
    assert len(heads.shades) == 1


def test_a_second_head_that_hovers_at_the_least_size_does_not_flicker():
    heads, seen = Heads(), []
    for t in range(10):
        frame, mask, _ = people(("dark", 60), seed=t)
        radius = 16 if t % 2 else 13
        cv2.circle(mask, (400, 100), radius if t else 24, 1.0, -1)
        frame[60:140, 360:440] = 230
        shades = heads.follow(frame, mask)
        seen.append(len(shades))
    assert set(seen) == {2}


def test_alike_heads_share_one_shade_and_an_empty_room_forgets_all():
    heads = Heads()
    frame, mask, _ = people(("dark", 40), ("dark", 280))
    [(cover, _)] = heads.follow(frame, mask)
    assert cover is mask
    assert heads.follow(frame, np.zeros_like(mask)) == []
    assert heads.shades == []


def test_what_is_no_frame_or_mask_is_refused_before_anything_is_followed():
    frame, mask, _ = people(("dark", 40))
    for wrong in (None, frame / 255, frame[:0]):
        with pytest.raises(PictureError, match="the picture is"):
            Heads().follow(wrong, mask)
    for wrong in (None, mask.tolist(), mask[1:], mask[..., None], mask * 255, np.where(mask > 0, np.nan, mask)):
        with pytest.raises(MaskError, match="the mask"):
            Heads().follow(frame, wrong)


def test_a_mask_of_bytes_is_followed_too():
    frame, mask, _ = people(("dark", 40), ("light", 280))
    hair = mask > 0.5
    one, other = (recolor(frame, m, "copper", shade=Heads().follow(frame, m)) for m in (hair, hair * 1.0))
    np.testing.assert_allclose(one.astype(int), other, atol=1)


def test_the_parts_of_a_frame_are_the_mask():
    heads = Heads()
    for t in range(3):
        frame, mask, _ = people(("dark", 40), ("light", 280 - 40 * t))
        parts = [cover for cover, _ in heads.follow(frame, mask)]
        np.testing.assert_array_equal(sum(parts), mask)


@pytest.mark.parametrize(("level", "whose"), [(53, 0), (57, 1)])
def test_a_place_of_touching_heads_stays_whose_it_was_unless_it_looks_clearly_like_the_other(level, whose):
    """L* 30 and 70; 53 is nearer to 70, but by less than STAYS."""
    heads, (before, after) = Heads(), touching(level)
    heads.follow(*before)
    parts = heads.follow(*after)
    assert [part[45, 45] for part, _ in parts] == [whose == 0, whose == 1]


def test_a_head_in_other_light_has_its_new_shade_at_once():
    heads = Heads()
    frame, mask, _ = people(("dark", 60))
    heads.follow(frame, mask)
    lit = np.clip(frame.astype(int) + 90, 0, 255).astype(np.uint8)
    [(_, shade)] = heads.follow(lit, mask)
    assert shade == Shade.measure(lit, mask)


def test_frames_of_another_size_start_anew():
    heads, (frame, mask, _) = Heads(), people(("dark", 40), ("light", 280))
    heads.follow(frame, mask)
    other = frame[:, ::-1][:150], mask[:, ::-1][:150]
    for (cover, shade), (expected, alone) in zip(heads.follow(*other), Heads().follow(*other), strict=True):
        assert np.array_equal(cover, expected)
        assert shade == alone
