"""The course of one target for its page: values so far, forecast, how it was made and how well it did before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from jiqun.programme.models import Target
from jiqun.web.dispatch.board.rows import MODELS, expected_text, show_chance, tested_text
from jiqun.web.dispatch.words import scale_of, show_value
from jiqun.web.dispatch.written import Ahead, Past, forecasts, history
from jiqun.web.portal.formats import show_share
from jiqun.web.registry.models import Publication


@dataclass(frozen=True)
class Period:
    """The value at the end of a quarter, in words."""

    on: date
    value: str | None
    change: str | None


@dataclass(frozen=True)
class Outlook:
    """The forecast of a target in words; `reason` where there is none."""

    word: str | None
    chance: str | None
    expected: str | None
    due: date | None
    level: str | None
    method: str | None
    tested: str | None
    points: int
    reason: str | None
    periods: tuple[Period, ...]
    past: tuple[Past, ...]
    ahead: tuple[Ahead, ...]


def outlook_of(publication: Publication, target: Target) -> Outlook:
    """What was written about the target's course."""
    found, past = forecasts(publication).get(target.id), history(publication).get(target.id, ())
    if found is None:
        reason = "这次发布没有预测，重新测算后显示"
        return Outlook(None, None, None, None, None, None, None, 0, reason, _periods(past, target.unit), past, ())
    return Outlook(
        found.outlook, show_chance(found.probability), expected_text(found, target.unit),
        found.end.on if found.end else None, show_share(found.level), MODELS.get(found.model or ""),
        tested_text(found, target.unit) if found.model else None, found.points, found.reason,
        _periods(past, target.unit), past, found.path,
    )  # fmt: skip


def _periods(past: Sequence[Past], unit: str) -> tuple[Period, ...]:
    found, before = [], None
    for each in past:
        change = None
        if each.actual is not None and before is not None and each.actual != before:
            change = f"{'+' if each.actual > before else '−'}{_amount(abs(each.actual - before), unit)}"
        found.append(Period(each.on, show_value(each.actual, unit), change))
        before = each.actual if each.actual is not None else before
    known = next((i for i, p in enumerate(found) if p.value is not None), len(found))
    return tuple(reversed(found[known:]))


def _amount(value: float, unit: str) -> str:
    return f"{value * 100:.1f} 个百分点" if unit == "%" else str(show_value(value, unit))


def chart_data(outlook: Outlook, target: Target) -> dict[str, Any]:
    """What the chart of the course draws beside the plan."""
    scale = scale_of(target.unit)
    return {
        "past": [{"on": p.on.isoformat(), "value": scale.of(p.actual)} for p in outlook.past if p.actual is not None],
        "ahead": [
            {"on": a.on.isoformat(), "mean": scale.of(a.mean), "low": scale.of(a.low), "high": scale.of(a.high)}
            for a in outlook.ahead
        ],
    }
