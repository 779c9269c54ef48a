"""Looks that change over time (`hairtint video --keyframes`): TOML with odd times, colours, strengths and effects."""

from pathlib import Path

from damage import damaged, files
from hypothesis import strategies as st

from hairtint import Color
from hairtint.look import Look
from hairtint.video import Keyframes

SEEDS = {
    "two": b'[[look]]\nat = 0\ncolor = "chestnut"\nstrength = 0.0\n\n[[look]]\nat = "0:04"\ncolor = "blue"\n',
    "three": b"[[look]]\nat = 0.5\ncolor = '#abc'\neffects = ['gloss:0.4']\n[[look]]\nat = 2\n[[look]]\n"
    b"at = '1:00:00'\ncolor = 'copper'\nsudden = true\n",
}
VALUES = st.one_of(
    st.integers(-(10**400), 10**400).map(str),
    st.floats().map(repr),
    st.text(max_size=9).map(lambda t: f'"""{t}"""'),
    st.lists(st.sampled_from(["0", "59", "60", "9" * 400, "9" * 5000, "1.5", "", "٣"]), max_size=4).map(
        lambda parts: '"' + ":".join(parts) + '"'
    ),
    st.sampled_from(
        ["true", "[]", '["gloss"]', '["gloss:nan"]', "{}", "1979-05-27", '"copper"', "[" * 2000 + "]" * 2000]
    ),
)
KEYS = st.sampled_from(["at", "color", "strength", "effects", "sudden", "method", '"\\n"', '"\\u001b"'])
LOOK = st.dictionaries(KEYS, VALUES, max_size=5).map(
    lambda look: "\n".join(["[[look]]", *map(" = ".join, ({"at": "0", "color": '"red"'} | look).items())])
)
CASES = st.one_of(
    st.tuples(st.just("file"), files(SEEDS)), st.tuples(st.just("text"), st.lists(LOOK, max_size=3).map("\n".join))
)


def run(case: tuple[str, object], box: Path) -> None:
    kind, given = case
    data = damaged(SEEDS, given) if kind == "file" else given.encode("utf-8", "replace")
    path = box / "looks.toml"
    path.write_bytes(data)
    looks = Keyframes.load(path, Look(Color(0, 0, 0), 1.0))
    for time in (0.0, 0.4, 3.99, 1e9):
        assert 0 <= looks(time).strength <= 1
