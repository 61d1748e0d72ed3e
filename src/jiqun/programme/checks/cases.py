"""Cases: which there must be, whether their facts fit, and whether their decisions come out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from jiqun.base.errors import InputError, Problems
from jiqun.base.money import parse_money
from jiqun.programme.cases import CaseResult, read_world, run_case
from jiqun.programme.checks.context import Check
from jiqun.programme.decisions import DecisionRule, decision_rule
from jiqun.programme.models import Case, CaseFacts


@dataclass(frozen=True)
class CaseTally:
    """How many cases there are, and how many passed."""

    total: int
    passed: int

    def __add__(self, other: CaseTally) -> CaseTally:
        """Both together."""
        return CaseTally(self.total + other.total, self.passed + other.passed)


def check_cases(check: Check) -> CaseTally:
    """Check and run every case; each that fails is a problem with what was expected and what came out."""
    rules = {*check.pack.benefits, *check.pack.rungs}
    results: list[CaseResult] = []
    read: dict[tuple[str, date], DecisionRule | None] = {}
    for case in check.pack.cases:
        if case.rule in check.broken:
            continue
        if case.rule not in rules:
            check.unknown("奖补事项或梯级", case.rule, sorted(rules), case.place("rule"))
            continue
        if _expectation_fits(check, case) and _facts_fit(check, case):
            results += _run(check, case, read)
    _check_coverage(check)
    return CaseTally(len(check.pack.cases), sum(r.difference is None for r in results))


def _expectation_fits(check: Check, case: Case) -> bool:
    expect, before = case.expect, len(check.problems)
    is_benefit = case.rule in check.pack.benefits
    if expect.amount is not None:
        place = expect.place("amount")
        if not is_benefit or expect.outcome != "符合":
            check.add("只有符合的奖补事项才有预期金额", place, found=expect.amount, mend="请删除 amount")
        else:
            try:
                parse_money(expect.amount)
            except ValueError:
                check.add("预期金额不是金额", place, found=expect.amount, mend="请写成如 10万元")
    elif is_benefit and expect.outcome == "符合":
        check.add("缺少预期金额 amount", expect.place(), mend="请写上如 amount: 10万元")
    if expect.missing and expect.outcome != "待定":
        check.add("只有待定才有缺失事项", expect.place("missing"), mend="请删除 missing，或改结论")
    return len(check.problems) == before


def _facts_fit(check: Check, case: Case) -> bool:
    problems = Problems()
    read_world(check.pack, case, problems)
    check.problems.extend(p for p in problems if not any(f"“{name}”" in p.message for name in check.broken))
    return not len(problems)


def _run(check: Check, case: Case, read: dict[tuple[str, date], DecisionRule | None]) -> Iterator[CaseResult]:
    key = (case.rule, case.as_of)
    if key not in read:
        try:
            read[key] = decision_rule(check.pack, *key)
        except InputError:
            read[key] = None  # the rule itself is faulty, which the check of clauses has reported
    rule = read[key]
    if rule is None:
        return
    result = run_case(check.pack, case, rule)
    if result.problem is not None:
        check.problems.extend([result.problem])
    yield result


def _check_coverage(check: Check) -> None:
    by_rule: dict[str, list[Case]] = {}
    for case in check.pack.cases:
        by_rule.setdefault(case.rule, []).append(case)
    for rung in check.pack.rungs.values():
        if rung.id not in by_rule and rung.id not in check.broken:
            mend = "请在梯度文件旁的 .cases.yaml 中写上事实和预期"
            check.add(f"梯级“{rung.id}”没有用例", rung.place("id"), mend=mend)
    for benefit in check.pack.every_benefit:
        if benefit.id in check.broken:
            continue
        eve = benefit.effective.from_ - timedelta(days=1)
        cases = by_rule.get(benefit.id, [])
        if not cases:
            mend = "请在政策文件旁的 .cases.yaml 中写上事实和预期"
            check.add(f"奖补事项“{benefit.id}”没有用例", benefit.place("id"), mend=mend)
        elif not any(eve in _days(case) for case in cases):
            mend = f"请加一个日期为 {eve} 的用例"
            check.add(f"奖补事项“{benefit.id}”没有施行前一日的用例", benefit.place("id"), mend=mend)


def _days(case: Case) -> set[date]:
    """Every date that a case tries: its as-of date and the dates of its facts."""
    days = {case.as_of}
    for facts in (case.subject, case.cluster, case.county, *case.members):
        if facts is not None:
            days |= _fact_days(facts)
    return days


def _fact_days(facts: CaseFacts) -> set[date]:
    days = {t.awarded_on for t in facts.titles} | {r.reviewed_on for r in facts.reviews}
    on = (row.get("on") for rows in facts.entries.values() for row in rows)
    return days | {day for day in on if isinstance(day, date)}
