"""The page, the networks that it loads, its documentation, and what the operators of a server look at."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, request, send_file

from hairtint import zoo
from hairtint.web.fields import Field
from hairtint.web.operations import JSON, Operation, Services
from hairtint.web.problems import Problem

YEAR = 365 * 24 * 3600


def config(*, server: bool) -> dict[str, Any]:
    """What the page is told, as JSON in the attribute data-config; all addresses are relative to the page.

    server: whether the API is there.
    """
    urls = [f"models/{network.name}.onnx?v={_tag(network)}" for network in networks()]
    return {
        "api": "api/v1/" if server else None,
        "photoModelUrl": urls[0],
        "videoModelUrl": urls[-1],
    }


def networks() -> tuple[zoo.Entry, zoo.Entry]:
    """What the page looks with: the first network for photos, and the one for video."""
    return zoo.for_photos()[0], zoo.find(zoo.fastest())


def blueprint(services: Services, operations: list[Operation], document: dict[str, Any]) -> Blueprint:
    """The routes that are no operations of the API."""
    pages = Blueprint("pages", __name__)

    @pages.get("/")
    def index() -> Response:
        return _fresh(Response(render_template("index.html", config=config(server=True))))

    @pages.get("/models/<name>.onnx")
    def model(name: str) -> Response:
        network = zoo.entries().get(name) or abort(404)
        versioned = request.args.get("v") == _tag(network)
        return send_file(
            network.path, "application/octet-stream", etag=network.sha256 or True, max_age=YEAR if versioned else None
        )

    @pages.get("/docs")
    def docs() -> Response:
        url = request.url_root.rstrip("/")
        html = render_template("docs.html", operations=operations, document=document, url=url, kind=_kind)
        return _fresh(Response(html))

    @pages.get("/api/v1/openapi.json")
    def openapi() -> Response:
        return _fresh(jsonify({**document, "servers": [{"url": request.script_root or "/"}]}))

    @pages.get("/favicon.ico")
    def favicon() -> Response:
        return send_file(f"{pages.root_path}/static/favicon.svg")

    @pages.get("/metrics")
    def metrics() -> Response:
        return services.metrics.page()

    return pages


def _fresh(response: Response) -> Response:
    """The same, for caches to ask before they give it out: it says which networks there are, or where the server is."""
    response.cache_control.no_cache = True
    return response


def _tag(network: zoo.Entry) -> str:
    return (network.sha256 or "")[:12]


def described(services: Services) -> list[Operation]:
    """The operations that say how the server is."""

    def healthy(_: dict[str, Any]) -> Response:
        return jsonify(status="ok")

    def ready(_: dict[str, Any]) -> Response:
        if services.workers.full():
            raise Problem(503, "the queue is full; send new requests elsewhere", retry_after=1)
        return jsonify(status="ready")

    schema = {"type": "object", "properties": {"status": {"type": "string"}}, "required": ["status"]}
    return [
        Operation(
            method="GET", path="/healthz", name="healthz", summary="Whether the server runs", work=healthy,
            any_query=True, gives={JSON: schema}, examples=("curl {url}/healthz",),
        ),
        Operation(
            method="GET", path="/readyz", name="readyz", summary="Whether the server takes another picture",
            work=ready, any_query=True, gives={JSON: schema}, statuses=(503,), examples=("curl {url}/readyz",),
        ),
    ]  # fmt: skip


def _kind(field: Field) -> str:
    """What a field holds, in words for the documentation."""
    schema = field.schema
    if "enum" in schema:
        return " | ".join(schema["enum"])
    if "minimum" in schema:
        return f"{schema['minimum']:g} to {schema['maximum']:g}"
    return {"boolean": "true | false", "array": "list of texts"}.get(schema.get("type", ""), "text")
