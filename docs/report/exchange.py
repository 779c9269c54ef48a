"""The report's figures 12 and 13, request and response, as a Mermaid diagram of calls that were really made."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from docs.report.sources import DOCS

PORTRAIT = DOCS.parent / "examples" / "eileen-collins.jpg"
COLOR = [16, 75, 70]  # as the report's page sent it: hue in degrees, saturation and value in per cent


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


def mermaid(done: list[tuple[str, str, str]]) -> str:
    """The calls as a sequence diagram."""
    lines = ["sequenceDiagram", "    participant B as browser", "    participant S as server (Flask)"]
    for request, work, answer in done:
        lines += [f"    B->>S: {request}", f"    Note over S: {work}", f"    S-->>B: {answer}"]
    return "\n".join(["```mermaid", *lines, "```"])
