"""Parties that may be one and the same: by the body of their code, by their normalised name, by a name near by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, islice

from rapidfuzz.distance import Levenshtein

from jiqun.web.registry.search.tokens import fold

SUFFIXES = ("有限责任公司", "股份有限公司", "集团有限公司", "有限公司", "集团", "公司")
PLACE_SUFFIXES = ("市", "县", "区")
BODY = slice(8, 17)
"""The organisation's own number within its code (GB 32100)."""
NEAR_LENGTH = 6
"""Names shorter than this say too little for a near one to mean anything."""
BLOCK = 400
"""Names that begin alike are compared with each other; a block greater than this says nothing."""
SHOWN = 200


@dataclass(frozen=True)
class Candidate:
    """What of a party is compared."""

    pk: int
    uscc: str
    name: str


@dataclass(frozen=True)
class Pair:
    """Two parties that may be one, and why."""

    first: Candidate
    second: Candidate
    reason: str

    @property
    def key(self) -> tuple[int, int]:
        """Both identities in order."""
        return min(self.first.pk, self.second.pk), max(self.first.pk, self.second.pk)


def core_of(name: str, places: Iterable[str]) -> str:
    """The name without its form of company and without the place that it begins with."""
    text = fold(name)
    suffix = next((s for s in SUFFIXES if text.endswith(s)), "")
    core = text.removesuffix(suffix)
    prefix = next((p for p in places if core.startswith(p) and len(core) > len(p) + 1), "")
    return core.removeprefix(prefix)


def place_prefixes(names: Iterable[str]) -> list[str]:
    """Places as names begin with them, the longest first."""
    found = set()
    for name in names:
        folded = fold(name)
        found.add(folded)
        found |= {folded.removesuffix(s) for s in PLACE_SUFFIXES if len(folded) > len(s) + 1}
    return sorted(found, key=len, reverse=True)


def pairs(candidates: Iterable[Candidate], places: Iterable[str], apart: set[tuple[int, int]]) -> list[Pair]:
    """Pairs that may be one, the surest first, each once, without those known to be two."""
    given, prefixes = list(candidates), place_prefixes(places)
    cores = {c.pk: core_of(c.name, prefixes) for c in given}
    found: dict[tuple[int, int], Pair] = {}
    for pair in islice(_sure(given, cores), SHOWN * 5):
        found.setdefault(pair.key, pair)
    for pair in islice(_near(given, cores), SHOWN):
        found.setdefault(pair.key, pair)
    return [pair for key, pair in found.items() if key not in apart][:SHOWN]


def _sure(given: list[Candidate], cores: dict[int, str]) -> Iterator[Pair]:
    yield from _alike(given, lambda c: c.uscc[BODY], "组织机构代码相同")
    yield from _alike(given, lambda c: cores[c.pk], "规范后名称相同")


def _alike(given: list[Candidate], key: Callable[[Candidate], str], reason: str) -> Iterator[Pair]:
    groups: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in given:
        groups[key(candidate)].append(candidate)
    for group in groups.values():
        yield from (Pair(a, b, reason) for a, b in combinations(group[:20], 2))


def _near(given: list[Candidate], cores: dict[int, str]) -> Iterator[Pair]:
    blocks: dict[str, list[Candidate]] = defaultdict(list)
    for candidate in given:
        if len(cores[candidate.pk]) >= NEAR_LENGTH:
            blocks[cores[candidate.pk][:2]].append(candidate)
    for block in blocks.values():
        if len(block) > BLOCK:
            continue
        for a, b in combinations(block, 2):
            if Levenshtein.distance(cores[a.pk], cores[b.pk], score_cutoff=1) <= 1:
                yield Pair(a, b, "名称相近")
