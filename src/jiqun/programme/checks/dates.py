"""Periods that end before they begin, overlap, or leave a gap."""

from __future__ import annotations

from datetime import date
from itertools import combinations

from jiqun.programme.checks.context import Check
from jiqun.programme.models import Benefit, Parameter, Part, Rung, Target


def check_dates(check: Check) -> None:
    """Every period and every date of the pack's parts."""
    pack = check.pack
    _order(check, pack.programme, pack.programme.from_, pack.programme.until)
    for rung in pack.rungs.values():
        _versions(check, rung)
    for benefit in pack.every_benefit:
        if not _order(check, benefit.effective, benefit.effective.from_, benefit.effective.until):
            check.excuse(benefit.id)
        for parameter in benefit.parameters.values():
            _dated_values(check, benefit, parameter)
    for target in pack.every_target:
        _target(check, target)
    for case in pack.cases:
        for facts in (case.subject, case.cluster, case.county, *case.members):
            for title in facts.titles if facts else ():
                if title.valid_until is not None and title.valid_until < title.awarded_on:
                    mend = f"认定日期为 {title.awarded_on}"
                    check.add("有效期止于认定之前", title.place("valid_until"), found=title.valid_until, mend=mend)


def _order(check: Check, part: Part, start: date, end: date | None) -> bool:
    if end is None or start <= end:
        return True
    check.add("截止日早于起始日", part.place("until"), found=end, mend=f"起始日为 {start}，请改正其一")
    return False


def _versions(check: Check, rung: Rung) -> None:
    for version in rung.versions:
        if not _order(check, version, version.from_, version.until):
            check.excuse(rung.id)
    for earlier, later in combinations(sorted(rung.versions, key=lambda v: v.from_), 2):
        if earlier.until is None or later.from_ <= earlier.until:
            ends = "没有截止日" if earlier.until is None else f"止于 {earlier.until}"
            where = f"第 {earlier.place().line} 行的版本" if earlier.origin else "前一版本"
            message = f"梯级“{rung.id}”的两个版本施行期重叠：{where}自 {earlier.from_} 起，{ends}"
            mend = "请写上前一版本的截止日，早于后一版本的起始日"
            check.add(message, later.place("from"), found=later.from_, mend=mend)
            check.excuse(rung.id)


def _dated_values(check: Check, benefit: Benefit, parameter: Parameter) -> None:
    if isinstance(parameter.value, str):
        return
    days = [value.from_ for value in parameter.value]
    for value, before in zip(parameter.value[1:], days, strict=False):
        if value.from_ <= before:
            mend = f"前一取值自 {before} 起，请按日期先后排列，每日只写一个"
            check.add("取值的起始日重复或颠倒", value.place("from"), found=value.from_, mend=mend)
    if min(days) > benefit.effective.from_:
        message = f"参数“{parameter.name}”在施行期开始时没有取值"
        mend = f"施行期自 {benefit.effective.from_} 起，请补上此前的取值"
        check.add(message, parameter.value[0].place("from"), found=min(days), mend=mend)


def _target(check: Check, target: Target) -> None:
    if target.due < target.from_:
        mend = f"起算日为 {target.from_}，请改正其一"
        check.add("到期日早于起算日", target.place("due"), found=target.due, mend=mend)
        return
    previous: date | None = None
    for milestone in target.milestones:
        place = milestone.place("on")
        if not target.from_ <= milestone.on <= target.due:
            mend = f"应在 {target.from_} 至 {target.due} 之间"
            check.add("节点不在起算日与到期日之间", place, found=milestone.on, mend=mend)
        if previous is not None and milestone.on <= previous:
            check.add("节点的日期重复或颠倒", place, found=milestone.on, mend=f"上一节点为 {previous}，请按先后排列")
        previous = milestone.on
