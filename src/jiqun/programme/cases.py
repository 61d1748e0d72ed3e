"""Cases: a case's facts as a small world, its decision by the reference evaluator, and the comparison.

A compiled engine is held to the same cases: build `world_of(pack, case)`, decide in its own way, and call `differs`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import cast

from jiqun.base.errors import Problem, Problems, did_you_mean
from jiqun.base.money import parse_money, show_money
from jiqun.base.periods import GRAIN_NAMES, Period
from jiqun.programme.decisions import Decision, DecisionRule, decide, decision_rule
from jiqun.programme.models import Case, CaseFacts, Expect, PairCase, PairExpect, Part
from jiqun.programme.pack import Pack
from jiqun.programme.quantities import ValueFault, read_value
from jiqun.rules.facts import Entry, Recognition, Review, Subject, Value, World
from jiqun.rules.vocabulary import ATTRIBUTES, DERIVED, SUBJECT_IDS, SubjectKind, ValueKind

RELATIONS = ("集群", "县")
"""Attributes of a case that name the cluster and county it makes."""
_DEFAULT_KIND = {"party": "enterprise", "place": "county"}
_OWN_NAME = {"party": "用例企业", "cluster": "用例集群", "place": "用例县"}


@dataclass(frozen=True)
class CaseWorld:
    """The facts of a case, and which subject it is about."""

    world: World
    kind: SubjectKind
    subject_id: str


@dataclass(frozen=True)
class CaseResult:
    """A case with its decision and how that differs from what was expected; nothing where it passes."""

    case: Case
    decision: Decision
    difference: str | None

    @property
    def problem(self) -> Problem | None:
        """The failure as a problem at the place of the expectation."""
        return failure(self.case, self.difference)


def failure(case: Case | PairCase, difference: str | None) -> Problem | None:
    """A case that did not pass as a problem at the place of the expectation; None for one that did."""
    if difference is None:
        return None
    return Problem(f"用例“{case.name}”没有通过：{difference}", case.place("expect"))


def lacking(expect: Expect | PairExpect, missing: tuple[str, ...]) -> list[str]:
    """The expected texts of missing facts that no missing fact has."""
    return [text for text in expect.missing if not any(text in fact for fact in missing)]


def run_case(pack: Pack, case: Case, rule: DecisionRule | None = None) -> CaseResult:
    """Decide a case by the reference evaluator; InputError where its facts or its rule are faulty.

    `rule` is the case's rule as of its date, for a caller who has read it before.
    """
    facts = world_of(pack, case)
    rule = rule or decision_rule(pack, case.rule, case.as_of)
    decision = decide(rule, facts.world, facts.subject_id, case.as_of)
    return CaseResult(case, decision, differs(case.expect, decision))


def differs(expect: Expect, decision: Decision) -> str | None:
    """How a decision differs from what a case expects, in Chinese; None where it does not."""
    wanted_amount = None if expect.amount is None else parse_money(expect.amount)
    if expect.outcome == decision.outcome and (wanted_amount is None or wanted_amount == decision.amount):
        absent = lacking(expect, decision.missing)
        if not absent:
            return None
        found = "、".join(decision.missing) or "无"
        return f"缺失事项中应有 {'、'.join(absent)}，实为 {found}"
    wanted = show_outcome(expect.outcome, wanted_amount, expect.missing)
    return f"预期 {wanted}，实为 {show_outcome(decision.outcome, decision.amount, decision.missing)}"


def show_outcome(outcome: str, amount: Decimal | None, missing: tuple[str, ...]) -> str:
    """An outcome in one line: 符合 10万元, 待定（缺少 营业收入[2024]）."""
    text = outcome if amount is None else f"{outcome} {_exact_money(amount)}"
    return f"{text}（缺少 {'、'.join(missing)}）" if missing else text


def _exact_money(amount: Decimal) -> str:
    """As people write it where that says all, else to the fen: a case may fail by one."""
    short = show_money(amount)
    return short if parse_money(short) == amount else f"{amount:,.2f}元"


def world_of(pack: Pack, case: Case) -> CaseWorld:
    """The world of a case; InputError names every fact that the pack does not know or that does not fit."""
    problems = Problems()
    facts = read_world(pack, case, problems)
    problems.raise_if_any("用例有误")
    return facts


def read_world(pack: Pack, case: Case, problems: Problems) -> CaseWorld:
    """The world of a case, as far as its facts fit; faults go to `problems`."""
    kind = subject_of(pack, case.rule)
    reader = _FactReader(pack, problems)
    county = _relation(case.subject, "县") or (_OWN_NAME["place"] if case.county is not None else None)
    own = reader.subject(kind, case.subject, county=county)
    subjects = [own]
    cluster_id = own.id if kind == "cluster" else _relation(case.subject, "集群")
    if kind == "party" and cluster_id is None and case.cluster is not None:
        cluster_id = _OWN_NAME["cluster"]
    if kind == "party" and cluster_id is not None:
        subjects[0] = replace(own, cluster=cluster_id)
        facts = case.cluster or CaseFacts()
        subjects.append(reader.subject("cluster", facts, id=cluster_id, county=_relation(facts, "县") or county))
    for i, member in enumerate(case.members, start=1):
        member_county = _relation(member, "县") or county
        subjects.append(reader.subject("party", member, id=f"成员企业{i}", county=member_county, cluster=cluster_id))
    if county is not None:
        subjects.append(reader.subject("place", case.county or CaseFacts(), id=county))
    return CaseWorld(World(subjects), kind, own.id)


def subject_of(pack: Pack, rule_id: str) -> SubjectKind:
    """Which kind of subject a benefit or rung is about; KeyError where there is no such rule."""
    if rule_id in pack.benefits:
        return pack.benefits[rule_id].beneficiary
    return pack.ladder_of[rule_id].subject


def _relation(facts: CaseFacts, name: str) -> str | None:
    value = facts.attributes.get(name)
    return None if value is None else str(value)


class _FactReader:
    """Reads the facts of a case's subjects and records those that do not fit."""

    def __init__(self, pack: Pack, problems: Problems) -> None:
        self._vocabulary = pack.vocabulary
        self._problems = problems

    def subject(
        self, kind: SubjectKind, facts: CaseFacts, *, id: str | None = None, county: str | None = None,
        cluster: str | None = None,
    ) -> Subject:  # fmt: skip
        """One subject with everything the case says of it."""
        attributes = dict(self._attributes(kind, facts))
        for column, derived in DERIVED[kind].items():
            if (given := attributes.get(derived.column)) is not None:
                attributes.setdefault(column, derived.make(str(given)))
        column = SUBJECT_IDS[kind]
        own_id = id or str(attributes.get(column) or attributes.get("name") or _OWN_NAME[kind])
        attributes.setdefault(column, own_id)
        attributes.setdefault("name", own_id)
        if kind in _DEFAULT_KIND:
            attributes.setdefault("kind", _DEFAULT_KIND[kind])
        recognitions: dict[str, tuple[Recognition, ...]] = {}
        for i, award in enumerate(facts.titles):
            name = self._title(award.title, facts, "titles", i, "title")
            recognitions[name] = (*recognitions.get(name, ()), Recognition(award.awarded_on, award.valid_until))
        reviews: dict[str, tuple[Review, ...]] = {}
        for i, review in enumerate(facts.reviews):
            name = self._title(review.title, facts, "reviews", i, "title")
            reviews[name] = (*reviews.get(name, ()), Review(review.reviewed_on, review.outcome))
        observations = dict(self._observations(kind, facts))
        entries = {name: tuple(rows) for name, rows in self._entries(kind, facts)}
        return Subject(kind, own_id, attributes, cluster, county, observations, recognitions, reviews, entries)

    def _attributes(self, kind: str, facts: CaseFacts) -> Iterator[tuple[str, Value]]:
        known = {a.name: a for a in ATTRIBUTES[kind]}
        for name, value in facts.attributes.items():
            if name in RELATIONS:
                continue
            attribute = known.get(name)
            if attribute is None:
                mend = did_you_mean(name, [*known, *RELATIONS]) or f"可写：{'、'.join([*known, *RELATIONS])}"
                self._problems.add(f"没有属性“{name}”", facts.key_place("attributes", name), mend=mend)
                continue
            fact = self._value(value, attribute.kind, None, attribute.choices, facts, "attributes", name)
            yield attribute.column, fact

    def _title(self, written: str, facts: CaseFacts, *keys: str | int) -> str:
        title = self._vocabulary.title(written)
        if title is None:
            mend = did_you_mean(written, self._vocabulary.titles)
            self._problems.add(f"没有称号“{written}”", facts.place(*keys), mend=mend)
            return written
        return title.name

    def _observations(self, kind: str, facts: CaseFacts) -> Iterator[tuple[tuple[str, Period], Value]]:
        for name, series in facts.indicators.items():
            indicator = self._vocabulary.indicator(name)
            if indicator is None or kind not in indicator.subjects:
                known = [i.name for i in self._vocabulary.indicators.values() if kind in i.subjects]
                message = f"没有指标“{name}”" if indicator is None else f"指标“{name}”不由这类主体填报"
                place = facts.key_place("indicators", name)
                self._problems.add(message, place, mend=did_you_mean(name, known) if indicator is None else None)
                continue
            for text, value in series.items():
                place = facts.key_place("indicators", name, text)
                try:
                    period = Period.parse(text)
                except ValueError:
                    self._problems.add("不是期间", place, found=text, mend="请写成 2025、2025Q3 或 2025-09")
                    continue
                if period.grain != indicator.grain:
                    message = f"指标“{name}”按{GRAIN_NAMES[indicator.grain]}填报"
                    self._problems.add(message, place, found=text, mend="请改写期间")
                    continue
                fact = self._value(
                    value, indicator.kind, indicator.unit, indicator.choices, facts, "indicators", name, text
                )
                yield (indicator.name, period), fact

    def _entries(self, kind: str, facts: CaseFacts) -> Iterator[tuple[str, list[Entry]]]:
        for name, rows in facts.entries.items():
            register = self._vocabulary.registers.get(name)
            if register is None or register.subject != kind:
                known = [r.name for r in self._vocabulary.registers.values() if r.subject == kind]
                message = f"没有台账“{name}”" if register is None else f"台账“{name}”不属于这类主体"
                self._problems.add(message, facts.key_place("entries", name), mend=did_you_mean(name, known))
                continue
            fields = {f.name: f for f in register.fields}
            entries = []
            for i, row in enumerate(rows):
                values: dict[str, Value] = {}
                for key, value in row.items():
                    field = fields.get(key)
                    if field is not None:
                        at = ("entries", name, i, key)
                        values[key] = self._value(value, field.kind, field.unit, field.choices, facts, *at)
                    elif key != "on":
                        place = facts.key_place("entries", name, i, key)
                        mend = did_you_mean(key, ["on", *fields]) or f"可写：{'、'.join(['on', *fields])}"
                        self._problems.add(f"台账“{name}”没有字段“{key}”", place, mend=mend)
                on = self._value(row["on"], "date", None, (), facts, "entries", name, i, "on") if "on" in row else None
                entries.append(Entry(cast("None", on), values))
            yield name, entries

    def _value(
        self, value: object, kind: ValueKind, unit: str | None, choices: Mapping[str, str] | tuple[str, ...],
        part: Part, *keys: str | int,
    ) -> Value:  # fmt: skip
        try:
            return read_value(value, kind, unit, choices)
        except ValueFault as fault:
            name = keys[-1] if keys[0] == "entries" else keys[1]  # the field, the indicator or the attribute
            self._problems.add(f"“{name}”{fault.message}", part.place(*keys), found=value, mend=fault.mend)
            return None
