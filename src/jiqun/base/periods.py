"""Years, quarters and months as values that shift, compare and print."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Grain = Literal["year", "quarter", "month"]
_PER_YEAR: dict[Grain, int] = {"year": 1, "quarter": 4, "month": 12}
GRAIN_NAMES: dict[Grain, str] = {"year": "年度", "quarter": "季度", "month": "月度"}
_PATTERN = re.compile(
    r"(?P<year>(?:19|20)\d\d)(?:年)?(?:(?:[Qq](?P<q>[1-4])|第?(?P<qc>[1-4一二三四])季度)|(?:-|(?<=年))(?P<m>0?[1-9]|1[0-2])月?)?$"
)
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}


@dataclass(frozen=True, order=True)
class Period:
    """One year, quarter or month; `index` counts periods of the grain since year 0."""

    grain: Grain
    index: int

    @classmethod
    def year(cls, year: int) -> Period:
        """The calendar year."""
        return cls("year", year)

    @classmethod
    def parse(cls, text: str) -> Period:
        """Read `2025`, `2025Q3` or `2025-09` (also 2025年, 2025年3季度, 2025年9月); ValueError otherwise."""
        match = _PATTERN.match(text.strip())
        if match is None:
            raise ValueError(f"“{text}”不是期间，应写成 2025、2025Q3 或 2025-09")
        year = int(match["year"])
        if match["q"] or match["qc"]:
            quarter = match["q"] or match["qc"]
            return cls(
                "quarter",
                year * 4 + _QUARTERS.get(quarter, 0) - 1 if quarter in _QUARTERS else year * 4 + int(quarter) - 1,
            )
        if match["m"]:
            return cls("month", year * 12 + int(match["m"]) - 1)
        return cls("year", year)

    @classmethod
    def containing(cls, day: date, grain: Grain) -> Period:
        """The period of the grain that holds the day."""
        n = _PER_YEAR[grain]
        return cls(grain, day.year * n + (day.month - 1) * n // 12)

    @classmethod
    def last_complete(cls, day: date, grain: Grain) -> Period:
        """The last period of the grain that ended before the day."""
        return cls.containing(day, grain).shift(-1)

    @property
    def calendar_year(self) -> int:
        """The year that the period lies in."""
        return self.index // _PER_YEAR[self.grain]

    @property
    def ordinal(self) -> int:
        """Its number within the year, from 1."""
        return self.index % _PER_YEAR[self.grain] + 1

    @property
    def start(self) -> date:
        """Its first day."""
        months = 12 // _PER_YEAR[self.grain]
        return date(self.calendar_year, (self.ordinal - 1) * months + 1, 1)

    @property
    def end(self) -> date:
        """Its last day."""
        return self.shift(1).start - timedelta(days=1)

    def shift(self, n: int) -> Period:
        """The period n later (earlier where n is negative)."""
        return Period(self.grain, self.index + n)

    def __str__(self) -> str:
        if self.grain == "year":
            return str(self.index)
        if self.grain == "quarter":
            return f"{self.calendar_year}Q{self.ordinal}"
        return f"{self.calendar_year}-{self.ordinal:02d}"

    @property
    def chinese(self) -> str:
        """As officials write it: 2025年, 2025年3季度, 2025年9月."""
        suffix = {"year": "", "quarter": f"{self.ordinal}季度", "month": f"{self.ordinal}月"}[self.grain]
        return f"{self.calendar_year}年{suffix}"


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later, or that month's last day where it has no such day."""
    first = Period("month", day.year * 12 + day.month - 1 + months)
    return min(first.start + timedelta(days=day.day - 1), first.end)


def full_months(start: date, end: date) -> int:
    """Complete months from start to end: the greatest n with add_months(start, n) <= end; negative if end is earlier."""
    n = (end.year - start.year) * 12 + end.month - start.month
    return n if add_months(start, n) <= end else n - 1
