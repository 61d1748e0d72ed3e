"""The light of a task: 红 黄 绿 from the pack's conditions over the facts of the task, with what each found.

红 where a red condition holds, else 黄 where a yellow one does, else 待定 where one cannot be told for want of a
fact, else 绿. A task whose pack has no conditions is 待定.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from typing import Literal

from jiqun.programme.models import LightRule
from jiqun.rules.build import parse_rule
from jiqun.rules.explain import Explanation, Outcome, explain
from jiqun.rules.facts import Subject, World
from jiqun.rules.reference import Item
from jiqun.rules.rule import Rule
from jiqun.rules.timing import When
from jiqun.rules.vocabulary import Vocabulary

LightName = Literal["红", "黄", "绿", "待定"]
LIGHTS: tuple[LightName, ...] = ("红", "黄", "绿", "待定")
SUBJECT = "task"


@dataclass(frozen=True)
class TaskFacts:
    """What the conditions may ask of a task; None is missing. Counts, `longest_overdue` in days, a share in [0, 1]."""

    milestones: int | None = None
    overdue_milestones: int | None = None
    longest_overdue: int | None = None
    months_without_report: int | None = None
    linked_targets: int | None = None
    targets_behind: int | None = None
    targets_far_behind: int | None = None
    share_behind: float | None = None
    overdue_notices: int | None = None


@dataclass(frozen=True)
class Finding:
    """One condition with its outcome for a task."""

    light: str
    text: str
    rule: str
    outcome: Outcome
    explanation: Explanation


@dataclass(frozen=True)
class Light:
    """The colour of a task and every condition that was asked, in the order of the pack."""

    name: LightName
    findings: tuple[Finding, ...]

    @property
    def reasons(self) -> tuple[Finding, ...]:
        """The findings that made the colour: those that hold, or where it is 待定 those that cannot be told."""
        wanted = "待定" if self.name == "待定" else "符合"
        return tuple(f for f in self.findings if f.outcome == wanted and self.name in (f.light, "待定"))


def light_of(rules: Sequence[LightRule], facts: TaskFacts, as_of: date) -> Light:
    """The light of a task with these facts; InputError where a condition is faulty."""
    values = {name: None if value is None else float(value) for name, value in asdict(facts).items()}
    subject = Subject("task", "task", values)
    world, when = World([subject]), When(as_of)
    findings = []
    for rule in rules:
        found = explain(read_light(rule.rule).node, world, Item(subject), when)
        assert found.outcome is not None, "a light's rule is a condition"
        findings.append(Finding(rule.light, rule.text, rule.rule, found.outcome, found))
    return Light(_colour(findings), tuple(findings))


@lru_cache(maxsize=256)
def read_light(text: str) -> Rule:
    """A condition over the facts of a task; InputError where it is faulty."""
    return parse_rule(text, Vocabulary(), subject=SUBJECT, expect="flag")


def _colour(findings: Sequence[Finding]) -> LightName:
    if any(f.light == "红" and f.outcome == "符合" for f in findings):
        return "红"
    if any(f.light == "黄" and f.outcome == "符合" for f in findings):
        return "黄"
    if not findings or any(f.outcome == "待定" for f in findings):
        return "待定"
    return "绿"
