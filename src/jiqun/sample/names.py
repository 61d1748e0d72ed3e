"""Invented company names, no two alike: prefix, brand word, trade word and legal form."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jiqun.sample.model import NamesSpec, Weights
from jiqun.sample.places import Places

Indexes = npt.NDArray[np.int64]


def pick(rng: np.random.Generator, weights: Weights, n: int) -> Indexes:
    """Positions in `weights` drawn by their weights."""
    shares = np.array(list(weights.values()), dtype=float)
    return rng.choice(len(shares), n, p=shares / shares.sum()).astype(np.int64)


def firm_names(
    spec: NamesSpec, places: Places, county: Indexes, word: Indexes, words: list[str], rng: np.random.Generator
) -> pa.StringArray:
    """A name for each firm from its county and its trade word (an index into `words`)."""
    prefixes, prefix = _prefixes(spec, places, county, rng)
    group = prefix * len(words) + word
    brands = _brands(spec, _turns(group), rng.integers(0, 1 << 20, len(prefixes) * len(words))[group], rng)
    forms = list(spec.forms)
    return pc.binary_join_element_wise(
        pa.array(prefixes).take(pa.array(prefix)),
        brands,
        pa.array(words).take(pa.array(word)),
        pa.array(forms).take(pa.array(pick(rng, spec.forms, len(county)))),
        "",
    )


def _prefixes(spec: NamesSpec, places: Places, county: Indexes, rng: np.random.Generator) -> tuple[list[str], Indexes]:
    known: dict[str, int] = {}
    chosen = np.zeros(len(county), dtype=np.int64)
    for at, row in enumerate(places.rows):
        members = np.flatnonzero(county == at)
        weights = spec.prefixes.get(row.kind)
        if weights is None or not len(members):
            continue
        own = [known.setdefault(text.format(place=row.name), len(known)) for text in weights]
        chosen[members] = np.array(own)[pick(rng, weights, len(members))]
    return list(known), chosen


def _turns(group: Indexes) -> Indexes:
    """The running number of each element within its group."""
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    lengths = np.diff(np.r_[starts, len(group)])
    turns = np.empty(len(group), dtype=np.int64)
    turns[order] = np.arange(len(group)) - np.repeat(starts, lengths)
    return turns


def _brands(spec: NamesSpec, turn: Indexes, start: Indexes, rng: np.random.Generator) -> pa.StringArray:
    """The turn-th brand of a shuffled list from `start`; when it is used up more characters keep names apart."""
    first, second = list(spec.first), list(spec.second)
    shuffled = rng.permutation(len(first) * len(second))
    words = pa.array([first[k // len(second)] + second[k % len(second)] for k in shuffled])
    base = words.take(pa.array((start + turn) % len(words)))
    round_ = turn // len(words)
    extras = [_suffix(second, k) for k in range(int(round_.max(initial=0)) + 1)]
    return pc.binary_join_element_wise(base, pa.array(extras).take(pa.array(round_)), "")


def _suffix(letters: list[str], number: int) -> str:
    """Nothing for 0, then each letter, then each pair of letters, and so on."""
    text = ""
    while number:
        number, at = divmod(number - 1, len(letters))
        text = letters[at] + text
    return text
