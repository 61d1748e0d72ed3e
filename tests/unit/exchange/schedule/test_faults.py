"""Every fault of a scheduling problem, of its form and of a plan: the whole message, all at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from jiqun.exchange.schedule.faults import ScheduleError
from jiqun.exchange.schedule.problem import plain_problem
from jiqun.exchange.schedule.reading import problem_from, solution_from


def _told(action: Callable[[], object]) -> list[str]:
    with pytest.raises(ScheduleError) as caught:
        action()
    return [str(p) for p in caught.value.problems]


ONE: dict[str, Any] = {"alternatives": [{"machine": "M", "duration": 3}]}


def op(name: str, **more: Any) -> dict[str, Any]:
    """An operation that takes 3 on M."""
    return {"name": name, **ONE, **more}


EVERYTHING: dict[str, Any] = {
    "horizon": {"begin": 9, "end": 3},
    "objective": {"makespan": -1, "tardiness": 0},
    "calendars": [
        {"name": "甲", "spans": []},
        {"name": "甲", "spans": [[4, 2], [3, 8], [6, 9]], "period": 7},
        {"name": "乙", "spans": [[0, 5]], "period": 0},
    ],
    "setups": [
        {"name": "换", "families": ["f", "f"], "times": [[0, -1], [2, 0]]},
        {"name": "缺", "families": ["f", "g"], "times": [[0, 1]]},
    ],
    "machines": [
        {
            "name": "M",
            "calendar": "甲",
            "closed": [[5, 5]],
            "setup_rate": -2,
            "setups": "换",
            "family": "h",
            "site": "s",
        },
        {"name": "M", "calendar": "丙", "setups": "无此", "site": "t"},
        {"name": "N", "calendar": "甲", "site": "u"},
    ],
    "transports": [
        {"origin": "s", "destination": "t", "time": -1, "cost": -2},
        {"origin": "s", "destination": "t", "time": 1},
    ],
    "jobs": [
        {"name": "J", "weight": -1, "operations": []},
        {
            "name": "J",
            "release": 9,
            "due": 3,
            "operations": [op("1", family="f"), op("1", family="f"), op("2", after=["9"], family="e"), op("3")],
        },
        {
            "name": "K",
            "operations": [
                {
                    "name": "1",
                    "alternatives": [
                        {"machine": "N", "duration": 0, "cost": -4},
                        {"machine": "N", "duration": 3},
                        {"machine": "N", "duration": 2},
                    ],
                },
                {
                    "name": "2",
                    "quantity": 0,
                    "most_lots": -1,
                    "smallest_lot": 0,
                    "alternatives": [{"machine": "N", "duration": 3}],
                },
                {
                    "name": "3",
                    "quantity": 4,
                    "most_lots": 2,
                    "smallest_lot": 9,
                    "alternatives": [{"machine": "N", "duration": 3}],
                },
                {"name": "4", "interruptible": False, "alternatives": [{"machine": "N", "duration": 90}]},
                {"name": "5", "alternatives": [{"machine": "M", "duration": 3}]},
            ],
        },
    ],
    "frozen": [
        {"job": "K", "operation": "9", "machine": "N", "start": 0, "end": 4},
        {"job": "K", "operation": "1", "machine": "M", "start": 5, "end": 5},
        {"job": "K", "operation": "3", "machine": "N", "start": 3, "end": 6, "quantity": 1},
        {"job": "K", "operation": "3", "machine": "N", "start": 5, "end": 7, "quantity": 1},
        {"job": "K", "operation": "3", "machine": "N", "start": 8, "end": 9, "quantity": 1},
        {"job": "K", "operation": "4", "machine": "N", "start": 2, "end": 3},
    ],
    "baseline": [{"job": "Q", "operation": "1", "machine": "N", "start": 0, "end": 4}],
}


def test_every_fault_of_meaning() -> None:
    assert _told(lambda: problem_from(EVERYTHING)) == [
        "“排产期”：结束（3）不晚于开始（9）。请把结束改到开始之后",
        "“目标”：权重 makespan 为负（现为“-1”）。权重须为零或正整数",
        "“目标”：没有一个权重大于零。请至少给一项目标以正权重",
        "日历 甲 出现 2 次。名称不得重复",
        "“日历 甲”：没有开放时段。请至少写一个开放时段",
        "“日历 甲”：开放时段 4—2 的结束不晚于开始。请把结束改到开始之后",
        "“日历 甲”：开放时段 6—9 与前一段 3—8 重叠或次序颠倒。时段须按时间先后排列、互不重叠",
        "“日历 甲”：开放时段 3—8 超出周期 0—7。请把时段写在一个周期之内",
        "“日历 甲”：开放时段 6—9 超出周期 0—7。请把时段写在一个周期之内",
        "“日历 乙”：周期须为正整数（现为“0”）",
        "“换型矩阵 换”：工艺族 f 出现 2 次。名称不得重复",
        "“换型矩阵 换”：从 f 到 f 的换型时间为负（现为“-1”）。请改为零或正整数",
        "“换型矩阵 缺”：须为 2 行 2 列，与工艺族一一对应",
        "机器 M 出现 2 次。名称不得重复",
        "“机器 M”：停机时段 5—5 的结束不晚于开始。请把结束改到开始之后",
        "“机器 M”：换型费率为负（现为“-2”）。请改为零或正整数（分）",
        "“机器 M”：初始工艺族 h 不在换型矩阵 换 中",
        "“机器 M”：日历 丙 不存在",
        "“机器 M”：换型矩阵 无此 不存在",
        "运输 s→t 出现 2 次。名称不得重复",
        "“运输 s→t”：时间为负（现为“-1”）。请改为零或正整数",
        "“运输 s→t”：费用为负（现为“-2”）。请改为零或正整数（分）",
        "厂区 s 与 u 之间没有运输时间。请补上这一对厂区的运输，可以为零",
        "厂区 t 与 u 之间没有运输时间。请补上这一对厂区的运输，可以为零",
        "工件 J 出现 2 次。名称不得重复",
        "“工件 J”：没有工序。请至少写一道工序",
        "“工件 J”：权重为负（现为“-1”）。请改为零或正整数",
        "“工件 J”：交期（3）早于投料时间（9）。请核对两个时间",
        "“工件 J”：工序 1 出现 2 次。名称不得重复",
        "“工件 J / 工序 2”：前道工序 9 不存在",
        "“工件 K / 工序 1”：在机器 N 上的时长为零。请改为正整数",
        "“工件 K / 工序 1”：在机器 N 上的费用为负（现为“-4”）。请改为零或正整数（分）",
        "“工件 K / 工序 1”：机器 N 写了两次。请只留一种做法",
        "“工件 K / 工序 2”：数量须为正整数（现为“0”）",
        "“工件 K / 工序 2”：最多批数须为正整数（现为“-1”）",
        "“工件 K / 工序 2”：最小批量须为正整数（现为“0”）",
        "“工件 K / 工序 3”：最小批量（9）大于数量（4）。请减小最小批量",
        "“工件 K / 工序 4”：不可中断，而能做它的机器都没有够长的开放时段。请允许中断、缩短时长或延长开放时段",
        "“冻结 K / 工序 9”：没有这道工序",
        "“冻结 K / 工序 1”：机器 M 不能做这道工序",
        "“冻结 K / 工序 1”：完工（5）不晚于开工（5）",
        "“原计划 Q / 工序 1”：没有这道工序",
        "“冻结 K / 工序 3”：各批数量之和 3 不等于 4。冻结须含这道工序的全部批次",
        "“冻结 K / 工序 3”：有 3 批，多于最多批数 2",
        "“冻结 K / 工序 4”：在机器 N 上与 K / 工序 9 重叠",
        "“冻结 K / 工序 3”：在机器 N 上与 K / 工序 3 重叠",
        "“冻结 K / 工序 3”：前道工序 2 没有冻结。请一并冻结，或放开这道工序",
        "“冻结 K / 工序 4”：开工早于前道工序 3 的完工",
    ]


FORM: dict[str, Any] = {
    "jobs": [
        7,
        {"name": ["x"], "operations": {"a": 1}},
        {
            "name": "K",
            "colour": "red",
            "release": 1.5,
            "operations": [
                {
                    "name": "1",
                    "alternatives": [{"machine": "M", "duration": "3", "cost": True}],
                    "after": "1",
                    "interruptible": "no",
                }
            ],
        },
    ],
    "machines": [{"name": "M", "closed": [[1, 2, 3], "x"]}, {}],
    "calendars": "none",
    "setups": [{"name": "m", "families": ["f"], "times": [["1"]]}],
    "horizon": 5,
    "unit": 3.5,
    "machnes": [],
    "objective": {"makespan": 2**60},
}


def test_every_fault_of_form_and_no_other_that_only_follows_from_them() -> None:
    assert _told(lambda: problem_from(FORM)) == [
        "“问题”：字段 machnes 不认识。您是否要写 machines？",
        "“工件 第 1 项”：须为对象 {…}（现为“7”）",
        "“工件 第 2 项 name”：须为文字（现为“['x']”）",
        "“工件 第 2 项 工序”：须为数组 […]（现为“{'a': 1}”）",
        "“工件 第 3 项”：字段 colour 不认识",
        "“工件 K 工序 1 做法 第 1 项 duration”：须为整数（现为“3”）",
        "“工件 K 工序 1 做法 第 1 项 cost”：须为整数（现为“True”）",
        "“工件 K 工序 1 前道工序”：须为数组 […]（现为“1”）",
        "“工件 K 工序 1 interruptible”：须为 true 或 false（现为“no”）",
        "“工件 K release”：须为整数（现为“1.5”）",
        "“机器 M 停机 第 1 项”：须为 [开始, 结束] 两个整数（现为“[1, 2, 3]”）",
        "“机器 M 停机 第 2 项”：须为 [开始, 结束] 两个整数（现为“x”）",
        "“机器 第 2 项”：缺少字段 name",
        "“日历”：须为数组 […]（现为“none”）",
        "“换型矩阵 m 时间”：须为整数（现为“1”）",
        "“排产期”：须为对象 {…}（现为“5”）",
        "“目标 makespan”：须为整数（现为“1152921504606846976”）",
        "“时间单位”：须为文字（现为“3.5”）",
    ]


def test_a_job_that_cannot_be_read_does_not_hide_what_is_wrong_with_the_rest() -> None:
    content = {
        "machines": [{"name": "M"}], "frozen": [{"job": "J", "operation": "1", "machine": "M", "start": 0, "end": 3}],
        "jobs": [{"name": "J", "release": "x", "due": 0, "operations": [op("1")]}, {"name": "K", "operations": [], "weight": -1}],
    }  # fmt: skip
    assert _told(lambda: problem_from(content)) == [
        "“工件 J release”：须为整数（现为“x”）",
        "“工件 K”：没有工序。请至少写一道工序",
        "“工件 K”：权重为负（现为“-1”）。请改为零或正整数",
    ]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            {
                "status": "good",
                "bound": "x",
                "extra": 1,
                "assignments": [{"job": "J1", "operation": "1", "machine": "M1", "start": 0}],
            },
            [
                "“方案”：字段 extra 不认识",
                "“方案 第 1 项”：缺少字段 end",
                "“status”：状态不认识（现为“good”）。须为 optimal、feasible、infeasible、timed_out 之一",
                "“bound”：须为整数（现为“x”）",
            ],
        ),
        ([], ["“方案”：须为对象 {…}（现为“[]”）"]),
        (
            {"assignments": [{"job": "J9", "operation": "1", "machine": "M9", "start": 0, "end": 2}]},
            ["方案中的 工序 J9 / 1 不在问题中", "方案中的 机器 M9 不在问题中"],
        ),
        (
            {
                "status": "infeasible",
                "assignments": [{"job": "J1", "operation": "1", "machine": "M1", "start": 0, "end": 2}],
            },
            ["状态“无解”与有无方案不符"],
        ),
        ({"status": "optimal", "assignments": []}, ["状态“最优”与有无方案不符"]),
    ],
)
def test_every_fault_of_a_plan(content: object, told: list[str]) -> None:
    assert _told(lambda: solution_from(plain_problem([[[(0, 2)]]], 1), content)) == told
