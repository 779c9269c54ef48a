"""The web application: a page, an API, and the same page as static files. Needs the extra `web`.

A picture travels one way: limits (rate, size, queue) -> uploads (bytes out of the request) -> studio (pixels, mask,
dye, bytes). Nothing is written to disk, and no log line says anything about a picture.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from hairtint import extras
from hairtint.errors import MissingExtraError

if TYPE_CHECKING:
    from flask import Flask

__all__ = ["HOME", "RUNTIME", "create_app", "require", "require_runtime"]

HOME = Path(__file__).parent
RUNTIME = (
    "ort.wasm.min.js", "ort-wasm-simd-threaded.js", "ort-wasm-simd-threaded.wasm",
    "ort.jspi.min.js", "ort-wasm-simd-threaded.jspi.js", "ort-wasm-simd-threaded.jspi.wasm",
)  # fmt: skip
"""What the page needs of onnxruntime-web, on a CPU and with a GPU; scripts/fetch-web-assets puts it there."""


def require() -> None:
    """Raise MissingExtraError, naming the cure, where the extra `web` is not installed."""
    extras.require("web", "flask", "waitress", "prometheus_client")


def require_runtime(home: Path = HOME) -> None:
    """Raise MissingExtraError, naming the cure, where the page in `home` lacks its runtime."""
    missing = [name for name in RUNTIME if not (home / "static" / "vendor" / name).is_file()]
    if missing:
        cure = "run scripts/fetch-web-assets in hairtint's folder, then install anew from there unless it is --editable"
        raise MissingExtraError(f"onnxruntime-web is not here ({missing[0]}): {cure}")


def create_app(**options: Any) -> Flask:
    """The application, ready for pictures; `options` are those of `hairtint.web.settings.Settings`.

    Any WSGI server can run it: `hairtint web` does with waitress, and so does, with the package gunicorn installed,
    `gunicorn --threads 160 'hairtint.web:create_app(behind_proxy=True)'`.

    Raises MissingExtraError without the extra `web`, ModelError where the network cannot be had, InputError for
    settings that cannot be meant.
    """
    require()
    from hairtint.web.application import build
    from hairtint.web.settings import Settings

    return build(Settings(**options))
