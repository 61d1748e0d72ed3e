"""`jiqun check`: everything that can be said against a pack, and what it holds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jiqun.base.errors import Problem
from jiqun.programme.checks.cases import CaseTally, check_cases
from jiqun.programme.checks.clauses import check_clauses
from jiqun.programme.checks.context import Check
from jiqun.programme.checks.dates import check_dates
from jiqun.programme.checks.exchange import check_exchange
from jiqun.programme.checks.references import check_references
from jiqun.programme.load import read_pack
from jiqun.programme.pack import Pack


@dataclass(frozen=True)
class Counts:
    """What a pack holds, and how many of its cases passed."""

    tasks: int
    targets: int
    indicators: int
    registers: int
    ladders: int
    rungs: int
    criteria: int
    pending: int
    """Criteria without a rule because their source does not give it (待补充)."""
    policies: int
    benefits: int
    kinds: int
    cases: int
    cases_passed: int


@dataclass(frozen=True)
class Report:
    """The outcome of a check; a pack is in order where there are no problems."""

    pack: Pack | None
    problems: tuple[Problem, ...]
    counts: Counts | None

    def as_dict(self) -> dict[str, Any]:
        """The report for programs."""
        if self.problems or self.pack is None or self.counts is None:
            return {"errors": [problem.as_dict() for problem in self.problems]}
        programme = self.pack.programme
        return {
            "pack": programme.id,
            "version": programme.version,
            "title": programme.title,
            "digest": self.pack.digest,
            "counts": asdict(self.counts),
        }


def check_pack(root: Path) -> Report:
    """Read a pack, check it and run its cases; every fault of every kind is reported at once."""
    reading = read_pack(root)
    if reading.pack is None:
        return Report(None, tuple(reading.problems), None)
    check = Check(reading.pack, reading.problems, set(reading.broken))
    check_references(check)
    check_dates(check)
    check_clauses(check)
    tally = check_cases(check) + check_exchange(check)
    problems = sorted(dict.fromkeys(check.problems), key=_order)
    return Report(reading.pack, tuple(problems), _counts(reading.pack, tally))


def _order(problem: Problem) -> tuple[str, int, int]:
    place = problem.place
    return place.file or "", place.line or place.row or 0, place.column or 0


def _counts(pack: Pack, tally: CaseTally) -> Counts:
    criteria = [c for r in pack.rungs.values() for v in r.versions for c in (*v.criteria, *v.review)]
    return Counts(
        tasks=len(pack.programme.tasks),
        targets=len(pack.every_target),
        indicators=len(pack.indicators),
        registers=len(pack.registers),
        ladders=len(pack.ladders),
        rungs=len(pack.rungs),
        criteria=len(criteria),
        pending=sum(c.pending for c in criteria),
        policies=len(pack.policies),
        benefits=len(pack.every_benefit),
        kinds=len(pack.every_kind),
        cases=tally.total,
        cases_passed=tally.passed,
    )
