"""The fast way: offers listed by code in the order of what they are worth alone, visited until no better can come."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from jiqun.exchange.match import kernels as k
from jiqun.exchange.match import shapes as s
from jiqun.exchange.match.arrays import Domains, SideArrays, arrays_of, arrays_of_one, mask_offsets, offer_domains
from jiqun.exchange.match.query import match_by_query
from jiqun.exchange.match.results import Matches
from jiqun.exchange.match.shapes import Atom, NoShape, Shapes, TermShape
from jiqun.exchange.match.sides import SideTable
from jiqun.programme.exchange import KindRules
from jiqun.rules.facts import Value

Ints = npt.NDArray[np.int64]
Side = tuple[Any, Any, Any, Any]
MAX_ATOMS = 62
THREADS = min(os.cpu_count() or 1, 16)
MANY = 10_000
"""Offers from which on one need is examined by all cores."""
PART = 1000
"""Needs that a thread takes at a time."""


@dataclass(frozen=True)
class Postings:
    """Offers listed by the code of one atom: those of code c are `rows[starts[c]:starts[c + 1]]`."""

    atom: int | None
    """None where every offer stands under the one code 0."""
    starts: Ints
    rows: Ints


class FastMatcher:
    """A kind and its offers made ready for many needs; NoShape where a clause has no known shape."""

    def __init__(self, rules: KindRules, offers: SideTable, as_of: date) -> None:
        self.rules, self.offers, self.as_of = rules, offers, as_of
        self.shapes = Shapes(rules)
        if len(self.shapes.atoms) > MAX_ATOMS:
            raise NoShape(f"{len(self.shapes.atoms)} 个条件")
        self.domains: Domains = offer_domains(self.shapes, offers)
        self.atoms, self.tolerances = atoms_of(self.shapes, self.domains)
        self.terms, self.numbers = terms_of(self.shapes)
        self.arrays = arrays_of(self.shapes, offers, self.domains, as_of)
        self.offer = _side(self.arrays)
        self.static = self._static()
        self.postings = self._postings()
        rows = self.postings.rows
        self._listed_figures = (
            np.ascontiguousarray(self.arrays.figures[rows].T), np.ascontiguousarray(self.arrays.masks[rows].T),
        )  # fmt: skip
        kept = [i for i in range(len(self.atoms)) if i != self.postings.atom]
        self._bulk_atoms, self._bulk_tolerances = self.atoms[kept], self.tolerances[kept]

    def _static(self) -> npt.NDArray[np.float64]:
        chosen = [i for i, t in enumerate(self.shapes.terms) if t.left.what == s.OF_OFFER and not t.joint]
        out = np.zeros(len(self.offers))
        nobody = (np.full((1, max(len(self.shapes.need), 1)), np.nan), *self.offer[1:])
        k.static_scores(self.terms, self.numbers, np.array(chosen, dtype=np.int64), *nobody, *self.offer, out)
        return out

    def _postings(self) -> Postings:
        """By the atom that lists the fewest offers for a need that asks as often for a code as offers have it."""
        found = [self._listed(i) for i, atom in enumerate(self.shapes.atoms) if atom.is_key]
        if found:
            return min(found, key=lambda p: float((np.diff(p.starts).astype(np.float64) ** 2).sum()))
        rows = np.lexsort((np.arange(len(self.offers)), -self.static))
        return Postings(None, np.array([0, len(rows)], dtype=np.int64), rows.astype(np.int64))

    def _listed(self, number: int) -> Postings:
        atom = self.shapes.atoms[number]
        if atom.look == s.SUPERSET:
            column = self.shapes.masks[atom.mask].offer.column
            low = mask_offsets(self.shapes, self.domains)[atom.mask]
            words = len(self.domains[column]) // 64 + 1
            bits = np.ascontiguousarray(self.arrays.masks[:, low : low + words]).view(np.uint8)
            rows, codes = np.nonzero(np.unpackbits(bits, axis=1, bitorder="little"))
        else:
            column = self.shapes.offer[atom.offer[0]].codes
            values = self.arrays.figures[:, atom.offer[0]]
            rows = np.flatnonzero(~np.isnan(values))
            codes = values[rows].astype(np.int64)
        order = np.lexsort((rows, -self.static[rows], codes))
        starts = np.searchsorted(codes[order], np.arange(len(self.domains[column]) + 2))
        return Postings(number, starts.astype(np.int64), rows[order].astype(np.int64))

    def _codes(self, need: SideArrays) -> Ints:
        """The code that each need asks for; 0, which no offer has, where it is missing."""
        if self.postings.atom is None:
            return np.zeros(len(need.figures), dtype=np.int64)
        atom = self.shapes.atoms[self.postings.atom]
        if atom.look == s.COLUMNS:
            return np.nan_to_num(need.figures[:, atom.need[0]], nan=0.0).astype(np.int64)
        low = mask_offsets(self.shapes, self.domains)[atom.mask]
        words = len(self.domains[self.shapes.masks[atom.mask].offer.column]) // 64 + 1
        masks = need.masks[:, low : low + words]
        if len(masks) == 1:
            word = int(np.flatnonzero(masks[0])[0]) if masks.any() else 0
            return np.array([word * 64 + int(masks[0, word]).bit_length() - 1 if masks.any() else 0])
        bits = np.unpackbits(np.ascontiguousarray(masks).view(np.uint8), axis=1, bitorder="little")
        return np.asarray(bits.argmax(axis=1), dtype=np.int64)

    def _scratch(self, atoms: Ints) -> tuple[Any, ...]:
        """What a kernel needs beside the atoms: room for those at work and for places, and the figures as listed."""
        return np.empty(len(atoms), dtype=np.int64), np.empty(k.BLOCK, dtype=np.int64), *self._listed_figures

    def _rooms(self, need: SideArrays) -> npt.NDArray[np.float64]:
        """What the terms that depend on the need can add at most: nothing where the need's own figure is missing."""
        room = np.zeros(len(need.figures))
        for shape, weight in zip(self.shapes.terms, self.numbers[:, 2], strict=True):
            if shape.left.what == s.OF_OFFER and not shape.joint:
                continue
            columns = [c for operand in (shape.left, shape.right) for c in operand.need]
            known = ~np.isnan(need.figures[:, columns]).any(axis=1)
            room += np.where(known, weight, 0.0)
        return room

    def all(self, needs: SideTable, top: int) -> Matches:
        """The best `top` offers of every need."""
        return self.all_of(self.ready(needs), top)

    def ready(self, needs: SideTable) -> SideArrays:
        """The needs as arrays."""
        return arrays_of(self.shapes, needs, self.domains, self.as_of)

    def all_of(self, need: SideArrays, top: int) -> Matches:
        """The same for needs made ready."""
        count = len(need.figures)
        codes = self._codes(need)
        lows, highs = self.postings.starts[codes], self.postings.starts[codes + 1]
        found, scores = np.full((count, top), -1, dtype=np.int64), np.full((count, top), -1, dtype=np.int64)
        counts = np.zeros(count, dtype=np.int64)
        atoms, tolerances = self._by_selectivity(need, lows, highs)
        order, rooms = _dealt(codes, highs - lows), self._rooms(need)

        def work(part: Ints) -> None:
            k.best_of_some(
                part, lows, highs, self.postings.rows, self.static, rooms, *self._scratch(atoms), atoms, tolerances, self.terms,
                self.numbers, *_side(need), *self.offer, found, scores, counts,
            )  # fmt: skip

        with ThreadPoolExecutor(THREADS) as threads:
            list(threads.map(work, np.array_split(order, max(len(order) // PART, 1))))
        return self._matches(need, found, scores, counts)

    def _by_selectivity(self, need: SideArrays, lows: Ints, highs: Ints) -> tuple[Any, Any]:
        """The atoms ordered so that those that most often fail, by a sample, come first."""
        some = np.flatnonzero(highs > lows)[:: max(len(lows) // 64, 1)][:64]
        if len(some) < 8 or not len(self._bulk_atoms):
            return self._bulk_atoms, self._bulk_tolerances
        fails = np.zeros(len(self._bulk_atoms))
        for i in some:
            rows = self.postings.rows[lows[i] : highs[i]][:: max((highs[i] - lows[i]) // 64, 1)]
            j = i + 1
            one = SideArrays(need.figures[i:j], need.masks[i:j], need.texts[i:j], need.sizes[i:j])
            failed, unknown = _room(len(rows)), _room(len(rows))
            k.examine(rows, self._bulk_atoms, self._bulk_tolerances, *_side(one), *self.offer, failed, unknown)
            bits = failed[:, 1] | unknown[:, 1]
            fails += [(bits >> a & 1).mean() for a in range(len(fails))]
        costs = np.where(np.isin(self._bulk_atoms[:, 1], (s.DISTANCE, s.CLOSE)), 6.0, 1.0)
        order = np.argsort(-fails / costs, kind="stable")
        return self._bulk_atoms[order], self._bulk_tolerances[order]

    def _matches(self, need: SideArrays, found: Ints, scores: Ints, counts: Ints) -> Matches:
        filled = np.arange(found.shape[1]) < counts[:, None]
        rows, ranks = np.nonzero(filled)
        offers = found[filled]
        terms = np.empty((len(rows), len(self.terms)))
        k.term_values(rows, offers, self.terms, self.numbers, *_side(need), *self.offer, terms)
        return Matches(rows.astype(np.int64), offers, ranks.astype(np.int64), scores[filled], terms)

    def one(self, values: Mapping[str, Value], top: int) -> Matches:
        """The best `top` offers of one need."""
        need = self.ready_one(values)
        code = int(self._codes(need)[0])
        low, high = int(self.postings.starts[code]), int(self.postings.starts[code + 1])
        found, scores = np.full((1, top), -1, dtype=np.int64), np.full((1, top), -1, dtype=np.int64)
        count = k.best(
            low, high, self.postings.rows, self.static, float(self._rooms(need)[0]), *self._scratch(self._bulk_atoms), self._bulk_atoms,
            self._bulk_tolerances, self.terms, self.numbers, *_side(need), *self.offer, found, scores,
        )  # fmt: skip
        return self._matches(need, found, scores, np.array([count]))

    def ready_one(self, values: Mapping[str, Value]) -> SideArrays:
        """One need as arrays."""
        return arrays_of_one(self.shapes, values, self.domains, self.as_of)

    @cached_property
    def every_row(self) -> Ints:
        """All offers."""
        return np.arange(len(self.offers), dtype=np.int64)

    def states(self, need: SideArrays, rows: Ints) -> tuple[Ints, Ints]:
        """The conditions (first column, a bit each) and atoms (second) that fail and that cannot be told."""
        failed, unknown, own = _room(len(rows)), _room(len(rows)), _side(need)

        def work(low: int, high: int) -> None:
            part = failed[low:high], unknown[low:high]
            k.examine(rows[low:high], self.atoms, self.tolerances, *own, *self.offer, *part)

        if len(rows) < MANY:
            work(0, len(rows))
            return failed, unknown
        ends = np.linspace(0, len(rows), THREADS + 1).astype(int).tolist()
        with ThreadPoolExecutor(THREADS) as threads:
            list(threads.map(work, ends[:-1], ends[1:]))
        return failed, unknown

    def joint(self, need: SideArrays, atom: int, rows: Ints) -> npt.NDArray[np.float64]:
        """The joint figure of an atom with each of these offers."""
        out = np.empty(len(rows))
        k.joint_figures(rows, atom, self.atoms, *_side(need), *self.offer, out)
        return out


def match_all(
    rules: KindRules, needs: SideTable, offers: SideTable, as_of: date, top: int
) -> tuple[Matches, str | None]:
    """The best offers of every need, the fast way where it can be; else by the query, with the clause that forced it."""
    try:
        return FastMatcher(rules, offers, as_of).all(needs, top), None
    except NoShape as reason:
        return match_by_query(rules, needs, offers, as_of, top), reason.clause


def atoms_of(shapes: Shapes, domains: Domains) -> tuple[Ints, npt.NDArray[np.float64]]:
    """The atoms as the kernels read them."""
    offsets = mask_offsets(shapes, domains)
    rows = [_atom_row(atom, shapes, offsets) for atom in shapes.atoms]
    whole = np.array(rows, dtype=np.int64).reshape(len(rows), k.ATOM_WIDTH)
    return whole, np.array([atom.tolerance for atom in shapes.atoms])


def _atom_row(atom: Atom, shapes: Shapes, offsets: list[int]) -> list[int]:
    first, words = atom.close, 0
    if atom.mask >= 0:
        first, words = offsets[atom.mask], offsets[atom.mask + 1] - offsets[atom.mask]
    need, offer = _two(atom.need), _two(atom.offer)
    return [atom.condition, atom.look, atom.op, *need, *offer, *atom.limit, first, words, atom.waive_need, atom.waive_offer]  # fmt: skip


def _two(columns: tuple[int, ...]) -> tuple[int, int]:
    """The first two columns; of a point, whose three stand side by side, the first says all."""
    return (columns[0] if columns else -1, columns[1] if len(columns) > 1 else -1)


def terms_of(shapes: Shapes) -> tuple[Ints, npt.NDArray[np.float64]]:
    """The terms as the kernels read them, and of each plus, times and weight."""
    rows, numbers = [], []
    for shape, term in zip(shapes.terms, shapes.rules.terms, strict=True):
        rows.append(_term_row(shape))
        numbers.append([shape.plus, shape.times, term.weight])
    width = np.array(rows, dtype=np.int64).reshape(len(rows), k.TERM_WIDTH)
    return width, np.array(numbers, dtype=np.float64).reshape(len(rows), 3)


def _term_row(shape: TermShape) -> list[int]:
    left, right, swapped = shape.left, shape.right, 0
    if right.what not in (s.NOTHING, s.OF_NEED, s.OF_OFFER):
        left, right, swapped = right, left, 1
    if right.what not in (s.NOTHING, s.OF_NEED, s.OF_OFFER):
        raise NoShape("两个双方共有的量相运算")
    other = right.need[0] if right.what == s.OF_NEED else right.offer[0] if right.what == s.OF_OFFER else -1
    return [left.what, *_two(left.need), *_two(left.offer), left.close, shape.op, right.what, other, swapped]


def _side(arrays: SideArrays) -> Side:
    return arrays.figures, arrays.masks, arrays.texts, arrays.sizes


def _room(rows: int) -> Ints:
    return np.zeros((rows, 2), dtype=np.int64)


def _dealt(codes: Ints, work: Ints) -> Ints:
    """Needs of one code together."""
    return np.lexsort((work, codes)).astype(np.int64)


__all__ = ["FastMatcher", "Postings", "match_all"]
