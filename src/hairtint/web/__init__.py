"""The web application: a page, an API, and the same page as static files. Needs the extra `web`.

A picture travels one way: limits (rate, size, queue) -> uploads (bytes out of the request) -> studio (pixels, mask,
dye, bytes). Nothing is written to disk, and no log line says anything about a picture.
"""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

from hairtint.errors import MissingExtraError

if TYPE_CHECKING:
    from flask import Flask

    from hairtint.web.settings import Settings

__all__ = ["create_app", "require"]


def require() -> None:
    """Raise MissingExtraError, naming the cure, where the extra `web` is not installed."""
    for module in ("flask", "waitress", "prometheus_client"):
        if importlib.util.find_spec(module) is None:
            raise MissingExtraError(f"this needs {module}: pip install 'hairtint[web]'")


def create_app(settings: Settings | None = None, **options: Any) -> Flask:
    """The application, ready for pictures; `options` are those of `hairtint.web.settings.Settings`.

    Any WSGI server can run it: `hairtint web` does with waitress, and so does, with the package gunicorn installed,
    `gunicorn --threads 160 'hairtint.web:create_app(behind_proxy=True)'`.

    Raises MissingExtraError without the extra `web`, ModelError where the network cannot be had, InputError for
    settings that cannot be meant.
    """
    require()
    from hairtint.web.application import build
    from hairtint.web.settings import Settings

    return build(settings or Settings(**options))
