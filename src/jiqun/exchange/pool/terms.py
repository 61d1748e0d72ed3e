"""The terms of a pool: price tiers, least and most, tolerance, deadlines, freight, and what late withdrawal costs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Literal

from jiqun.base.errors import Problems
from jiqun.exchange.pool.errors import PoolError, at

PERMILLE = 1000


@dataclass(frozen=True)
class Tier:
    """From `least` to `most` units in all (None: no end), every unit costs `price` fen."""

    least: int
    most: int | None
    price: int


@dataclass(frozen=True)
class Freight:
    """One journey along a road: `fixed` fen, and `rate` fen for each kilometre to the farthest member."""

    fixed: int = 0
    rate: int = 0

    def alone(self, distance: int) -> int:
        """What the journey to one member costs, in fen."""
        return self.fixed + self.rate * distance


@dataclass(frozen=True)
class Terms:
    """What members agree to; raises `PoolError` with every fault when built.

    Quantities are whole units; `alone` is the price of a unit without the pool; tolerance and late fee are in
    thousandths (of the ordered quantity, of the goods at the first tier's price). Buying together, the price falls
    from tier to tier and is at most `alone`; selling together (产品集销) it rises and is at least `alone`.
    """

    tiers: tuple[Tier, ...]
    alone: int
    least: int
    most: int
    withdraw_until: datetime
    join_until: datetime
    kind: Literal["buy", "sell"] = "buy"
    member_least: int = 1
    member_most: int | None = None
    tolerance: int = 0
    late_fee: int = 0
    freight: Freight = field(default_factory=Freight)

    def __post_init__(self) -> None:
        found = _faults(self)
        if len(found):
            raise PoolError(found)

    def price(self, quantity: int) -> int:
        """Fen for each unit where `quantity` units are ordered in all; the first tier's below its begin."""
        return next((t.price for t in reversed(self.tiers) if t.least <= quantity), self.tiers[0].price)


def _faults(terms: Terms) -> Problems:
    found = Problems()
    _tiers(terms, found)
    for name, value in (
        ("单独价格", terms.alone), ("容差", terms.tolerance), ("迟退费率", terms.late_fee),
        ("运费起步价", terms.freight.fixed), ("每公里运费", terms.freight.rate),
    ):  # fmt: skip
        if value < 0:
            found.add("为负", at(name), found=value, mend="须为零或正数")
    for name, value in (("容差", terms.tolerance), ("迟退费率", terms.late_fee)):
        if value > PERMILLE:
            found.add("超过 100%", at(name), found=f"{value}‰")
    for name, least, most in (
        ("成团数量", terms.least, terms.most), ("每户数量", terms.member_least, terms.member_most),
    ):  # fmt: skip
        if least < 1:
            found.add("至少数须为正整数", at(name), found=least)
        if most is not None and most < 1:
            found.add("名额为零或为负", at(name), found=most, mend="至多数须为正整数")
        elif most is not None and least > most:
            found.add(f"至少 {least} 大于至多 {most}", at(name), mend="请改小至少数，或改大至多数")
    if terms.join_until < terms.withdraw_until:
        text = f"退出截止（{terms.withdraw_until}）晚于报名截止（{terms.join_until}）"
        found.add(text, at("期限"), mend="退出截止须不晚于报名截止")
    return found


def _tiers(terms: Terms, found: Problems) -> None:
    if not terms.tiers:
        found.add("没有价格档", at("价格档"), mend="请至少写一档")
        return
    for number, tier in enumerate(terms.tiers, start=1):
        place = at(f"价格档 {number}")
        if tier.least < 0:
            found.add("起点数量为负", place, found=tier.least)
        if tier.price < 0:
            found.add("价格为负", place, found=tier.price)
        if tier.most is not None and tier.most < tier.least:
            found.add(f"终点 {tier.most} 小于起点 {tier.least}", place)
    for number, (a, b) in enumerate(pairwise(terms.tiers), start=2):
        place = at(f"价格档 {number}")
        if a.most is None or b.least <= a.most:
            found.add(
                f"与上一档（{a.least}—{'不限' if a.most is None else a.most}）重叠",
                place,
                mend="起点须大于上一档的终点",
            )
        elif b.least > a.most + 1:
            found.add(f"与上一档之间有缺口 {a.most + 1}—{b.least - 1}", place, mend="起点须为上一档终点加 1")
        if terms.kind == "buy" and b.price > a.price:
            found.add(f"价格 {b.price} 高于上一档 {a.price}", place, mend="集采数量越大，单价不得越高")
        if terms.kind == "sell" and b.price < a.price:
            found.add(f"价格 {b.price} 低于上一档 {a.price}", place, mend="集销数量越大，单价不得越低")
    first, last = terms.tiers[0], terms.tiers[-1]
    if first.least > max(terms.least, 1):
        found.add(
            f"成团数量 {terms.least} 低于第一档起点 {first.least}", at("价格档 1"), mend="请补上一档，或提高成团数量"
        )
    if last.most is not None and last.most < terms.most:
        found.add(f"终点 {last.most} 低于至多数量 {terms.most}", at(f"价格档 {len(terms.tiers)}"), mend="请补上一档")
    if terms.kind == "buy" and terms.alone < first.price:
        found.add(f"单独价格 {terms.alone} 低于第一档 {first.price}", at("单独价格"), mend="入团不得比单独购买贵")
    if terms.kind == "sell" and terms.alone > first.price:
        found.add(f"单独价格 {terms.alone} 高于第一档 {first.price}", at("单独价格"), mend="入团不得比单独销售低")
