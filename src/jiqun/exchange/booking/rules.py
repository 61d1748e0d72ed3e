"""The rules of a resource as a frozen object; every fault of a rule set is named at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Literal, NamedTuple

from jiqun.base.errors import InputError, Place, Problem, Problems

WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
DAY = 24 * 60
RULES = (
    "opening", "closure", "duration", "granularity", "notice", "horizon", "validity", "capacity", "limit",
    "qualification", "past",
)  # fmt: skip
"""The names of the rules that a request can break."""
PERIOD_WORDS = {"day": "每日", "week": "每周", "month": "每月", "concurrent": "同时"}


class BookingError(InputError):
    """Rules or an event were refused; `problems` lists every fault."""

    def __init__(self, problems: Iterable[Problem], title: str = "预约规则有误") -> None:
        super().__init__(list(problems), title)


class Opening(NamedTuple):
    """Open on a weekday (0 Monday … 6 Sunday) from minute `begin` to minute `end` of the day, at most 1440."""

    weekday: int
    begin: int
    end: int


class Closure(NamedTuple):
    """Closed from `begin` to before `end`."""

    begin: datetime
    end: datetime
    reason: str = ""


class Limit(NamedTuple):
    """A firm may have so many bookings, and so many minutes, in a day, ISO week or month, or at the same time.

    For `concurrent` only `bookings` counts.
    """

    period: Literal["day", "week", "month", "concurrent"]
    bookings: int | None = None
    minutes: int | None = None


@dataclass(frozen=True)
class Cancelling:
    """Free until `free_minutes` before the begin, then `late_fee`, and `no_show_fee` for not coming (in thousandths)."""

    free_minutes: int = 0
    late_fee: int = 0
    no_show_fee: int = 0


@dataclass(frozen=True)
class Rules:
    """How a resource may be booked; raises `BookingError` with every fault when built.

    Minutes throughout. `before` and `after` are buffers in which the resource is busy too. A booking begins and
    lasts in multiples of `step`, from midnight. `notice` is the least time between asking and begin, `horizon` the
    most, in days. `override` are the rules (of `RULES`) that staff may set aside.
    """

    openings: tuple[Opening, ...]
    units: int = 1
    step: int = 30
    shortest: int = 30
    longest: int = DAY
    before: int = 0
    after: int = 0
    notice: int = 0
    horizon: int = 90
    valid_from: date | None = None
    valid_until: date | None = None
    holidays: bool = False
    """Whether public holidays on weekdays are open too."""
    closures: tuple[Closure, ...] = ()
    limits: tuple[Limit, ...] = ()
    qualifications: frozenset[str] = frozenset()
    cancelling: Cancelling = field(default_factory=Cancelling)
    waiting: int = 0
    """How many may wait."""
    override: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        found = _faults(self)
        if len(found):
            raise BookingError(found)


def clock(minute: int) -> str:
    """A minute of the day as 08:30."""
    return f"{minute // 60:02}:{minute % 60:02}"


def _faults(rules: Rules) -> Problems:
    found = Problems()
    _openings(rules, found)
    _numbers(rules, found)
    if rules.valid_from and rules.valid_until and rules.valid_until < rules.valid_from:
        text = f"结束（{rules.valid_until}）早于开始（{rules.valid_from}）"
        found.add(text, Place(field="有效期"), mend="请把结束改到开始之后")
    for closure in rules.closures:
        if closure.end <= closure.begin:
            found.add("结束不晚于开始", Place(field="停用时段"), found=f"{closure.begin} 至 {closure.end}")
    _limits(rules, found)
    for name in sorted(rules.override - set(RULES)):
        found.add("没有这条规则", Place(field="可放行规则"), found=name, mend=f"可写：{'、'.join(RULES)}")
    return found


def _openings(rules: Rules, found: Problems) -> None:
    if not rules.openings:
        found.add("没有开放时段", Place(field="开放时段"), mend="请至少写一个开放时段")
    ordered = sorted(rules.openings)
    for opening in ordered:
        if not 0 <= opening.weekday <= 6:
            found.add("星期须为 0（周一）至 6（周日）", Place(field="开放时段"), found=opening.weekday)
        elif not 0 <= opening.begin < opening.end <= DAY:
            shown = f"{opening.begin}—{opening.end}"
            found.add("时段须在 0—1440 分钟之内且结束晚于开始", _on(opening), found=shown)
    for first, second in pairwise(ordered):
        if first.weekday == second.weekday and second.begin < first.end:
            text = f"{clock(second.begin)}—{clock(second.end)} 与 {clock(first.begin)}—{clock(first.end)} 重叠"
            found.add(text, _on(second), mend="同一天的时段互不重叠")


def _on(opening: Opening) -> Place:
    return Place(field=f"开放时段 {WEEKDAYS[opening.weekday]}")


def _numbers(rules: Rules, found: Problems) -> None:
    for name, value in (("容量", rules.units), ("时间粒度", rules.step), ("最短时长", rules.shortest)):
        if value < 1:
            word = "名额为零" if value == 0 and name == "容量" else "须为正整数"
            found.add(word, Place(field=name), found=value)
    for name, value in (
        ("前置缓冲", rules.before), ("后置缓冲", rules.after), ("最少提前", rules.notice), ("候补人数", rules.waiting),
        ("免费取消", rules.cancelling.free_minutes),
    ):  # fmt: skip
        if value < 0:
            found.add("为负", Place(field=name), found=value, mend="须为零或正整数")
    if rules.longest < rules.shortest:
        found.add(f"最短 {rules.shortest} 大于最长 {rules.longest}", Place(field="时长"), mend="请改小最短，或改大最长")
    if rules.step > 0:
        for name, value in (("最短时长", rules.shortest), ("最长时长", rules.longest)):
            if value > 0 and value % rules.step:
                found.add(f"不是时间粒度 {rules.step} 的倍数", Place(field=name), found=value)
    if rules.horizon * DAY <= rules.notice:
        text = f"最多提前 {rules.horizon} 天，不晚于最少提前 {rules.notice} 分钟"
        found.add(text, Place(field="预约窗口"), mend="请改大最多提前，或改小最少提前")
    fees = (("逾期取消费", rules.cancelling.late_fee), ("爽约费", rules.cancelling.no_show_fee))
    for name, value in fees:
        if not 0 <= value <= 1000:
            found.add("须为 0 至 1000‰", Place(field=name), found=value)


def _limits(rules: Rules, found: Problems) -> None:
    seen: set[str] = set()
    for limit in rules.limits:
        place = Place(field=f"每户限额 {PERIOD_WORDS.get(limit.period, limit.period)}")
        if limit.period not in PERIOD_WORDS:
            found.add("周期须为 day、week、month 或 concurrent", place, found=limit.period)
        if limit.period in seen:
            found.add("写了不止一次", place)
        seen.add(limit.period)
        if limit.bookings is None and limit.minutes is None:
            found.add("既无次数也无时长", place, mend="请写 bookings 或 minutes")
        for name, value in (("次数", limit.bookings), ("时长", limit.minutes)):
            if value is not None and value < 1:
                found.add(f"{name}名额为零或为负", place, found=value, mend="须为正整数")
        if limit.period == "concurrent" and limit.minutes is not None:
            found.add("同时限额只按次数", place, mend="请删去 minutes")
