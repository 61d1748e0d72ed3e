"""Booking, cancelling, waiting: by hand, and a state machine beside a model that counts every half hour."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from jiqun.exchange.booking.check import Request
from jiqun.exchange.booking.ledger import Ledger, Waiting, book, cancel, no_show, wait
from jiqun.exchange.booking.rules import BookingError, Cancelling, Limit, Opening, Rules

DAY = datetime(2026, 11, 2)
RULES = Rules(
    (Opening(0, 480, 1080),), units=2, step=60, shortest=60, longest=240, notice=60, horizon=10,
    limits=(Limit("day", 2),), cancelling=Cancelling(120, 300, 1000), waiting=2, override=frozenset({"limit"}),
)  # fmt: skip


def ask(firm: str, begin: int, end: int, units: int = 1) -> Request:
    return Request(firm, DAY + timedelta(hours=begin), DAY + timedelta(hours=end), units)


def hour(n: float) -> datetime:
    return DAY + timedelta(hours=n)


def test_waiting_by_priority_then_time() -> None:
    ledger = book(Ledger(RULES), "1", ask("甲", 9, 11, 2), DAY).ledger
    ledger = wait(ledger, "w1", ask("乙", 10, 11), hour(1), priority=1).ledger
    ledger = wait(ledger, "w2", ask("丙", 9, 10, 2), hour(2)).ledger
    done = cancel(ledger, "1", hour(3))
    assert (done.promoted, done.fee) == (("w2", "w1"), 0)
    assert [b.id for b in done.ledger.bookings] == ["w2", "w1"] and done.ledger.waiting == ()


def test_a_late_cancel_costs_and_a_no_show_costs_more() -> None:
    ledger = book(Ledger(RULES), "1", ask("甲", 9, 11), DAY).ledger
    assert (cancel(ledger, "1", hour(7)).fee, cancel(ledger, "1", hour(7.1)).fee) == (0, 300)
    gone = no_show(ledger, "1", hour(9.5))
    assert (gone.fee, gone.ledger.bookings) == (1000, ())


def test_staff_set_aside_what_they_may() -> None:
    ledger = Ledger(RULES)
    for n in range(2):
        ledger = book(ledger, str(n), ask("甲", 8 + n, 9 + n), DAY).ledger
    told = book(ledger, "2", ask("甲", 10, 11), DAY)
    assert [t.reason for t in told.troubles] == ["每户每日至多 2 次预约，已有 2 次"] and told.ledger is ledger
    assert len(book(ledger, "2", ask("甲", 10, 11), DAY, override=True).ledger.bookings) == 3
    assert [t.rule for t in book(ledger, "2", ask("甲", 10, 10), DAY, override=True).troubles] == ["duration"]


def test_refusals() -> None:
    ledger = book(Ledger(RULES), "1", ask("甲", 9, 11, 2), DAY).ledger
    for action, text in (
        (lambda: book(ledger, "1", ask("甲", 9, 11), DAY), "“预约 1”：编号已用过。请换一个编号"),
        (lambda: wait(ledger, "2", ask("甲", 12, 13), DAY), "“候补 2”：该时段有空，不必候补。请直接预约"),
        (lambda: cancel(ledger, "9", DAY), "“预约 9”：没有这个预约"),
        (lambda: cancel(ledger, "1", hour(9)), "“预约 1”：已开始，不能取消。未到场的按爽约处理"),
        (lambda: no_show(ledger, "1", hour(8)), "“预约 1”：尚未开始，不能记爽约"),
    ):
        with pytest.raises(BookingError) as error:
            action()
        assert [str(p) for p in error.value.problems] == [text]
    full = ledger
    for name in ("a", "b"):
        full = wait(full, name, ask("乙", 9, 10), DAY).ledger
    with pytest.raises(BookingError, match="候补已满 2 位"):
        wait(full, "c", ask("丙", 9, 10), DAY)
    assert cancel(full, "a", DAY).ledger.waiting == (Waiting("b", ask("乙", 9, 10), DAY),)
    assert [t.rule for t in wait(ledger, "3", ask("甲", 6, 9), DAY).troubles] == ["opening"]
    assert [t.rule for t in wait(ledger, "3", ask("甲", 9, 10, 3), DAY).troubles] == ["capacity"]


class Desk(RuleBasedStateMachine):
    """The ledger beside a model: hours 0 … 23 of one Monday, each with the names that hold units in it."""

    @initialize()
    def begin(self) -> None:
        self.ledger, self.now, self.number = Ledger(RULES), 0.0, 0
        self.booked: dict[str, tuple[str, int, int, int]] = {}
        self.queue: list[tuple[int, int, str, tuple[str, int, int, int]]] = []

    def wrong(self, firm: str, begin: int, end: int, units: int) -> set[str]:
        rules = set()
        if not 1 <= end - begin <= 4:
            rules.add("duration")
        if end <= begin:
            return rules
        if begin < self.now:
            rules.add("past")
        elif begin < self.now + 1:
            rules.add("notice")
        if begin < 8 or end > 18:
            rules.add("opening")
        used = [sum(u for _, b, e, u in self.booked.values() if b <= h < e) for h in range(begin, end)]
        if max(used) + units > 2:
            rules.add("capacity")
        if sum(f == firm for f, *_ in self.booked.values()) >= 2:
            rules.add("limit")
        return rules

    @rule(hours=st.sampled_from((0.5, 1.0, 3.0)))
    def later(self, hours: float) -> None:
        self.now += hours

    @rule(
        firm=st.sampled_from("甲乙丙"),
        begin=st.integers(7, 18),
        length=st.integers(0, 5),
        units=st.integers(1, 2),
        staff=st.booleans(),
    )
    def book(self, firm: str, begin: int, length: int, units: int, staff: bool) -> None:
        self.number += 1
        name, what = str(self.number), (firm, begin, begin + length, units)
        wrong = self.wrong(*what)
        done = book(self.ledger, name, ask(*what), hour(self.now), override=staff)
        if not wrong or (staff and wrong == {"limit"}):
            assert done.troubles == ()
            self.booked[name] = what
        else:
            assert {t.rule for t in done.troubles} == wrong and done.ledger == self.ledger
        self.ledger = done.ledger

    @rule(
        firm=st.sampled_from("甲乙丙"),
        begin=st.integers(7, 18),
        length=st.integers(1, 3),
        units=st.integers(1, 2),
        priority=st.integers(0, 1),
    )
    def wait(self, firm: str, begin: int, length: int, units: int, priority: int) -> None:
        self.number += 1
        name, what = str(self.number), (firm, begin, begin + length, units)
        wrong = self.wrong(*what)
        if not wrong or (wrong == {"capacity"} and len(self.queue) == 2):
            with pytest.raises(BookingError):
                wait(self.ledger, name, ask(*what), hour(self.now), priority)
            return
        done = wait(self.ledger, name, ask(*what), hour(self.now), priority)
        assert {t.rule for t in done.troubles} == (set() if wrong == {"capacity"} else wrong)
        if wrong == {"capacity"}:
            self.queue.append((priority, self.number, name, what))
        self.ledger = done.ledger

    @rule(data=st.data())
    def cancel(self, data: Any) -> None:
        names = sorted([*self.booked, *(q[2] for q in self.queue)])
        if not names:
            return
        name = data.draw(st.sampled_from(names))
        if name not in self.booked:
            self.queue = [q for q in self.queue if q[2] != name]
            self.ledger = cancel(self.ledger, name, hour(self.now)).ledger
            return
        begin = self.booked[name][1]
        if self.now >= begin:
            self.ledger = no_show(self.ledger, name, hour(self.now)).ledger
            del self.booked[name]
            return
        done = cancel(self.ledger, name, hour(self.now))
        del self.booked[name]
        promoted = []
        for entry in sorted(self.queue):
            if not self.wrong(*entry[3]):
                self.booked[entry[2]] = entry[3]
                promoted.append(entry[2])
        self.queue = [q for q in self.queue if q[2] not in promoted]
        assert (done.fee, done.promoted) == (300 if begin - self.now < 2 else 0, tuple(promoted))
        self.ledger = done.ledger

    @invariant()
    def same_and_never_too_full(self) -> None:
        if not hasattr(self, "ledger"):
            return
        assert {b.id: (b.firm, b.begin, b.end, b.units) for b in self.ledger.bookings} == {
            n: (f, hour(b), hour(e), u) for n, (f, b, e, u) in self.booked.items()
        }
        assert {w.id for w in self.ledger.waiting} == {q[2] for q in self.queue}
        for h in range(24):
            assert sum(u for _, b, e, u in self.booked.values() if b <= h < e) <= 2


TestDesk = Desk.TestCase
TestDesk.settings = settings(max_examples=80, stateful_step_count=30, deadline=None)
