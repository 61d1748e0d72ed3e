"""Crowd-funded research (联合攻关): pledges with an all-or-nothing threshold, then money by milestone or refunds.

Every fen paid in is at any time either held, released to the team, or refunded.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, TypeAlias

from jiqun.base.errors import Problems
from jiqun.exchange.pool.errors import PoolError, at, refuse
from jiqun.exchange.pool.split import in_proportion

Phase = Literal["pledging", "running", "failed", "done", "stopped"]
PHASE_WORDS: dict[Phase, str] = {
    "pledging": "认筹中", "running": "攻关中", "failed": "未达门槛", "done": "已完成", "stopped": "已终止",
}  # fmt: skip


@dataclass(frozen=True)
class Milestone:
    """When it is passed, `share` thousandths of all pledges go to the team."""

    name: str
    share: int
    due: datetime


@dataclass(frozen=True)
class Project:
    """What firms pledge for, amounts in fen; raises `PoolError` with every fault when built."""

    threshold: int
    pledge_until: datetime
    milestones: tuple[Milestone, ...]
    pledge_least: int = 1
    most: int | None = None

    def __post_init__(self) -> None:
        found = _faults(self)
        if len(found):
            raise PoolError(found, "联合攻关规则有误")


@dataclass(frozen=True)
class Fund:
    """Pledges in the order made, how many milestones were passed, and what each firm got back (fen)."""

    project: Project
    pledges: tuple[tuple[str, int], ...] = ()
    passed: int = 0
    phase: Phase = "pledging"
    refunds: tuple[tuple[str, int], ...] = ()

    @property
    def total(self) -> int:
        """Fen pledged in all."""
        return sum(amount for _, amount in self.pledges)

    @property
    def released(self) -> int:
        """Fen that went to the team: all of it once every milestone is passed, so that no rounding stays behind."""
        shares = sum(m.share for m in self.project.milestones[: self.passed])
        return self.total * shares // 1000

    @property
    def held(self) -> int:
        """Fen neither released nor refunded."""
        return self.total - self.released - sum(amount for _, amount in self.refunds)


@dataclass(frozen=True)
class Pledge:
    """A firm pledges an amount in place of what it pledged before; 0 takes the pledge back."""

    firm: str
    amount: int
    when: datetime


@dataclass(frozen=True)
class CloseFunding:
    """The time for pledging has ended."""

    when: datetime


@dataclass(frozen=True)
class PassMilestone:
    """The next milestone was accepted."""

    name: str


@dataclass(frozen=True)
class Stop:
    """The work has failed: what is held goes back in proportion to the pledges."""


Event: TypeAlias = Pledge | CloseFunding | PassMilestone | Stop


def advance(fund: Fund, event: Event) -> Fund:
    """The state after an event; `PoolError` with every reason where it cannot be, and the fund stays as it was."""
    match event:
        case Pledge():
            return _pledge(fund, event)
        case CloseFunding():
            return _close(fund, event)
        case PassMilestone():
            return _pass(fund, event)
        case Stop():
            _need(fund, "running", "终止")
            return replace(fund, phase="stopped", refunds=_refunds(fund, fund.held))


def overdue(fund: Fund, now: datetime) -> tuple[Milestone, ...]:
    """The milestones that are due and not passed."""
    if fund.phase != "running":
        return ()
    return tuple(m for m in fund.project.milestones[fund.passed :] if m.due < now)


def position(fund: Fund, firm: str) -> Mapping[str, int]:
    """What a firm pledged, what of it was spent, and what came back (fen)."""
    pledged, back = dict(fund.pledges).get(firm, 0), dict(fund.refunds).get(firm, 0)
    firms, amounts = [f for f, _ in fund.pledges], [a for _, a in fund.pledges]
    spent = dict(zip(firms, in_proportion(fund.released, amounts))) if fund.pledges else {}
    return {"pledged": pledged, "spent": spent.get(firm, 0), "refunded": back}


def _need(fund: Fund, phase: Phase, what: str) -> None:
    found = Problems()
    if fund.phase != phase:
        found.add(f"本项目{PHASE_WORDS[fund.phase]}", mend=f"只有{PHASE_WORDS[phase]}的项目可以{what}")
    refuse(found, what)


def _pledge(fund: Fund, event: Pledge) -> Fund:
    found, project = Problems(), fund.project
    place, before = at(f"企业 {event.firm}"), dict(fund.pledges).get(event.firm, 0)
    if fund.phase != "pledging":
        found.add(f"本项目{PHASE_WORDS[fund.phase]}")
    elif event.when > project.pledge_until:
        found.add(f"认筹已于 {project.pledge_until:%Y-%m-%d %H:%M} 截止")
    if event.amount == 0 and not before:
        found.add("没有认筹，不能撤回", place)
    elif event.amount != 0 and event.amount < project.pledge_least:
        found.add(f"少于每户至少 {project.pledge_least} 分", place, found=event.amount)
    if project.most is not None and fund.total - before + event.amount > project.most:
        found.add(f"超过总额上限 {project.most} 分", place, found=event.amount)
    refuse(found, "认筹")
    amounts = {**dict(fund.pledges), event.firm: event.amount}
    return replace(fund, pledges=tuple((f, a) for f, a in amounts.items() if a))


def _close(fund: Fund, event: CloseFunding) -> Fund:
    _need(fund, "pledging", "截止认筹")
    found = Problems()
    if event.when <= fund.project.pledge_until:
        found.add(f"认筹到 {fund.project.pledge_until:%Y-%m-%d %H:%M} 才截止")
    refuse(found, "截止认筹")
    if fund.total < fund.project.threshold:
        return replace(fund, phase="failed", refunds=fund.pledges)
    return replace(fund, phase="running")


def _pass(fund: Fund, event: PassMilestone) -> Fund:
    _need(fund, "running", "验收")
    found, milestones = Problems(), fund.project.milestones
    expected = milestones[fund.passed]
    if event.name != expected.name:
        found.add("不是下一个节点", at(f"节点 {event.name}"), mend=f"下一个节点是 {expected.name}")
    refuse(found, "验收")
    passed = fund.passed + 1
    return replace(fund, passed=passed, phase="done" if passed == len(milestones) else "running")


def _refunds(fund: Fund, amount: int) -> tuple[tuple[str, int], ...]:
    """In proportion to the pledges: each gets its pledge less its share of what was released."""
    spent = in_proportion(fund.total - amount, [a for _, a in fund.pledges])
    return tuple((firm, pledge - used) for (firm, pledge), used in zip(fund.pledges, spent, strict=True))


def _faults(project: Project) -> Problems:
    found = Problems()
    for name, value in (("门槛", project.threshold), ("每户至少", project.pledge_least)):
        if value < 1:
            found.add("须为正数", at(name), found=value)
    if project.most is not None and project.most < project.threshold:
        found.add(f"总额上限 {project.most} 低于门槛 {project.threshold}", at("总额上限"))
    if not project.milestones:
        found.add("没有节点", at("节点"), mend="请至少写一个节点")
    names = [m.name for m in project.milestones]
    for name in sorted({n for n in names if names.count(n) > 1}):
        found.add("写了不止一次", at(f"节点 {name}"))
    before = project.pledge_until
    for milestone in project.milestones:
        if milestone.share < 1:
            found.add("拨付比例须为正数", at(f"节点 {milestone.name}"), found=milestone.share)
        if milestone.due <= before:
            found.add(
                f"期限不晚于 {before:%Y-%m-%d}", at(f"节点 {milestone.name}"), mend="节点须按先后排列，晚于认筹截止"
            )
        before = max(before, milestone.due)
    if project.milestones and (shares := sum(m.share for m in project.milestones)) != 1000:
        found.add("各节点拨付比例之和须为 1000‰", at("节点"), found=shares)
    return found
