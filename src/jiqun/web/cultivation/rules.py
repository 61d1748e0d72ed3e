"""Every benefit and next rung as it stands for one firm, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from jiqun.base.errors import InputError
from jiqun.programme.explain import ConditionExplanation, RuleExplanation, explain_in, snapshot_facts
from jiqun.programme.models import Parameter
from jiqun.programme.pack import Pack
from jiqun.rules.change import Change
from jiqun.rules.explain import Explanation
from jiqun.rules.facts import World
from jiqun.rules.path import Path
from jiqun.web.cultivation.shapes import CriterionView, LeadsTo, PathStep, RuleView
from jiqun.web.registry.models import Publication

HANDLING = {"apply": "申请", "automatic": "免申即享"}
PAYEES = {"self": "本企业", "county": "所在县（市、区）"}


def rules_of(pack: Pack, publication: Publication, uscc: str) -> tuple[RuleView, ...]:
    """All benefits, then all rungs."""
    try:
        world = snapshot_facts(publication.snapshot, pack, publication.as_of).world("party", uscc)
    except InputError:
        return ()  # the snapshot's folder is gone: the page says that nothing is published
    if world is None:
        return ()
    held = _held(world, uscc, publication.as_of)
    explained = explain_in(pack, world, "party", uscc, publication.as_of)
    views = [_view(pack, found, held) for found in explained]
    return tuple(replace(v, leads_to=_opened_by(pack, v, views)) if v.kind == "rung" else v for v in views)


def _opened_by(pack: Pack, rung: RuleView, views: Iterable[RuleView]) -> tuple[LeadsTo, ...]:
    """The benefits that lack the rung's title."""
    title = pack.rungs[rung.id].title
    opened = (v for v in views if v.kind == "benefit" and title in v.titles_needed)
    return tuple(LeadsTo(v.id, v.title, v.amount_words) for v in opened)


def _held(world: World, uscc: str, day: date) -> frozenset[str]:
    """The titles that the firm holds on the day."""
    subject = world.get("party", uscc)
    if subject is None:
        return frozenset()
    return frozenset(
        title
        for title, awards in subject.recognitions.items()
        if any(a.awarded_on <= day and (a.valid_until is None or a.valid_until >= day) for a in awards)
    )


def _view(pack: Pack, found: RuleExplanation, held: frozenset[str]) -> RuleView:
    view = RuleView(
        id=found.id,
        title=found.title,
        kind=found.kind,
        group="",
        outcome=found.outcome,
        document=found.document,
        text=found.text,
        amount=found.amount,
        ceiling=found.ceiling,
        criteria=tuple(_criterion(c) for c in found.conditions),
        missing=found.missing,
        path=_steps(found.path),
        counts_on=found.path.counts_on if found.path else None,
        unwritten=found.path.pending if found.path else (),
    )
    note = found.path.note if found.path else None
    if found.kind == "rung":
        rung = pack.rungs[found.id]
        return replace(view, group=pack.ladder_of[found.id].title, held=rung.title in held, note=note or rung.note)
    benefit, policy = pack.benefits[found.id], pack.policy_of[found.id]
    return replace(
        view,
        group=f"支持政策 {policy.number}",
        payee=PAYEES[benefit.payee],
        handling=HANDLING[benefit.handling],
        amount_words=None if found.amount is not None else _amount_words(benefit.ceiling, benefit.parameters),
        note=note or benefit.note,
    )


def _amount_words(ceiling: bool, parameters: Mapping[str, Parameter]) -> str | None:
    """What the benefit could come to, before it is known for this firm."""
    limit = parameters.get("ceiling")
    return f"不超过 {limit.value}" if ceiling and limit is not None and isinstance(limit.value, str) else None


def _criterion(found: ConditionExplanation) -> CriterionView:
    part = _part(found.explanation)
    unwritten = found.explanation.kind == "待补充"  # its missing fact would repeat the whole text
    return replace(
        part,
        missing=("条件待补充",) if unwritten else part.missing,
        text=found.text,
        role=found.role,
        clause=found.clause,
        rule=found.rule,
        confidence=found.confidence,
        note=found.note,
    )


def _part(part: Explanation) -> CriterionView:
    return CriterionView(
        text=part.text,
        outcome=part.outcome or "",
        actual=part.actual,
        threshold=f"{part.operator or ''}{part.threshold}" if part.threshold else None,
        gap=part.gap,
        missing=part.missing,
        children=tuple(_part(child) for child in part.children),
        records=part.records,
    )


def _steps(path: Path | None) -> tuple[PathStep, ...]:
    return tuple(_step(s) for s in path.steps) if path else ()


def _step(change: Change) -> PathStep:
    title = str(change.key[3]) if change.key[0] == "title" else None
    return PathStep(change.text, change.change, change.counts_on, change.note, change.effort, title)
