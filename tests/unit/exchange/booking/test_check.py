"""Booking rules: by hand, every fault and trouble, free times against trying every begin."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiqun.exchange.booking.calendar import Load, open_spans
from jiqun.exchange.booking.check import Booking, Request, check, next_free
from jiqun.exchange.booking.rules import BookingError, Cancelling, Closure, Limit, Opening, Rules

MONDAY = datetime(2026, 11, 2)
WEEK = tuple(Opening(d, b, e) for d in range(5) for b, e in ((480, 720), (780, 1080)))
RULES = Rules(
    WEEK, units=2, step=30, shortest=60, longest=240, before=15, after=30, notice=120, horizon=30,
    valid_until=date(2026, 11, 20), closures=(Closure(MONDAY + timedelta(hours=33), MONDAY + timedelta(hours=35), "检修"),),
    limits=(Limit("day", 1, 120), Limit("week", 2), Limit("month", minutes=480), Limit("concurrent", 1)),
    qualifications=frozenset({"操作证", "安全培训"}), override=frozenset({"limit", "notice"}),
)  # fmt: skip
HELD = {"操作证": None, "安全培训": date(2026, 12, 31)}


def at(day: int, hour: float) -> datetime:
    return MONDAY + timedelta(days=day, hours=hour)


def asked(day: int, begin: float, end: float, firm: str = "甲", **more: Any) -> Request:
    return Request(firm, at(day, begin), at(day, end), **{"qualifications": HELD, **more})


def test_a_request_within_all_rules() -> None:
    assert check(RULES, (), asked(0, 8, 10), at(0, 6)) == ()


def test_all_troubles_at_once() -> None:
    bookings = [
        Booking("1", "甲", at(1, 9.5), at(1, 11)), Booking("2", "乙", at(1, 11), at(1, 12)),
        Booking("3", "甲", at(0, 8), at(0, 12)), Booking("4", "甲", at(3, 8), at(3, 12)),
    ]  # fmt: skip
    request = Request("甲", at(1, 10.25), at(1, 14.75), 1, {"安全培训": date(2026, 11, 2)})
    troubles = check(RULES, bookings, request, at(1, 9))
    assert [(t.rule, t.reason, t.may_override) for t in troubles] == [
        ("notice", "须提前 120 分钟，最早 2026-11-03 11:00", True),
        ("duration", "时长 270 分钟，至多 240 分钟", False),
        ("granularity", "开始和时长须为 30 分钟的倍数", False),
        ("opening", "2026-11-03 10:15 至 2026-11-03 14:45 不全在开放时段内", False),
        ("closure", "2026-11-03 09:00 至 2026-11-03 11:00 停用（检修）", False),
        ("capacity", "容量 2，该时段（含前后缓冲）已占 2，尚余 0", False),
        ("limit", "每户每日至多 1 次预约，已有 1 次", True),
        ("limit", "每户每日至多 120 分钟，已约 90 分钟", True),
        ("limit", "每户每周至多 2 次预约，已有 3 次", True),
        ("limit", "每户每月至多 480 分钟，已约 570 分钟", True),
        ("limit", "每户同时至多 1 次预约，已有 1 次", True),
        ("qualification", "资质“安全培训”有效期到 2026-11-02，早于使用日 2026-11-03", False),
        ("qualification", "缺少资质“操作证”", False),
    ]


def test_the_window_of_time() -> None:
    def reasons(request: Request, rules: Rules = RULES) -> list[str]:
        return [t.reason for t in check(rules, (), request, at(0, 8))]

    assert reasons(asked(-1, 9, 8)) == ["结束不晚于开始"]
    assert reasons(asked(-3, 8, 9)) == ["开始时间 2026-10-30 08:00 已过"]
    assert reasons(asked(31, 8, 9)) == ["最多提前 30 天，最晚 2026-12-02 08:00", "开放预约到 2026-11-20 为止"]
    later = replace(RULES, valid_from=date(2026, 11, 10))
    assert reasons(asked(1, 8, 8.5), later) == ["2026-11-10 起开放预约", "时长 30 分钟，至少 60 分钟"]
    assert reasons(asked(1, 13, 14, units=0)) == ["数量须为正整数，现为 0"]


def test_buffers_keep_bookings_apart() -> None:
    """After 10:00 the resource is busy until 10:30, and 15 minutes go before: 10:30 is too soon, 11:00 is not."""
    one = replace(RULES, units=1)
    bookings = [Booking("1", "乙", at(0, 8), at(0, 10))]
    assert [t.rule for t in check(one, bookings, asked(0, 10.5, 11.5), at(0, 6))] == ["capacity"]
    assert check(one, bookings, asked(0, 11, 12), at(0, 6)) == ()


def test_public_holidays_and_working_weekends() -> None:
    """2026-10-01 is a holiday; the Saturday 2026-10-10 is worked instead, and has its own hours: none here."""
    rules = Rules(WEEK, shortest=60, horizon=40)
    now = datetime(2026, 9, 25)

    def opening(day: int, given: Rules = rules) -> list[str]:
        begin = datetime(2026, 10, day, 9)
        return [t.rule for t in check(given, (), Request("甲", begin, begin + timedelta(hours=1)), now)]

    assert (opening(1), opening(9), opening(10)) == (["opening"], [], ["opening"])
    assert opening(1, replace(rules, holidays=True)) == []


def test_open_over_midnight() -> None:
    rules = Rules(tuple(Opening(d, 0, 1440) for d in range(7)), holidays=True, longest=2880, horizon=40)
    assert check(rules, (), asked(0, 22, 30), at(0, 6)) == ()
    assert list(open_spans(rules, at(0, 6), at(2, 6))) == [(at(0, 6), at(2, 6))]
    assert list(open_spans(RULES, at(0, 6), at(1, 24)))[2:] == [(at(1, 8), at(1, 9)), (at(1, 11), at(1, 12)), (at(1, 13), at(1, 18))]  # fmt: skip


def test_every_fault_of_the_rules_at_once() -> None:
    with pytest.raises(BookingError) as error:
        Rules(
            (Opening(0, 480, 720), Opening(0, 700, 800), Opening(7, 0, 1), Opening(1, 900, 800)), units=0, step=20,
            shortest=50, longest=40, before=-1, notice=99_999, horizon=1, valid_from=date(2026, 2, 1),
            valid_until=date(2026, 1, 1), closures=(Closure(MONDAY, MONDAY),),
            limits=(Limit("day"), Limit("day", 0), Limit("concurrent", 1, 5)), cancelling=Cancelling(0, 1001, -1),
            override=frozenset({"opening", "fee"}),
        )  # fmt: skip
    assert [str(p) for p in error.value.problems] == [
        "“开放时段 周二”：时段须在 0—1440 分钟之内且结束晚于开始（现为“900—800”）",
        "“开放时段”：星期须为 0（周一）至 6（周日）（现为“7”）",
        "“开放时段 周一”：11:40—13:20 与 08:00—12:00 重叠。同一天的时段互不重叠",
        "“容量”：名额为零（现为“0”）",
        "“前置缓冲”：为负（现为“-1”）。须为零或正整数",
        "“时长”：最短 50 大于最长 40。请改小最短，或改大最长",
        "“最短时长”：不是时间粒度 20 的倍数（现为“50”）",
        "“预约窗口”：最多提前 1 天，不晚于最少提前 99999 分钟。请改大最多提前，或改小最少提前",
        "“逾期取消费”：须为 0 至 1000‰（现为“1001”）",
        "“爽约费”：须为 0 至 1000‰（现为“-1”）",
        "“有效期”：结束（2026-01-01）早于开始（2026-02-01）。请把结束改到开始之后",
        "“停用时段”：结束不晚于开始（现为“2026-11-02 00:00:00 至 2026-11-02 00:00:00”）",
        "“每户限额 每日”：既无次数也无时长。请写 bookings 或 minutes",
        "“每户限额 每日”：写了不止一次",
        "“每户限额 每日”：次数名额为零或为负（现为“0”）。须为正整数",
        "“每户限额 同时”：同时限额只按次数。请删去 minutes",
        "“可放行规则”：没有这条规则（现为“fee”）。可写：opening、closure、duration、granularity、notice、horizon、"
        "validity、capacity、limit、qualification、past",
    ]
    with pytest.raises(BookingError, match="没有开放时段"):
        Rules(())


SPANS = st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9), st.integers(1, 3)), max_size=12)


@given(SPANS, st.integers(0, 50), st.integers(1, 9), st.integers(0, 5))
def test_the_sweep_equals_counting(spans: list[tuple[int, int, int]], begin: int, length: int, most: int) -> None:
    def hour(n: int) -> datetime:
        return MONDAY + timedelta(hours=n)

    load = Load.of((hour(b), hour(b + n), u) for b, n, u in spans)
    counts = [sum(u for b, n, u in spans if b <= h < b + n) for h in range(70)]
    window = counts[begin : begin + length]
    assert load.peak(hour(begin), hour(begin + length)) == max(window)
    over = [h for h in range(begin, begin + length) if counts[h] > most]
    until = load.blocked_until(hour(begin), hour(begin + length), most)
    assert (until is None) == (not over)
    if until is not None:
        assert hour(over[-1]) < until and all(
            c > most for c in counts[over[-1] : (until - MONDAY) // timedelta(hours=1)]
        )


@given(
    st.lists(st.tuples(st.integers(0, 95), st.integers(2, 6), st.sampled_from("甲乙丙")), max_size=14),
    st.integers(2, 5),
)
@settings(max_examples=40, deadline=None)
def test_free_times_are_those_that_trying_finds(taken: list[tuple[int, int, str]], halves: int) -> None:
    half = timedelta(minutes=30)
    bookings = [Booking(str(n), f, MONDAY + b * half, MONDAY + (b + d) * half) for n, (b, d, f) in enumerate(taken)]
    rules = replace(RULES, horizon=2, limits=(Limit("day", 2),))
    request = Request("甲", at(0, 6), at(0, 6) + halves * half, 1, HELD)
    now = at(0, 5)
    begins = [at(0, 0) + n * half for n in range(48 * 3)]
    tried = [
        b
        for b in begins
        if b >= request.begin and not check(rules, bookings, Request("甲", b, b + halves * half, 1, HELD), now)
    ]
    assert next_free(rules, bookings, request, now, count=500) == tuple(tried)
    assert next_free(rules, bookings, request, now, count=2) == tuple(tried[:2])


def test_midnight_of_the_step() -> None:
    """A step that does not divide the day starts anew at midnight."""
    rules = Rules(
        tuple(Opening(d, 0, 1440) for d in range(7)), holidays=True, step=50, shortest=50, longest=100, horizon=5
    )
    request = Request("甲", at(0, 23), at(0, 23) + timedelta(minutes=50))
    found = next_free(rules, (), request, at(0, 5), 3)
    assert [f.time() for f in found] == [time(23, 20), time(0, 0), time(0, 50)]
