"""The OpenAPI document says what the routes do, and the routes hold to it: Schemathesis tries them."""

import base64
import re
from urllib.parse import urljoin

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from hairtint.web import create_app, openapi

PAGES = {"/", "/docs", "/metrics", "/favicon.ico", "/models/<name>.onnx", "/static/<path:filename>"}
PAGES.add("/api/v1/openapi.json")


@pytest.fixture(scope="module")
def document(app):
    return openapi.document(app.extensions["hairtint-operations"])


def test_every_route_is_described_and_every_description_has_a_route(app, document):
    described = {(path, method.upper()) for path, item in document["paths"].items() for method in item}
    routes = {
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        if rule.rule not in PAGES
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert described == routes
    assert {rule.rule for rule in app.url_map.iter_rules()} >= PAGES


def test_the_document_is_served_and_has_the_fields_that_are_read(client, app, document):
    served = client.get("/api/v1/openapi.json").json
    assert served["paths"] == document["paths"]
    for operation in app.extensions["hairtint-operations"]:
        found = served["paths"][operation.path][operation.method.lower()]
        names = {field.name for field in operation.fields}
        if operation.raw:
            assert {parameter["name"] for parameter in found["parameters"]} | {"image"} == names
        for content in [] if operation.raw else found.get("requestBody", {}).get("content", {}).values():
            assert set(content["schema"]["properties"]) == names
            assert content["schema"]["additionalProperties"] is False


def test_the_documentation_names_every_operation_and_runs_no_script(client, app):
    page = client.get("/docs")
    assert page.status_code == 200
    for operation in app.extensions["hairtint-operations"]:
        assert f'id="{operation.name}"' in page.text
    assert "<script" not in page.text
    assert " style=" not in page.text
    for link in re.findall(r'(?:href|src)="([^#"]+)"', page.text):
        assert client.get(urljoin("/docs", link)).status_code == 200


@pytest.fixture(scope="session")
def picture(saved):
    return saved("JPEG")


def test_behind_a_proxy_addresses_are_those_that_it_is_called_by():
    client = create_app(model="light", behind_proxy=True).test_client()
    forwarded = {"Prefix": "/hair", "Proto": "https", "Host": "made-up.example"}
    headers = {"Host": "example.org"} | {f"X-Forwarded-{name}": value for name, value in forwarded.items()}
    page, document = client.get("/docs", headers=headers), client.get("/api/v1/openapi.json", headers=headers)
    assert "https://example.org/hair/api/v1/recolor" in page.text
    assert "made-up" not in page.text
    assert document.json["servers"] == [{"url": "/hair"}]
    assert page.headers["Cache-Control"] == document.headers["Cache-Control"] == "no-cache"


schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", create_app(model="light", rate=0, max_pixels=100_000))


@schema.parametrize()
@settings(
    max_examples=10,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_whatever_is_sent_the_answer_is_a_described_one(case, picture):
    """Half of the cases get a real picture, so that what lies behind the decoding is tried as well."""
    if isinstance(case.body, dict) and len(str(case.body)) % 2:
        real = base64.b64encode(picture).decode() if case.media_type == "application/json" else picture
        if isinstance(case.body.get("image"), str | bytes):
            case.body["image"] = real
    case.call_and_validate(excluded_checks=[positive_data_acceptance])
