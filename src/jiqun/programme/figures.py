"""Checks of reported figures: the pack's conditions, judged over what is known and what is being reported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Literal, cast

from jiqun.base.errors import Problems
from jiqun.base.periods import Period
from jiqun.programme.clauses import ClauseReader
from jiqun.programme.models import FigureCheckSpec, IndicatorFile
from jiqun.programme.pack import Pack, PackKey
from jiqun.rules.facts import Value, World
from jiqun.rules.nodes import IndicatorAt, Node, OverSet, Related
from jiqun.rules.reference import evaluate
from jiqun.rules.rule import Rule
from jiqun.rules.vocabulary import Indicator, SubjectKind

Level = Literal["error", "explain", "warning", "open"]
"""Submission is refused; wants a written explanation; is only shown; cannot be judged yet (待定)."""


@dataclass(frozen=True)
class FigureCheck:
    """A condition of the pack about one kind of subject; `figures` are the indicators of the period that it judges."""

    id: str
    level: Level
    message: str
    rule: Rule
    figures: tuple[str, ...]
    reads: frozenset[str]
    """Every indicator that it needs, of whomever and of whatever period."""
    sets: frozenset[str]
    """The kinds of members (party, cluster) that it ranges over."""

    @property
    def about(self) -> str:
        """The figure that a finding is shown at."""
        return self.figures[0]


@dataclass(frozen=True)
class Finding:
    """A check that does not hold, or that cannot be judged because of `missing` facts."""

    check: str
    level: Level
    message: str
    missing: tuple[str, ...] = ()


def figure_checks(pack: Pack, subject: SubjectKind) -> tuple[FigureCheck, ...]:
    """The checks of a pack's figures of one kind of subject, read once; faulty ones are the business of `check`."""
    return tuple(_checks(PackKey(pack), subject))


@lru_cache(maxsize=12)
def _checks(key: PackKey, subject: SubjectKind) -> list[FigureCheck]:
    reader, found = ClauseReader(key.pack, Problems()), []
    for spec, subjects, about in written_checks(key.pack):
        rule = (
            reader.read(spec, "rule", text=spec.rule, subject=subject, expect="flag") if subject in subjects else None
        )
        if rule is not None:
            found.append(_check(spec, rule, about))
    return found


def written_checks(pack: Pack) -> Iterator[tuple[FigureCheckSpec, tuple[SubjectKind, ...], str | None]]:
    """Every check as written, the kinds of subjects that it is for, and the indicator that it stands under."""
    for file in pack.parts(IndicatorFile):
        for indicator in file.indicators:
            for spec in indicator.checks:
                yield spec, spec.subjects or indicator.subjects, indicator.name
        for spec in file.checks:
            yield spec, spec.subjects, None


def judged(rule: Rule) -> tuple[str, ...]:
    """The subject's own indicators of the reported period in a rule, in the order of its text.

    The first one says how long that period is; a bare name of another length is something known besides.
    """
    found = dict.fromkeys(_own_figures(rule.node))
    grains = [indicator.grain for indicator in found]
    return tuple(indicator.name for indicator in found if indicator.grain == grains[0])


def judge(check: FigureCheck, world: World, subject_id: str, period: Period) -> Finding | None:
    """What a check says of a subject's figures of a period; None where it holds.

    `world` holds period values (see `period_values`), money in yuan, shares as fractions.
    """
    answer = evaluate(check.rule, world, subject_id, period.end + timedelta(days=1))
    if answer.value is True:
        return None
    if answer.value is None:
        return Finding(check.id, "open", check.message, answer.missing)
    return Finding(check.id, check.level, check.message)


def stored_value(text: str, indicator: Indicator) -> Value:
    """An observation's text as the rules hold it; None where it is empty or cannot be read."""
    if not text or indicator.kind == "text":
        return text or None
    if indicator.kind == "flag":
        return {"是": True, "true": True, "1": True, "否": False, "false": False, "0": False}.get(text.lower())
    try:
        number = Decimal(text[:-1]) / 100 if text.endswith("%") else Decimal(text)
    except InvalidOperation:
        return None
    return number if indicator.is_money else float(number)


def period_values(indicator: Indicator, known: Mapping[Period, Value]) -> dict[Period, Value]:
    """Values by period; running totals of a year become the period's own, missing where the total before is."""
    if not indicator.cumulative:
        return dict(known)
    own: dict[Period, Value] = {}
    for period, total in known.items():
        before = Decimal(0) if period.ordinal == 1 else known.get(period.shift(-1))
        if total is not None and before is not None:
            own[period] = _minus(total, before)
    return own


def _minus(total: Value, before: Value) -> Value:
    if isinstance(total, Decimal) and isinstance(before, Decimal):
        return total - before
    return float(cast(float, total)) - float(cast(float, before))


def _check(spec: FigureCheckSpec, rule: Rule, about: str | None) -> FigureCheck:
    figures = judged(rule)
    if about is not None:
        figures = (about, *(name for name in figures if name != about))
    nodes = list(rule.node.walk())
    return FigureCheck(
        id=spec.id, level=spec.level, message=spec.message, rule=rule, figures=figures,
        reads=frozenset(node.indicator.name for node in nodes if hasattr(node, "indicator")) | set(figures),
        sets=frozenset(node.source_set.kind for node in nodes if isinstance(node, OverSet)),
    )  # fmt: skip


def _own_figures(node: Node) -> Iterator[Indicator]:
    if isinstance(node, IndicatorAt):
        if not node.offset and node.period is None:
            yield node.indicator
    elif not isinstance(node, Related | OverSet):
        yield from _of_all(node.children)


def _of_all(nodes: Iterable[Node]) -> Iterator[Indicator]:
    for node in nodes:
        yield from _own_figures(node)
