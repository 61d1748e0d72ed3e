"""Reading the clause texts of a pack: the one place where the programme meets the language's parser."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from jiqun.base.errors import InputError, Problem, Problems
from jiqun.programme.models import Part
from jiqun.programme.pack import Pack
from jiqun.rules.build import parse_rule
from jiqun.rules.nodes import Node
from jiqun.rules.rule import Rule
from jiqun.rules.vocabulary import ATTRIBUTES, Field

Expect = Literal["flag", "number", "money", "text", "date"]
_STRING = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'|「[^」\n]*」")
_NAME = re.compile(r"[^\W\d]\w*")


class ClauseReader:
    """Parses texts of a pack's parts; faults go to `problems` with their place in the pack's file."""

    def __init__(self, pack: Pack, problems: Problems, broken: frozenset[str] = frozenset()) -> None:
        self.problems = problems
        self._pack = pack
        self._vocabulary = pack.vocabulary
        self._broken = broken

    def excusing(self, names: Iterable[str]) -> ClauseReader:
        """A reader that passes over the faults of texts mentioning these names, whose own faults are reported."""
        return ClauseReader(self._pack, self.problems, self._broken.union(names))

    def knows(self, name: str, subject: str) -> bool:
        """Whether the language or the pack's vocabulary already gives the name a meaning for the subject."""
        if any(a.name == name for a in ATTRIBUTES.get(subject, ())) or name in self._vocabulary.registers:
            return True
        indicator = self._vocabulary.indicator(name)
        return indicator is not None and subject in indicator.subjects

    def read(
        self,
        part: Part,
        *keys: str | int,
        text: str,
        subject: str,
        expect: Expect | None = None,
        names: Mapping[str, Node] | None = None,
        effective: bool = False,
        sides: tuple[Sequence[Field], Sequence[Field]] | None = None,
    ) -> Rule | None:
        """The rule written as `text` at `keys` of the part; None where it is faulty.

        `sides` are the fields of the need and the offer, for rules about a pair.
        """
        vocabulary = self._vocabulary.with_sides(*sides) if sides else self._vocabulary
        try:
            return parse_rule(text, vocabulary, subject=subject, expect=expect, names=names or {}, effective=effective)
        except InputError as error:
            # A rule about something that was itself refused is not to blame: its fault would hide the real one.
            if not any(name in text for name in self._broken):
                self.problems.extend(relocate(problem, part, keys, text) for problem in error.problems)
            return None


def relocate(problem: Problem, part: Part, keys: Sequence[str | int], text: str) -> Problem:
    """A parser's problem, whose line and column count within the rule's text, at its place in the file."""
    if part.origin is None:
        return problem
    line, column = problem.place.line or 1, problem.place.column or 1
    starts = [0, *(m.end() for m in re.finditer("\n", text))]
    offset = starts[min(line, len(starts)) - 1] + column - 1
    place = part.origin.document.place_within((*part.origin.loc, *keys), offset)
    return Problem(problem.message, place, problem.found, problem.mend, problem.excerpt)


def names_in(text: str) -> set[str]:
    """Every word outside quotation marks that could be a name."""
    return set(_NAME.findall(_STRING.sub(" ", text)))


def in_order(texts: Mapping[str, str]) -> tuple[list[str], list[list[str]]]:
    """Names ordered so that each comes after those its text mentions, and the cycles that have no such order.

    A cycle is given as its names, the first one repeated at the end; names in or behind a cycle are not ordered.
    """
    uses = {name: sorted(names_in(text) & texts.keys()) for name, text in texts.items()}
    ordered: list[str] = []
    cycles: list[list[str]] = []
    state: dict[str, bool] = {}

    def visit(name: str, path: list[str]) -> bool:
        if name in path:
            cycles.append([*path[path.index(name) :], name])
            return False
        if name not in state:
            sound = all([visit(used, [*path, name]) for used in uses[name]])
            state[name] = sound
            if sound:
                ordered.append(name)
        return state[name]

    for name in texts:
        visit(name, [])
    return ordered, cycles
