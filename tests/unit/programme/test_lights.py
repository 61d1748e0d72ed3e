"""Lights: the colour of a task from conditions over its facts, at exact thresholds, with what each found."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from jiqun.base.errors import InputError
from jiqun.programme.check import check_pack
from jiqun.programme.lights import TaskFacts, light_of, read_light
from jiqun.programme.load import load_pack
from jiqun.programme.models import LightRule

PACK = Path(__file__).resolve().parents[3] / "programmes" / "shijiazhuang-2025"
RULES = load_pack(PACK).supervision.lights
TODAY = date(2026, 9, 30)
CALM = TaskFacts(
    milestones=4, overdue_milestones=0, longest_overdue=0, months_without_report=0, linked_targets=2,
    targets_behind=0, targets_far_behind=0, share_behind=0.0, overdue_notices=0,
)  # fmt: skip


def _light(**changed: float | None) -> tuple[str, list[str]]:
    facts = TaskFacts(**{**vars(CALM), **changed})  # type: ignore[arg-type]
    found = light_of(RULES, facts, TODAY)
    return found.name, [reason.text for reason in found.reasons]


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, ("绿", [])),
        ({"overdue_milestones": 1, "longest_overdue": 30}, ("黄", ["有节点逾期"])),
        ({"overdue_milestones": 1, "longest_overdue": 31}, ("红", ["有节点逾期超过 30 天"])),
        ({"months_without_report": 1}, ("黄", ["上月没有报送进展"])),
        ({"months_without_report": 2}, ("红", ["连续 2 个月以上没有报送进展"])),
        ({"targets_behind": 1, "share_behind": 0.5}, ("黄", ["有关联目标滞后"])),
        ({"targets_behind": 2, "share_behind": 1.0}, ("红", ["半数以上关联目标滞后"])),
        ({"overdue_notices": 1}, ("红", ["有督办单逾期未回复"])),
        # No linked target is no fault; a share of nothing is missing, and the condition is decided without it.
        ({"linked_targets": 0, "share_behind": None}, ("绿", [])),
        # Missing is not zero: without any report it cannot be told.
        ({"months_without_report": None}, ("待定", ["连续 2 个月以上没有报送进展", "上月没有报送进展"])),
        # What holds decides, whatever else is missing.
        ({"months_without_report": None, "overdue_notices": 1}, ("红", ["有督办单逾期未回复"])),
    ],
)
def test_the_colour_of_a_task(changed: dict[str, float | None], expected: tuple[str, list[str]]) -> None:
    assert _light(**changed) == expected


def test_a_finding_says_what_it_found_and_what_was_asked() -> None:
    facts = TaskFacts(**{**vars(CALM), "overdue_milestones": 1, "longest_overdue": 31})
    [reason] = light_of(RULES, facts, TODAY).reasons
    found = reason.explanation
    assert (reason.rule, found.actual, found.operator, found.threshold) == ("最长逾期 > 30天", "31天", "＞", "30天")


def test_a_pack_without_conditions_leaves_the_light_undetermined() -> None:
    assert light_of((), CALM, TODAY).name == "待定"


def test_red_goes_before_yellow_in_any_order() -> None:
    rules = [LightRule(light="黄", text="a", rule="节点数 >= 1"), LightRule(light="红", text="b", rule="节点数 >= 1")]
    found = light_of(rules, CALM, TODAY)
    assert (found.name, [reason.text for reason in found.reasons]) == ("红", ["b"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("逾期结点 >= 1", "没有“逾期结点”这个名称。您是否要写 逾期节点？"),
        ("计数(企业) > 1", "任务没有下属的“企业”"),
        ("最长逾期 > 30", "请给 30 写上单位，如 30天"),
        ("逾期节点", "此处应为是/否（条件），现为个数"),
    ],
)
def test_faulty_conditions_are_refused(text: str, message: str) -> None:
    with pytest.raises(InputError) as refused:
        read_light(text)
    assert message in str(refused.value)


def test_a_check_of_the_pack_names_faulty_lights_and_escalation(pack_dir: Path) -> None:
    (pack_dir / "supervision.yaml").write_text(
        "lights:\n"
        "  - {light: 红, text: 逾期, rule: 逾期结点 >= 1}\n"
        "  - {light: 黄, text: 收入, rule: 营业收入 > 1万元}\n"
        "notices:\n"
        "  escalation:\n"
        "    - {overdue: 3, title: 督促}\n"
        "    - {overdue: 3, title: 通报}\n",
        encoding="utf-8",
    )
    assert [str(problem).split("\n")[0] for problem in check_pack(pack_dir).problems] == [
        "supervision.yaml 第 2 行 第 32 列：没有“逾期结点”这个名称。您是否要写 逾期节点？",
        "supervision.yaml 第 3 行 第 32 列：任务没有指标“营业收入”。“营业收入”是企业的指标，可写成 所属集群.营业收入、所属县.营业收入 或放进集合里",
        "supervision.yaml 第 7 行 第 17 列：升级的次序颠倒（现为“3”）。前一级是逾期满 3 个工作日，请由低到高排列",
    ]
