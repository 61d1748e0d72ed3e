"""Kinds of supply and demand: their fields, texts and cases."""

from __future__ import annotations

from jiqun.programme.checks.cases import CaseTally
from jiqun.programme.checks.context import Check
from jiqun.programme.clauses import ClauseReader
from jiqun.programme.exchange import KindRules, PairResult, read_kind, run_pair_case
from jiqun.programme.models import ExchangeKind, PairCase, SideField
from jiqun.rules import nodes as n
from jiqun.rules.units import MONEY, UNITS, unit_of


def check_exchange(check: Check) -> CaseTally:
    """Check every kind and run its cases; a kind needs one that fits and one that does not."""
    rules = {kind.id: _kind(check, kind) for kind in check.pack.every_kind}
    results: list[PairResult] = []
    by_kind: dict[str, set[str]] = {}
    for case in check.pack.pair_cases:
        if case.kind in check.broken:
            continue
        if case.kind not in rules:
            check.unknown("供需种类", case.kind, sorted(rules), case.place("kind"))
            continue
        by_kind.setdefault(case.kind, set()).add(case.expect.outcome)
        read = rules[case.kind]
        if _expectation_fits(check, case, read) and read is not None:
            result = run_pair_case(check.pack, case, read, check.problems)
            if result is not None:
                results.append(result)
                if result.problem is not None:
                    check.problems.extend([result.problem])
    for kind in check.pack.every_kind:
        for outcome in ("符合", "不符合"):
            if outcome not in by_kind.get(kind.id, ()) and kind.id not in check.broken:
                mend = "请在种类文件旁的 .cases.yaml 中写上一条需求和一条供给"
                check.add(f"供需种类“{kind.name}”没有结论为“{outcome}”的用例", kind.place("id"), mend=mend)
    return CaseTally(len(check.pack.pair_cases), sum(r.difference is None for r in results))


def _kind(check: Check, kind: ExchangeKind) -> KindRules | None:
    if kind.task not in check.pack.tasks:
        check.unknown("任务", kind.task, check.pack.tasks, kind.place("task"))
    sound = all([_unit(check, field) for field in (*kind.need, *kind.offer)])
    if not sound:
        return None
    rules = read_kind(ClauseReader(check.pack, check.problems, frozenset(check.broken)), kind)
    for written, condition in zip(kind.conditions, rules.conditions if rules else (), strict=False):
        if not any(isinstance(x, n.SideField) for x in condition.node.walk()):
            check.add("条件没有涉及供需双方的字段", written.place("rule"), found=written.rule, mend="请用 需.… 或 供.…")
    return rules


def _unit(check: Check, field: SideField) -> bool:
    if field.unit is None:
        return True
    unit = unit_of(field.unit)
    if unit is None:
        check.unknown("单位", field.unit, UNITS, field.place("unit"))
        return False
    if unit.dim == MONEY and field.unit != "元":
        check.add("金额的基本单位应为 元", field.place("unit"), found=field.unit, mend="请写 元")
        return False
    return True


def _expectation_fits(check: Check, case: PairCase, rules: KindRules | None) -> bool:
    expect, before = case.expect, len(check.problems)
    if expect.failed and expect.outcome != "不符合":
        check.add("只有不符合才有不成立的条件", expect.place("failed"), mend="请删除 failed，或改结论")
    if expect.outcome == "不符合" and not expect.failed:
        check.add("缺少不成立的条件 failed", expect.place(), mend="请写上如 failed: [公差]")
    if expect.missing and expect.outcome != "待定":
        check.add("只有待定才有缺失事项", expect.place("missing"), mend="请删除 missing，或改结论")
    for i, name in enumerate(expect.failed):
        names = [c.name for c in rules.conditions] if rules else [name]
        if name not in names:
            check.unknown("条件", name, names, expect.place("failed", i))
    return len(check.problems) == before
