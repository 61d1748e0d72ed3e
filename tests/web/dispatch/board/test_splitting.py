"""Splits of a goal: what years must add up to, proposals, re-balancing, and what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from jiqun.programme.models import Target
from jiqun.programme.pace import Course
from jiqun.web.dispatch.board.splitting import (
    Frame,
    Row,
    Values,
    city_totals,
    difference,
    faults_of,
    plain,
    proposal,
    rebalanced,
)

YEARS = (2025, 2026, 2027)


def target(**changes: Any) -> Target:
    """Ten new firms in three years."""
    given = {
        "id": "new", "title": "新培育", "task": None, "clause": "一", "text": "培育10家", "kind": "new-count",
        "unit": "家", "measure": "计数(企业)", "goal": "10家", "from": date(2025, 1, 1), "due": date(2027, 12, 31),
    }  # fmt: skip
    return Target.model_validate(given | changes)


def frame(own: Target | None = None, totals: tuple[int | None, ...] = (4, 7, 10), *, additive: bool = True) -> Frame:
    """Three counties of which 甲 had twice as much as 乙, and 丙 nothing."""
    rows = tuple(
        Row(key, key, "place", {"share": share, "firms": 1.0}) for key, share in (("甲", 2.0), ("乙", 1.0), ("丙", 0.0))
    )
    wanted = {y: None if t is None else Decimal(t) for y, t in zip(YEARS, totals, strict=True)}
    return Frame(own or target(), rows, YEARS, wanted, additive)


def table(*rows: tuple[str, tuple[int | None, ...]]) -> Values:
    """Values by row and year."""
    return {(k, y): None if v is None else Decimal(v) for k, vs in rows for y, v in zip(YEARS, vs, strict=True)}


def test_totals_of_years() -> None:
    """A line from 0 on 2024-12-31 to 10 on 2027-12-31: 3.3 and 6.7 are rounded up; a milestone stands as it is."""
    course = Course("new-count", 10.0, date(2025, 1, 1), date(2027, 12, 31), 0.0)
    assert city_totals(target(), course) == {2025: 4, 2026: 7, 2027: 10}
    stepped = Course(
        "new-count", 10.0, date(2025, 1, 1), date(2027, 12, 31), 0.0, milestones=((date(2025, 12, 31), 2),)
    )
    assert city_totals(target(), stepped) == {2025: 2, 2026: 6, 2027: 10}
    unknown = Course("stock", 10.0, date(2025, 1, 1), date(2027, 12, 31))
    assert city_totals(target(kind="stock"), unknown) == {2025: None, 2026: None, 2027: 10}
    share = Course("share", 0.4, date(2025, 1, 1), date(2027, 12, 31), 0.1)
    assert city_totals(target(kind="share", unit="%"), share)[2027] == 40


def test_a_proposal_adds_up_and_rises() -> None:
    """By last year's part: 4 new ones go 3 and 1 (2.67, 1.33), then 3 go 2 and 1, then 3 again."""
    found = proposal(frame(), "share")
    assert found == table(("甲", (3, 5, 7)), ("乙", (1, 2, 3)), ("丙", (0, 0, 0)))
    assert proposal(frame(), "equal") == table(("甲", (2, 3, 4)), ("乙", (1, 2, 3)), ("丙", (1, 2, 3)))


def test_a_share_is_no_sum() -> None:
    """Every county gets the city's goal as its own, and nothing is added up."""
    own = frame(target(kind="share", unit="%", goal="40%"), (20, 30, 40), additive=False)
    found = proposal(own, "equal")
    assert found == table(("甲", (20, 30, 40)), ("乙", (20, 30, 40)), ("丙", (20, 30, 40)))
    assert difference(own, found, 2027) is None
    assert faults_of(own, found, final=True) == []


def test_rebalancing_keeps_what_is_fixed_and_rises() -> None:
    """甲 is set to 2 in the last year: the others take the rest, and 甲 has no more than that before."""
    values = proposal(frame(), "share") | {("甲", 2027): Decimal(2)}
    found, faults = rebalanced(frame(), values, frozenset({("甲", 2027)}))
    assert faults == []
    assert found == table(("甲", (2, 2, 2)), ("乙", (2, 5, 8)), ("丙", (0, 0, 0)))
    assert faults_of(frame(), found, final=True) == []


def test_rebalancing_a_stock_touches_the_year_only() -> None:
    """Stocks may fall: only the year of the fixed cell is shared anew."""
    own = frame(target(kind="stock"))
    values = table(("甲", (2, 4, 5)), ("乙", (2, 3, 5)), ("丙", (0, 0, 0))) | {("甲", 2026): Decimal(1)}
    found, faults = rebalanced(own, values, frozenset({("甲", 2026)}))
    assert (found, faults) == (table(("甲", (2, 1, 5)), ("乙", (2, 6, 5)), ("丙", (0, 0, 0))), [])


@pytest.mark.parametrize("kind", ["stock", "new-count"])
def test_too_much_is_fixed(kind: str) -> None:
    """What cannot be balanced is said with its year, and the values stay."""
    own, values = frame(target(kind=kind)), table(("甲", (0, 0, 12)), ("乙", (4, 7, 0)), ("丙", (0, 0, 0)))
    _, faults = rebalanced(own, values, frozenset({("甲", 2027)}))
    assert faults == ["2027 年：固定的单元格使合计超出 2家，其余不能再调，请放开一些单元格"]


def test_what_a_final_version_must_fulfil() -> None:
    """Sums, gaps and falling counts, all at once; a draft is only asked for sound numbers."""
    values = table(("甲", (3, 5, 4)), ("乙", (1, None, 3)), ("丙", (0, 0, 0)))
    assert faults_of(frame(), values, final=False) == []
    assert faults_of(frame(), values, final=True) == [
        "还没有填：乙 2026 年",
        "2026 年：各行合计比应达的 7家 少 2家",
        "2027 年：各行合计比应达的 10家 少 3家",
        "甲 2027 年：累计数 4 少于上一年的 5，请改正",
    ]
    assert faults_of(frame(totals=(None, None, None)), values, final=True) == [
        "全市分解还没有定稿，本县应达数未知，只能保存草稿"
    ]


def test_each_value() -> None:
    """Negative, broken, above the whole."""
    wrong: Values = {("甲", 2025): Decimal(-1), ("乙", 2025): Decimal("1.5")}
    assert faults_of(frame(), wrong, final=False) == [
        "甲 2025 年：-1 小于 0，请改正",
        "乙 2025 年：1.5 不是整数，请改正",
    ]
    own = frame(target(kind="coverage", unit="%", goal="100%"), additive=False)
    assert faults_of(own, {("甲", 2025): Decimal(101)}, final=False) == ["甲 2025 年：101 超过 100%，请改正"]


def test_plain_digits() -> None:
    """As they are typed."""
    assert [plain(Decimal(x)) for x in ("10", "10.50", "0.10", "0")] == ["10", "10.5", "0.1", "0"]
    assert plain(None) == ""
