"""Terms of a pool from pack data: money as 9.50元, thousandths as per cent, times as 2026-11-02 18:00."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import Field

from jiqun.base.errors import InputError, Place, Problems
from jiqun.base.money import parse_money
from jiqun.exchange.files import read_part, time_of
from jiqun.exchange.pool.errors import PoolError
from jiqun.exchange.pool.terms import Freight, Terms, Tier
from jiqun.programme.models.base import Part

TITLE = "集采集销规则有误"
Money = int | Decimal | str


class TierPart(Part):
    """A price tier in a file."""

    least: int = Field(description="起点数量")
    most: int | None = Field(default=None, description="终点数量")
    price: Money = Field(description="单价，如 9.50元")


class FreightPart(Part):
    """Freight in a file."""

    fixed: Money = 0
    rate: Money = Field(default=0, description="每公里")


class TermsPart(Part):
    """The terms of a pool in a file."""

    kind: Literal["buy", "sell"] = "buy"
    tiers: tuple[TierPart, ...] = Field(description="价格档")
    alone: Money = Field(description="单独购买（销售）的单价")
    least: int = Field(description="成团数量")
    most: int = Field(description="至多数量")
    withdraw_until: str = Field(description="自由退出截止，如 2026-11-02 18:00")
    join_until: str = Field(description="报名截止，如 2026-11-04 18:00")
    member_least: int = 1
    member_most: int | None = None
    tolerance: int = Field(default=0, description="容差（‰）")
    late_fee: int = Field(default=0, description="迟退费（‰）")
    freight: FreightPart = FreightPart()


def load_terms(path: Path) -> Terms:
    """The terms of a file; raises `InputError` with every fault of form, or else every fault of the terms."""
    return terms_from(read_part(path, TermsPart, TITLE))


def terms_from(part: TermsPart) -> Terms:
    """The terms of a model; raises `PoolError` with every fault."""
    found = Problems()
    tiers = tuple(Tier(t.least, t.most, _fen(t.price, f"价格档 {n}", found)) for n, t in enumerate(part.tiers, start=1))
    alone = _fen(part.alone, "单独价格", found)
    if len(found):
        # Prices that cannot be read cannot be compared: equal stand-ins, so that only other faults are added.
        tiers, alone = tuple(replace(t, price=0) for t in tiers), 0
    fixed, rate = _fen(part.freight.fixed, "运费起步价", found), _fen(part.freight.rate, "每公里运费", found)
    leave, join = (
        time_of(text, name, "2026-11-02 18:00", found)
        for text, name in ((part.withdraw_until, "退出截止"), (part.join_until, "报名截止"))
    )
    try:
        terms = Terms(
            tiers, alone, part.least, part.most, leave or datetime.min, join or datetime.max, part.kind,
            part.member_least, part.member_most, part.tolerance, part.late_fee, Freight(fixed, rate),
        )  # fmt: skip
    except InputError as error:
        found.extend(error.problems)
    if len(found):
        raise PoolError(found)
    return terms


def _fen(value: Money, name: str, found: Problems) -> int:
    try:
        fen = parse_money(str(value)) * 100
    except ValueError as error:
        found.add(str(error), Place(field=name))
        return 0
    if fen != fen.to_integral_value():
        found.add("不足一分", Place(field=name), found=value, mend="金额至多两位小数")
    return int(fen)
