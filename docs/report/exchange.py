"""The report's figures 12 and 13, request and response, drawn from calls that were really made."""

from __future__ import annotations

import base64
from html import escape
from pathlib import Path
from typing import Any

from docs.pictures import roads
from docs.report.sources import DOCS

PORTRAIT = DOCS.parent / "examples" / "eileen-collins.jpg"
PICTURE = DOCS / "pictures" / "exchange.svg"
COLOR = [16, 75, 70]  # as the report's page sent it: hue in degrees, saturation and value in per cent
BROWSER, SERVER = 90, 704  # where their lines stand
TOP, STEP = 76, 124  # where time begins, and how far a call goes


def calls(portrait: Path = PORTRAIT) -> list[tuple[str, str, str]]:
    """What a browser sends and gets: request, what the server does with it, answer."""
    from hairtint.web import create_app

    client = create_app().test_client()
    image = base64.b64encode(portrait.read_bytes()).decode()
    asked: list[tuple[str, str, dict[str, Any] | None, str]] = [
        ("GET", "/", None, "renders the template"),
        ("POST", "/predict", {"image": image}, "base64 to pixels, network, mask"),
        ("POST", "/change_color", {"image": image, "color": COLOR}, "the same, and the hair dyed"),
    ]
    done = []
    for method, path, body, work in asked:
        answer = client.open(path, method=method, json=body)
        keys = ", ".join(f"{key}: {'base64' if key == 'image' else value}" for key, value in (body or {}).items())
        sent = f"{method} {path} {{{keys}}}" if body else f"{method} {path}"
        done.append((sent, work, f"{answer.status_code} {answer.mimetype}"))
    return done


def svg(done: list[tuple[str, str, str]]) -> str:
    """The calls as a sequence diagram: time runs downwards."""
    height = TOP + STEP * len(done) + 24
    parts = []
    for x, name in ((BROWSER, "browser"), (SERVER, "server (Flask)")):
        parts.append(f'<path d="M{x},{TOP} V{height - 16}" stroke="#999" stroke-dasharray="2 4"/>')
        parts.append(roads.box(x - roads.BOX[0] // 2, TOP - roads.BOX[1], name, "#e8f1fb"))
    for k, (request, work, answer) in enumerate(done):
        y = TOP + STEP * k
        parts.append(_message(y + 40, request, BROWSER, SERVER - 16))
        parts.append(
            f'<rect x="{SERVER - 140}" y="{y + 52}" width="280" height="34" rx="8" fill="#fbf0e4" stroke="#444"/>'
            f'<text x="{SERVER}" y="{y + 74}" text-anchor="middle">{escape(work)}</text>'
        )
        parts.append(f'<g stroke-dasharray="8 5">{_message(y + 108, answer, SERVER, BROWSER + 16)}</g>')
    return roads.picture((SERVER + 164, height), "".join(parts))


def _message(y: int, text: str, start: int, end: int) -> str:
    middle = (BROWSER + SERVER) // 2
    label = f'<text x="{middle}" y="{y - 9}" text-anchor="middle">{escape(text)}</text>'
    return label + roads.arrow(f"{start},{y} {end},{y}")
