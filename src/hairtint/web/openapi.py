"""The OpenAPI document, made from the same descriptions as the routes."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from hairtint.web.fields import Field
from hairtint.web.operations import FORM, Operation, Schema
from hairtint.web.problems import CONTENT_TYPE

_PROBLEM: Schema = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong and what to do."},
        "field": {"type": "string", "description": "The field at fault."},
    },
    "required": ["type", "title", "status", "detail"],
}
_RETRY = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 1}}}


def document(operations: Sequence[Operation]) -> dict[str, Any]:
    """The document, version 3.1, as JSON data."""
    paths: dict[str, Any] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "hairtint",
            "version": version("hairtint"),
            "description": "See anybody with another hair colour. Pictures are neither stored nor logged.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {"schemas": {"Problem": _PROBLEM}},
    }


def _described(operation: Operation) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": operation.name,
        "summary": operation.summary,
        "responses": _responses(operation),
    }
    if operation.about:
        found["description"] = operation.about
    if operation.raw:
        found["parameters"] = [_parameter(field) for field in operation.fields if field.name != "image"]
    if operation.takes:
        found["requestBody"] = {"required": True, "content": _content(operation)}
    return found


def _parameter(field: Field) -> dict[str, Any]:
    schema = {name: value for name, value in field.described().items() if name != "description"}
    found = {"name": field.name, "in": "query", "description": field.about, "schema": schema}
    return {**found, "required": True} if field.required else found


def _content(operation: Operation) -> dict[str, Any]:
    if operation.raw:
        return {kind: {"schema": {"type": "string", "format": "binary"}} for kind in operation.takes}
    return {kind: _body(operation, kind == FORM) for kind in operation.takes}


def _body(operation: Operation, form: bool) -> dict[str, Any]:
    properties = {field.name: field.described() for field in operation.fields}
    if form:
        properties["image"] = {
            "type": "string",
            "format": "binary",
            "description": properties["image"]["description"].partition(":")[0] + ".",
        }
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    if required := [field.name for field in operation.fields if field.required]:
        schema["required"] = required
    if operation.one_of:
        schema["oneOf"] = [{"required": [name]} for name in operation.one_of]
    return {"schema": schema}


def _responses(operation: Operation) -> dict[str, Any]:
    content = {
        kind: {"schema": schema or {"type": "string", "format": "binary"}} for kind, schema in operation.gives.items()
    }
    good: dict[str, Any] = {"description": operation.summary + ".", "content": content}
    if operation.headers:
        good["headers"] = {
            name: {"description": about, "schema": {"type": "string"}} for name, about in operation.headers.items()
        }
    found = {"200": good}
    for status in sorted(operation.statuses):
        found[str(status)] = _problem(status) if status >= 400 else {"description": HTTPStatus(status).phrase + "."}
    return found


def _problem(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    found: dict[str, Any] = {
        "description": HTTPStatus(status).phrase + ".",
        "content": {CONTENT_TYPE: {"schema": schema}},
    }
    return {**found, "headers": _RETRY} if status in (429, 503) else found
