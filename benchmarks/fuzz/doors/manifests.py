"""manifest.json in a folder of one's own networks: damaged text, and entries of the wrong kinds."""

import json
import os
from pathlib import Path

from damage import damaged, files
from hypothesis import strategies as st

from hairtint import zoo
from hairtint.cli import run as command

SHIPPED = (zoo.HOME / zoo.MANIFEST).read_bytes()
SEEDS = {"shipped": SHIPPED, "short": b'{"mine": {"file": "mine.onnx", "sha256": "00", "size": 64, "metrics": {}}}'}
LEAF = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.floats(),
    st.text(max_size=8),
    st.just(10**500),
    st.sampled_from(
        ["mine.onnx", "../../etc/passwd", "/etc/passwd", "", "\u0000", "a" * 5000, "\ud800", ".", "a/b.onnx"]
    ),
)
VALUE = st.recursive(
    LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
)
KEYS = st.sampled_from(["file", "sha256", "size", "parameters", "metrics", "extra"])
ENTRY = st.dictionaries(KEYS, VALUE, max_size=6).map(lambda e: {"file": "mine.onnx", "sha256": "", "size": 64} | e)
MANIFEST = st.dictionaries(st.sampled_from(["mine", "light", "", "\n", "\ud800", "x" * 300]), ENTRY | VALUE, max_size=3)
CASES = st.one_of(
    st.tuples(st.just("file"), files(SEEDS)),
    st.tuples(st.just("json"), (MANIFEST | VALUE).map(json.dumps)),
    st.tuples(st.just("json"), st.integers(1, 30_000).map(lambda n: '{"a":' * n + "1" + "}" * n)),
)


def run(case: tuple[str, object], box: Path) -> None:
    kind, given = case
    data = damaged(SEEDS, given) if kind == "file" else given.encode("utf-8", "replace")
    folder = box / "networks"
    folder.mkdir()
    (folder / "manifest.json").write_bytes(data)
    (folder / "mine.onnx").write_bytes(b"weights")
    os.environ["HAIRTINT_MODELS"] = str(folder)
    try:
        for entry in zoo.entries().values():
            assert isinstance(entry.name, str)
            assert isinstance(entry.size, int)
            assert entry.path.parent in (folder, zoo.HOME)
        assert command(["models", "--json"]) in (0, 1)
        assert command(["models"]) in (0, 1)
    finally:
        del os.environ["HAIRTINT_MODELS"]
