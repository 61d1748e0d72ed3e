"""Terms of a pool and research projects from files: money as 9.50元, times as 2026-11-02 18:00, shares in thousandths."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import Field

from jiqun.base.errors import InputError, Place, Problems
from jiqun.base.money import parse_money
from jiqun.exchange.files import read_part, time_of
from jiqun.exchange.pool.errors import PoolError
from jiqun.exchange.pool.research import Milestone, Project
from jiqun.exchange.pool.terms import Freight, Terms, Tier
from jiqun.programme.models.base import Part

TITLE, PROJECT_TITLE = "集采集销规则有误", "联合攻关规则有误"
EXAMPLE = "2026-11-02 18:00"
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


class MilestonePart(Part):
    """A milestone of a research project in a file."""

    name: str = Field(description="名称")
    share: int = Field(description="验收后拨付的比例（‰）")
    due: str = Field(description="期限，如 2027-03-31 18:00")


class ProjectPart(Part):
    """A crowd-funded research project in a file."""

    threshold: Money = Field(description="门槛，认筹不到即全数退还")
    most: Money | None = Field(default=None, description="总额上限")
    pledge_least: Money = Field(default="0.01元", description="每户至少")
    pledge_until: str = Field(description="认筹截止，如 2026-11-30 18:00")
    milestones: tuple[MilestonePart, ...] = Field(description="节点，按先后")


def load_project(path: Path) -> Project:
    """The research project of a file; raises `InputError` with every fault of form, or else every fault of the project."""
    return project_from(read_part(path, ProjectPart, PROJECT_TITLE))


def project_from(part: ProjectPart) -> Project:
    """The project of a model; raises `PoolError` with every fault."""
    found = Problems()
    until = time_of(part.pledge_until, "认筹截止", EXAMPLE, found)
    dues = [time_of(m.due, f"节点 {m.name}", EXAMPLE, found) for m in part.milestones]
    # Times that cannot be read cannot be compared: stand-ins in their order, so that only other faults are added.
    last, milestones = until or datetime.min, []
    for milestone, due in zip(part.milestones, dues, strict=True):
        last = due if due is not None else last + timedelta(minutes=1)
        milestones.append(Milestone(milestone.name, milestone.share, last))
    amounts = {
        name: None if text is None else _amount(text, title, found)
        for name, title, text in (
            ("threshold", "门槛", part.threshold), ("pledge_least", "每户至少", part.pledge_least), ("most", "总额上限", part.most),
        )
    }  # fmt: skip
    readable = {name: amount for name, amount in amounts.items() if amount is not None}
    stand_in = readable.get("most", 1)
    try:
        project = Project(
            readable.get("threshold", stand_in), until or datetime.min, tuple(milestones),
            readable.get("pledge_least", 1), readable.get("most"),
        )  # fmt: skip
    except InputError as error:
        found.extend(error.problems)
    if len(found):
        raise PoolError(found, PROJECT_TITLE)
    return project


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
        time_of(text, name, EXAMPLE, found)
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
    return _amount(value, name, found) or 0


def _amount(value: Money, name: str, found: Problems) -> int | None:
    """The fen of an amount; None, with the fault in `found`, where it cannot be read."""
    try:
        fen = parse_money(str(value)) * 100
    except ValueError as error:
        found.add(str(error), Place(field=name))
        return None
    if fen != fen.to_integral_value():
        found.add("不足一分", Place(field=name), found=value, mend="金额至多两位小数")
        return None
    return int(fen)
