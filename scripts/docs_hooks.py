"""What the site shows that does not lie in docs/: model cards and CONTRIBUTING.md. Called by mkdocs."""

import re
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).resolve().parent.parent
CARDS = ("src/hairtint/zoo", "weights")  # weights/: networks too large for the wheel, where this checkout has them
CARD = re.compile(r"\]\(\.\./(?:src/hairtint/zoo|weights)/(?:style/)?(\w+\.md)")
OUTWARD = re.compile(r"\[([^]]+)\]\((?:\.\./)+(?!\w+\.md)([\w./-]+)\)")  # links that leave docs/


def generated() -> dict[str, Path]:
    """Pages of the site by their place in it, and where their text lies."""
    pages = {"contributing.md": ROOT / "CONTRIBUTING.md"}
    for folder in CARDS:
        for card in sorted((ROOT / folder).rglob("*.md")):
            pages.setdefault(f"cards/{card.name}", card)
    return pages


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Leave cards that this checkout does not have out of the navigation."""
    known = {path.relative_to(config.docs_dir).as_posix() for path in Path(config.docs_dir).rglob("*.md")}
    config.nav = _present(config.nav, known | generated().keys())
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages."""
    for place, path in generated().items():
        files.append(File.generated(config, place, content=path.read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """Links to files that only a checkout has become plain names; links from outside docs/ find their pages."""
    if page.file.src_uri == "contributing.md":
        markdown = re.sub(r"\]\(docs/", "](", markdown)
    markdown = CARD.sub(r"](cards/\1", markdown)
    here = Path(page.file.src_uri).parent
    return markdown if len(here.parts) else OUTWARD.sub(r"\1 (`\2`)", markdown)


def _present(nav: Any, known: set[str]) -> Any:
    if isinstance(nav, str):
        return nav if nav in known else None
    if isinstance(nav, dict):
        kept = {title: _present(item, known) for title, item in nav.items()}
        return {title: item for title, item in kept.items() if item} or None
    return [item for item in (_present(item, known) for item in nav) if item]
