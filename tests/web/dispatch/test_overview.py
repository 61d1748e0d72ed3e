"""The overview of the small plan: every figure can be checked against `plan.py` by head."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from jiqun.web.dispatch.queries import overview
from jiqun.web.dispatch.shapes import Alert, Area, Card, Metric, TargetRow

if TYPE_CHECKING:
    from jiqun.programme.pack import Pack
    from jiqun.web.registry.models import Publication

DAYS = (date(2027, 12, 31) - date(2025, 1, 1)).days + 1
PASSED = (date(2026, 9, 30) - date(2025, 1, 1)).days + 1
PART = PASSED / DAYS


def test_cards_show_a_measure_or_a_target(pack: Pack, published: Publication) -> None:
    assert overview(pack, published).cards == (
        Card("营业收入", "2,000", "万元", "chart-line"),
        Card("新培育示例企业", "1", "家", "award", ("目标 ≥2家",), "滞后", "example-new"),
        Card("县覆盖率", "50.0", "%", "shield-check", ("目标 100%",), "滞后", "county-coverage"),
    )


def test_targets_stand_under_their_action_with_goal_actual_and_pace(pack: Pack, published: Publication) -> None:
    page = overview(pack, published)
    assert [(g.number, g.title, [r.id for r in g.rows], g.late) for g in page.groups] == [
        (None, "发展目标", ["big-firms", "revenue-share"], 1),
        (1, "培优行动", ["example-new", "cluster-coverage", "county-coverage", "equipment"], 4),
    ]
    rows = {r.id: r for g in page.groups for r in g.rows}
    assert rows["example-new"] == TargetRow(
        "example-new",
        "新培育示例企业",
        1,
        "二（一）1",
        "家",
        "≥2家",
        "1家",
        0.5,
        rows["example-new"].pace,
        "滞后",
        None,
        (),
        0,
    )
    assert rows["example-new"].pace is not None
    assert abs(rows["example-new"].pace - PART) < 1e-9
    assert {r.id: (r.goal, r.actual, r.state, r.undetermined) for r in rows.values()} == {
        "big-firms": ("≥3家", "1家", "严重滞后", 1),
        "revenue-share": (">50%", "60.0%", "已达标", 1),
        "example-new": ("≥2家", "1家", "滞后", 0),
        "cluster-coverage": ("100%", "50.0%", "滞后", 0),
        "county-coverage": ("100%", "50.0%", "滞后", 0),
        "equipment": ("≥4项", "2项", "严重滞后", 0),
    }
    assert (rows["big-firms"].lead, rows["big-firms"].clause) == ("市工业和信息化局", "第一部分")


def test_states_are_counted_and_the_late_ones_alarm_worst_first(pack: Pack, published: Publication) -> None:
    page = overview(pack, published)
    assert {s.state: s.count for s in page.states if s.count} == {"滞后": 3, "严重滞后": 2, "已达标": 1}
    assert page.total == 6
    assert page.alerts[0] == Alert("big-firms", "千万元企业", "严重滞后", "当前 1家，按时序应达 3家，差 2家")
    assert page.alerts[1] == Alert("equipment", "每年更新设备", "严重滞后", "当前 2项，按时序应达 3项，差 1项")
    text = f"当前 50.0%，按时序应达 {PART * 100:.1f}%，差 {(PART - 0.5) * 100:.1f} 个百分点"
    assert {a.target: (a.state, a.text) for a in page.alerts[2:]} == {
        "example-new": ("滞后", "当前 1家，按时序应达 2家，差 1家"),
        "cluster-coverage": ("滞后", text),
        "county-coverage": ("滞后", text),
    }


def test_the_map_has_the_cards_that_mean_something_for_a_county(pack: Pack, published: Publication) -> None:
    page = overview(pack, published)
    assert page.metrics == (
        Metric("m0", "营业收入", "营业收入", "万元", 2, {"990100": 0.0, "990102": 1200.0, "990103": 800.0, "9901A1": 0.0}),
        Metric("m1", "新培育示例企业", "新培育示例企业", "家", 0, {"990100": 0.0, "990102": 1.0, "990103": 0.0, "9901A1": 0.0}),
    )  # fmt: skip
    assert page.areas == (
        Area("990102", "甲县", True, True),
        Area("990103", "乙县", True, False),
        Area("9901A1", "甲县开发区", True, False),
    )
