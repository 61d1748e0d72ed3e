"""Pace and state of targets, by hand calculation."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from jiqun.programme.load import load_pack
from jiqun.programme.pace import Course, Limits, state_of
from jiqun.programme.targets import course_of

START, DUE = date(2025, 1, 1), date(2027, 12, 31)  # 1,095 days


def course(**more: object) -> Course:
    """Twenty new firms in three years, unless told otherwise."""
    given: dict[str, object] = {"kind": "new-count", "goal": 20.0, "start": START, "due": DUE, "baseline": 0.0}
    return Course(**{**given, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("day", "pace"),
    [
        (date(2024, 12, 31), 0.0),
        (date(2025, 12, 31), 20 * 365 / 1095),
        (date(2026, 9, 30), 20 * 638 / 1095),  # 365 + 273 days have passed
        (DUE, 20.0),
        (date(2028, 6, 1), 20.0),
    ],
)
def test_straight_line_from_baseline_to_goal(day: date, pace: float) -> None:
    assert course().pace(day) == pytest.approx(pace)


def test_milestones_bend_the_line() -> None:
    bent = course(milestones=((date(2025, 12, 31), 4.0), (date(2026, 12, 31), 10.0)))
    assert bent.pace(date(2025, 12, 31)) == 4.0
    assert bent.pace(date(2026, 7, 1)) == pytest.approx(4 + 6 * 182 / 365)
    assert bent.pace(DUE) == 20.0


def test_yearly_goal_starts_anew_each_year() -> None:
    yearly = course(goal=10.0, yearly=True)
    assert yearly.pace(date(2026, 1, 1)) == pytest.approx(10 / 365)
    assert yearly.pace(date(2026, 12, 31)) == 10.0


def test_unknown_baseline_gives_no_pace() -> None:
    unknown = course(kind="stock", goal=300.0, baseline=None)
    assert unknown.pace(date(2026, 9, 30)) is None
    assert state_of(unknown, 100.0, date(2026, 9, 30)) == "待定"
    assert state_of(unknown, 300.0, date(2026, 9, 30)) == "已达标"


@pytest.mark.parametrize(
    ("actual", "state"),
    [
        (None, "待定"),
        (20.0, "已达标"),
        (12.7, "超前"),  # pace 11.65; 1.0 of 20 is 5 %
        (12.6, "正常"),
        (10.7, "正常"),
        (10.6, "滞后"),
        (8.7, "滞后"),
        (8.6, "严重滞后"),
    ],
)
def test_states_by_distance_from_pace(actual: float | None, state: str) -> None:
    assert state_of(course(), actual, date(2026, 9, 30)) == state


@pytest.mark.parametrize(
    ("actual", "state"),
    [(0.085, "超前"), (0.084, "正常"), (0.08, "正常"), (0.076, "正常"), (0.0759, "滞后"), (0.0599, "严重滞后")],
)
def test_growth_is_measured_against_its_goal(actual: float, state: str) -> None:
    growth = course(kind="growth", goal=0.08, comparison="about")
    assert state_of(growth, actual, date(2026, 9, 30)) == state


def test_growth_about_its_goal_is_met_when_due() -> None:
    growth = course(kind="growth", goal=0.08, comparison="about")
    assert state_of(growth, 0.076, DUE) == "已达标"
    assert state_of(growth, 0.0759, DUE) == "滞后"


def test_more_than_is_strict() -> None:
    share = course(kind="share", goal=0.4, comparison="more-than")
    assert state_of(share, 0.4, DUE) != "已达标"
    assert state_of(share, 0.4001, DUE) == "已达标"


def test_a_pack_says_what_is_behind(pack_dir: Path, spoil: Callable[[str, str, str], None]) -> None:
    spoil("targets.yaml", "targets:\n", "pace: {behind: 1%, far_behind: 2%}\ntargets:\n")
    pack = load_pack(pack_dir)
    own = course_of(pack, pack.targets["leaders-new"])
    assert own.limits == Limits(behind=0.01, far_behind=0.02)
    # 13 by 2026-12-31 from 6 a year before: 11.24 at the end of September; parts of the goal are of 20
    assert [state_of(own, x, date(2026, 9, 30)) for x in (11.1, 10.9, 10.8)] == ["正常", "滞后", "严重滞后"]
