"""From a run folder into a zoo, and only whole."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from hairtint import zoo
from hairtint.cli import run
from hairtint.errors import DamagedModelError, OutputError, TrainingError
from hairtint.networks import unet
from hairtint.segmenter import Segmenter
from hairtint.training.compress import HALF, halved
from hairtint.training.config import Config
from hairtint.training.export import Trained, install, parity, to_onnx
from hairtint.training.pairs import Report
from hairtint.training.train import train


@pytest.fixture(scope="module")
def trained(tiny_pairs, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "tiny-run"
    train(Config(network="light", size=32, epochs=1, batch=4, lr=3e-3, workers=0, ema=0.5), tiny_pairs, folder)
    return folder


@pytest.fixture(scope="module")
def onnx():
    torch.manual_seed(0)
    return to_onnx(unet.build("light").eval(), [(32, 32)])


def whole(home):
    """Every network that the manifest names is there and is the one it names."""
    for name, values in zoo.read_manifest(home).items():
        zoo.Entry(name, home / values["file"], values["size"], values["sha256"]).read()
    return set(zoo.read_manifest(home))


def test_the_command_fills_a_zoo(trained, tiny, tmp_path, monkeypatch, capsys, portrait):
    home = tmp_path / "zoo"
    command = ["export", str(trained), "--data", str(tiny), "--zoo", str(home), "--name", "mine"]
    assert run(command) == 0
    assert str(home / "mine.onnx") in capsys.readouterr().out
    assert whole(home) == {"mine"}
    entry = zoo.read_manifest(home)["mine"]
    assert (entry["size"], entry["parameters"]) == (32, 226_913)
    sides = json.loads((trained / "data.json").read_text())
    used, kept = len(sides["training"]), len(sides["validation"])
    assert entry["metrics"]["tiny"]["photos"] == kept
    card = (home / "mine.md").read_text()
    for words in (
        "# mine",
        f"tiny: {used} photos trained on, {kept} kept apart",
        "terms of tiny: not known to hairtint",
        "anybody on them.",
        'network = "light"',
        "Limits",
    ):
        assert words in card
    monkeypatch.setenv("HAIRTINT_MODELS", str(home))
    assert Segmenter("mine").mask(portrait).shape == (512, 512)
    (home / "mine.onnx").write_bytes((home / "mine.onnx").read_bytes()[:-1] + b"x")
    with pytest.raises(DamagedModelError, match="sha256"):
        Segmenter("mine")


def test_a_part_of_the_validation_photos_is_no_export(trained, tiny, tmp_path, capsys):
    shutil.copytree(tiny, tmp_path / "tiny")
    held = json.loads((trained / "data.json").read_text())["validation"]
    (tmp_path / "tiny" / "images" / f"{held[0].partition('/')[2]}.jpg").unlink()
    data, said = ["--data", str(tmp_path / "tiny")], f"1 of the {len(held)} photos that {trained} kept for validation"
    assert run(["export", str(trained), *data, "--zoo", str(tmp_path / "zoo")]) == 1
    said += f" are not here: 1 of tiny ({held[0]}: no photo with this stem)"
    assert f"{said}; give every --data" in capsys.readouterr().err
    assert not (tmp_path / "zoo").exists()
    assert run(["evaluate", "--model", "light", *data, "--run", str(trained), "--limit", "1", "--json"]) == 0
    assert capsys.readouterr().err.splitlines()[0] == said


def test_an_export_says_why_a_photo_is_missing(trained, tiny, tmp_path, capsys):
    shutil.copytree(tiny, tmp_path / "tiny")
    name = json.loads((trained / "data.json").read_text())["validation"][0]
    photo = tmp_path / "tiny" / "images" / f"{name.partition('/')[2]}.jpg"
    photo.write_bytes(photo.read_bytes()[:300])
    assert run(["export", str(trained), "--data", str(tmp_path / "tiny"), "--zoo", str(tmp_path / "zoo")]) == 1
    report, refusal = capsys.readouterr().err.splitlines()
    assert report == f"tiny: left out 1, photo unreadable (OSError): {photo.name}"
    assert f"are not here: 1 of tiny ({name}: photo unreadable (OSError)); give every --data" in refusal


@pytest.fixture
def renamed(trained, tiny, tmp_path):
    """The data once more, to be changed; the run; the names of a photo that it kept and of one that it learnt from."""
    shutil.copytree(tiny, tmp_path / "tiny")
    shutil.copytree(trained, tmp_path / "run")
    sides = json.loads((trained / "data.json").read_text())
    return tmp_path / "tiny", tmp_path / "run", sides["validation"][0], sides["training"][0]


def without_digests(folder, *keys):
    """As a run folder of before these were noted."""
    sides = json.loads((folder / "data.json").read_text())
    (folder / "data.json").write_text(json.dumps({key: sides[key] for key in sides if key not in keys}))


@pytest.mark.parametrize("kind", ["images", "masks"])
def test_a_validation_photo_or_mask_that_has_changed_is_no_export(renamed, capsys, kind):
    data, folder, held, _ = renamed
    changed = next((data / kind).glob(f"{held.partition('/')[2]}.*"))
    changed.write_bytes(changed.read_bytes() + b"\0")
    assert run(["export", str(folder), "--data", str(data)]) == 1
    said = capsys.readouterr().err
    assert f"are not here: 1 of tiny ({held}: its photo or mask is another one than then); give every --data" in said
    assert not (folder / "zoo").exists()
    evaluate = ["evaluate", "--model", "light", "--data", str(data), "--run", str(folder), "--json"]
    assert run(evaluate) == 0
    out, said = capsys.readouterr()
    assert "is another one than then" in said
    kept = json.loads((folder / "data.json").read_text())["validation"]
    assert [photo["stem"] for photo in json.loads(out)["by_photo"]] == [name.partition("/")[2] for name in kept[1:]]
    without_digests(folder, "validation_sha256")
    assert run(evaluate) == 0, "of a run that noted no sha256 nobody can tell"


def test_a_photo_that_was_trained_on_is_not_kept_whatever_its_name(renamed, capsys):
    data, folder, held, learnt = renamed
    for kind, suffix in (("images", "jpg"), ("masks", "png")):
        source, target = (data / kind / f"{name.partition('/')[2]}.{suffix}" for name in (learnt, held))
        shutil.copy(source, target)
    for keys in ((), ("validation_sha256",)):
        without_digests(folder, *keys)
        for command in (["export", str(folder)], ["evaluate", "--model", "light", "--run", str(folder)]):
            assert run([*command, "--data", str(data)]) == 1
            assert f"{folder} has learnt from 1 of the photos" in capsys.readouterr().err
    without_digests(folder, "sha256", "validation_sha256")
    assert run(["export", str(folder), "--data", str(data)]) == 0, "it noted no sha256 at all"


def test_validation_photos_are_known_whatever_their_folder_is_called(renamed, capsys):
    data, folder, held, _ = renamed
    command = ["evaluate", "--model", "light", "--json", "--run", str(folder)]
    figures = []
    for name in ("tiny", "other"):
        data = data.rename(data.with_name(name))
        assert run([*command, "--data", str(data)]) == 0
        out, said = capsys.readouterr()
        assert not said
        figures.append([photo | {"source": ""} for photo in json.loads(out)["by_photo"]])
    assert figures[0] == figures[1]
    (data / "images" / f"{held.partition('/')[2]}.jpg").unlink()
    assert run([*command, "--data", str(data)]) == 0
    assert f"1 of the {len(figures[0])} photos" in capsys.readouterr().err
    without_digests(folder, "validation_sha256")
    assert run([*command, "--data", str(data)]) == 1, "where none was noted, the name counts"


def test_a_run_without_an_epoch_is_to_go_on(trained, tiny, tmp_path, capsys):
    shutil.copytree(trained, tmp_path / "run")
    (tmp_path / "run" / "best.pt").unlink()
    assert run(["export", str(tmp_path / "run"), "--data", str(tiny)]) == 1
    said = f"{tmp_path / 'run'} has not ended an epoch yet: run the same hairtint train again\n"
    assert capsys.readouterr().err.endswith(said)


def test_what_was_left_out_is_known_by_its_stem():
    report = Report("x")
    report.left_out |= {"differs": ["a 4x4 and 4x5"], "unreadable": ["Frame00001-org.jpg", "ab.jpg"], "cut": ["a.b"]}
    reasons = report.reasons()
    assert [reasons.get(stem, "") for stem in ("a", "b", "ab", "Frame00001", "Frame0000")] == [
        "differs", "", "unreadable", "unreadable", "",
    ]  # fmt: skip


def test_folders_whose_names_are_no_text(tiny, tmp_path, quick_toml):
    data, first, second = (tmp_path / os.fsdecode(name) for name in (b"d\xe9t\xe9", b"run\xe9", b"next"))
    shutil.copytree(tiny, data)
    for folder, start in ((first, []), (second, ["--from", str(first / "best.pt")])):
        assert run(["train", str(quick_toml), "--data", str(data), "--run", str(folder), *start]) == 0
        assert "iou_d\\udce9t\\udce9" in (folder / "log.csv").read_text().splitlines()[0]
        assert (folder / "loss.png").is_file()
        assert run(["export", str(folder), "--data", str(data)]) == 0
        assert "- d\\udce9t\\udce9: " in (folder / "zoo" / "light.md").read_text()


@pytest.mark.parametrize("name", ["../mine", "", "a/b", ".hidden", "mine.onnx"])
def test_names_that_are_no_file_names(onnx, tmp_path, name):
    with pytest.raises(TrainingError, match="cannot be called"):
        install(tmp_path / "zoo", name, onnx, {"size": 32}, "card")
    assert not (tmp_path / "zoo").exists()


@pytest.mark.parametrize("moment", range(1, 9))
def test_an_interrupted_install_leaves_only_whole_networks(onnx, tmp_path, monkeypatch, moment):
    """Killed at each write and rename, over an older network of that name and beside another."""
    for name in ("mine", "other"):
        install(tmp_path, name, onnx, {"size": 32}, "old")
    calls = []

    def killing(original):
        def act(*arguments, **options):
            calls.append(1)
            if len(calls) == moment:
                raise KeyboardInterrupt
            return original(*arguments, **options)

        return act

    with monkeypatch.context() as patch:
        for method in ("write_bytes", "replace"):
            patch.setattr(Path, method, killing(getattr(Path, method)))
        with pytest.raises(KeyboardInterrupt):
            install(tmp_path, "mine", onnx + b"new", {"size": 32}, "new")
    assert "other" in whole(tmp_path)
    install(tmp_path, "mine", onnx, {"size": 32}, "again")
    assert whole(tmp_path) == {"mine", "other"}
    assert not list(tmp_path.glob("*.part"))


def test_exports_into_one_zoo_at_once_lose_nothing(onnx, tmp_path):
    """Each of the processes reads the manifest before another one has written it, but for the lock."""
    code = """
import sys, time
from pathlib import Path
from hairtint.training import export
real = export.zoo.read_manifest
export.zoo.read_manifest = lambda folder: (real(folder), time.sleep(0.5))[0]
for name in sys.argv[2:]:
    export.install(Path(sys.argv[1]), name, b"weights", {"size": 32}, "card")
"""
    names = [["a", "b"], ["c", "d"]]
    each = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), *some]) for some in names]
    assert [process.wait() for process in each] == [0, 0]
    assert whole(tmp_path) == set("abcd")


def test_a_zoo_that_cannot_be_written(onnx, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="choose another folder"):
        install(tmp_path / "file", "mine", onnx, {"size": 32}, "card")


def test_without_a_zoo_nothing_that_ships_is_replaced(trained, tiny, capsys, monkeypatch):
    monkeypatch.setenv("HAIRTINT_MODELS", str(trained.parent))
    shipped = zoo.find("light")
    assert run(["export", str(trained), "--data", str(tiny)]) == 0
    assert str(trained / "zoo" / "light.onnx") in capsys.readouterr().out
    assert zoo.find("light") == shipped
    assert shipped.read()
    assert zoo.find(trained / "zoo" / "light.onnx").size == 32


def test_the_last_network_on_request(tiny_pairs, tiny, tmp_path):
    folder, home = tmp_path / "run", tmp_path / "zoo"
    train(Config(network="light", size=32, epochs=1, batch=4, lr=3e-3, workers=0, ema=0.5), tiny_pairs, folder)
    state = torch.load(folder / "last.pt", weights_only=True)
    state["ema"]["head.bias"] += 3
    torch.save(state, folder / "last.pt")
    seen = []
    for options in ([], ["--last"]):
        assert run(["export", str(folder), "--data", str(tiny), "--name", "mine", "--zoo", str(home), *options]) == 0
        seen.append(Segmenter(home / "mine.onnx").probability(tiny_pairs[0].read()[0]).mean())
        text = (home / "mine.md").read_text()
        assert ("at the end of the training" in text) == bool(options)
        assert ("best validation IoU" in text) == (not options)
    assert seen[1] > seen[0] + 0.1


def test_a_network_that_differs_is_not_exported(onnx, portrait):
    torch.manual_seed(1)
    with pytest.raises(TrainingError, match="differs from the trained one"):
        parity(unet.build("light").eval(), onnx, [(32, 32)], [portrait])


def test_answers_that_are_no_numbers_are_not_exported(portrait):
    network = unet.build("light").eval()
    with torch.no_grad():
        for value in network.state_dict().values():
            value.fill_(float("nan")) if value.is_floating_point() else None
    with pytest.raises(TrainingError, match="differs from the trained one by nan"):
        parity(network, to_onnx(network, [(32, 32)]), [(32, 32)], [portrait])


def test_weights_beyond_half_precision_stay_whole(portrait):
    torch.manual_seed(0)
    network = unet.build("light").eval()
    up = next(module for module in network.modules() if isinstance(module, torch.nn.ConvTranspose2d))
    with torch.no_grad():
        up.weight.mul_(1e7)
    onnx = to_onnx(network, [(32, 32)])
    half = halved(onnx)
    assert len(half) < 0.7 * len(onnx), "the other weights are halved"
    assert parity(network, half, [(32, 32)], [portrait], HALF) <= HALF.tolerance


def test_the_averaged_weights_are_exported(trained):
    state = torch.load(trained / "best.pt", weights_only=True)
    loaded = Trained.load(trained)
    assert not loaded.network.training
    assert all(torch.equal(value, state["ema"][key]) for key, value in loaded.network.state_dict().items())


def test_refusals_are_one_line(trained, tiny, tmp_path, capsys):
    good = ["--data", str(tiny)]
    for arguments, status in (
        (["export", str(tmp_path / "none"), *good], 1),
        (["export", str(trained), "--data", str(tmp_path)], 1),
        (["export", str(trained), *good, "--name", "a/b"], 1),
        (["export", str(trained)], 2),
    ):
        assert run(arguments) == status
        lines = capsys.readouterr().err.splitlines()
        assert status == 2 or (len(lines) == 1 and lines[0].startswith("hairtint: "))
