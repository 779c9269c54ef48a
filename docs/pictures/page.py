"""Draws the looks that the web page offers, and pictures of the page. Usage: python docs/pictures/page.py [PORTRAIT]

The looks are of the bundled portrait. With a portrait, the page is opened with it in Chromium (by Playwright) and
page-photo.jpg and page-dark.jpg are drawn; those in the repository show a generated person (CC0).
"""

import shutil
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np

import hairtint

HERE = Path(__file__).parent
PORTRAIT = HERE.parents[1] / "examples" / "eileen-collins.jpg"
EXAMPLES = HERE.parents[1] / "src" / "hairtint" / "web" / "static" / "examples"
CROP = np.s_[0:248, 98:346]
LOOKS: dict[str, tuple[str, list[str]]] = {
    "copper": ("copper", []),
    "platinum": ("platinum", ["roots:0.4:0.8"]),
    "burgundy": ("burgundy", ["gloss:0.6"]),
    "turquoise": ("navy", ["ombre:turquoise:0.5:0.4"]),
}
SIZE = {"width": 1320, "height": 880}


def looks() -> None:
    """The bundled portrait in the looks that static/app/intake.js offers."""
    photo = hairtint.Photo.open(PORTRAIT)
    mask = hairtint.Segmenter().mask(photo.rgb)
    EXAMPLES.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(PORTRAIT, EXAMPLES / PORTRAIT.name)
    for name, (color, effects) in LOOKS.items():
        dyed = hairtint.recolor(photo.rgb, mask, color, effects=effects)
        hairtint.Photo(np.ascontiguousarray(dyed[CROP])).save(EXAMPLES / f"{name}.jpg", overwrite=True)


def pages(portrait: Path) -> None:
    """The page with a photo: by day in copper, by night with an ombre."""
    from playwright.sync_api import sync_playwright
    from werkzeug.serving import make_server

    from hairtint.web import create_app

    server = make_server("127.0.0.1", 0, create_app(), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for name, theme, color, effect in (("photo", "light", "copper", None), ("dark", "dark", "navy", "ombre")):
            page = browser.new_page(viewport=SIZE, color_scheme=theme, reduced_motion="reduce")
            page.set_default_timeout(180_000)
            page.goto(f"http://127.0.0.1:{server.server_port}/")
            _dressed(page, portrait, color, effect)
            page.screenshot(path=HERE / f"page-{name}.jpg", type="jpeg", quality=88)
            page.close()
        browser.close()
    server.shutdown()


def _dressed(page: Any, portrait: Path, color: str, effect: str | None) -> None:
    page.locator(".card").first.wait_for()
    page.set_input_files("#file", portrait)
    page.wait_for_selector("body[data-state=ready]")
    page.get_by_label(color, exact=True).check()
    if effect:
        page.locator("#tab-more").click()
        page.locator(f"#effect-{effect}").check()
        page.get_by_role("radio", name=": turquoise").check()
        page.locator("#tab-colour").click()
    page.locator("#status").filter(has_text=f"{color}, 100 %{f', {effect}' if effect else ''}").wait_for()
    page.locator("#controls").evaluate("panel => (panel.scrollTo(0, 0), document.activeElement.blur())")


if __name__ == "__main__":
    looks()
    for path in sys.argv[1:]:
        pages(Path(path))
