"""Kinds of supply and demand as rules, and what they say of one need and one offer: the reference for every engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal, cast

from jiqun.base.errors import InputError, Problem, Problems, did_you_mean
from jiqun.programme.cases import failure, lacking
from jiqun.programme.clauses import ClauseReader
from jiqun.programme.models import ExchangeKind, PairCase, Part, SideField
from jiqun.programme.pack import Pack
from jiqun.programme.quantities import ValueFault
from jiqun.programme.side_values import place_points, read_side_value
from jiqun.rules.build import parse_constant
from jiqun.rules.facts import Subject, Value, World
from jiqun.rules.nodes import Node
from jiqun.rules.reference import Answer, Evaluator, Item
from jiqun.rules.timing import When
from jiqun.rules.units import PLAIN
from jiqun.rules.vocabulary import SIDES, Field

Outcome = Literal["符合", "不符合", "待定"]
PAIR: Literal["pair"] = "pair"
SCORE_DIGITS = 8
"""Scores are told to so many decimals, so that every engine ranks alike; equal ones stay in the order of the offers."""


@dataclass(frozen=True)
class KindCondition:
    """A hard condition, read."""

    name: str
    text: str
    node: Node


@dataclass(frozen=True)
class KindTerm:
    """A term of the score, read; the weights of a kind add up to 1."""

    name: str
    text: str
    node: Node
    weight: float


@dataclass(frozen=True)
class KindRules:
    """A kind whose every text was read."""

    kind: ExchangeKind
    need: Mapping[str, Field]
    offer: Mapping[str, Field]
    conditions: tuple[KindCondition, ...]
    terms: tuple[KindTerm, ...]

    def side(self, side: str) -> Mapping[str, Field]:
        """The fields of 需 or 供."""
        return self.need if side == SIDES[0] else self.offer


@dataclass(frozen=True)
class Judgement:
    """What a kind says of a need and an offer."""

    outcome: Outcome
    conditions: tuple[Answer, ...]
    """One answer a condition, in the order of the kind."""
    failed: tuple[str, ...]
    """The names of the conditions that do not hold."""
    missing: tuple[str, ...]
    """The facts without which it stays 待定."""
    terms: tuple[Answer, ...]
    score: float | None
    """The sum of the weighted terms that are known, 0 to 1; None where the pair does not fit."""


def field_of(spec: SideField) -> Field:
    """The field as the language knows it."""
    return Field(spec.name, spec.kind, spec.unit, spec.choices, spec.required)


def kind_rules(pack: Pack, name: str) -> KindRules:
    """The kind of that id or name, read; InputError where there is none or its texts are faulty."""
    found = next((k for k in pack.kinds.values() if name in (k.id, k.name)), None)
    if found is None:
        known = [k.name for k in pack.kinds.values()]
        mend = did_you_mean(name, known) or (f"现有：{'、'.join(known)}" if known else "方案包没有 exchange/*.yaml")
        raise InputError([Problem(f"没有供需种类“{name}”", mend=mend)], "供需种类有误")
    problems = Problems()
    rules = read_kind(ClauseReader(pack, problems), found)
    problems.raise_if_any("供需种类有误")
    assert rules is not None, "a kind without problems was read"
    return rules


def read_kind(reader: ClauseReader, kind: ExchangeKind) -> KindRules | None:
    """Read every text of a kind; faults go to the reader's problems, and then it is None."""
    need, offer = ({f.name: field_of(f) for f in fields} for fields in (kind.need, kind.offer))
    sides = (tuple(need.values()), tuple(offer.values()))
    before = len(reader.problems)
    conditions = []
    for condition in kind.conditions:
        rule = reader.read(condition, "rule", text=condition.rule, subject=PAIR, expect="flag", sides=sides)
        if rule is not None:
            conditions.append(KindCondition(condition.name, condition.rule, rule.node))
    terms = []
    weights = _weights(reader.problems, kind)
    for term, weight in zip(kind.score, weights, strict=True):
        rule = reader.read(term, "rule", text=term.rule, subject=PAIR, expect="number", sides=sides)
        if rule is not None and rule.type.dim != PLAIN:
            mend = "请除以同单位的量，如 1 - 供.单价 / 需.最高单价"
            reader.problems.add("得分应为 0 到 1 的比率", term.place("rule"), found=term.rule, mend=mend)
        elif rule is not None:
            terms.append(KindTerm(term.name, term.rule, rule.node, weight))
    whole = len(reader.problems) == before and len(conditions) == len(kind.conditions) and len(terms) == len(kind.score)
    return KindRules(kind, need, offer, tuple(conditions), tuple(terms)) if whole else None


def _weights(problems: Problems, kind: ExchangeKind) -> list[float]:
    """The weights as shares of 1; equal where none is written."""
    written = [t.weight for t in kind.score]
    if not written or all(w is None for w in written):
        return [1 / len(written)] * len(written) if written else []
    total, found = Fraction(0), []
    for term, text in zip(kind.score, written, strict=True):
        value = _share(problems, term, text)
        found.append(value)
        total += value
    if total != 1 and all(found):
        shown = f"{float(total) * 100:g}%"
        problems.add("各得分项的权重之和应为 100%", kind.place("score"), found=shown, mend="请改写权重，或全部不写")
    return [float(v) for v in found]


def _share(problems: Problems, term: Part, text: str | None) -> Fraction:
    if text is None:
        problems.add("权重要么全部写，要么全部不写", term.place(), mend="请补上 weight")
        return Fraction(0)
    try:
        constant = parse_constant(text)
    except InputError as error:
        problems.add("权重应为比率", term.place("weight"), found=text, mend=error.problems[0].mend or "如 40%")
        return Fraction(0)
    value = constant.value
    if constant.type.dim != PLAIN or not isinstance(value, Decimal | float) or not 0 < value <= 1:
        problems.add("权重应在 0 与 100% 之间", term.place("weight"), found=text, mend="请写成如 40%")
        return Fraction(0)
    return Fraction(value)


def pair_of(need: Mapping[str, Value], offer: Mapping[str, Value]) -> Subject:
    """A need and an offer as the subject of rules about both."""
    sides = zip(SIDES, (need, offer), strict=True)
    return Subject(PAIR, PAIR, {f"{side}.{name}": v for side, values in sides for name, v in values.items()})


def judge(rules: KindRules, need: Mapping[str, Value], offer: Mapping[str, Value], as_of: date) -> Judgement:
    """Whether a need and an offer fit, why not, and how well, by the reference evaluator."""
    subject = pair_of(need, offer)
    engine, item, when = Evaluator(World([subject])), Item(subject), When(as_of)
    conditions = tuple(engine.value(c.node, item, when) for c in rules.conditions)
    failed = tuple(c.name for c, a in zip(rules.conditions, conditions, strict=True) if a.value is False)
    missing = tuple(dict.fromkeys(m for a in conditions if a.value is None for m in a.missing))
    outcome: Outcome = "不符合" if failed else "待定" if missing else "符合"
    terms = tuple(engine.value(t.node, item, when) for t in rules.terms)
    score = score_of(rules, terms) if outcome == "符合" else None
    return Judgement(outcome, conditions, failed, missing if not failed else (), terms, score)


def score_of(rules: KindRules, terms: tuple[Answer, ...]) -> float:
    """The weighted sum of the known terms, each kept within 0 and 1, to `SCORE_DIGITS` decimals."""
    total = 0.0
    for term, answer in zip(rules.terms, terms, strict=True):
        if answer.value is not None:
            total = total + min(max(float(cast(float, answer.value)), 0.0), 1.0) * term.weight
    return float(int(total * 10**SCORE_DIGITS + 0.5)) / 10.0**SCORE_DIGITS


@dataclass(frozen=True)
class PairResult:
    """A case with what came out and how that differs from what was expected; nothing where it passes."""

    case: PairCase
    judgement: Judgement
    difference: str | None

    @property
    def problem(self) -> Problem | None:
        """The failure as a problem at the place of the expectation."""
        return failure(self.case, self.difference)


def run_pair_case(pack: Pack, case: PairCase, rules: KindRules, problems: Problems) -> PairResult | None:
    """Judge a case; None where its facts are faulty, with the faults in `problems`."""
    before = len(problems)
    need = dict(_facts(pack, case, "need", rules.need, problems))
    offer = dict(_facts(pack, case, "offer", rules.offer, problems))
    if len(problems) > before:
        return None
    judgement = judge(rules, need, offer, case.as_of)
    return PairResult(case, judgement, _difference(case, judgement))


def _facts(
    pack: Pack, case: PairCase, key: str, fields: Mapping[str, Field], problems: Problems
) -> Iterator[tuple[str, Value]]:
    points = place_points(pack)
    for name, value in cast("dict[str, object]", getattr(case, key)).items():
        field = fields.get(name)
        if field is None:
            mend = did_you_mean(name, fields) or f"可写：{'、'.join(fields)}"
            problems.add(f"没有字段“{name}”", case.key_place(key, name), mend=mend)
            continue
        try:
            yield name, read_side_value(value, field, points)
        except ValueFault as fault:
            problems.add(f"“{name}”{fault.message}", case.place(key, name), found=value, mend=fault.mend)


def _difference(case: PairCase, got: Judgement) -> str | None:
    expect = case.expect
    same = expect.outcome == got.outcome and set(expect.failed) == set(got.failed)
    if same and not lacking(expect, got.missing):
        return None
    wanted = _shown(expect.outcome, expect.failed, expect.missing)
    return f"预期 {wanted}，实为 {_shown(got.outcome, got.failed, got.missing)}"


def _shown(outcome: str, failed: tuple[str, ...], missing: tuple[str, ...]) -> str:
    details = "、".join(failed) or (f"缺少 {'、'.join(missing)}" if missing else "")
    return f"{outcome}（{details}）" if details else outcome
