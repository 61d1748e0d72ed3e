"""Booking rules from pack data: weekdays with hours as texts, everything else as in `Rules`."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from jiqun.base.errors import InputError, Place, Problems
from jiqun.exchange.booking.rules import WEEKDAYS, BookingError, Cancelling, Closure, Limit, Opening, Rules
from jiqun.exchange.files import read_part, time_of
from jiqun.programme.models.base import Part

_HOURS = re.compile(r"(\d{1,2}):([0-5]\d)-(\d{1,2}):([0-5]\d)$")
TITLE = "预约规则有误"


class ClosurePart(Part):
    """A closure in a file; times as 2026-11-03 08:00."""

    begin: str = Field(description="开始，如 2026-11-03 08:00")
    end: str = Field(description="结束，如 2026-11-03 18:00")
    reason: str = ""


class LimitPart(Part):
    """A firm's limit in a file."""

    period: Literal["day", "week", "month", "concurrent"] = Field(description="周期")
    bookings: int | None = None
    minutes: int | None = None


class CancellingPart(Part):
    """Cancel rules in a file."""

    free_minutes: int = 0
    late_fee: int = 0
    no_show_fee: int = 0


class RulesPart(Part):
    """The rules of a resource in a file."""

    openings: dict[str, str | tuple[str, ...]] = Field(description="每周开放时段，如 周一至周五: [08:00-12:00]")
    units: int = 1
    step: int = 30
    shortest: int = 30
    longest: int = 1440
    before: int = 0
    after: int = 0
    notice: int = 0
    horizon: int = 90
    valid_from: date | None = None
    valid_until: date | None = None
    holidays: bool = False
    closures: tuple[ClosurePart, ...] = ()
    limits: tuple[LimitPart, ...] = ()
    qualifications: tuple[str, ...] = ()
    cancelling: CancellingPart = CancellingPart()
    waiting: int = 0
    override: tuple[str, ...] = ()


def load_rules(path: Path) -> Rules:
    """The rules of a file; raises `InputError` with every fault of form, or else every fault of the rules."""
    return rules_from(read_part(path, RulesPart, TITLE))


def rules_from(part: RulesPart) -> Rules:
    """The rules of a model; raises `BookingError` with every fault."""
    found = Problems()
    made: dict[str, Any] = {name: getattr(part, name) for name in RulesPart.model_fields}
    made["openings"] = tuple(_openings(part, found))
    made["closures"] = tuple(c for c in (_closure(c, found) for c in part.closures) if c)
    made["limits"] = tuple(Limit(x.period, x.bookings, x.minutes) for x in part.limits)
    c = part.cancelling
    made["cancelling"] = Cancelling(c.free_minutes, c.late_fee, c.no_show_fee)
    made["qualifications"], made["override"] = frozenset(part.qualifications), frozenset(part.override)
    try:
        rules = Rules(**made)
    except InputError as error:
        found.extend(error.problems)
    if len(found):
        raise BookingError(found)
    return rules


def _openings(part: RulesPart, found: Problems) -> list[Opening]:
    made = []
    for days, hours in part.openings.items():
        numbers = _days(days, found)
        for text in (hours,) if isinstance(hours, str) else hours:
            match = _HOURS.match(text.replace(" ", ""))
            if match is None:
                found.add("时段应写成 08:00-12:00", Place(field=f"开放时段 {days}"), found=text)
                continue
            h1, m1, h2, m2 = map(int, match.groups())
            made += [Opening(day, h1 * 60 + m1, h2 * 60 + m2) for day in numbers]
    return made


def _days(text: str, found: Problems) -> list[int]:
    """周一, 周一至周五, or 每天."""
    if text == "每天":
        return list(range(7))
    names = text.split("至")
    wrong = [name for name in names if name not in WEEKDAYS]
    if wrong or len(names) > 2:
        found.add("应写成 周一、周一至周五 或 每天", Place(field="开放时段"), found=text)
        return []
    first, last = WEEKDAYS.index(names[0]), WEEKDAYS.index(names[-1])
    if last < first:
        found.add("后一天早于前一天", Place(field="开放时段"), found=text, mend="请分开写")
        return []
    return list(range(first, last + 1))


def _closure(part: ClosurePart, found: Problems) -> Closure | None:
    begin, end = (time_of(text, "停用时段", "2026-11-03 08:00", found) for text in (part.begin, part.end))
    return Closure(begin, end, part.reason) if begin and end else None
