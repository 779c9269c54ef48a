import types

import hairtint
from hairtint import errors


def test_all_is_what_there_is():
    public = {n for n, v in vars(hairtint).items() if not n.startswith("_") and not isinstance(v, types.ModuleType)}
    assert public - {"annotations"} == set(hairtint.__all__)


def test_every_public_name_is_documented():
    assert [name for name in hairtint.__all__ if not getattr(hairtint, name).__doc__] == []


def test_the_drawn_error_tree_is_true():
    kinds = [v for v in vars(errors).values() if isinstance(v, type)]
    assert all(issubclass(kind, hairtint.HairtintError) for kind in kinds)
    parents, stack = {}, []
    for line in errors.__doc__.splitlines():
        name = next((word for word in line.replace("│", " ").split() if word.endswith("Error")), None)
        if not name or not (line.strip().startswith(name) or "──" in line):
            continue
        level = line.index(name) // 4 - 1  # the drawing is indented, as a block of code
        del stack[level:]
        parents[name] = stack[-1] if stack else None
        stack.append(name)
    assert set(parents) == {kind.__name__ for kind in kinds}
    for name, parent in parents.items():
        if parent:
            assert getattr(errors, name).__mro__[1].__name__ == parent
