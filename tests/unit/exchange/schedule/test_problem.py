"""Faults of problems, all at once; JSON there and back."""

import pytest

from jiqun.exchange.schedule.faults import ScheduleError
from jiqun.exchange.schedule.reading import problem_as_json, problem_from
from jiqun.exchange.schedule.sample import rich_problem

MACHINE = {"name": "M"}


def _faults(content):
    with pytest.raises(ScheduleError) as caught:
        problem_from(content)
    return [str(p) for p in caught.value.problems]


def _job(**fields):
    return {"name": "A", "operations": [{"name": "1", "alternatives": [{"machine": "M", "duration": 3}]}], **fields}


def test_every_fault_at_once():
    content = {
        "horizon": {"begin": 5, "end": 5},
        "calendars": [{"name": "白班", "spans": [[8, 16]], "period": 24}],
        "machines": [MACHINE],
        "jobs": [
            _job(release=9, due=3),
            {
                "name": "B",
                "operations": [
                    {"name": "1", "after": ["2"], "alternatives": [{"machine": "M", "duration": -3}]},
                    {"name": "2", "alternatives": [{"machine": "X", "duration": 3}]},
                    {"name": "3", "alternatives": []},
                ],
            },
        ],
    }
    assert _faults(content) == [
        "“排产期”：结束（5）不晚于开始（5）。请把结束改到开始之后",
        "“机器 M”：没有日历，而本问题按日历排产。请为它指定日历，全天开放的也要写明",
        "“工件 A”：交期（3）早于投料时间（9）。请核对两个时间",
        "“工件 B”：工艺路线成环：1 → 2 → 1。请去掉其中一条先后关系",
        "“工件 B / 工序 1”：在机器 M 上的时长为负（现为“-3”）。请改为正整数",
        "“工件 B / 工序 2”：机器 X 不存在",
        "“工件 B / 工序 2”：没有机器能做。请给出至少一台机器和它的时长",
        "“工件 B / 工序 3”：没有机器能做。请给出至少一台机器和它的时长",
    ]


def test_form_and_meaning_together():
    job = {
        "name": "A",
        "due": 3,
        "release": "x",
        "operations": [{"name": "1", "alternatives": [{"machine": "M", "durtion": 3}]}],
    }
    assert _faults({"jobs": [job], "machines": [MACHINE], "horizon": {"begin": 3, "end": 1}}) == [
        "“工件 A 工序 1 做法 第 1 项”：字段 durtion 不认识。您是否要写 duration？",
        "“工件 A 工序 1 做法 第 1 项”：缺少字段 duration",
        "“工件 A release”：须为整数（现为“x”）",
        "“排产期”：结束（1）不晚于开始（3）。请把结束改到开始之后",
    ]


def test_json_there_and_back():
    problem = rich_problem(60, 3)
    assert problem_from(problem_as_json(problem)) == problem
