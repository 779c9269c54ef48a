"""Training configs: shipped ones with changed lines, and TOML made of hostile values."""

from pathlib import Path

from damage import damaged, files
from hypothesis import strategies as st

from hairtint.training.config import Config

ROOT = Path(__file__).parents[3]
SEEDS = {path.name: path.read_bytes() for path in sorted((ROOT / "configs").glob("*.toml"))}
VALUES = st.one_of(
    st.integers(-(10**400), 10**400).map(str),
    st.floats().map(repr),
    st.booleans().map(lambda b: str(b).lower()),
    st.text(max_size=9).map(lambda t: "'" + t.replace("'", "") + "'"),
    st.sampled_from(
        [
            "[]",
            "{}",
            "1979-05-27",
            "07:32:00",
            "0x7fffffffffffffff",
            "1e999",
            "-1",
            "0",
            '"light"',
            '"swift"',
            "[" * 2000 + "]" * 2000,
            "{ bce = nan }",
            "{ bce = 1e400 }",
            "{ dice = -1 }",
            '{ "\\n" = 1 }',
            '"\\u0000"',
        ]
    ),
)
KEYS = st.sampled_from([*Config.__dataclass_fields__, '"a\\nb"', "a.b", "[loss]", '"\\u001b[31m"'])
LINES = st.lists(st.tuples(KEYS, VALUES).map(lambda pair: f"{pair[0]} = {pair[1]}"), max_size=5)
CASES = st.one_of(
    st.tuples(st.just("file"), files(SEEDS)),
    st.tuples(st.just("text"), LINES.map(lambda lines: "\n".join(['network = "light"', *lines]))),
    st.tuples(st.just("text"), LINES.map("\n".join) | st.text(max_size=200)),
)


def run(case: tuple[str, object], box: Path) -> None:
    kind, given = case
    data = damaged(SEEDS, given) if kind == "file" else given.encode("utf-8", "replace")
    path = box / "config.toml"
    path.write_bytes(data)
    config = Config.load(path)
    assert Config.from_dict(config.as_dict(), "again") == config
