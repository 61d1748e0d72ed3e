"""Crowd-funded research: by hand, faults, and a state machine in which no fen is lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from jiqun.exchange.pool.errors import PoolError
from jiqun.exchange.pool.research import (
    CloseFunding,
    Fund,
    Milestone,
    PassMilestone,
    Pledge,
    Project,
    Stop,
    advance,
    overdue,
    position,
)

DAY = datetime(2026, 12, 1)
STEPS = (Milestone("方案", 300, DAY + timedelta(days=30)), Milestone("样机", 700, DAY + timedelta(days=90)))
PROJECT = Project(1000, DAY, STEPS, pledge_least=100, most=3000)


def funded(*pledges: tuple[str, int]) -> Fund:
    fund = Fund(PROJECT)
    for firm, amount in pledges:
        fund = advance(fund, Pledge(firm, amount, DAY))
    return advance(fund, CloseFunding(DAY + timedelta(days=1)))


def refused(fund: Fund, event: Any) -> list[str]:
    with pytest.raises(PoolError) as error:
        advance(fund, event)
    return [str(p) for p in error.value.problems]


def test_release_by_milestone_and_refund_on_failure() -> None:
    """1,001 fen: 300 released; 701 go back, each firm its pledge less its share of the 300 (150, 150 of 500, 501)."""
    fund = advance(funded(("甲", 500), ("乙", 501)), PassMilestone("方案"))
    assert (fund.released, fund.held, fund.phase) == (300, 701, "running")
    assert overdue(fund, DAY + timedelta(days=91)) == (STEPS[1],)
    stopped = advance(fund, Stop())
    assert stopped.refunds == (("甲", 350), ("乙", 351)) and stopped.held == 0
    assert position(stopped, "乙") == {"pledged": 501, "spent": 150, "refunded": 351}
    done = advance(fund, PassMilestone("样机"))
    assert (done.phase, done.released, done.held) == ("done", 1001, 0)


def test_all_or_nothing() -> None:
    fund = funded(("甲", 500), ("乙", 499))
    assert (fund.phase, fund.refunds, fund.held) == ("failed", (("甲", 500), ("乙", 499)), 0)
    assert position(Fund(PROJECT), "甲") == {"pledged": 0, "spent": 0, "refunded": 0}
    assert overdue(fund, DAY + timedelta(days=91)) == ()


def test_refusals() -> None:
    fund = Fund(PROJECT)
    assert refused(fund, Pledge("甲", 99, DAY + timedelta(days=1))) == [
        "认筹已于 2026-12-01 00:00 截止", "“企业 甲”：少于每户至少 100 分（现为“99”）",
    ]  # fmt: skip
    assert refused(fund, Pledge("甲", 0, DAY)) == ["“企业 甲”：没有认筹，不能撤回"]
    assert refused(fund, Pledge("甲", 3001, DAY)) == ["“企业 甲”：超过总额上限 3000 分（现为“3001”）"]
    assert refused(fund, CloseFunding(DAY)) == ["认筹到 2026-12-01 00:00 才截止"]
    assert refused(fund, Stop()) == ["本项目认筹中。只有攻关中的项目可以终止"]
    running = funded(("甲", 1000))
    assert refused(running, PassMilestone("样机")) == ["“节点 样机”：不是下一个节点。下一个节点是 方案"]
    assert refused(running, Pledge("甲", 2000, DAY)) == ["本项目攻关中"]


def test_every_fault_of_a_project_at_once() -> None:
    with pytest.raises(PoolError) as error:
        Project(0, DAY, (Milestone("甲", 0, DAY), Milestone("甲", 400, DAY)), pledge_least=0, most=-1)
    assert [str(p) for p in error.value.problems] == [
        "“门槛”：须为正数（现为“0”）",
        "“每户至少”：须为正数（现为“0”）",
        "“总额上限”：总额上限 -1 低于门槛 0",
        "“节点 甲”：写了不止一次",
        "“节点 甲”：拨付比例须为正数（现为“0”）",
        "“节点 甲”：期限不晚于 2026-12-01。节点须按先后排列，晚于认筹截止",
        "“节点 甲”：期限不晚于 2026-12-01。节点须按先后排列，晚于认筹截止",
        "“节点”：各节点拨付比例之和须为 1000‰（现为“400”）",
    ]
    with pytest.raises(PoolError, match="没有节点"):
        Project(1, DAY, ())


class FundMachine(RuleBasedStateMachine):
    """The engine beside a dictionary of pledges."""

    @initialize()
    def begin(self) -> None:
        self.fund, self.model, self.phase, self.passed = Fund(PROJECT), dict[str, int](), "pledging", 0

    def attempt(self, event: Any, allowed: bool) -> None:
        if allowed:
            self.fund = advance(self.fund, event)
        else:
            with pytest.raises(PoolError):
                advance(self.fund, event)

    @rule(firm=st.sampled_from("甲乙丙"), amount=st.integers(0, 1500), late=st.booleans())
    def pledge(self, firm: str, amount: int, late: bool) -> None:
        after = {**self.model, firm: amount}
        allowed = self.phase == "pledging" and not late and sum(after.values()) <= 3000
        allowed = allowed and (amount >= 100 or (amount == 0 and firm in self.model))
        self.attempt(Pledge(firm, amount, DAY + timedelta(days=late)), allowed)
        if allowed:
            self.model = {f: a for f, a in after.items() if a}

    @rule()
    def close(self) -> None:
        allowed = self.phase == "pledging"
        self.attempt(CloseFunding(DAY + timedelta(days=1)), allowed)
        if allowed:
            self.phase = "running" if sum(self.model.values()) >= 1000 else "failed"

    @rule(name=st.sampled_from(("方案", "样机")))
    def passing(self, name: str) -> None:
        allowed = self.phase == "running" and name == ("方案", "样机")[self.passed]
        self.attempt(PassMilestone(name), allowed)
        if allowed:
            self.passed += 1
            self.phase = "done" if self.passed == 2 else "running"

    @rule()
    def stop(self) -> None:
        allowed = self.phase == "running"
        self.attempt(Stop(), allowed)
        if allowed:
            self.phase = "stopped"

    @invariant()
    def no_fen_is_lost(self) -> None:
        if not hasattr(self, "fund"):
            return
        fund, total = self.fund, sum(self.model.values())
        assert (dict(fund.pledges), fund.phase, fund.passed) == (self.model, self.phase, self.passed)
        refunded = sum(a for _, a in fund.refunds)
        assert fund.released + fund.held + refunded == total and fund.held >= 0
        assert fund.held == (0 if self.phase in ("failed", "done", "stopped") else total - fund.released)
        for firm, pledged in self.model.items():
            place = position(fund, firm)
            assert place["pledged"] == pledged
            if self.phase in ("failed", "stopped", "done"):
                assert place["spent"] + place["refunded"] == pledged


TestFunds = FundMachine.TestCase
TestFunds.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
