"""A card claims of its data what is known of it, and no more."""

import json
from dataclasses import replace
from importlib import resources

import pytest
import torch

from hairtint.networks import unet
from hairtint.training import card
from hairtint.training.config import Config
from hairtint.training.export import Trained

SETS = {"ccp": 90, "celebamask-hq": 500, "fasseg": 29, "figaro1k": 84, "lfw-parts": 179}
TRAINED = Trained(unet.build("light"), Config(network="light", size=32, epochs=3), step=7)


def parts(text):
    """The sections of a card by their titles, each in one line."""
    return {title: " ".join(rest.split()) for title, _, rest in (s.partition("\n") for s in text.split("\n## "))}


@pytest.fixture
def write(tmp_path):
    """A card of photos that were trained on, by source, and of such that were kept apart."""

    def write(used, kept, trained=TRAINED):
        sides = {
            side: [f"{source}/{stem}" for source, stems in some.items() for stem in stems]
            for side, some in (("training", used), ("validation", kept))
        }
        (tmp_path / "data.json").write_text(json.dumps(sides))
        return card.write("x", trained, tmp_path, b"", {}, 0.0)

    return write


def test_the_published_sets_are_described_as_in_the_cards_that_ship(write):
    used = {"ccp": 810, "celebamask-hq": 4500, "fasseg": 173, "figaro1k": 755, "lfw-parts": 1610}
    photos = [{source: map(str, range(n)) for source, n in some.items()} for some in (used, SETS)]
    photos[0]["no-hair"] = [f"n01440764_{k}" for k in range(194)]
    photos[1]["no-hair"] = [f"n01440764_{k}" for k in range(194, 216)]
    made = write(*photos)
    shipped = parts((resources.files("hairtint.zoo") / "deep.md").read_text("utf-8"))
    for title in ("Data and terms", "Limits"):
        assert parts(made)[title] == shipped[title]
    assert "(CelebAMask-HQ names none)" in made


def test_of_sets_that_are_not_known_nothing_is_claimed(write):
    text = write({"mine": ["a", "b"], "no-hair": ["cat"]}, {"mine": ["c"]})
    assert "- mine: 2 photos trained on, 1 kept apart; terms of mine: not known to hairtint" in text
    assert "- no-hair, pictures without people: 1 photos trained on, 0 kept apart; terms of no-hair: not known" in text
    for words in ("ImageNet", "LFW", "CCP", "public faces", "Their terms", "CelebAMask"):
        assert words not in text
    assert "Masks of CCP are coarse, so figures" in write({"ccp": ["a"]}, {"ccp": ["b"]})


def test_of_people_on_photos_that_were_learnt_from_before_nothing_is_claimed(write, tmp_path):
    claim = "None of them was trained on, nor, where their set names persons, anybody on them"
    for seen, rest in (
        ({}, "."),
        (
            {"one/Ann_Lee_0001": "0"},
            " in this run; who is on the photos that were learnt from before it was not compared.",
        ),
    ):
        began = {"commit": "0", "seen": seen, "all_known": True}
        (tmp_path / "origin.json").write_text(json.dumps(began))
        assert f"{claim}{rest} IoU" in parts(write({"two": ["Bo_Li_0001"]}, {"two": ["Ann_Lee_0002"]}))["Figures"]


def test_photos_that_no_epoch_shows_are_not_trained_on(write):
    trained = replace(TRAINED, config=replace(TRAINED.config, repeat={"mine": 0.0, "figaro1k": 0.5}))
    text = write({"mine": ["a", "b"], "figaro1k": ["a"]}, {"mine": ["c"]}, trained)
    assert "mine: 0 photos trained on, 1 kept apart" in text
    assert "Figaro1k (Svanera et al. 2016), for research use: 1 photos trained on" in text


def test_the_last_weights_of_an_unfinished_training_are_not_of_its_end(write):
    for finished, words in ((True, "the end of the training"), (False, "the last checkpoint, step 7 of an unfinished")):
        assert f"at {words}" in write({"mine": ["a"]}, {"mine": ["b"]}, replace(TRAINED, last=True, finished=finished))


def test_a_checkpoint_says_whether_its_training_ended(tmp_path):
    state = {"config": TRAINED.config.as_dict(), "ema": TRAINED.network.state_dict(), "step": 7}
    for epoch in (2, 3):
        torch.save(state | {"epoch": epoch}, tmp_path / "last.pt")
        assert Trained.load(tmp_path / "last.pt").finished is (epoch == 3)


def test_a_bar_in_the_name_of_a_set_ends_no_column(write, tmp_path):
    names = ("mean_iou", "iou", "dice", "accuracy", "bce", "boundary_f", "empty_right")
    metrics = {"we|ird": dict.fromkeys(names, 0.5) | {"photos": 1, "by_hair": {"dark": 0.5}}}
    write({"we|ird": ["a"]}, {"we|ird": ["b"]})
    lines = card.write("x", TRAINED, tmp_path, b"", metrics, 0.0).splitlines()
    assert "| we\\|ird | 1 | 0.500 | 0.500 | 0.500 | 0.500 | 0.500 | 0.500 | 0.500 |" in lines
    assert "| dark (we\\|ird) | 0.500 |" in lines
