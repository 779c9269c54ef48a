"""Where a training comes from: the code's commit, the weights it started from, and what these had learnt from."""

import hashlib
import json
import shutil
import subprocess
from dataclasses import replace

import pytest
import torch
from lightning_fabric.plugins.precision import Precision
from tiny_pictures import picture, write

from hairtint import zoo
from hairtint.cli import run
from hairtint.errors import TrainingError
from hairtint.networks import unet
from hairtint.training import card, checkpoint, content, origin
from hairtint.training.config import Config
from hairtint.training.datasets import open_dataset
from hairtint.training.expand import expand
from hairtint.training.export import Trained
from hairtint.training.train import train

CONFIG = Config(network="light", size=32, epochs=1, batch=4, lr=3e-3, workers=0, ema=0.5)


@pytest.fixture(scope="module")
def first(tiny_pairs, tmp_path_factory):
    """A run folder of a training that started from chance."""
    folder = tmp_path_factory.mktemp("runs") / "first"
    train(CONFIG, tiny_pairs, folder)
    return folder


def known(folder):
    return json.loads((folder / "origin.json").read_text())


def test_what_it_started_from_is_in_folder_checkpoint_and_card(first, tiny_pairs, tmp_path):
    assert known(first) == {"commit": origin.commit(), "seen": {}, "all_known": True}
    start, folder = first / "best.pt", tmp_path / "second"
    train(CONFIG, tiny_pairs, folder, weights=start)
    file = {"file": "first/best.pt", "sha256": hashlib.sha256(start.read_bytes()).hexdigest()}
    assert known(folder) == {"commit": origin.commit(), "weights": file, "seen": {}, "all_known": True}
    assert checkpoint.load(folder / "best.pt")["origin"]["weights"] == file
    text = card.write("x", Trained.load(folder), folder, b"", {}, 0.0)
    for words in (f"code at commit {origin.commit()}", f"It started from first/best.pt (sha256 {file['sha256']})"):
        assert words in text
    assert "hold as well:\n\n- first/best.pt: not known to hairtint\n\n## Recipe" in text
    text = card.write("x", Trained.load(first), first, b"", {}, 0.0)
    assert "hold as well" not in text
    assert "It started from chance" in text


def test_the_card_names_the_cards_of_what_it_was_made_from(first, tiny_pairs, tmp_path):
    light, deep = (zoo.find(name) for name in ("light", "deep"))
    (tmp_path / "teacher").mkdir()
    note = tmp_path / "teacher" / "teacher.json"
    note.write_text(json.dumps({light.sha256: "light.onnx", "0" * 64: "own.onnx"}))
    began = origin.describe({"weights": deep.path, "encoder": None, "teacher": note}, {}, {})
    shutil.copy(first / "data.json", tmp_path)
    (tmp_path / "origin.json").write_text(json.dumps(began))
    text = card.write("x", Trained.load(first), tmp_path, b"", {}, 0.0)
    lines = "- zoo/deep.onnx: see the card of deep\n- light.onnx: see the card of light\n- own.onnx: not known to"
    assert f"hold as well:\n\n{lines} hairtint\n\n## Recipe" in text
    del began["teacher"]["by_sha256"]  # as it was written before
    (tmp_path / "origin.json").write_text(json.dumps(began))
    assert "\n- light.onnx and own.onnx: not known" in card.write("x", Trained.load(first), tmp_path, b"", {}, 0.0)


def test_the_card_says_what_is_not_known(first, tmp_path):
    trained, run_folder = Trained.load(first), tmp_path / "run"
    run_folder.mkdir()
    (run_folder / "data.json").write_bytes((first / "data.json").read_bytes())
    text = card.write("x", trained, run_folder, b"", {}, 0.0)
    assert "code at a commit that was not recorded" in text
    assert "What it started from was not recorded" in text
    weights = tmp_path / "encoder.pt"
    weights.write_bytes(b"x")
    began = origin.describe({"weights": None, "encoder": weights}, {}, {"a/1": "0"})
    assert began["all_known"] is False
    (run_folder / "origin.json").write_text(json.dumps(began))
    text = card.write("x", trained, run_folder, b"", {}, 0.0)
    assert "Its encoder started from" in text
    assert "what the weights that it started from had learnt from is not recorded" in text
    (run_folder / "origin.json").write_text("[]")
    with pytest.raises(TrainingError, match=r"origin\.json cannot be read"):
        card.write("x", trained, run_folder, b"", {}, 0.0)


def test_weights_that_learnt_from_validation_photos_are_refused(first, tiny_pairs, tmp_path):
    with pytest.raises(TrainingError, match=r"best\.pt has learnt from \d+ of the photos that are kept for validation"):
        train(replace(CONFIG, seed=1), tiny_pairs, tmp_path / "other", weights=first / "best.pt")
    for k in range(8):
        write(tmp_path / "others", str(k), *picture(100 + k))
    others, _ = open_dataset(tmp_path / "others")
    train(CONFIG, others, tmp_path / "between", weights=first / "best.pt")
    assert [*known(tmp_path / "between")["seen"]] == json.loads((first / "data.json").read_text())["training"]
    with pytest.raises(TrainingError, match="kept for validation"):
        train(replace(CONFIG, seed=1), tiny_pairs, tmp_path / "other", weights=tmp_path / "between" / "best.pt")
    assert [path.name for path in (tmp_path / "other").iterdir()] == [".lock"]


def test_a_photo_under_another_name_is_the_same_photo(first, tiny, tiny_pairs, tmp_path):
    shutil.copytree(tiny, tmp_path / "renamed")
    expand(tiny_pairs, tmp_path / "expanded", copies=1, size=32)
    for name in ("renamed", "expanded"):
        pairs, _ = open_dataset(tmp_path / name)
        with pytest.raises(TrainingError, match=f"kept for validation \\({name}/Frame"):
            train(CONFIG, pairs, tmp_path / "run", weights=first / "best.pt")
    held = set(json.loads((first / "data.json").read_text())["validation"])
    pairs, _ = open_dataset(tmp_path / "renamed")
    sha256 = content.photos(pairs, content.of(pairs))
    learnt = {name: known for name, known in sha256.items() if name.replace("renamed", "tiny") not in held}
    began = origin.describe({"weights": first / "best.pt"}, learnt, {})
    assert began["seen"] == {}, "none that it does not learn from itself"
    assert began["all_known"]


def test_where_contents_were_not_noted_names_are_compared(first, tmp_path):
    """As in a run folder of before that was done."""
    sides = json.loads((first / "data.json").read_text())
    (tmp_path / "data.json").write_text(json.dumps({side: sides[side] for side in ("training", "validation")}))
    began = known(first) | {"seen": ["a/1"]}
    (tmp_path / "origin.json").write_text(json.dumps(began))
    weights = tmp_path / "best.pt"
    weights.write_bytes(b"")
    for name in (sides["training"][0], "a/1"):
        with pytest.raises(TrainingError, match="has learnt from 1 of the photos"):
            origin.describe({"weights": weights}, {}, {name: "0"})
    began = origin.describe({"weights": weights}, {}, {"b/1": "0"})
    assert [*began["seen"]] == ["a/1", *sides["training"]]
    assert began["all_known"] is False


def test_a_begun_run_keeps_its_start(first, tiny, tiny_pairs, tmp_path, quick_toml, capsys):
    start = tmp_path / "start.pt"
    start.write_bytes((first / "best.pt").read_bytes())
    quick_toml.write_text(quick_toml.read_text().replace("epochs = 2", "epochs = 1"))
    command = ["train", str(quick_toml), "--data", str(tiny), "--run", str(tmp_path / "run")]
    for said in (0, 1):
        assert run([*command, "--from", str(start)]) == 0
        note = "goes on where it was: --from, --mean-with and --encoder are for its start alone"
        assert capsys.readouterr().err.count(note) == said
    before = known(tmp_path / "run")
    torch.save({"config": {}, "ema": unet.build("light").state_dict(), "step": 0}, start)
    for arguments, words in (
        (["--from", str(start)], "holds a run that began from "),
        (["--encoder", str(start)], "holds a run that began without"),
    ):
        assert run([*command, *arguments]) == 1
        line = capsys.readouterr().err.splitlines()[-1]
        assert words in line
        assert f"leave {arguments[0]} out to go on" in line
    start.unlink()
    assert run([*command, "--from", str(start)]) == 0
    assert known(tmp_path / "run") == before


def test_the_scale_of_the_loss_goes_on(tiny_pairs, tmp_path, monkeypatch):
    """16-mixed needs a graphics card; what carries its scale is the same here."""
    loaded = []
    monkeypatch.setattr(Precision, "state_dict", lambda self: {"scale": 7.0})
    monkeypatch.setattr(Precision, "load_state_dict", lambda self, state: loaded.append(state))
    for _ in range(2):
        train(CONFIG, tiny_pairs, tmp_path)
    assert loaded == [{"scale": 7.0}]


def test_the_commit_is_that_of_the_code(tmp_path, monkeypatch):
    """Not of whatever checkout lies around an installed package."""
    package = tmp_path / "checkout" / "src"
    package.mkdir(parents=True)
    monkeypatch.setattr(origin, "__file__", str(package / "origin.py"))
    assert origin.commit() == "unknown"

    def git(*words):
        name = ("-c", "user.name=a", "-c", "user.email=a@example.org")
        done = subprocess.run(["git", "-C", str(package.parent), *name, *words], capture_output=True, check=True)
        return done.stdout.decode().strip()

    git("init", "-q")
    (package / "a.py").write_text("1")
    git("add", ".")
    git("commit", "-qm", "a")
    assert origin.commit() == "unknown"
    for text, ours in (('[project]\nname = "other"', False), ("[", False), ('[project]\nname = "hairtint"', True)):
        (package.parent / "pyproject.toml").write_text(text)
        assert origin.commit() == (git("rev-parse", "--short=12", "HEAD") if ours else "unknown")
    (package / "a.py").write_text("2")
    assert origin.commit() == git("rev-parse", "--short=12", "HEAD") + " with changes"
