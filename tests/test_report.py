"""docs/report.md and docs/networks.md are what `make report` makes of the committed logs, and say what is missing."""

import json
import re
import shutil
import sys

import pytest

pytest.importorskip("torch")
pytest.importorskip("matplotlib")
flask = pytest.importorskip("flask")

from hairtint import networks  # noqa: E402
from hairtint.networks.unet import PLANS  # noqa: E402
from hairtint.training import curves  # noqa: E402
from hairtint.training.config import Config  # noqa: E402


@pytest.fixture(scope="module")
def made(request):
    """The generator's modules by name; they lie outside the package, under docs/."""
    root = str(request.config.rootpath)
    sys.path.insert(0, root)
    from docs.report import arithmetic, exchange, make, plots, sources, tables, unet, words

    modules = (arithmetic, exchange, make, plots, sources, tables, unet, words)
    yield {module.__name__.rpartition(".")[2]: module for module in modules}
    sys.path.remove(root)


@pytest.fixture(autouse=True)
def own_networks_only(monkeypatch):
    monkeypatch.delenv("HAIRTINT_MODELS", raising=False)


@pytest.fixture(scope="module")
def pages(made):
    return made["make"].pages(made["sources"].Sources.load())


def log(folder, network, epochs=2, **config):
    """A run's log of some epochs."""
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps(Config(network=network, **config).as_dict()))
    for epoch in range(1, epochs + 1):
        row = {"epoch": epoch, "step": 10 * epoch}
        for key in ("loss", "accuracy"):
            row |= {f"train_{key}": 0.1 * epoch, f"validation_{key}": 0.2 * epoch}
        curves.append(folder / "log.csv", row | {"validation_dice": 0.3 * epoch, "validation_iou": 0.25 * epoch})
    return folder


def test_the_committed_pages_are_those_of_the_committed_logs(made, pages):
    for name, text in pages.items():
        committed = (made["sources"].DOCS / name).read_text(encoding="utf-8")
        assert committed == text, f"docs/{name} is stale: make report"


def test_the_committed_plots_show_the_committed_figures(made):
    sources, plots = made["sources"], made["plots"]
    wanted = plots.all_plots(sources.Sources.load())
    assert {path.name for path in sources.PICTURES.glob("*.svg")} == set(wanted)
    for name, (_, figures) in wanted.items():
        assert plots.shown(sources.PICTURES / name) == plots.digest(figures), f"{name} is stale: make report"


def test_the_drawing_of_the_reports_calls_shows_what_they_bring(made):
    exchange = made["exchange"]
    assert exchange.PICTURE.read_text(encoding="utf-8") == exchange.svg(exchange.calls())


def test_the_drawing_of_the_u_net_shows_its_plan(made):
    drawn = made["unet"].PICTURE.read_text(encoding="utf-8")
    assert drawn == made["unet"].svg()
    for channels in PLANS["full"].channels:
        assert f"3x3, {channels}<" in drawn


def test_every_computed_figure_is_used(made, pages):
    templates = "".join((made["sources"].HERE / f"{page}.in").read_text(encoding="utf-8") for page in pages)
    asked = set(re.findall(r"\{\{ (\w+) \}\}", templates))
    known = made["sources"].Sources.load()
    computed = made["tables"].tables(known) | made["words"].words(known)
    assert asked == set(computed)
    assert "{{" not in "".join(pages.values())


def test_without_any_log_or_measurement_the_pages_say_so(made, tmp_path):
    empty = made["sources"].Sources.load(tmp_path)
    text = made["make"].pages(empty)["report.md"]
    assert "| `full` | the report's | not trained yet |" in text
    assert "Not measured yet" in text
    assert "not measured yet of the pixels" in text
    assert list(made["plots"].all_plots(empty)) == ["iou-work.svg"]


def test_a_log_appears_in_table_and_plot(made, tmp_path):
    log(tmp_path / "runs" / "report-light", "light", 3)
    log(tmp_path / "runs" / "medium", "medium", size=48, recipe="mild", loss={"bce": 1.0, "dice": 0.5})
    (tmp_path / "runs" / "stopped").mkdir()
    (tmp_path / "runs" / "stopped" / "config.json").write_text('{"network": "full"}')
    sources = made["sources"].Sources.load(tmp_path)
    table = made["tables"].tables(sources)["trainings"]
    assert "| `light` | the report's (report-light) | 3 of 50 | 256 px | 30 | 0.600 | 0.900 | 0.750 |" in table
    assert "| `medium` | this project's (medium) | 2 of 50 | 48 px |" in table
    assert "| `full` | the report's | not trained yet |" in table
    made["plots"].draw(sources, tmp_path / "pictures")
    drawn = (tmp_path / "pictures" / "curves-medium.svg").read_text()
    assert made["plots"].shown(tmp_path / "pictures" / "curves-medium.svg") in drawn
    shutil.rmtree(tmp_path / "runs" / "medium")
    made["plots"].draw(made["sources"].Sources.load(tmp_path), tmp_path / "pictures")
    assert not (tmp_path / "pictures" / "curves-medium.svg").exists(), "plots of runs that are gone go as well"


def test_only_the_log_of_a_run_is_taken(made, tmp_path, monkeypatch):
    make = made["make"]
    monkeypatch.setattr(make, "RUNS", tmp_path / "taken")
    run = log(tmp_path / "light", "light")
    (run / "data.json").write_text("{}")
    make.take(run)
    assert {path.name for path in (tmp_path / "taken" / "light-report").iterdir()} == {"config.json", "log.csv"}


def test_every_stage_keeps_the_same_photos_apart(request):
    """docs/training.md, What was kept apart."""
    for path in (request.config.rootpath / "configs").glob("*.toml"):
        config = Config.load(path)
        assert (config.seed, config.validation in (0.1, 0.2)) == (0, True), path


def test_the_reports_configs_are_its_recipe(made, request):
    folder = request.config.rootpath / "configs"
    for name in ("light", "medium", "full"):
        config = Config.load(folder / f"report-{name}.toml")
        assert config.network == name
        assert config.epochs == 50
        assert made["sources"].Run(name, config, []).by_report
    for name in ("medium", "full"):  # half the size, and an epoch that is a fifth: as many pictures in all
        whole, part = (Config.load(folder / f"report-{name}{end}.toml") for end in ("", "-128"))
        assert part.epochs == 5 * whole.epochs
        assert part.repeat == {source: times / 5 for source, times in whole.repeat.items()}
        assert made["sources"].Run(name, part, []).by_report
    assert not made["sources"].Run("light", Config.load(folder / "light.toml"), []).by_report


def test_work_and_sight_of_the_networks(made):
    arithmetic = made["arithmetic"]
    shipped = made["sources"].Sources.load().shipped
    for name, entry in ((name, shipped[name]) for name in networks.names() if name in shipped):
        assert arithmetic.parameters(name) == entry["parameters"]
        assert arithmetic.gflop(name, entry["size"]) == pytest.approx(entry["gflop"], abs=0.001)
    for name in networks.names():
        assert sum(arithmetic.work_by_scale(name).values()) == pytest.approx(1)
    # light: 3x3 at full size, pooled, 3x3 at a half, pooled, 3x3 at a quarter, and up again
    assert arithmetic.sees("light") == 26


def test_no_mask_has_a_better_dice_than_its_accuracy_allows(made):
    # wrong pixels e = 0.14, all others true positives
    assert made["arithmetic"].most_dice(0.86) == pytest.approx(2 * 0.86 / (2 * 0.86 + 0.14))
    assert made["arithmetic"].with_sibling(2, 0.8) == pytest.approx(0.8)


def test_what_the_reports_light_has_learnt_from_is_said_alike_everywhere(pages, request):
    readme = (request.config.rootpath / "README.md").read_text(encoding="utf-8")
    said = re.compile(r"published `light` has probably learnt from .*? is not published")
    found = [said.findall(" ".join(text.split())) for text in (readme, *pages.values())]
    assert [len(sentences) for sentences in found] == [1, 1, 1]
    assert found[0] == found[1] == found[2]
