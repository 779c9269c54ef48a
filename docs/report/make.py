"""Makes docs/report.md and docs/networks.md with all their tables, plots and pictures: `make report`.

Usage: python -m docs.report.make [--take RUN]… [--data DATA] [--portraits FOLDER]

The words are in report.md.in and networks.md.in; every {{ name }} in them is computed (tables.py, words.py). --take
copies the log of a training into runs/. --data, a folder that holds figaro1k and celebamask-hq, measures what is not
in measured.json yet. speed.json is only measured on request (speed.py), because it needs a quiet machine.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
from pathlib import Path

from docs.report import exchange, tables, unet, words
from docs.report.sources import DOCS, HERE, PICTURES, RUNS, Run, Sources
from hairtint.training import run_files

PAGES = ("report.md", "networks.md")
NOTE = "<!-- Made by `make report` from docs/report/{page}.in and the logs beside it: edit those. -->\n\n"


def pages(sources: Sources) -> dict[str, str]:
    """The text of each page by its file name; KeyError where a template names something that nobody computes."""
    values = tables.tables(sources) | words.words(sources)
    return {page: NOTE.format(page=page) + filled((HERE / f"{page}.in").read_text("utf-8"), values) for page in PAGES}


def filled(template: str, values: dict[str, str]) -> str:
    """The template with its {{ names }} replaced."""
    return re.sub(r"\{\{ (\w+) \}\}", lambda found: values[found[1]], template)


def take(run: Path) -> None:
    """Copy the log of a run folder, nothing else of it."""
    name = f"{run.name}-report" if Run.load(run).by_report and "report" not in run.name else run.name
    (RUNS / name).mkdir(parents=True, exist_ok=True)
    for file in (run_files.CONFIG, run_files.LOG):
        shutil.copyfile(run / file, RUNS / name / file)


def main(runs: list[Path], data: Path | None, portraits: Path | None) -> None:
    """Make everything that the inputs at hand allow."""
    os.environ.pop("HAIRTINT_MODELS", None)  # the pages are about the networks that ship
    for run in runs:
        take(run)
    if data and data.is_dir():
        from docs.report import measure

        measure.main(data)
    from docs.report import pictures, plots

    sources = Sources.load()
    plots.draw(sources, PICTURES)
    pictures.draw(sources, portraits)
    exchange.PICTURE.write_text(exchange.svg(exchange.calls()), encoding="utf-8")
    unet.PICTURE.write_text(unet.svg(), encoding="utf-8")
    for page, text in pages(sources).items():
        (DOCS / page).write_text(text, encoding="utf-8")
        print(DOCS / page)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--take", type=Path, action="append", default=[], metavar="RUN")
    parser.add_argument("--data", type=Path)
    parser.add_argument("--portraits", type=Path)
    given = parser.parse_args()
    main(given.take, given.data, given.portraits)
