"""Every clause text of the pack: benefits, rungs, targets and cards are read and their types compared."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise

from jiqun.base.errors import InputError
from jiqun.programme.checks.context import Check
from jiqun.programme.clauses import ClauseReader, names_in, relocate
from jiqun.programme.coverage import is_column
from jiqun.programme.decisions import read_benefit, read_review, read_version
from jiqun.programme.figures import judged, written_checks
from jiqun.programme.lights import SUBJECT
from jiqun.programme.models import Benefit, Card, EscalationStep, ForecastRules, PaceRules, Part, Rung, Target
from jiqun.rules.build import parse_constant
from jiqun.rules.nodes import Const
from jiqun.rules.rule import Rule
from jiqun.rules.typing import adapt
from jiqun.rules.units import DAYS, MONTHS, PLAIN, UNITS, Dim, dim_name, unit_of


def check_clauses(check: Check) -> None:
    """Read every clause of the pack."""
    reader = ClauseReader(check.pack, check.problems, frozenset(check.broken))
    for benefit in check.pack.every_benefit:
        for day in _days_of_change(benefit):
            read_benefit(reader, benefit, day)
        _unused_parameters(check, benefit)
    for ladder in check.pack.ladders:
        for rung in ladder.rungs:
            _durations(check, rung)
            for version in rung.versions:
                read_version(reader, ladder, rung, version)
                read_review(reader, ladder, version)
    for target in check.pack.every_target:
        rule = reader.read(target, "measure", text=target.measure, subject="programme", expect="number")
        if rule is not None:
            _target(check, target, rule)
            _matrix(check, target, rule)
    _forecast(check, check.pack.forecast_rules)
    _pace(check, check.pack.pace_rules)
    _figure_checks(check, reader)
    _evaluation(check, reader)
    supervision = check.pack.supervision
    for light in supervision.lights:
        reader.read(light, "rule", text=light.rule, subject=SUBJECT, expect="flag")
    _escalation(check, supervision.notices.escalation)
    for card in check.pack.programme.cards:
        if isinstance(card, Card):
            rule = reader.read(card, "measure", text=card.measure, subject="programme", expect="number")
            if rule is not None:
                _unit(check, card, card.unit, rule.type.dim)


def _figure_checks(check: Check, reader: ClauseReader) -> None:
    for spec, subjects, about in written_checks(check.pack):
        for subject in subjects:
            rule = reader.read(spec, "rule", text=spec.rule, subject=subject, expect="flag")
            if rule is not None and about is None and not judged(rule):
                check.add("校核没有涉及当期的指标", spec.place("rule"), found=spec.rule, mend="请写出所校核的指标")


def _evaluation(check: Check, reader: ClauseReader) -> None:
    """The measures of the index and its shares; whether the judgements fit together is told where they are weighed."""
    index = check.pack.evaluation
    if index is None:
        return
    if index.condition is not None:
        reader.read(index, "condition", text=index.condition, subject=index.subject, expect="flag")
    for pillar in index.pillars:
        for leaf in pillar.indicators:
            reader.read(leaf, "measure", text=leaf.measure, subject=index.subject, expect="number")
    shares: tuple[tuple[Part, str], ...] = (
        (index.method, "least_known"),
        (index.doubts, "weights"),
        (index.doubts, "errors"),
    )
    for part, key in shares:
        constant = _constant(check, part, key, text=getattr(part, key))
        if constant is None:
            continue
        if (
            constant.type.dim != PLAIN
            or not isinstance(constant.value, Decimal | float)
            or not 0 <= constant.value <= 1
        ):
            check.add("应为 0 到 100% 之间的比率", part.place(key), found=getattr(part, key), mend="请写成如 25%")


def _escalation(check: Check, steps: tuple[EscalationStep, ...]) -> None:
    for earlier, later in pairwise(steps):
        if later.overdue <= earlier.overdue:
            mend = f"前一级是逾期满 {earlier.overdue} 个工作日，请由低到高排列"
            check.add("升级的次序颠倒", later.place("overdue"), found=later.overdue, mend=mend)


def _days_of_change(benefit: Benefit) -> list[date]:
    """The first day of effect and each later day on which a parameter changes."""
    days = {benefit.effective.from_}
    for parameter in benefit.parameters.values():
        if not isinstance(parameter.value, str):
            days.update(v.from_ for v in parameter.value)
    return sorted(days)


def _unused_parameters(check: Check, benefit: Benefit) -> None:
    texts = [benefit.amount, *(c.rule or "" for c in benefit.conditions)]
    for parameter in benefit.parameters.values():
        texts += [parameter.value] if isinstance(parameter.value, str) else [v.value for v in parameter.value]
    used = {name for text in texts for name in names_in(text)}
    for key, parameter in benefit.parameters.items():
        if parameter.name not in used:
            place = benefit.key_place("parameters", key)
            mend = "请在条件或金额中使用它，或删除它"
            check.add(f"参数“{parameter.name}”没有用到", place, mend=mend)


def _durations(check: Check, rung: Rung) -> None:
    for key, text in (("valid_for", rung.valid_for), ("review_every", rung.review_every)):
        if text is None:
            continue
        constant = _constant(check, rung, key, text=text)
        if constant is not None and constant.type.dim not in (MONTHS, DAYS):
            check.add("应为时长", rung.place(key), found=text, mend="请写成如 3年、6个月")


def _target(check: Check, target: Target, measure: Rule) -> None:
    dim = measure.type.dim
    _unit(check, target, target.unit, dim)
    quantities: list[tuple[Part, str, str]] = [(target, "goal", target.goal)]
    if target.baseline is not None:
        quantities.append((target, "baseline", target.baseline))
    quantities += [(milestone, "value", milestone.value) for milestone in target.milestones]
    for part, key, text in quantities:
        constant = _constant(check, part, key, text=text)
        if constant is None:
            continue
        fitted = adapt(constant, dim)
        if fitted.type.kind != "number" or fitted.type.dim != dim:
            found = dim_name(fitted.type.dim) if fitted.type.kind == "number" else "不是数"
            message = f"目标“{target.id}”的度量是{dim_name(dim)}，此处是{found}"
            check.add(message, part.place(key), found=text, mend=f"请写成如 100{target.unit}")


def _matrix(check: Check, target: Target, measure: Rule) -> None:
    if target.matrix is not None and not is_column(measure.node):
        mend = "请删除 matrix，或把度量写成 覆盖率(集群, 总体条件, 覆盖条件)"
        check.add("只有总体是集群的覆盖率才能列入覆盖矩阵", target.place("matrix"), found=target.matrix, mend=mend)


def _forecast(check: Check, rules: ForecastRules) -> None:
    """The parts of a forecast are shares between 0 and 1, the unlikely below the likely."""
    found = _shares(check, rules, "80%")
    if found.get("unlikely", 0.0) > found.get("likely", 1.0):
        mend = "请使 unlikely 不高于 likely"
        check.add("“难以达标”的界限高于“预计达标”的界限", rules.place("unlikely"), found=rules.unlikely, mend=mend)


def _pace(check: Check, rules: PaceRules) -> None:
    """The limits of a pace are shares between 0 and 1, behind no farther than far behind."""
    found = _shares(check, rules, "5%")
    for near, far in (("behind", "far_behind"), ("growth_band", "growth_far_behind")):
        if found.get(near, 0.0) > found.get(far, 1.0):
            mend = f"请使 {near} 不高于 {far}"
            check.add("“滞后”的界限高于“严重滞后”的界限", rules.place(near), found=getattr(rules, near), mend=mend)


def _shares(check: Check, part: Part, example: str) -> dict[str, float]:
    """The fields of a part, each a share between 0 and 1; without those that are none, which are faults."""
    found = {}
    for key in type(part).model_fields:
        constant = _constant(check, part, key, text=getattr(part, key))
        if constant is None:
            continue
        value = constant.value
        if constant.type.dim != PLAIN or not isinstance(value, Decimal | float) or not 0 < value < 1:
            mend = f"请写成如 {example}"
            check.add("应为 0 与 100% 之间的比率", part.place(key), found=getattr(part, key), mend=mend)
        else:
            found[key] = float(value)
    return found


def _unit(check: Check, part: Target | Card, name: str, dim: Dim) -> None:
    unit = unit_of(name)
    if unit is None:
        check.unknown("单位", name, UNITS, part.place("unit"))
    elif unit.dim != dim:
        shown = dim_name(dim) if dim != PLAIN else "比率，如 %"
        check.add(f"显示单位与度量不合，度量是{shown}", part.place("unit"), found=name, mend="请改正单位或度量")


def _constant(check: Check, part: Part, key: str, *, text: str) -> Const | None:
    try:
        return parse_constant(text)
    except InputError as error:
        found = [relocate(problem, part, (key,), text) for problem in error.problems]
        check.problems.extend(p for p in found if p not in check.problems)
        return None
