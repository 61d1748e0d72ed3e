"""Bookings and waiting list of a resource as a frozen state; events give the next state with what they caused."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from jiqun.base.errors import Place, Problem
from jiqun.exchange.booking.check import Booking, Request, Trouble, check
from jiqun.exchange.booking.rules import BookingError, Rules


@dataclass(frozen=True)
class Waiting:
    """A request that waits since `since`; `priority` 0 comes before 1."""

    id: str
    request: Request
    since: datetime
    priority: int = 0


@dataclass(frozen=True)
class Ledger:
    """What is booked, in the order of booking, and who waits."""

    rules: Rules
    bookings: tuple[Booking, ...] = ()
    waiting: tuple[Waiting, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What an event led to: the new state, its troubles (then nothing changed), the fee in thousandths of the price,
    and the waiting requests that got their place.
    """

    ledger: Ledger
    troubles: tuple[Trouble, ...] = ()
    fee: int = 0
    promoted: tuple[str, ...] = ()


def book(ledger: Ledger, name: str, request: Request, now: datetime, *, override: bool = False) -> Outcome:
    """Book, or tell all troubles; staff (`override`) set aside those that may be."""
    _new(ledger, name)
    troubles = check(ledger.rules, ledger.bookings, request, now)
    if any(not (override and t.may_override) for t in troubles):
        return Outcome(ledger, troubles)
    return Outcome(replace(ledger, bookings=(*ledger.bookings, _booking(name, request))))


def wait(ledger: Ledger, name: str, request: Request, now: datetime, priority: int = 0) -> Outcome:
    """Put on the waiting list a request whose only trouble is the capacity; others are told."""
    _new(ledger, name)
    troubles = check(ledger.rules, ledger.bookings, request, now)
    if not troubles:
        raise BookingError(
            [Problem("该时段有空，不必候补", Place(field=f"候补 {name}"), mend="请直接预约")], "候补未受理"
        )
    if any(t.rule != "capacity" for t in troubles) or not 1 <= request.units <= ledger.rules.units:
        return Outcome(ledger, troubles)
    if len(ledger.waiting) >= ledger.rules.waiting:
        most = ledger.rules.waiting
        raise BookingError(
            [Problem(f"候补已满 {most} 位" if most else "不设候补", Place(field=f"候补 {name}"))], "候补未受理"
        )
    return Outcome(replace(ledger, waiting=(*ledger.waiting, Waiting(name, request, now, priority))))


def cancel(ledger: Ledger, name: str, now: datetime) -> Outcome:
    """Take a booking or a waiting request back: free until the time of the rules, the late fee after it.

    Waiting requests that now fit get their place by priority, then waiting time; a promoted one may use up what a
    later one needed.
    """
    if any(w.id == name for w in ledger.waiting):
        return Outcome(replace(ledger, waiting=tuple(w for w in ledger.waiting if w.id != name)))
    booking = _find(ledger, name)
    if now >= booking.begin:
        raise BookingError(
            [Problem("已开始，不能取消", Place(field=f"预约 {name}"), mend="未到场的按爽约处理")], "取消未受理"
        )
    rules = ledger.rules
    late = now > booking.begin - timedelta(minutes=rules.cancelling.free_minutes)
    left = replace(ledger, bookings=tuple(b for b in ledger.bookings if b.id != name))
    after, promoted = _promote(left, now)
    return Outcome(after, fee=rules.cancelling.late_fee if late else 0, promoted=promoted)


def no_show(ledger: Ledger, name: str, now: datetime) -> Outcome:
    """Note that the firm did not come: the booking goes, the fee is that of not coming."""
    booking = _find(ledger, name)
    if now < booking.begin:
        raise BookingError([Problem("尚未开始，不能记爽约", Place(field=f"预约 {name}"))], "爽约未受理")
    left = replace(ledger, bookings=tuple(b for b in ledger.bookings if b.id != name))
    return Outcome(left, fee=ledger.rules.cancelling.no_show_fee)


def _promote(ledger: Ledger, now: datetime) -> tuple[Ledger, tuple[str, ...]]:
    promoted = []
    for waiting in sorted(ledger.waiting, key=lambda w: (w.priority, w.since)):
        if not check(ledger.rules, ledger.bookings, waiting.request, now):
            bookings = (*ledger.bookings, _booking(waiting.id, waiting.request))
            ledger = replace(ledger, bookings=bookings, waiting=tuple(w for w in ledger.waiting if w.id != waiting.id))
            promoted.append(waiting.id)
    return ledger, tuple(promoted)


def _booking(name: str, request: Request) -> Booking:
    return Booking(name, request.firm, request.begin, request.end, request.units)


def _find(ledger: Ledger, name: str) -> Booking:
    for booking in ledger.bookings:
        if booking.id == name:
            return booking
    raise BookingError([Problem("没有这个预约", Place(field=f"预约 {name}"))], "预约未找到")


def _new(ledger: Ledger, name: str) -> None:
    if name in {b.id for b in ledger.bookings} | {w.id for w in ledger.waiting}:
        raise BookingError([Problem("编号已用过", Place(field=f"预约 {name}"), mend="请换一个编号")], "预约未受理")
