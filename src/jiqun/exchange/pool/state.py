"""A pool as a frozen state and its events: `apply(pool, event)` gives the next state or refuses with all reasons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Literal, TypeAlias

from jiqun.base.errors import Problems
from jiqun.exchange.pool.errors import at, refuse
from jiqun.exchange.pool.terms import PERMILLE, Terms

Phase = Literal["open", "agreed", "failed", "settled"]
PHASE_WORDS: dict[Phase, str] = {"open": "报名中", "agreed": "已成团", "failed": "未成团", "settled": "已结算"}


@dataclass(frozen=True)
class Member:
    """A firm in the pool: its quantity in units and its distance along the road in kilometres."""

    id: str
    quantity: int
    distance: int = 0


@dataclass(frozen=True)
class Pool:
    """Members in the order they joined, fees of those who left late (fen), and what was delivered at the end."""

    terms: Terms
    members: tuple[Member, ...] = ()
    fees: tuple[tuple[str, int], ...] = ()
    phase: Phase = "open"
    price: int | None = None
    delivered: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """The quantity of all members."""
        return sum(m.quantity for m in self.members)

    def member(self, name: str) -> Member | None:
        """The member of that id."""
        return next((m for m in self.members if m.id == name), None)


@dataclass(frozen=True)
class Join:
    """A firm joins."""

    member: Member
    when: datetime


@dataclass(frozen=True)
class Change:
    """A member changes its quantity; after the withdrawal deadline it may only raise it."""

    id: str
    quantity: int
    when: datetime


@dataclass(frozen=True)
class Withdraw:
    """A member leaves: free until the withdrawal deadline, against the late fee after it."""

    id: str
    when: datetime


@dataclass(frozen=True)
class Close:
    """The term for joining has ended: with the least quantity reached the price is fixed, else the pool has failed."""

    when: datetime


@dataclass(frozen=True)
class Settle:
    """What every member was delivered (or delivered, selling together), within the tolerance."""

    delivered: Mapping[str, int]


Event: TypeAlias = Join | Change | Withdraw | Close | Settle


def apply(pool: Pool, event: Event) -> Pool:
    """The state after an event; `PoolError` with every reason where it cannot be, and the pool stays as it was."""
    match event:
        case Join():
            return _join(pool, event)
        case Change():
            return _change(pool, event)
        case Withdraw():
            return _withdraw(pool, event)
        case Close():
            return _close(pool, event)
        case Settle():
            return _settle(pool, event)


def late_fee(terms: Terms, quantity: int) -> int:
    """Fen for leaving late: thousandths of the goods at the first tier's price, rounded half up."""
    return (terms.tiers[0].price * quantity * terms.late_fee * 2 + PERMILLE) // (2 * PERMILLE)


def _in_time(pool: Pool, when: datetime, found: Problems) -> None:
    if pool.phase != "open":
        found.add(f"本团{PHASE_WORDS[pool.phase]}", mend="只有报名中的团可以变动")
    elif when > pool.terms.join_until:
        found.add(f"报名已于 {pool.terms.join_until:%Y-%m-%d %H:%M} 截止")


def _quantity(pool: Pool, name: str, quantity: int, others: int, found: Problems) -> None:
    terms, place = pool.terms, at(f"成员 {name}")
    if quantity < terms.member_least:
        found.add(f"数量少于每户至少 {terms.member_least}", place, found=quantity)
    if terms.member_most is not None and quantity > terms.member_most:
        found.add(f"数量超过每户至多 {terms.member_most}", place, found=quantity)
    if others + quantity > terms.most:
        found.add(f"超过本团至多 {terms.most}", place, found=quantity, mend=f"至多还可报 {terms.most - others}")


def _join(pool: Pool, event: Join) -> Pool:
    found, member = Problems(), event.member
    _in_time(pool, event.when, found)
    if pool.member(member.id):
        found.add("已在团中", at(f"成员 {member.id}"), mend="请改数量")
    if any(name == member.id for name, _ in pool.fees):
        found.add("已逾期退出，不能再加入", at(f"成员 {member.id}"))
    if member.distance < 0:
        found.add("里程为负", at(f"成员 {member.id}"), found=member.distance)
    _quantity(pool, member.id, member.quantity, pool.total, found)
    refuse(found, "加入")
    return replace(pool, members=(*pool.members, member))


def _change(pool: Pool, event: Change) -> Pool:
    found, member = Problems(), pool.member(event.id)
    _in_time(pool, event.when, found)
    if member is None:
        found.add("不在团中", at(f"成员 {event.id}"))
    else:
        _quantity(pool, event.id, event.quantity, pool.total - member.quantity, found)
        if event.when > pool.terms.withdraw_until and event.quantity < member.quantity:
            found.add(
                "退出截止后只能增加数量", at(f"成员 {event.id}"), found=event.quantity, mend=f"现报 {member.quantity}"
            )
    refuse(found, "改数量")
    changed = tuple(replace(m, quantity=event.quantity) if m.id == event.id else m for m in pool.members)
    return replace(pool, members=changed)


def _withdraw(pool: Pool, event: Withdraw) -> Pool:
    found, member = Problems(), pool.member(event.id)
    _in_time(pool, event.when, found)
    if member is None:
        found.add("不在团中", at(f"成员 {event.id}"))
    refuse(found, "退出")
    assert member is not None
    late = event.when > pool.terms.withdraw_until
    fees = (*pool.fees, (event.id, late_fee(pool.terms, member.quantity))) if late else pool.fees
    return replace(pool, members=tuple(m for m in pool.members if m.id != event.id), fees=fees)


def _close(pool: Pool, event: Close) -> Pool:
    found = Problems()
    if pool.phase != "open":
        found.add(f"本团{PHASE_WORDS[pool.phase]}")
    elif event.when <= pool.terms.join_until and pool.total < pool.terms.most:
        found.add(f"报名到 {pool.terms.join_until:%Y-%m-%d %H:%M} 才截止", mend="满额可以提前成团")
    refuse(found, "截止")
    if pool.total < pool.terms.least:
        return replace(pool, phase="failed")
    return replace(pool, phase="agreed", price=pool.terms.price(pool.total))


def _settle(pool: Pool, event: Settle) -> Pool:
    found = Problems()
    if pool.phase != "agreed":
        found.add(f"本团{PHASE_WORDS[pool.phase]}", mend="成团后才能结算，且只结算一次")
    for member in pool.members:
        place, least, most = at(f"成员 {member.id}"), *within(pool.terms, member.quantity)
        got = event.delivered.get(member.id)
        if got is None:
            found.add("没有实际数量", place, mend="请填写每个成员的实际数量")
        elif not least <= got <= most:
            found.add(f"实际数量超出容差 {least}—{most}", place, found=got)
    for name in sorted(set(event.delivered) - {m.id for m in pool.members}):
        found.add("不在团中", at(f"成员 {name}"))
    refuse(found, "结算")
    return replace(pool, phase="settled", delivered=MappingProxyType(dict(event.delivered)))


def within(terms: Terms, quantity: int) -> tuple[int, int]:
    """The least and the most that may be delivered for an ordered quantity: whole units inside the tolerance."""
    spread = quantity * terms.tolerance // PERMILLE
    return quantity - spread, quantity + spread
