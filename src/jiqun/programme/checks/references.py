"""Names that one part uses and another defines: tasks, actions, targets, units, fields, places."""

from __future__ import annotations

import json

from jiqun.base.errors import Place
from jiqun.programme.checks.context import Check
from jiqun.programme.models import FieldSpec, IndicatorSpec
from jiqun.rules.units import MONEY, UNITS, unit_of


def check_references(check: Check) -> None:
    """Every reference from one part of the pack to another."""
    pack = check.pack
    actions = {action.number for action in pack.programme.actions}
    for task in pack.programme.tasks:
        if task.action is not None and task.action not in actions:
            check.unknown("行动", task.action, map(str, sorted(actions)), task.place("action"))
    for register in pack.registers:
        if register.task is not None and register.task not in pack.tasks:
            check.unknown("任务", register.task, pack.tasks, register.place("task"))
        fields = [field.name for field in register.fields]
        for i, name in enumerate(register.unique):
            if name not in fields:
                check.unknown("字段", name, fields, register.place("unique", i))
    for target in pack.every_target:
        if target.task is not None and target.task not in pack.tasks:
            check.unknown("任务", target.task, pack.tasks, target.place("task"))
    for i, card in enumerate(pack.programme.cards):
        if isinstance(card, str) and card not in pack.targets:
            check.unknown("目标", card, pack.targets, pack.programme.place("cards", i))
    _units(check)
    _places(check)


def _units(check: Check) -> None:
    for indicator in check.pack.indicators:
        _unit(check, indicator)
    for register in check.pack.registers:
        for field in register.fields:
            _unit(check, field)


def _unit(check: Check, fact: IndicatorSpec | FieldSpec) -> None:
    if fact.unit is None:
        return
    unit = unit_of(fact.unit)
    if unit is None:
        check.unknown("单位", fact.unit, UNITS, fact.place("unit"))
        check.excuse(fact.name)
    elif unit.dim == MONEY and fact.unit != "元":
        mend = "请写 元；规则和页面会换算成万元、亿元"
        check.add("金额的基本单位应为 元", fact.place("unit"), found=fact.unit, mend=mend)


def _places(check: Check) -> None:
    pack = check.pack
    if not pack.places or pack.programme.origin is None:
        return
    if pack.programme.city.code not in pack.place_by_code:
        place = pack.programme.place("city", "code")
        check.add(f"城市代码不在 {pack.programme.places} 中", place, found=pack.programme.city.code)
    file = pack.programme.map
    if file is None or not (pack.root / file).is_file():
        return
    try:
        features = json.loads((pack.root / file).read_text(encoding="utf-8-sig"))["features"]
        codes = [str(feature["properties"]["code"]) for feature in features]
    except (ValueError, KeyError, TypeError):
        mend = "应为 FeatureCollection，每个要素有 properties.code 和 name"
        check.add("不是正确的 GeoJSON 地图", Place(file), mend=mend)
        return
    for number, code in enumerate(codes, start=1):
        if code not in pack.place_by_code:
            check.add(f"地图第 {number} 个要素的代码不在 {pack.programme.places} 中", Place(file), found=code)
