"""Ids and names that must be unique over the whole pack."""

from __future__ import annotations

from collections.abc import Hashable

from jiqun.base.errors import Place, Problems
from jiqun.programme.models import Benefit, Case, CaseFile, IndicatorFile, Ladder, Part, RegisterSpec, Version
from jiqun.programme.pack import Pack
from jiqun.rules.vocabulary import ATTRIBUTES

ENTRY_NAMES = ("日期", "年度", "主体")
"""Names that a filter over a register's entries always knows."""


class _Seen:
    """Remembers where each key of one name space was first written."""

    def __init__(self, problems: Problems) -> None:
        self._problems = problems
        self._first: dict[Hashable, tuple[str, Place]] = {}

    def reserve(self, what: str, key: Hashable) -> None:
        """Take a name that belongs to the language."""
        self._first[key] = (what, Place())

    def add(self, what: str, key: Hashable, shown: object, part: Part, *loc: str | int) -> None:
        """Record a use of the key; a second use is a problem at its own place."""
        first = self._first.get(key)
        if first is None:
            self._first[key] = (what, part.place(*loc))
            return
        kind, place = first
        used = f"已用于{kind}（{place}）" if place.file else f"是语言中的{kind}"
        self._problems.add(f"{what}“{shown}”重复，{used}", part.place(*loc), mend="请改用别的写法，或删除其中一个")


def add_duplicates(pack: Pack, problems: Problems) -> None:
    """Record every id, number, name and title that occurs twice where it may occur once."""
    _programme(pack, problems)
    _rule_ids(pack, problems)
    _names(pack, problems)
    _titles(pack, problems)
    _figure_checks(pack, problems)
    for register in pack.registers:
        _fields(register, problems)
    for ladder in pack.ladders:
        _criteria(ladder, problems)
    for benefit in pack.every_benefit:
        _benefit(benefit, problems)
    for file in pack.parts(CaseFile):
        _cases(file.cases, problems)
    _kinds(pack, problems)


def _programme(pack: Pack, problems: Problems) -> None:
    actions, ids, numbers = _Seen(problems), _Seen(problems), _Seen(problems)
    for action in pack.programme.actions:
        actions.add("行动序号", action.number, action.number, action, "number")
    for task in pack.programme.tasks:
        ids.add("任务编号", task.id, task.id, task, "id")
        numbers.add("任务序号", task.number, task.number, task, "number")


def _rule_ids(pack: Pack, problems: Problems) -> None:
    rules, policies, ladders = _Seen(problems), _Seen(problems), _Seen(problems)
    for ladder in pack.ladders:
        ladders.add("梯度编号", ladder.id, ladder.id, ladder, "id")
        for rung in ladder.rungs:
            rules.add("梯级编号", rung.id, rung.id, rung, "id")
    for policy in pack.policies:
        policies.add("政策编号", policy.id, policy.id, policy, "id")
    for benefit in pack.every_benefit:
        rules.add("奖补事项编号", benefit.id, benefit.id, benefit, "id")
    for target in pack.every_target:
        rules.add("目标编号", target.id, target.id, target, "id")


def _names(pack: Pack, problems: Problems) -> None:
    seen = _Seen(problems)
    for attributes in ATTRIBUTES.values():
        for attribute in attributes:
            seen.reserve("属性", attribute.name)
    for indicator in pack.indicators:
        seen.add("指标名称", indicator.name, indicator.name, indicator, "name")
        for i, alias in enumerate(indicator.aliases):
            seen.add("指标别名", alias, alias, indicator, "aliases", i)
    for register in pack.registers:
        seen.add("台账名称", register.name, register.name, register, "name")


def _figure_checks(pack: Pack, problems: Problems) -> None:
    seen = _Seen(problems)
    for file in pack.parts(IndicatorFile):
        for check in (*(c for i in file.indicators for c in i.checks), *file.checks):
            seen.add("校核编号", check.id, check.id, check, "id")


def _titles(pack: Pack, problems: Problems) -> None:
    seen = _Seen(problems)
    for rung in (r for ladder in pack.ladders for r in ladder.rungs):
        seen.add("称号", _spelling(rung.title), rung.title, rung, "title")
        for i, alias in enumerate(rung.aliases):
            seen.add("称号别名", _spelling(alias), alias, rung, "aliases", i)
    for title in pack.titles:
        seen.add("称号", _spelling(title.name), title.name, title, "name")
        for i, alias in enumerate(title.aliases):
            seen.add("称号别名", _spelling(alias), alias, title, "aliases", i)


def _fields(register: RegisterSpec, problems: Problems) -> None:
    seen = _Seen(problems)
    for name in ENTRY_NAMES:
        seen.reserve("字段", name)
    for field in register.fields:
        seen.add("字段", field.name, field.name, field, "name")


def _criteria(ladder: Ladder, problems: Problems) -> None:
    for version in (v for rung in ladder.rungs for v in rung.versions):
        _conditions(version, problems)


def _conditions(version: Version, problems: Problems) -> None:
    for criteria in (version.criteria, version.review):
        seen = _Seen(problems)
        for criterion in criteria:
            seen.add("条件名称", criterion.name, criterion.name, criterion, "name")


def _benefit(benefit: Benefit, problems: Problems) -> None:
    seen = _Seen(problems)
    for parameter in benefit.parameters.values():
        seen.add("参数名称", parameter.name, parameter.name, parameter, "name")
    for condition in benefit.conditions:
        seen.add("条件名称", condition.name, condition.name, condition, "name")


def _kinds(pack: Pack, problems: Problems) -> None:
    ids, names, cases = _Seen(problems), _Seen(problems), _Seen(problems)
    for kind in pack.every_kind:
        ids.add("供需种类编号", kind.id, kind.id, kind, "id")
        names.add("供需种类名称", kind.name, kind.name, kind, "name")
        for what, parts in (
            ("需求字段", kind.need), ("供给字段", kind.offer), ("条件名称", kind.conditions), ("得分项", kind.score),
            ("材料", kind.documents),
        ):  # fmt: skip
            seen = _Seen(problems)
            for part in parts:
                seen.add(what, part.name, part.name, part, "name")
    for case in pack.pair_cases:
        cases.add("用例名称", (case.kind, case.name), case.name, case, "name")


def _cases(cases: tuple[Case, ...], problems: Problems) -> None:
    seen = _Seen(problems)
    for case in cases:
        seen.add("用例名称", (case.rule, case.name), case.name, case, "name")


def _spelling(title: str) -> str:
    """A title without what does not tell titles apart: the form of quotation marks and spaces."""
    return title.translate(str.maketrans("", "", "“”\"'「」『』‘’ "))
