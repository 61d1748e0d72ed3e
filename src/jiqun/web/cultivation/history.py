"""What the published snapshot knows of one firm: titles with their reviews, and figures over the years."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from jiqun.base.money import UNITS
from jiqun.base.periods import Period
from jiqun.programme.pack import Pack
from jiqun.rules.vocabulary import Indicator
from jiqun.snapshot.tables import RECOGNITION, REVIEW
from jiqun.web.cultivation.shapes import Figure, TitleView
from jiqun.web.portal.formats import Number, plain_number
from jiqun.web.portal.published import Facts, Row

EXPIRING = timedelta(days=180)
"""A title is marked as expiring this long before its last day."""
SHOWN_PERIODS = 5
FLAGS = {"true": "是", "1": "是", "是": "是", "false": "否", "0": "否", "否": "否"}


def titles_of(facts: Facts, uscc: str, as_of: date) -> tuple[TitleView, ...]:
    """The titles that the firm was ever awarded by the day, the latest first; of a title awarded again, its last award."""
    firm = facts.lookup.row("party", uscc)
    if firm is None:
        return ()
    last = {row["title"]: row for row in _dated(facts, firm, RECOGNITION.name, "awarded_on", as_of)}
    reviews = _dated(facts, firm, REVIEW.name, "reviewed_on", as_of)[::-1]
    titles = sorted(last.values(), key=lambda row: (-row["awarded_on"].toordinal(), row["title"]))
    return tuple(_title(row, reviews, as_of) for row in titles)


def _dated(facts: Facts, firm: int, table: str, day: str, as_of: date) -> list[Row]:
    """The firm's events until the day, the earliest first."""
    found = facts.lookup.events(table, "party", [firm]).get(firm, ())
    return sorted((event for event in found if event[day] <= as_of), key=lambda event: event[day])


def _title(row: Row, reviews: list[Row], as_of: date) -> TitleView:
    state, colour = validity(row["valid_until"], as_of)
    own = (r for r in reviews if r["title"] == row["title"])
    words = tuple(f"{r['reviewed_on']:%Y-%m-%d} 复核{r['outcome']}" for r in own)
    return TitleView(row["title"], row["awarded_on"], row["valid_until"], state, colour, words)


def validity(valid_until: date | None, as_of: date) -> tuple[str, str]:
    """The state of a title on a day and its colour; the last day still counts."""
    if valid_until is None:
        return "有效", "ok"
    if valid_until < as_of:
        return "已到期", "open"
    return ("即将到期", "warn") if valid_until - as_of <= EXPIRING else ("有效", "ok")


def figures_of(facts: Facts, pack: Pack, uscc: str) -> tuple[Figure, ...]:
    """The firm's yearly figures in the order of the pack, over the last years that have any."""
    row = facts.lookup.row("party", uscc)
    rows = facts.lookup.reported("party", row) if row is not None else ()
    values = {(row["indicator"], row["period"]): row["value"] for row in rows}
    years = sorted({p for _, p in values if Period.parse(p).grain == "year"})[-SHOWN_PERIODS:]
    return tuple(_figures(pack, values, tuple(years)))


def _figures(pack: Pack, values: dict[tuple[str, str], str], years: tuple[str, ...]) -> Iterator[Figure]:
    reported = {indicator for indicator, _ in values}
    for indicator in pack.vocabulary.indicators.values():
        if indicator.grain != "year" or indicator.name not in reported:
            continue
        texts = [values.get((indicator.name, year)) for year in years]
        if any(text is not None for text in texts):
            yield _figure(indicator, years, texts)


def _figure(indicator: Indicator, years: tuple[str, ...], texts: list[str | None]) -> Figure:
    numbers = [_number(indicator, text) for text in texts]
    unit, factor = _chart_unit(indicator, numbers)
    drawn = tuple(None if n is None else round(float(n) * factor, 4) for n in numbers)
    shown = tuple(_shown(indicator, text, number) for text, number in zip(texts, drawn, strict=True))
    return Figure(indicator.name, unit, years, shown, drawn)


def _number(indicator: Indicator, text: str | None) -> Decimal | None:
    return Decimal(text) if text is not None and indicator.kind == "number" else None


def _shown(indicator: Indicator, text: str | None, number: float | None) -> str | None:
    """The value without its unit, which stands beside the name; fewer decimals the greater it is."""
    if text is None:
        return None
    if number is None:
        return FLAGS.get(text, text) if indicator.kind == "flag" else text
    return plain_number(round(number, 2 if abs(number) < 100 else 1 if abs(number) < 10_000 else 0))


def _chart_unit(indicator: Indicator, numbers: list[Decimal | None]) -> tuple[str, float]:
    """The unit of the chart and the factor to it: money in 万元 or 亿元 by its size, shares in per cent."""
    if indicator.unit == "%":
        return "%", 100.0
    if not indicator.is_money:
        return indicator.unit or "", 1.0
    base = UNITS[indicator.unit or "元"]
    greatest: Number = max((abs(n) * base for n in numbers if n is not None), default=Decimal(0))
    unit = "亿元" if greatest >= UNITS["亿元"] else "万元"
    return unit, float(base / UNITS[unit])
