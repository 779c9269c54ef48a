"""What varies a picture varies its mask with it."""

import io

import numpy as np
import pytest
from PIL import Image
from tiny_pictures import picture

from hairtint.segmenter import preprocess
from hairtint.training import augment
from hairtint.training.loader import Epoch, Photos
from hairtint.training.pairs import hard

SIZE = 64
RECIPES = sorted(augment.RECIPES)
GEOMETRY = [
    {"degrees": 180.0},
    {"mirror": 1.0},
    {"degrees": 25.0, "mirror": 0.5, "scale": (0.7, 1.45), "stretch": 0.15, "shift": 0.12},
]


def varied(recipe, seed, rgb, mask):
    return augment.RECIPES[recipe](rgb, mask, np.random.default_rng(seed), SIZE)


@pytest.mark.parametrize("how", GEOMETRY)
@pytest.mark.parametrize("seed", range(8))
def test_image_and_mask_move_together(how, seed):
    """Oracle: the mask painted into the picture moves as the mask does, border included."""
    _, mask = picture(seed, 90, 120)
    rgb = np.repeat(mask[:, :, None], 3, 2)
    rgb, moved = augment.warp(rgb, mask, np.random.default_rng(seed), SIZE, **how)
    assert ((rgb[..., 1] > 127) != (moved > 127)).mean() < 0.01
    assert 0.02 < (moved > 0).mean() < 0.9


@pytest.mark.parametrize("change", [augment.recompressed, augment.motion_blurred, augment.blurred])
@pytest.mark.parametrize("size", [97, 192])
def test_what_changes_the_picture_alone_leaves_it_where_it_is(change, size):
    """Oracle: the centre of gravity of a soft spot."""
    y, x = np.mgrid[:size, :size].astype(np.float32)
    spot = np.exp(-((y - 0.72 * size) ** 2 + (x - 0.72 * size) ** 2) / (2 * 12**2))

    def centre(grey):
        weight = np.maximum(grey.astype(np.float64) - 25, 0)
        return np.array([(y * weight).sum(), (x * weight).sum()]) / weight.sum()

    before = np.repeat((200 * spot).astype(np.uint8)[..., None], 3, axis=2)
    for seed in range(20):
        after = change(before, np.random.default_rng(seed))
        assert np.abs(centre(after[..., 1]) - centre(before[..., 1])).max() < 0.2


@pytest.mark.parametrize("recipe", RECIPES)
def test_recipes_keep_pictures_and_masks_together(recipe):
    """Whatever the light, hair stays darker than the ground, so a mask that lags behind would show."""
    apart = []
    for seed in range(25):
        rgb, mask = varied(recipe, seed, *picture(seed, 90, 120))
        dark = rgb.mean(2)
        hair = hard(mask)
        apart.append(dark[hair == 0].mean() - dark[hair > 0].mean())
    assert np.mean(np.array(apart) > 20) > 0.9


@pytest.mark.parametrize("recipe", RECIPES)
@pytest.mark.parametrize("shape", [(40, 48), (200, 90), (64, 64), (16, 300)])
def test_shapes_and_values(recipe, shape):
    rgb, mask = picture(3, 90, 120)
    rgb, mask = rgb[: shape[0], : shape[1]], mask[: shape[0], : shape[1]]
    before = rgb.copy(), mask.copy()
    for seed in range(12):
        new, hair = varied(recipe, seed, rgb, mask)
        assert (new.shape, new.dtype) == ((SIZE, SIZE, 3), np.uint8)
        assert (hair.shape, hair.dtype) == ((SIZE, SIZE), np.uint8)
        assert (hair % 255 == 0).mean() > 0.6, "grey is along the outline alone"
    assert np.array_equal(rgb, before[0]), "the photo that is kept in memory stays as it is"
    assert np.array_equal(mask, before[1])


@pytest.mark.parametrize("recipe", RECIPES)
def test_same_chance_same_result(recipe):
    once, again, other = (varied(recipe, seed, *picture(0)) for seed in (5, 5, 6))
    assert all(np.array_equal(a, b) for a, b in zip(once, again, strict=True))
    assert not np.array_equal(once[0], other[0])


def test_the_reports_recipe_leaves_light_and_colour_alone():
    """Only rotation, mirror and blur: a picture of one colour stays exactly that."""
    rgb = np.full((40, 60, 3), (200, 80, 30), np.uint8)
    mask = np.zeros((40, 60), np.uint8)
    for seed in range(60):
        new, _ = varied("report", seed, rgb, mask)
        assert np.abs(new.astype(int) - (200, 80, 30)).max() <= 1
    assert any(np.ptp(varied("strong", seed, rgb, mask)[0]) > 180 for seed in range(20))


def test_the_reports_recipe_keeps_the_size_of_things():
    shares = []
    for seed in range(40):
        rgb, mask = picture(1, 96, 96)
        shares.append((varied("report", seed, rgb, mask)[1] > 127).mean() / (mask > 0).mean())
    assert 0.9 < np.median(shares) < 1.1


def test_a_jpeg_loses_the_colours_that_others_lose():
    """Pillow knows red from blue, which a JPEG keeps less well."""
    rgb = np.zeros((64, 64, 3), np.uint8)
    rgb[::3, 32:] = 255, 0, 0
    seed = next(seed for seed in range(20) if np.random.default_rng(seed).random() > 0.5)  # not made smaller
    rng = np.random.default_rng(seed)
    rng.random()
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, "JPEG", quality=int(rng.integers(25, 85)))
    found = augment.recompressed(rgb, np.random.default_rng(seed))
    assert np.abs(found.astype(int) - np.asarray(Image.open(file))).max() <= 3


def test_fit_is_what_the_live_road_does():
    rgb, mask = picture(2, 70, 110)
    fitted, hair = augment.fit(rgb, mask, SIZE)
    assert np.array_equal(fitted, preprocess(rgb, (SIZE, SIZE)))
    assert set(np.unique(hair)) > {0, 255}, "grey along the outline"
    assert set(np.unique(hard(hair))) == {0, 255}


def test_validation_photos_are_only_fitted(tiny_pairs):
    photos = Photos(tiny_pairs[:3], 32)
    for k, pair in enumerate(tiny_pairs[:3]):
        rgb, mask = photos[0, k]
        expected = augment.fit(*pair.read(), 32)
        assert np.array_equal(rgb.numpy().transpose(1, 2, 0), expected[0])
        assert np.array_equal(mask[0].numpy(), hard(expected[1]))
        assert np.array_equal(rgb, photos[99, k][0]), "whatever the draw"


def test_training_photos_follow_draw_and_seed(tiny_pairs):
    photos = Photos(tiny_pairs[:2], 32, recipe="strong", seed=1)
    other = Photos(tiny_pairs[:2], 32, recipe="strong", seed=2)
    assert np.array_equal(photos[4, 1][0], photos[4, 1][0])
    assert not np.array_equal(photos[4, 1][0], photos[5, 1][0])
    assert not np.array_equal(photos[4, 1][0], other[4, 1][0])


def epoch(**changes):
    values = {"sources": ["a"] * 20 + ["b"] * 10, "repeat": {}, "seed": 0, "epoch": 0, "batch": 4}
    return Epoch(**values | changes)


def test_an_epoch_meets_every_photo_once_in_its_own_order():
    slots = [index for batch in epoch(batch=5) for index in batch]
    assert sorted(position for _, position in slots) == list(range(30))
    assert list(epoch()) == list(epoch())
    assert list(epoch()) != list(epoch(epoch=1)) != list(epoch(seed=1))
    assert [len(batch) for batch in epoch()] == [4] * 7 == [4] * len(epoch()), "no smaller batch at the end"


def test_sources_repeat_and_fractions_are_drawn_anew():
    counts = [np.bincount(epoch(repeat={"a": 2.5, "b": 0}, epoch=k).order, minlength=30) for k in range(40)]
    assert all(set(c[:20]) <= {2, 3} and not c[20:].any() for c in counts)
    assert 2.4 < np.mean([c[:20] for c in counts]) < 2.6


def test_a_started_epoch_goes_on_where_it_was():
    assert list(epoch(start=12)) == list(epoch())[3:]


def test_processes_share_every_batch():
    shares = [list(epoch(rank=rank, processes=2)) for rank in (0, 1)]
    joined = [sorted(a + b) for a, b in zip(*shares, strict=True)]
    assert joined == [sorted(batch) for batch in epoch()]
