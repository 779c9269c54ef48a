"""The web API through Flask's test client: JSON bodies, forms, pictures as bodies, queries, odd methods and paths."""

import base64
import json
import re
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from damage import damaged, files
from doors.photos import SEEDS
from flask.testing import FlaskClient
from hypothesis import strategies as st

from hairtint.web import create_app


@cache
def client() -> FlaskClient:
    return create_app(model="light", rate=0, workers=1, max_bytes=300_000, max_pixels=1_000_000).test_client()


def routes(method: str) -> list[str]:
    """What the application answers by this method, "light" in place of what its addresses leave open."""
    rules = client().application.url_map.iter_rules()  # its network is loaded before limits and guard are up
    return sorted(re.sub("<[^>]+>", "light", rule.rule) for rule in rules if method in rule.methods)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.just(10**400),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
)
NAMES = st.sampled_from(
    [
        "image",
        "photo",
        "color",
        "strength",
        "method",
        "effects",
        "format",
        "quality",
        "metadata",
        "saturation",
        "model",
        "keep",
        "largest_region",
        "session",
        "output",
        "colour",
        "\ud800",
    ]
)
GOOD = st.sampled_from(
    ["copper", [18, 76, 71], "hsv", "natural", 0.5, 1, True, "light", ["gloss:0.4"], "png", "A" * 20, "mask"]
)
PATHS, GETS = st.sampled_from(routes("POST")), st.sampled_from(routes("GET"))
BODY = st.one_of(st.just({"color": "copper"}), st.dictionaries(NAMES, GOOD | JSON, max_size=4))
TEXT = st.text(max_size=20)
CASES = st.one_of(
    st.tuples(st.just("json"), PATHS, BODY, files(SEEDS) | st.none()),
    st.tuples(
        st.just("form"), PATHS, st.dictionaries(NAMES, GOOD.map(str) | TEXT, max_size=4), files(SEEDS) | st.none()
    ),
    st.tuples(st.just("raw"), PATHS, st.dictionaries(NAMES, GOOD.map(str) | TEXT, max_size=3), files(SEEDS)),
    st.tuples(
        st.just("text"),
        PATHS,
        st.binary(max_size=80),
        st.sampled_from(
            [
                "application/json",
                "multipart/form-data; boundary=x",
                "multipart/form-data",
                "image/jpeg",
                "text/plain",
                "",
                "\xff",
            ]
        ),
    ),
    st.tuples(
        st.just("get"),
        GETS | PATHS | TEXT.map(lambda t: "/" + t.replace("?", "")),
        TEXT,
        st.sampled_from(["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "BREW"]),
    ),
)


def sent(kind: str, path: str, given: Any, more: Any) -> Any:
    if kind == "json":
        picture = {} if more is None else {"image": base64.b64encode(damaged(SEEDS, more)).decode()}
        return client().post(path, data=json.dumps(picture | given), content_type="application/json")
    if kind == "form":
        fields = {name.encode("utf-8", "replace").decode(): value for name, value in given.items()}
        if more is not None:
            fields["image"] = (BytesIO(damaged(SEEDS, more)), "me.jpg")
        return client().post(path, data=fields, content_type="multipart/form-data")
    if kind == "raw":
        query = {name.encode("utf-8", "replace").decode(): value for name, value in given.items()}
        return client().post(path, data=damaged(SEEDS, more), query_string=query, content_type="image/jpeg")
    if kind == "text":
        return client().post(path, data=given, content_type=more)
    return client().open(path, method=more, query_string=given)


def run(case: tuple[str, str, Any, Any], box: Path) -> str:
    response = sent(*case)
    assert response.status_code < 500, response.data[:200]
    if response.status_code >= 400 and case[3] != "HEAD":
        assert response.content_type == "application/problem+json", response.content_type
        problem = json.loads(response.data)
        assert problem["status"] == response.status_code
        assert len(problem["detail"].splitlines()) == 1
        assert problem["detail"].isprintable()
    assert not any(box.iterdir())
    return "refused" if response.status_code >= 400 else "worked"
