"""Files that are whole or not there: written under a temporary name, then renamed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def put(path: Path, data: bytes) -> None:
    """Write a file so that a reader sees the old one or the new one, never half of one; raises OSError."""
    partial = path.with_name(f"{path.name}.part")
    partial.write_bytes(data)
    partial.replace(path)


def put_json(path: Path, values: dict[str, Any]) -> None:
    """The same for a JSON object, indented for people to read."""
    put(path, (json.dumps(values, indent=1) + "\n").encode())
