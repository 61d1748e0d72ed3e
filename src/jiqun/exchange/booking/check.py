"""Everything that is wrong with a request, each with its rule and whether staff may set it aside; next free times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from jiqun.exchange.booking.calendar import Load, open_spans, open_throughout
from jiqun.exchange.booking.rules import PERIOD_WORDS, Limit, Rules

_LEAST = timedelta(microseconds=1)
"""What takes a begin to the next step, midnight included."""


@dataclass(frozen=True)
class Booking:
    """A firm has `units` of the resource from `begin` to before `end`."""

    id: str
    firm: str
    begin: datetime
    end: datetime
    units: int = 1


@dataclass(frozen=True)
class Request:
    """What a firm asks for; `qualifications` are its own with the last day on which each holds (None: no end)."""

    firm: str
    begin: datetime
    end: datetime
    units: int = 1
    qualifications: Mapping[str, date | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Trouble:
    """One reason why a request cannot be booked."""

    rule: str
    reason: str
    may_override: bool


def check(rules: Rules, bookings: Sequence[Booking], request: Request, now: datetime) -> tuple[Trouble, ...]:
    """All problems of a request asked for at `now`, in the order of the rules; empty where it can be booked."""
    load = Load.of(occupied(rules, bookings))
    return tuple(
        Trouble(rule, text, rule in rules.override) for rule, text in _all(rules, bookings, load, request, now)
    )


def occupied(rules: Rules, bookings: Iterable[Booking]) -> Iterator[tuple[datetime, datetime, int]]:
    """When the resource is busy with bookings, buffers included."""
    before, after = timedelta(minutes=rules.before), timedelta(minutes=rules.after)
    return ((b.begin - before, b.end + after, b.units) for b in bookings)


def _all(
    rules: Rules, bookings: Sequence[Booking], load: Load, request: Request, now: datetime
) -> Iterator[tuple[str, str]]:
    if request.end <= request.begin:
        yield "duration", "结束不晚于开始"
        return
    yield from _window(rules, request, now)
    yield from _length(rules, request)
    yield from _calendar(rules, request)
    yield from _capacity(rules, load, request)
    for limit in rules.limits:
        yield from _limit(limit, [b for b in bookings if b.firm == request.firm], request)
    yield from _qualified(rules, request)


def _window(rules: Rules, request: Request, now: datetime) -> Iterator[tuple[str, str]]:
    if request.begin < now:
        yield "past", f"开始时间 {_shown(request.begin)} 已过"
    elif request.begin < (first := now + timedelta(minutes=rules.notice)):
        yield "notice", f"须提前 {rules.notice} 分钟，最早 {_shown(first)}"
    if request.begin > (last := now + timedelta(days=rules.horizon)):
        yield "horizon", f"最多提前 {rules.horizon} 天，最晚 {_shown(last)}"
    if rules.valid_from and request.begin.date() < rules.valid_from:
        yield "validity", f"{rules.valid_from} 起开放预约"
    if rules.valid_until and _last_day(request) > rules.valid_until:
        yield "validity", f"开放预约到 {rules.valid_until} 为止"


def _last_day(request: Request) -> date:
    return (request.end - timedelta(microseconds=1)).date()


def _length(rules: Rules, request: Request) -> Iterator[tuple[str, str]]:
    minutes = (request.end - request.begin) / timedelta(minutes=1)
    if minutes < rules.shortest:
        yield "duration", f"时长 {minutes:g} 分钟，至少 {rules.shortest} 分钟"
    if minutes > rules.longest:
        yield "duration", f"时长 {minutes:g} 分钟，至多 {rules.longest} 分钟"
    since = (request.begin - datetime.combine(request.begin.date(), time())) / timedelta(minutes=1)
    if since % rules.step or minutes % rules.step:
        yield "granularity", f"开始和时长须为 {rules.step} 分钟的倍数"


def _calendar(rules: Rules, request: Request) -> Iterator[tuple[str, str]]:
    if not open_throughout(rules, request.begin, request.end):
        yield "opening", f"{_shown(request.begin)} 至 {_shown(request.end)} 不全在开放时段内"
    for closure in rules.closures:
        if closure.begin < request.end and request.begin < closure.end:
            why = f"（{closure.reason}）" if closure.reason else ""
            yield "closure", f"{_shown(closure.begin)} 至 {_shown(closure.end)} 停用{why}"


def _capacity(rules: Rules, load: Load, request: Request) -> Iterator[tuple[str, str]]:
    if request.units < 1:
        yield "capacity", f"数量须为正整数，现为 {request.units}"
        return
    (begin, end, _units), = occupied(rules, [Booking("", "", request.begin, request.end)])  # fmt: skip
    taken = load.peak(begin, end)
    if taken + request.units > rules.units:
        buffers = "（含前后缓冲）" if rules.before or rules.after else ""
        yield "capacity", f"容量 {rules.units}，该时段{buffers}已占 {taken}，尚余 {max(rules.units - taken, 0)}"


def _limit(limit: Limit, mine: list[Booking], request: Request) -> Iterator[tuple[str, str]]:
    word = PERIOD_WORDS[limit.period]
    if limit.period == "concurrent":
        peak = Load.of((b.begin, b.end, 1) for b in mine).peak(request.begin, request.end)
        if limit.bookings is not None and peak + 1 > limit.bookings:
            yield "limit", f"每户同时至多 {limit.bookings} 次预约，已有 {peak} 次"
        return
    same = [b for b in mine if _period(limit, b.begin) == _period(limit, request.begin)]
    if limit.bookings is not None and len(same) + 1 > limit.bookings:
        yield "limit", f"每户{word}至多 {limit.bookings} 次预约，已有 {len(same)} 次"
    used = sum((b.end - b.begin for b in same), timedelta())
    if limit.minutes is not None and used + (request.end - request.begin) > timedelta(minutes=limit.minutes):
        yield "limit", f"每户{word}至多 {limit.minutes} 分钟，已约 {used / timedelta(minutes=1):g} 分钟"


def _period(limit: Limit, when: datetime) -> tuple[int, ...]:
    if limit.period == "week":
        return tuple(when.isocalendar()[:2])
    return (when.year, when.month) if limit.period == "month" else (when.year, when.month, when.day)


def _qualified(rules: Rules, request: Request) -> Iterator[tuple[str, str]]:
    for name in sorted(rules.qualifications):
        if name not in request.qualifications:
            yield "qualification", f"缺少资质“{name}”"
        elif (until := request.qualifications[name]) is not None and until < _last_day(request):
            yield "qualification", f"资质“{name}”有效期到 {until}，早于使用日 {_last_day(request)}"


def _shown(when: datetime) -> str:
    return f"{when:%Y-%m-%d %H:%M}"


def next_free(
    rules: Rules, bookings: Sequence[Booking], request: Request, now: datetime, count: int = 3
) -> tuple[datetime, ...]:
    """The first `count` begins, from the request's own on, at which it could be booked with its length and units.

    Every condition of `check` holds at them, the firm's own limits included.
    """
    load, length = Load.of(occupied(rules, bookings)), request.end - request.begin
    first = max(request.begin, now + timedelta(minutes=rules.notice))
    last = now + timedelta(days=rules.horizon)
    found: list[datetime] = []
    for begin, end in open_spans(rules, first, last + length):
        at: datetime | None = _on_step(rules, begin)
        while at is not None and at + length <= end and at <= last:
            at = _step_on(rules, bookings, load, request, now, at, found)
            if len(found) == count:
                return tuple(found)
    return tuple(found)


def _step_on(
    rules: Rules, bookings: Sequence[Booking], load: Load, request: Request, now: datetime, at: datetime, found: list[datetime]
) -> datetime:  # fmt: skip
    """Note the begin where it is free; the next one to look at, past whatever blocks this one."""
    length = request.end - request.begin
    before, after = timedelta(minutes=rules.before), timedelta(minutes=rules.after)
    until = load.blocked_until(at - before, at + length + after, rules.units - request.units)
    if until is not None:
        return _on_step(rules, max(until + before, at + _LEAST))
    asked = Request(request.firm, at, at + length, request.units, request.qualifications)
    if not any(_all(rules, bookings, load, asked, now)):
        found.append(at)
    return _on_step(rules, at + _LEAST)


def _on_step(rules: Rules, when: datetime) -> datetime:
    """The first multiple of the step at or after a time; steps count from each midnight."""
    midnight = datetime.combine(when.date(), time())
    steps = -((midnight - when) // timedelta(minutes=rules.step))
    begin = midnight + steps * timedelta(minutes=rules.step)
    return min(begin, midnight + timedelta(days=1))
