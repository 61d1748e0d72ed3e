"""Pools: by hand, every fault and refusal, and a state machine beside an independent model."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from jiqun.exchange.pool.bill import Bill, alone, bills, worst
from jiqun.exchange.pool.errors import PoolError
from jiqun.exchange.pool.state import Change, Close, Join, Member, Pool, Settle, Withdraw, apply
from jiqun.exchange.pool.terms import Freight, Terms, Tier

NOON = datetime(2026, 11, 2, 12)
TERMS = Terms(
    (Tier(1, 99, 1000), Tier(100, 199, 900), Tier(200, None, 800)), 1050, 100, 300, NOON, NOON + timedelta(days=2),
    tolerance=50, late_fee=100, freight=Freight(30_000, 200),
)  # fmt: skip


def joined(*members: tuple[str, int, int], terms: Terms = TERMS) -> Pool:
    pool = Pool(terms)
    for name, quantity, distance in members:
        pool = apply(pool, Join(Member(name, quantity, distance), NOON))
    return pool


def refused(pool: Pool, event: Any) -> list[str]:
    with pytest.raises(PoolError) as error:
        apply(pool, event)
    return [str(p) for p in error.value.problems]


def test_by_hand() -> None:
    """60 and 60 units at 900; the journey of 30,000 + 200 · 50: 15,000 each, 2,000 each to km 20, 6,000 beyond."""
    pool = joined(("甲", 60, 20), ("乙", 60, 50), ("丙", 100, 5))
    late = NOON + timedelta(hours=1)
    pool = apply(pool, Withdraw("丙", late))
    assert pool.fees == (("丙", 10_000),)
    pool = apply(pool, Close(NOON + timedelta(days=3)))
    assert (pool.phase, pool.price) == ("agreed", 900)
    assert bills(pool) == (
        Bill("甲", 60, 54_000, 17_000, 5_000, 66_000), Bill("乙", 60, 54_000, 23_000, 5_000, 72_000),
    )  # fmt: skip
    assert worst(TERMS, Member("甲", 60, 20)) == Bill("甲", 63, 56_700, 34_000, 0, 90_700)
    assert alone(TERMS, Member("甲", 60, 20)) == Bill("甲", 60, 63_000, 34_000, 0, 97_000)
    pool = apply(pool, Settle({"甲": 57, "乙": 63}))
    assert [(b.quantity, b.goods) for b in bills(pool)] == [(57, 51_300), (63, 56_700)]


def test_selling_together_is_the_mirror() -> None:
    terms = replace(TERMS, kind="sell", tiers=(Tier(1, 199, 1000), Tier(200, None, 1200)), alone=950)
    pool = joined(("甲", 100, 10), ("乙", 100, 10), terms=terms)
    assert [b.total for b in bills(pool)] == [120_000 - 16_000, 120_000 - 16_000]
    low = worst(terms, Member("甲", 100, 10))
    assert low == Bill("甲", 95, 95_000, 32_000, 0, 63_000)
    assert low.total >= alone(terms, Member("甲", 100, 10), 95).total


def test_a_pool_that_fails_moves_no_goods() -> None:
    pool = joined(("甲", 60, 20), ("乙", 60, 50))
    pool = apply(apply(pool, Withdraw("乙", NOON + timedelta(hours=1))), Close(NOON + timedelta(days=3)))
    assert pool.phase == "failed" and bills(pool) == (Bill("甲", 0, 0, 0, 6_000, -6_000),)


def test_every_refusal_with_all_reasons() -> None:
    pool = joined(("甲", 60, 20))
    late = NOON + timedelta(hours=1)
    assert refused(pool, Join(Member("甲", 0, -1), NOON + timedelta(days=3))) == [
        "报名已于 2026-11-04 12:00 截止", "“成员 甲”：已在团中。请改数量", "“成员 甲”：里程为负（现为“-1”）",
        "“成员 甲”：数量少于每户至少 1（现为“0”）",
    ]  # fmt: skip
    assert refused(pool, Join(Member("乙", 241), NOON)) == ["“成员 乙”：超过本团至多 300（现为“241”）。至多还可报 240"]
    assert refused(pool, Change("甲", 59, late)) == ["“成员 甲”：退出截止后只能增加数量（现为“59”）。现报 60"]
    assert refused(pool, Change("丁", 5, late)) == ["“成员 丁”：不在团中"]
    assert refused(pool, Close(NOON)) == ["报名到 2026-11-04 12:00 才截止。满额可以提前成团"]
    assert refused(pool, Settle({})) == [
        "本团报名中。成团后才能结算，且只结算一次", "“成员 甲”：没有实际数量。请填写每个成员的实际数量",
    ]  # fmt: skip
    agreed = apply(apply(pool, Change("甲", 300, late)), Close(late))
    assert refused(agreed, Withdraw("甲", late)) == ["本团已成团。只有报名中的团可以变动"]
    assert refused(agreed, Settle({"甲": 316, "乙": 1})) == [
        "“成员 甲”：实际数量超出容差 285—315（现为“316”）", "“成员 乙”：不在团中",
    ]  # fmt: skip
    gone = apply(pool, Withdraw("甲", late))
    assert refused(gone, Join(Member("甲", 5), late)) == ["“成员 甲”：已逾期退出，不能再加入"]


def test_every_fault_of_the_terms_at_once() -> None:
    with pytest.raises(PoolError) as error:
        Terms(
            (Tier(5, 50, 900), Tier(50, 99, 950), Tier(120, 110, -1)), 800, 1, 0, NOON, NOON - timedelta(days=1),
            member_least=9, member_most=3, tolerance=-1, late_fee=1001, freight=Freight(-5, 1),
        )  # fmt: skip
    assert [str(p).replace("“", "").replace("”", "") for p in error.value.problems] == [
        "价格档 3：价格为负（现为-1）",
        "价格档 3：终点 110 小于起点 120",
        "价格档 2：与上一档（5—50）重叠。起点须大于上一档的终点",
        "价格档 2：价格 950 高于上一档 900。集采数量越大，单价不得越高",
        "价格档 3：与上一档之间有缺口 100—119。起点须为上一档终点加 1",
        "价格档 1：成团数量 1 低于第一档起点 5。请补上一档，或提高成团数量",
        "单独价格：单独价格 800 低于第一档 900。入团不得比单独购买贵",
        "容差：为负（现为-1）。须为零或正数",
        "运费起步价：为负（现为-5）。须为零或正数",
        "迟退费率：超过 100%（现为1001‰）",
        "成团数量：名额为零或为负（现为0）。至多数须为正整数",
        "每户数量：至少 9 大于至多 3。请改小至少数，或改大至多数",
        "期限：退出截止（2026-11-02 12:00:00）晚于报名截止（2026-11-01 12:00:00）。退出截止须不晚于报名截止",
    ]


class PoolMachine(RuleBasedStateMachine):
    """The engine beside a model of plain dictionaries; every bill within what was promised on joining."""

    @initialize(kind=st.sampled_from(("buy", "sell")))
    def begin(self, kind: Any) -> None:
        prices = (1000, 900, 800) if kind == "buy" else (800, 900, 1000)
        self.limits = (100, 200)
        self.prices = prices
        tiers = (Tier(1, 99, prices[0]), Tier(100, 199, prices[1]), Tier(200, None, prices[2]))
        self.terms = replace(TERMS, kind=kind, tiers=tiers, alone=1000 if kind == "buy" else 800, member_most=150)
        self.pool = Pool(self.terms)
        self.model: dict[str, tuple[int, int]] = {}
        self.fees: dict[str, int] = {}
        self.now, self.phase = NOON - timedelta(days=1), "open"

    def attempt(self, event: Any, allowed: bool) -> None:
        if allowed:
            self.pool = apply(self.pool, event)
        else:
            before = self.pool
            with pytest.raises(PoolError):
                apply(self.pool, event)
            assert self.pool is before

    def live(self) -> bool:
        return self.phase == "open" and self.now <= self.terms.join_until

    def fits(self, name: str, quantity: int) -> bool:
        others = sum(q for n, (q, _) in self.model.items() if n != name)
        return 1 <= quantity <= 150 and others + quantity <= 300

    @rule(hours=st.integers(1, 30))
    def later(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule(name=st.sampled_from("甲乙丙丁"), quantity=st.integers(0, 160), distance=st.integers(0, 80))
    def join(self, name: str, quantity: int, distance: int) -> None:
        allowed = self.live() and name not in self.model and name not in self.fees and self.fits(name, quantity)
        self.attempt(Join(Member(name, quantity, distance), self.now), allowed)
        if allowed:
            self.model[name] = (quantity, distance)

    @rule(name=st.sampled_from("甲乙丙丁"), quantity=st.integers(0, 160))
    def change(self, name: str, quantity: int) -> None:
        allowed = self.live() and name in self.model and self.fits(name, quantity)
        allowed = allowed and (self.now <= NOON or quantity >= self.model[name][0])
        self.attempt(Change(name, quantity, self.now), allowed)
        if allowed:
            self.model[name] = (quantity, self.model[name][1])

    @rule(name=st.sampled_from("甲乙丙丁"))
    def withdraw(self, name: str) -> None:
        allowed = self.live() and name in self.model
        self.attempt(Withdraw(name, self.now), allowed)
        if allowed:
            quantity, _ = self.model.pop(name)
            if self.now > NOON:
                self.fees[name] = round(quantity * self.prices[0] / 10)

    @rule()
    def close(self) -> None:
        total = sum(q for q, _ in self.model.values())
        allowed = self.phase == "open" and (self.now > self.terms.join_until or total == 300)
        self.attempt(Close(self.now), allowed)
        if allowed:
            self.phase = "agreed" if total >= 100 else "failed"

    @precondition(lambda self: self.phase == "agreed")
    @rule(share=st.integers(-60, 60))
    def settle(self, share: int) -> None:
        delivered = {n: q + q * share // 1000 for n, (q, _) in self.model.items()}
        allowed = all(abs(delivered[n] - q) <= q * 50 // 1000 for n, (q, _) in self.model.items())
        self.attempt(Settle(delivered), allowed)
        if allowed:
            self.phase = "settled"

    @invariant()
    def same_as_the_model(self) -> None:
        if not hasattr(self, "pool"):
            return
        assert {m.id: (m.quantity, m.distance) for m in self.pool.members} == self.model
        assert (dict(self.pool.fees), self.pool.phase) == (self.fees, self.phase)

    @invariant()
    def money_adds_up_and_promises_hold(self) -> None:
        if not hasattr(self, "pool") or not self.model:
            return
        found = bills(self.pool)
        assert sum(b.compensation for b in found) == sum(self.fees.values())
        if self.phase == "failed":
            assert all(b.total in (b.compensation, -b.compensation) for b in found)
            return
        ordered = max(sum(q for q, _ in self.model.values()), 100)
        price = self.prices[sum(ordered >= limit for limit in self.limits)]
        assert all(b.goods == price * b.quantity for b in found)
        assert sum(b.freight for b in found) == 30_000 + 200 * max(d for _, d in self.model.values())
        for member, bill in zip(self.pool.members, found):
            promised, single = worst(self.terms, member), alone(self.terms, member, bill.quantity)
            if self.terms.kind == "buy":
                assert bill.total <= promised.total and bill.total <= single.total
            else:
                assert bill.total >= promised.total and bill.total >= single.total


TestPools = PoolMachine.TestCase
TestPools.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
