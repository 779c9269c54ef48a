"""Errors as JSON problem details (RFC 9457): the status says what kind, `detail` says what is wrong and what to do."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from hairtint.errors import HairtintError, InputError, ModelError, OutputError, PictureError, UnknownModelError

CONTENT_TYPE = "application/problem+json"

_CURES = {
    400: "the request cannot be understood; send it as the API's documentation at /docs shows",
    404: "there is nothing here; the API's documentation is at /docs",
    405: "this address does not take {method}; the header Allow says what it takes",
    413: "the request is too large; send a picture file of at most {megabytes:g} MB",
    415: "this kind of content is not taken; the API's documentation at /docs says what is",
}
_MANY_PARTS = "a form has at most {parts} parts; send fewer fields"


class Problem(Exception):  # noqa: N818 (the term of RFC 9457)
    """A request that cannot be done.

    Attributes:
        status: the HTTP status.
        detail: one line that says what is wrong and what to do.
        field: the name of the field at fault.
        retry_after: seconds after which the same request may be sent again.
    """

    def __init__(self, status: int, detail: str, *, field: str | None = None, retry_after: float | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.field, self.retry_after = status, detail, field, retry_after

    def body(self) -> bytes:
        """The problem details."""
        details: dict[str, Any] = {
            "type": "about:blank",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        if self.field is not None:
            details["field"] = self.field
        return json.dumps(details).encode()

    def response(self, headers: Mapping[str, str] | None = None) -> Response:
        """The response, with further headers."""
        response = Response(self.body(), self.status, headers=dict(headers or {}), content_type=CONTENT_TYPE)
        if self.retry_after is not None:
            response.headers["Retry-After"] = str(max(1, math.ceil(self.retry_after)))
        return response


def install(app: Flask, max_bytes: int) -> None:
    """Answer every error of the application with problem details."""
    app.register_error_handler(Problem, lambda problem: problem.response())
    app.register_error_handler(HairtintError, lambda error: of_refusal(error).response())
    app.register_error_handler(MemoryError, lambda _: _out_of_memory().response())

    @app.errorhandler(HTTPException)
    def plain(error: HTTPException) -> Response:
        if isinstance(error, RequestEntityTooLarge):
            request.environ["wsgi.input"] = None  # the rest is not wanted
        status = error.code or 500
        cure = _CURES.get(status, "the request failed; the API's documentation is at /docs")
        if status == 413 and (request.content_length or math.inf) <= app.config["MAX_CONTENT_LENGTH"]:
            cure = _MANY_PARTS  # the other reason
        parts = app.config["MAX_FORM_PARTS"]
        detail = cure.format(method=request.method, megabytes=max_bytes / 1e6, parts=parts)
        kept = {name: value for name, value in error.get_headers() if name not in ("Content-Type", "Content-Length")}
        if status < 400:  # a redirect
            return error.get_response()  # type: ignore[return-value]
        return Problem(status, detail).response(kept)

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        app.logger.error("unexpected %s", type(error).__name__, exc_info=error)
        return Problem(500, "the server made a mistake, which was noted; please try again later").response()


def of_refusal(error: HairtintError) -> Problem:
    """What went wrong on purpose, as a problem: 422 for what was sent, 503 for what this server lacks."""
    if isinstance(error, InputError | OutputError | UnknownModelError):
        fields = {PictureError: "image", UnknownModelError: "model"}
        return Problem(422, str(error), field=fields.get(type(error)))
    if isinstance(error, ModelError):
        return Problem(503, "the network cannot be had on this server; tell whoever runs it", retry_after=60)
    return Problem(500, str(error))


def _out_of_memory() -> Problem:
    return Problem(503, "the server is short of memory; try again later, or with a smaller picture", retry_after=30)
