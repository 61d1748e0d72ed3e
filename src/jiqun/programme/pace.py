"""Where a target should be today, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

State = Literal["超前", "正常", "滞后", "严重滞后", "已达标", "待定"]
_NOISE = 1e-12
"""What floating sums may be off at exactly a limit."""


@dataclass(frozen=True)
class Limits:
    """How far, in parts of the goal, a target is off its pace when it is ahead, behind or far behind."""

    ahead: float = 0.05
    behind: float = 0.05
    far_behind: float = 0.15
    growth_band: float = 0.05
    """A growth rate within this part of its goal is on pace; 左右 admits as much below the goal."""
    growth_far_behind: float = 0.25


@dataclass(frozen=True)
class Course:
    """What a target wants, in base units: from `baseline` on `start` to `goal` on `due`, by milestones if there are."""

    kind: Literal["growth", "stock", "new-count", "share", "coverage"]
    goal: float
    start: date
    due: date
    baseline: float | None = None
    comparison: Literal["at-least", "about", "more-than"] = "at-least"
    yearly: bool = False
    """The goal holds anew in each calendar year."""
    milestones: tuple[tuple[date, float], ...] = ()
    limits: Limits = Limits()

    @property
    def floor(self) -> float:
        """The least value that meets the goal (or, for 超过, that just does not)."""
        return self.goal * (1 - self.limits.growth_band) if self.comparison == "about" else self.goal

    def met_by(self, actual: float) -> bool:
        """Whether the value reaches the goal."""
        if self.comparison == "more-than":
            return actual > self.goal
        return actual >= self.floor - 1e-12 * abs(self.floor)

    def pace(self, day: date) -> float | None:
        """The value that the target should have on the day; None where the start is unknown."""
        if self.kind == "growth":
            return self.goal
        if self.yearly:
            return self.goal * _part(date(day.year - 1, 12, 31), date(day.year, 12, 31), day)
        # Values hold at the end of their day, the baseline at the end of the day before the start.
        points = [(self.start - timedelta(days=1), self.baseline), *self.milestones]
        if not self.milestones or self.milestones[-1][0] < self.due:
            points.append((self.due, self.goal))
        before = max((p for p in points if p[0] <= day), key=lambda p: p[0], default=points[0])
        after = min((p for p in points if p[0] > day), key=lambda p: p[0], default=None)
        if after is None or before[1] is None or after[1] is None:
            return before[1] if after is None else None
        return before[1] + (after[1] - before[1]) * _part(before[0], after[0], day)


def _part(start: date, end: date, day: date) -> float:
    """The part of the days after `start`, up to `end`, that has passed when the day is over."""
    return min(1.0, max(0.0, (day - start).days / (end - start).days))


def state_of(course: Course, actual: float | None, day: date) -> State:
    """The state of a target on a day."""
    if actual is None:
        return "待定"
    if course.kind == "growth":
        return _growth_state(course, actual, day)
    if course.met_by(actual):
        return "已达标"
    pace = course.pace(day)
    if pace is None:
        return "待定"
    off = (actual - pace) / course.goal if course.goal else 0.0
    if off >= course.limits.ahead - _NOISE:
        return "超前"
    if off >= -course.limits.behind - _NOISE:
        return "正常"
    return "滞后" if off >= -course.limits.far_behind - _NOISE else "严重滞后"


def _growth_state(course: Course, actual: float, day: date) -> State:
    if day >= course.due and course.met_by(actual):
        return "已达标"
    ratio = actual / course.goal - 1 if course.goal else 0.0
    if ratio > course.limits.growth_band + _NOISE:
        return "超前"
    if ratio >= -course.limits.growth_band - _NOISE:
        return "正常"
    return "滞后" if ratio >= -course.limits.growth_far_behind - _NOISE else "严重滞后"
