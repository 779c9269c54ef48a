"""Which photos belong together, as they are one photo under several names, of one person, or made of one another."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from hairtint.training.files import Slice, digest_of, size_of
from hairtint.training.pairs import Pair


def joined(sets: Sequence[Sequence[Pair]]) -> list[Pair]:
    """The pairs of opened folders after one another; those that belong together share their `kin` and, in each source,
    their person.

    That are, through any number of steps, photos of one person, files of the same content, and what `hairtint data
    expand` made of them. Only files of equal size are read. Raises OSError where one can no longer be.
    """
    pairs = [pair for some in sets for pair in some]
    twins = _sizes(sets)
    union = _Union()
    met: dict[str, str] = {}  # content -> the first that has it
    for pair in pairs:
        if pair.kin:
            union.join(pair.whom, pair.kin)
        if twins[size_of(pair.image)] > 1:
            union.join(pair.whom, met.setdefault(digest_of(pair.image), pair.whom))
        if first := pair.original:
            union.join(pair.whom, first.whom)
            union.join(first.whom, met.setdefault(first.sha256, first.whom))
    return _named(pairs, union)


def _sizes(sets: Sequence[Sequence[Pair]]) -> Counter[int]:
    """How many photos have each size. Those of shards count once, as they were compared when they were packed."""
    sizes: Counter[int] = Counter()
    for some in sets:
        found = [size_of(pair.image) for pair in some]
        sizes.update(set(found) if some and isinstance(some[0].image, Slice) else found)
        sizes.update({pair.original.size for pair in some if pair.original})
    return sizes


def _named(pairs: list[Pair], union: _Union) -> list[Pair]:
    """The pairs, each group by the first of its names."""
    members: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for pair in pairs:
        if pair.whom in union:
            members[union.root(pair.whom)].add((pair.source, pair.person))
    named = []
    for pair in pairs:
        if pair.whom in union:
            group = members[union.root(pair.whom)]
            person = min(name for source, name in group if source == pair.source)
            pair = replace(pair, person=person, kin="/".join(min(group)))
        named.append(pair)
    return named


class _Union:
    """Names that are joined two by two; those that are joined have one root."""

    def __init__(self) -> None:
        self.above: dict[str, str] = {}

    def __contains__(self, name: str) -> bool:
        return name in self.above

    def root(self, name: str) -> str:
        while (above := self.above.get(name, name)) != name:
            name = above
        return name

    def join(self, one: str, other: str) -> None:
        if one == other:
            return
        one, other = self.root(one), self.root(other)
        self.above.setdefault(other, other)
        self.above[one] = other
