"""What a benefit or rung says of one subject: outcome, amount, every condition with its figures, and the path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path as Folder
from typing import Any, Literal, Protocol

from jiqun.base.errors import InputError, Place, Problem, did_you_mean
from jiqun.programme.decisions import Checked, DecisionRule, decided, decision_rules
from jiqun.programme.facts import SnapshotFacts
from jiqun.programme.pack import Pack, PackKey
from jiqun.rules.explain import Explainer, Explanation
from jiqun.rules.facts import World
from jiqun.rules.path import Path, path
from jiqun.rules.reference import Item
from jiqun.rules.timing import When
from jiqun.rules.vocabulary import SubjectKind

CONFIDENCE = {"high": "高", "medium": "中", "low": "低"}


class FactSource(Protocol):
    """Where the facts about one subject come from."""

    def world(self, kind: SubjectKind, subject_id: str) -> World | None:
        """A world with the subject and what its rules read; None where there is no such subject."""


@dataclass(frozen=True)
class ConditionExplanation:
    """One condition as the document words it, and what it found."""

    name: str
    text: str
    role: str
    """criterion, or reference, quota, process: shown, but it does not decide."""
    rule: str | None
    clause: str | None
    confidence: str | None
    note: str | None
    explanation: Explanation

    def as_dict(self) -> dict[str, Any]:
        """The condition for programs."""
        found = {k: v for k, v in vars(self).items() if k != "explanation" and v is not None}
        return found | {"outcome": self.explanation.outcome, "explanation": self.explanation.as_dict()}


@dataclass(frozen=True)
class RuleExplanation:
    """A benefit or rung for one subject as of a day."""

    id: str
    kind: Literal["benefit", "rung"]
    title: str
    text: str | None
    """The clause of a benefit."""
    document: str | None
    subject: str
    name: str | None
    as_of: date
    outcome: str
    amount: Decimal | None
    ceiling: bool
    """不超过: the amount is the most that the decision may give."""
    amount_rule: str | None
    amount_explanation: Explanation | None
    missing: tuple[str, ...]
    conditions: tuple[ConditionExplanation, ...]
    path: Path | None
    """None where it holds already, or where no change would make it hold."""

    def as_dict(self) -> dict[str, Any]:
        """The explanation for programs; money in yuan as text."""
        plain = ("id", "kind", "title", "text", "document", "subject", "name", "outcome", "ceiling", "amount_rule")
        return {k: getattr(self, k) for k in plain} | {
            "as_of": self.as_of.isoformat(),
            "amount": None if self.amount is None else str(self.amount),
            "amount_explanation": self.amount_explanation.as_dict() if self.amount_explanation else None,
            "missing": list(self.missing),
            "conditions": [c.as_dict() for c in self.conditions],
            "path": self.path.as_dict() if self.path else None,
        }


@lru_cache(maxsize=16)
def _rules(key: PackKey, as_of: date) -> Mapping[str, DecisionRule]:
    return {rule.id: rule for rule in decision_rules(key.pack, as_of)}


def rules_on(pack: Pack, as_of: date) -> Mapping[str, DecisionRule]:
    """Every decision rule by id as it stands on the day; parsed once a process."""
    return _rules(PackKey(pack), as_of)


def explain_rule(pack: Pack, facts: FactSource, rule_id: str, subject_id: str, as_of: date) -> RuleExplanation:
    """Explain one rule for one subject; InputError where the pack has no such rule or the facts no such subject."""
    rules = rules_on(pack, as_of)
    if rule_id not in rules:
        mend = did_you_mean(rule_id, rules) or "可用 jiqun check 查看方案包的规则"
        raise InputError([Problem("方案包中没有这条规则", Place(field="rule"), rule_id, mend)], "参数有误")
    rule = rules[rule_id]
    world = facts.world(rule.subject, subject_id)
    if world is None:
        kind = {"party": "企业", "cluster": "集群"}[rule.subject]
        mend = f"这条规则的对象是{kind}，请写{'统一社会信用代码' if rule.subject == 'party' else '集群编号'}"
        raise InputError([Problem("快照中没有这个主体", Place(field="subject"), subject_id, mend)], "参数有误")
    return explained(pack, rule, world, subject_id, as_of)


def explain_subject(
    pack: Pack, facts: FactSource, kind: SubjectKind, subject_id: str, as_of: date, *, with_path: bool = True
) -> tuple[RuleExplanation, ...]:
    """Every rule about that kind of subject explained for one; none where the facts do not know it."""
    world = facts.world(kind, subject_id)
    return explain_in(pack, world, kind, subject_id, as_of, with_path=with_path) if world is not None else ()


def explain_in(
    pack: Pack, world: World, kind: SubjectKind, subject_id: str, as_of: date, *, with_path: bool = True
) -> tuple[RuleExplanation, ...]:
    """Every rule about that kind of subject explained for one that the world holds."""
    rules = (r for r in rules_on(pack, as_of).values() if r.subject == kind)
    return tuple(explained(pack, r, world, subject_id, as_of, with_path=with_path) for r in rules)


def explained(
    pack: Pack, rule: DecisionRule, world: World, subject_id: str, as_of: date, *, with_path: bool = True
) -> RuleExplanation:
    """One rule explained over a world that holds the subject."""
    subject = world.get(rule.subject, subject_id)
    assert subject is not None, "the world holds the subject"
    item, when, explainer = Item(subject), When(as_of, rule.effective), Explainer(world)
    decision = decided(rule, lambda part: explainer.value(part.node, item, when))
    benefit = pack.benefits.get(rule.id)
    source = rule.version.source if rule.version else None
    name = subject.attributes.get("name")
    needs_path = with_path and decision.outcome != "符合"
    return RuleExplanation(
        rule.id,
        rule.kind,
        benefit.title if benefit else pack.rungs[rule.id].title,
        benefit.text if benefit else None,
        f"{pack.programme.title} {pack.policy_of[rule.id].clause}" if benefit else _document(source),
        subject_id,
        None if name is None else str(name),
        as_of,
        decision.outcome,
        decision.amount,
        bool(benefit and benefit.ceiling),
        benefit.amount if benefit else None,
        explainer.explain(rule.amount.node, item, when) if rule.amount and decision.amount is not None else None,
        decision.missing,
        tuple(_condition(c, explainer, item, when) for c in rule.conditions),
        path(rule.eligible.node, world, item, when, explainer.engine) if needs_path else None,
    )


def _document(source: Any) -> str | None:
    if source is None:
        return None
    number = f"（{source.number}）" if source.number else ""
    return f"《{source.document}》{number}{source.clause or ''}"


def _condition(checked: Checked, explainer: Explainer, item: Item, when: When) -> ConditionExplanation:
    condition = checked.condition
    return ConditionExplanation(
        condition.name,
        condition.text,
        getattr(condition, "role", "criterion"),
        condition.rule,
        condition.clause,
        CONFIDENCE.get(condition.confidence or ""),
        condition.note,
        explainer.explain(checked.rule.node, item, when),
    )


# --- facts of a snapshot --------------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def _opened(folder: Folder, key: PackKey, as_of: date) -> SnapshotFacts:
    rules = rules_on(key.pack, as_of).values()
    trees = (t for r in rules for t in (r.eligible, r.amount, *(c.rule for c in r.conditions)) if t is not None)
    return SnapshotFacts.read_by((tree.node for tree in trees), folder, key.pack.vocabulary)


def snapshot_facts(folder: Folder, pack: Pack, as_of: date) -> SnapshotFacts:
    """The facts of a snapshot for the rules of a day; a snapshot never changes, so it is opened once a process."""
    return _opened(folder, PackKey(pack), as_of)
