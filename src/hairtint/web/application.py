"""The application factory's work: services, routes and handlers put together."""

from __future__ import annotations

import mimetypes
import threading

from flask import Blueprint, Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from hairtint.web import api, headers, openapi, pages, problems, report_api
from hairtint.web.limits import RateLimit, Workers
from hairtint.web.metrics import Metrics
from hairtint.web.operations import Operation, Services, register
from hairtint.web.settings import Settings
from hairtint.web.store import Photos, Sessions
from hairtint.web.studio import Studio
from hairtint.web.uploads import Request

_MEDIA_TYPES = {".js": "text/javascript", ".wasm": "application/wasm"}
MOST_PARTS = 32  # of a form


def build(settings: Settings) -> Flask:
    """The application; see `hairtint.web.create_app`."""
    for suffix, kind in _MEDIA_TYPES.items():  # what the machine's own tables say may be wrong, and modules need it
        mimetypes.add_type(kind, suffix)
    app = Flask("hairtint.web")
    app.request_class = Request
    most = settings.request_bytes
    app.config.update(MAX_CONTENT_LENGTH=most, MAX_FORM_MEMORY_SIZE=most, MAX_FORM_PARTS=MOST_PARTS)
    services = assembled(settings)
    operations = [*api.described(services), *report_api.described(services), *pages.described(services)]
    services.metrics.install(app)
    problems.install(app, settings.max_bytes)
    headers.install(app, settings.origins)
    app.register_blueprint(_routes(operations, services))
    app.register_blueprint(pages.blueprint(services, operations, openapi.document(operations)))
    app.extensions["hairtint"] = services
    app.extensions["hairtint-operations"] = operations
    if settings.behind_proxy:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1, x_prefix=1)  # type: ignore[method-assign]
    return app


def assembled(settings: Settings) -> Services:
    """The services of one application, its network loaded and warm."""
    metrics = Metrics()
    studio = Studio(settings, metrics.stages)
    services = Services(
        settings,
        studio,
        Workers(settings.slots, settings.queue, settings.patience),
        RateLimit(settings.rate),
        Photos(settings.keep_bytes, settings.keep_seconds),
        Sessions(settings.sessions, studio.tinter),
        metrics,
        threading.Semaphore(settings.slots),
    )
    metrics.watch(services.workers, services.photos, services.sessions)
    return services


def _routes(operations: list[Operation], services: Services) -> Blueprint:
    routes = Blueprint("api", __name__)
    for operation in operations:
        register(routes, operation, services)
    return routes
