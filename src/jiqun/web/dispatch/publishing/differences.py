"""What a release changes: targets side by side, and who gains or loses under which rule."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from jiqun.programme.evaluate import DECISIONS
from jiqun.programme.pack import Pack
from jiqun.programme.quantities import show_value
from jiqun.programme.targets import TARGETS, read_targets

SHOWN = 200


@dataclass(frozen=True)
class TargetChange:
    """A target before and now, in words; `changed` where value or state differ."""

    title: str
    before: str
    now: str
    state_before: str
    state: str
    changed: bool


@dataclass(frozen=True)
class RuleChange:
    """How many subjects a rule newly holds for, and no longer."""

    title: str
    gained: int
    lost: int


@dataclass(frozen=True)
class DecisionChange:
    """One subject whose outcome under a rule differs."""

    subject: str
    title: str
    before: str
    now: str


def target_changes(pack: Pack, before: Path | None, now: Path) -> list[TargetChange]:
    """Every target of the pack; against nothing where there is no earlier publication."""
    old = read_targets(before / TARGETS) if before else {}
    new = read_targets(now / TARGETS)
    found = []
    for id, target in pack.targets.items():
        a, b = old.get(id), new.get(id)
        if b is None:
            continue
        was, is_ = (show_value(a.actual, target.unit) if a else "—"), show_value(b.actual, target.unit)
        state = a.state if a else "—"
        found.append(
            TargetChange(target.title, was, is_, state, b.state, a is not None and (was, state) != (is_, b.state))
        )
    return found


_CHANGED = """
    SELECT n.rule, n.subject, coalesce(o.outcome, '无') AS before, n.outcome AS now
    FROM read_parquet($now) n LEFT JOIN read_parquet($before) o
        ON o.rule = n.rule AND o.subject_kind = n.subject_kind AND o.subject = n.subject
    WHERE o.outcome IS DISTINCT FROM n.outcome
"""


def rule_changes(pack: Pack, before: Path, now: Path) -> list[RuleChange]:
    """Rules under which somebody's outcome became, or is no longer, 符合."""
    sql = f"""
        SELECT rule, count(*) FILTER (now = '符合'), count(*) FILTER (before = '符合') FROM ({_CHANGED})
        WHERE '符合' IN (before, now) GROUP BY rule ORDER BY rule
    """
    return [RuleChange(_title(pack, rule), gained, lost) for rule, gained, lost in _asked(sql, before, now)]


def decision_changes(pack: Pack, before: Path, now: Path) -> list[DecisionChange]:
    """The first of the subjects behind the counts."""
    sql = (
        f"SELECT subject, rule, before, now FROM ({_CHANGED}) WHERE '符合' IN (before, now) ORDER BY ALL LIMIT {SHOWN}"
    )
    return [DecisionChange(s, _title(pack, rule), b, n) for s, rule, b, n in _asked(sql, before, now)]


def _asked(sql: str, before: Path, now: Path) -> list[Any]:
    with duckdb.connect() as connection:
        paths = {"before": str(before / DECISIONS), "now": str(now / DECISIONS)}
        rows: list[Any] = connection.execute(sql, paths).fetchall()
        return rows


def _title(pack: Pack, rule: str) -> str:
    if rule in pack.benefits:
        return pack.benefits[rule].title
    return pack.rungs[rule].title if rule in pack.rungs else rule
