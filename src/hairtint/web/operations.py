"""What the API can do: each operation described once, from which its route and its documentation are made."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from hairtint.web import fields, uploads
from hairtint.web.fields import Field
from hairtint.web.limits import RateLimit, Workers, client_of
from hairtint.web.metrics import Metrics
from hairtint.web.problems import Problem
from hairtint.web.settings import Settings
from hairtint.web.store import Photos, Sessions
from hairtint.web.studio import Studio

JSON, FORM = "application/json", "multipart/form-data"
PICTURES = ("image/jpeg", "image/png", "image/webp")
MOST_VALUES = 1000  # in JSON; an honest request has a few dozen
Schema = dict[str, Any]
Work = Callable[[dict[str, Any]], Response]


@dataclass(frozen=True)
class Services:
    """What one application consists of; every operation works with it."""

    settings: Settings
    studio: Studio
    workers: Workers
    rate: RateLimit
    photos: Photos
    sessions: Sessions
    metrics: Metrics
    reading: threading.Semaphore  # bodies take many times their size while they are taken apart

    def work(self, job: Callable[[], Response]) -> Response:
        """The answer of a job that one of the workers does, with the time of its stages in Server-Timing.

        A job is not begun where whoever asked went away while it waited, as far as the WSGI server tells.
        """
        gone: Callable[[], bool] = request.environ.get("waitress.client_disconnected", lambda: False)

        def timed() -> Response:
            if gone():
                raise Problem(503, "nobody waits for the answer any more")
            self.studio.stages.timing()  # a job that was refused may have left some
            response = job()
            response.headers["Server-Timing"] = self.studio.stages.timing()
            return response

        return self.workers.do(timed, client_of(request.remote_addr))


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One method of one address.

    Attributes:
        method, path: where it is found.
        name: its operationId.
        summary: one line; `about`: further sentences.
        work: from the values of all fields to the response.
        fields: what a request may say; the field "image" is a picture file.
        any_query: whether a query is passed over: load balancers may add one so that nothing answers from a cache.
        takes: the media types of the body; pictures themselves where the fields come in the query; none for GET.
        gives: the JSON Schema of each media type that a good answer may have; None for bytes.
        headers: what headers of a good answer say, by name.
        statuses: the problems it may answer with, beside those that everything can.
        one_of: fields of which exactly one must be there.
        cost: how much of a client's rate it takes; 0 for nothing.
        examples: command lines that show it.
    """

    method: str
    path: str
    name: str
    summary: str
    work: Work
    about: str = ""
    fields: tuple[Field, ...] = ()
    any_query: bool = False
    takes: tuple[str, ...] = ()
    gives: dict[str, Schema | None] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    statuses: tuple[int, ...] = ()
    one_of: tuple[str, ...] = ()
    cost: float = 0.0
    examples: tuple[str, ...] = ()

    @property
    def raw(self) -> bool:
        """Whether the body is the picture itself and the fields come in the query."""
        return bool(self.takes) and self.takes[0] in PICTURES


def image() -> Field:
    """The picture file: in JSON as base64 or a data URL, in a form as a file."""

    def read(value: Any) -> bytes:
        if isinstance(value, bytes):
            return value
        if not isinstance(value, str):
            raise ValueError("give the picture file in base64")
        return uploads.from_text(value)

    schema = {"type": "string", "contentEncoding": "base64"}
    return Field("image", f"The picture file, {uploads.TAKEN}: base64 or a data URL.", schema, read, required=True)


def register(blueprint: Blueprint, operation: Operation, services: Services) -> None:
    """Make the route of an operation."""

    def view() -> Response:
        services.rate.take(request.remote_addr, operation.cost)
        if operation.cost:  # before anything is read that would be refused all the same
            services.workers.check(client_of(request.remote_addr))
        if not operation.takes:
            return operation.work(_query(operation))
        _check(operation)
        # The body comes first: it may take a client minutes, and WSGI servers other than waitress read it only here.
        # Where its length is unknown, the read after the last byte that is allowed raises.
        body = request.stream = BytesIO(b"".join(iter(request.stream.read, b"")))
        with services.reading, body:
            values = _values(operation)
        return operation.work(values)

    blueprint.add_url_rule(operation.path, operation.name, view, methods=[operation.method])


def _query(operation: Operation) -> dict[str, Any]:
    return {} if operation.any_query else fields.read(operation.fields, _texts(operation, request.args))


def _texts(operation: Operation, given: MultiDict[str, str]) -> dict[str, Any]:
    return fields.from_texts(operation.fields, dict(given.lists()))


def _check(operation: Operation) -> None:
    """Refuse what can be refused before the body is read."""
    kind = request.mimetype
    if kind not in operation.takes:
        given = f"{kind[:60]} is not taken here" if kind else "there is no Content-Type"
        raise Problem(415, f"{given}; send {' or '.join(operation.takes)}")
    if not operation.raw:
        for name in request.args:
            raise Problem(422, "fields go into the form or JSON here, not into the address", field=name[:40])
    elif "image" in request.args:
        raise Problem(422, "the picture is the body of the request; leave it out of the query", field="image")


def _values(operation: Operation) -> dict[str, Any]:
    if operation.raw:
        found = {**_texts(operation, request.args), "image": request.get_data(cache=False)}
    else:
        found = _json() if request.mimetype == JSON else _form(operation)
    values = fields.read(operation.fields, found)
    count = sum(values[name] is not None for name in operation.one_of)
    if operation.one_of and count != 1:
        raise Problem(422, f"give one of {' and '.join(operation.one_of)}, not {count}", field=operation.one_of[0])
    return values


def _json() -> dict[str, Any]:
    body = request.get_data(cache=False)
    if sum(map(body.count, (b"{", b"[", b","))) > MOST_VALUES:  # parsed, small ones take many times their size
        raise Problem(422, 'the JSON holds too many values; send {"image": "…", …}')
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise Problem(400, "the body is not JSON; check that it is complete and UTF-8") from None
    if not isinstance(found, dict):
        raise Problem(422, 'the body is not a JSON object; send {"image": "…", …}')
    return found


def _form(operation: Operation) -> dict[str, Any]:
    texts, files = request.form, request.files
    if not texts and not files:
        raise Problem(400, "the form is empty or cut short; send multipart/form-data with its boundary")
    if "image" in texts:
        raise Problem(422, "image came as text; send it as a file (curl: -F image=@me.jpg)", field="image")
    for name in files:
        if name != "image" or len(files.getlist(name)) > 1:
            raise Problem(422, "send one file, in the field image", field=name[:40])
    values = _texts(operation, texts)
    return {**values, "image": files["image"].read()} if "image" in files else values
