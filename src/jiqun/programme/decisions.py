"""Benefits and rungs as decision rules: who is eligible, and for how much, on a day."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from jiqun.base.errors import Problems
from jiqun.programme.clauses import ClauseReader, in_order
from jiqun.programme.models import Benefit, Condition, Criterion, Ladder, Parameter, Rung, Version
from jiqun.programme.pack import Pack
from jiqun.rules.facts import World
from jiqun.rules.nodes import FLAG, And, Const, Node, Pending
from jiqun.rules.reference import Answer, evaluate
from jiqun.rules.rule import Rule


@dataclass(frozen=True)
class Checked:
    """A condition as written and as the language understands it; shown one by one."""

    condition: Condition
    rule: Rule

    @property
    def decides(self) -> bool:
        """Whether it takes part in the decision."""
        return self.condition.decides


@dataclass(frozen=True)
class DecisionRule:
    """What decides one benefit or rung for one subject on one day."""

    id: str
    kind: Literal["benefit", "rung"]
    subject: Literal["party", "cluster"]
    conditions: tuple[Checked, ...]
    eligible: Rule
    """The whole condition: 符合, 不符合 or (missing) 待定."""
    amount: Rule | None = None
    """Money in yuan, of benefits only; the ceiling where the text says 不超过."""
    effective: tuple[date, date] | None = None
    """施行期, of benefits only."""
    payee: Literal["self", "county"] = "self"
    version: Version | None = None
    """The criteria in force, of rungs only; None where none are."""


def decision_rules(pack: Pack, as_of: date) -> tuple[DecisionRule, ...]:
    """Every benefit and every rung as it stands on the day; InputError where a clause is faulty."""
    problems = Problems()
    rules = list(_every(pack, ClauseReader(pack, problems), as_of))
    problems.raise_if_any("方案包的条文有误")
    return tuple(rule for rule in rules if rule is not None)


def _every(pack: Pack, reader: ClauseReader, as_of: date) -> Iterator[DecisionRule | None]:
    for benefit in pack.every_benefit:
        yield read_benefit(reader, benefit, as_of)
    for ladder in pack.ladders:
        for rung in ladder.rungs:
            yield read_rung(reader, ladder, rung, as_of)


def decision_rule(pack: Pack, rule_id: str, as_of: date) -> DecisionRule:
    """One benefit or rung as it stands on the day; KeyError where there is none, InputError where it is faulty."""
    problems = Problems()
    reader = ClauseReader(pack, problems)
    if rule_id in pack.benefits:
        rule = read_benefit(reader, pack.benefits[rule_id], as_of)
    else:
        rule = read_rung(reader, pack.ladder_of[rule_id], pack.rungs[rule_id], as_of)
    problems.raise_if_any("方案包的条文有误")
    assert rule is not None, "a rule without problems was read"
    return rule


def read_benefit(reader: ClauseReader, benefit: Benefit, as_of: date) -> DecisionRule | None:
    """The decision rule of a benefit; None where a clause is faulty, its faults with the reader."""
    names, faulty = _parameters(reader, benefit, as_of)
    reader = reader.excusing(faulty)
    subject = benefit.beneficiary
    conditions = _conditions(reader, benefit.conditions, subject, names, effective=True)
    amount = reader.read(
        benefit, "amount", text=benefit.amount, subject=subject, expect="money", names=names, effective=True
    )
    if faulty or conditions is None or amount is None:
        return None
    return DecisionRule(
        benefit.id,
        "benefit",
        subject,
        conditions,
        _all_of([c.rule.node for c in conditions], subject),
        amount,
        (benefit.effective.from_, benefit.effective.until),
        benefit.payee,
    )


def read_rung(reader: ClauseReader, ladder: Ladder, rung: Rung, as_of: date) -> DecisionRule | None:
    """The decision rule of a rung by the criteria in force; 待定 for everybody where none are."""
    version = next((v for v in rung.versions if v.covers(as_of)), None)
    if version is not None:
        return read_version(reader, ladder, rung, version)
    unknown = Pending(type=FLAG, text=f"{rung.title}在{as_of}没有施行中的认定条件")
    scope = _scope(reader, ladder)
    if scope is None:
        return None
    return DecisionRule(rung.id, "rung", ladder.subject, (), _all_of([*scope, unknown], ladder.subject))


def read_version(reader: ClauseReader, ladder: Ladder, rung: Rung, version: Version) -> DecisionRule | None:
    """The decision rule of one version of a rung; None where a clause is faulty."""
    scope = _scope(reader, ladder)
    conditions = _conditions(reader, version.criteria, ladder.subject, {}, effective=False)
    deciding = [c.rule.node for c in conditions or () if c.decides]
    if version.requires is not None:
        names = {c.condition.name: c.rule.node for c in conditions or ()}
        excusing = reader if conditions is not None else reader.excusing(c.name for c in version.criteria)
        whole = excusing.read(
            version, "requires", text=version.requires, subject=ladder.subject, expect="flag", names=names
        )
        if whole is None:
            return None
        deciding = [whole.node]
    if scope is None or conditions is None:
        return None
    eligible = _all_of([*scope, *deciding], ladder.subject) if deciding else _undecided(rung, scope, ladder)
    return DecisionRule(rung.id, "rung", ladder.subject, conditions, eligible, version=version)


def read_review(reader: ClauseReader, ladder: Ladder, version: Version) -> tuple[Checked, ...] | None:
    """The criteria of the review of a version; None where a clause is faulty."""
    return _conditions(reader, version.review, ladder.subject, {}, effective=False)


def _undecided(rung: Rung, scope: list[Node], ladder: Ladder) -> Rule:
    return _all_of([*scope, Pending(type=FLAG, text=f"{rung.title}的认定条件")], ladder.subject)


def _scope(reader: ClauseReader, ladder: Ladder) -> list[Node] | None:
    if ladder.scope is None:
        return []
    rule = reader.read(ladder, "scope", text=ladder.scope, subject=ladder.subject, expect="flag")
    return None if rule is None else [rule.node]


def _all_of(nodes: Sequence[Node], subject: str) -> Rule:
    text = " 且 ".join(node.source for node in nodes)
    return Rule(text, subject, nodes[0] if len(nodes) == 1 else And(type=FLAG, items=tuple(nodes), source=text))


def _conditions(
    reader: ClauseReader,
    conditions: Sequence[Condition],
    subject: str,
    names: Mapping[str, Node],
    *,
    effective: bool,
) -> tuple[Checked, ...] | None:
    """The conditions with their rules, each able to use the parameters and the conditions it mentions by name."""
    by_name = {c.name: c for c in conditions}
    # A condition may bear the name of the indicator it is about: in rules the indicator is meant.
    referable = {n: c.rule or "" for n, c in by_name.items() if not reader.knows(n, subject)}
    ordered, cycles = in_order(referable)
    for cycle in cycles:
        place = by_name[cycle[0]].place("rule")
        reader.problems.add(f"条件互相引用，成环：{' → '.join(cycle)}", place, mend="请改写其中一条，去掉循环")
    faulty = referable.keys() - set(ordered)
    reader = reader.excusing(faulty)
    known = dict(names)
    rules: dict[str, Rule] = {}
    for name in [*ordered, *(n for n in by_name if n not in referable)]:
        rule = _condition(reader, by_name[name], subject, known, effective=effective)
        if rule is None:
            reader = reader.excusing([name] if name in referable else [])
        else:
            rules[name] = rule
            if name in referable:
                known[name] = rule.node
    if len(rules) < len(conditions):
        return None
    return tuple(Checked(c, rules[c.name]) for c in conditions)


def _condition(
    reader: ClauseReader, condition: Condition, subject: str, names: Mapping[str, Node], *, effective: bool
) -> Rule | None:
    if condition.rule is None:
        return Rule("", subject, Pending(type=FLAG, text=condition.text, source=condition.name))
    free = isinstance(condition, Criterion) and not condition.decides
    return reader.read(
        condition,
        "rule",
        text=condition.rule,
        subject=subject,
        expect=None if free else "flag",
        names=names,
        effective=effective,
    )


def _parameters(reader: ClauseReader, benefit: Benefit, as_of: date) -> tuple[dict[str, Node], set[str]]:
    """The constants of a benefit by name, as they stand on the day, and the names of the faulty ones."""
    by_name = {p.name: p for p in benefit.parameters.values()}
    ordered, cycles = in_order({name: _text(p, as_of) for name, p in by_name.items()})
    for cycle in cycles:
        place = by_name[cycle[0]].place("value")
        reader.problems.add(f"参数互相引用，成环：{' → '.join(cycle)}", place, mend="请改写其中一个，去掉循环")
    nodes: dict[str, Node] = {}
    for name in ordered:
        faulty = by_name.keys() - nodes.keys()
        node = _parameter(reader.excusing(faulty), by_name[name], as_of, nodes)
        if node is not None:
            nodes[name] = node
    return nodes, by_name.keys() - nodes.keys()


def _parameter(reader: ClauseReader, parameter: Parameter, as_of: date, names: Mapping[str, Node]) -> Node | None:
    part = parameter.on(as_of)
    before = part is None
    if part is None:
        assert not isinstance(parameter.value, str), "an undated value holds on every day"
        part = min(parameter.value, key=lambda v: v.from_)
    rule = reader.read(part, "value", text=str(part.value), subject="programme", names=names)
    if rule is None:
        return None
    if not isinstance(rule.node, Const):
        mend = "只能写数、文本、日期，或由其他参数算出的数"
        reader.problems.add(f"参数“{parameter.name}”应为常数", part.place("value"), found=rule.text, mend=mend)
        return None
    if before:
        return Pending(type=rule.node.type, text=f"参数“{parameter.name}”在{as_of}没有取值", source=parameter.name)
    return rule.node


def _text(parameter: Parameter, day: date) -> str:
    part = parameter.on(day)
    return "" if part is None else str(part.value)


@dataclass(frozen=True)
class Decision:
    """The answer of a benefit or rung for a subject."""

    outcome: Literal["符合", "不符合", "待定"]
    amount: Decimal | None = None
    """Yuan, of a benefit that holds."""
    missing: tuple[str, ...] = ()
    """The facts that are missing, where the outcome is 待定."""


def decide(rule: DecisionRule, world: World, subject_id: str, as_of: date) -> Decision:
    """The decision of a rule for one subject of a world, by the reference evaluator."""
    return decided(rule, lambda part: evaluate(part, world, subject_id, as_of, rule.effective))


def decided(rule: DecisionRule, answer: Callable[[Rule], Answer]) -> Decision:
    """The decision that follows from the answers to the rule's condition and amount."""
    eligible = answer(rule.eligible)
    if eligible.value is None:
        return Decision("待定", missing=eligible.missing)
    if not eligible.value:
        return Decision("不符合")
    if rule.amount is None:
        return Decision("符合")
    amount = answer(rule.amount)
    if amount.value is None:
        return Decision("待定", missing=amount.missing)
    assert isinstance(amount.value, Decimal), "a benefit's amount is exact money"
    return Decision("符合", amount=amount.value)
