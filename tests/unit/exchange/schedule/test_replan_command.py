"""`jiqun replan` from files to files: the changes, a state to go on from, and every fault with exit code 2."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jiqun.cli import main
from jiqun.exchange.schedule.problem import Assignment, plain_problem
from jiqun.exchange.schedule.reading import problem_as_json, solution_as_json
from jiqun.exchange.schedule.solution import solution_of


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """M1 does J1 0—4, then J2 4—8; M2 idles and could do J2 in 5."""
    problem = plain_problem([[[(0, 4)]], [[(0, 4), (1, 5)]]], 2)
    plan = solution_of(problem, (Assignment("J1", "1", "M1", 0, 4), Assignment("J2", "1", "M1", 4, 8)))
    for name, content in (("problem", problem_as_json(problem)), ("plan", solution_as_json(plan))):
        (tmp_path / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return tmp_path


def _run(folder: Path, events: Any, out: Path, *options: str, now: int = 2) -> int:
    (folder / "events.json").write_text(json.dumps(events), encoding="utf-8")
    given = (str(folder / f"{n}.json") for n in ("problem", "plan", "events"))
    with pytest.raises(SystemExit) as end:
        main(["replan", *given, "--now", str(now), "--out", str(out), "--iterations", "100", *options])
    code = end.value.code
    assert isinstance(code, int)
    return code


def test_a_breakdown_and_then_an_order(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    # M1 is down 2—12: J1 pauses and ends at 14; J2 goes to M2, and begins at 4 as it was planned, for no sooner is needed.
    first = files / "first"
    assert _run(files, [{"kind": "breakdown", "machine": "M1", "begin": 2, "end": 12}], first, "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "machine": [{"job": "J2", "operation": "1", "old_machine": "M1", "new_machine": "M2", "old_start": 4, "new_start": 4,
                     "reordered": False}],
        "order": [],
        "shifted": [{"job": "J1", "operation": "1", "old_machine": "M1", "new_machine": "M1", "old_start": 0, "new_start": 0,
                     "reordered": False}],
        "kept": 0, "added": [], "old_end": 8, "new_end": 14, "untouched": 0, "disturbed": 0,
    }  # fmt: skip
    # What was written is a state to go on from: an order on M2 comes behind J2, 9—11.
    order = {
        "kind": "order",
        "job": {"name": "K", "operations": [{"name": "1", "alternatives": [{"machine": "M2", "duration": 2}]}]},
    }
    assert _run(first, [order], files / "second", now=3) == 0
    said = capsys.readouterr().out
    assert "14 → 14 分钟" in said
    rows = json.loads((files / "second" / "plan.json").read_text())["assignments"]
    assert [(r["job"], r["machine"], r["start"], r["end"]) for r in rows] == [
        ("J1", "M1", 0, 14), ("J2", "M2", 4, 9), ("K", "M2", 9, 11),
    ]  # fmt: skip
    assert "换了机器或次序的工序" in (first / "plan.html").read_text()


def test_every_fault_of_the_form_of_events_and_nothing_is_written(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    events = [
        {"kind": "brekdown", "machine": "M1"}, {"machine": "M1"}, {"kind": "delay", "job": "J2"}, 7,
        {"kind": "breakdown", "machine": "M1", "begin": "x", "end": 9, "until": 3},
        {"kind": "order", "job": {"name": "K", "operations": 3}},
    ]  # fmt: skip
    assert _run(files, events, files / "out", "--json") == 2
    assert [(p["field"], p["message"], p["mend"]) for p in json.loads(capsys.readouterr().out)["errors"]] == [
        ("事件 第 1 项 kind", "类别不认识", "您是否要写 breakdown？"),
        ("事件 第 2 项", "缺少字段 kind", None),
        ("事件 第 3 项", "缺少字段 until", None),
        ("事件 第 4 项", "须为对象 {…}", None),
        ("事件 第 5 项", "字段 until 不认识", None),
        ("事件 第 5 项 begin", "须为整数", None),
        ("事件 K 工序", "须为数组 […]", None),
    ]
    assert not (files / "out").exists()


def test_a_plan_that_breaks_a_rule_is_not_planned_on(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = json.loads((files / "plan.json").read_text())
    plan["assignments"][1].update(start=3, end=7)
    (files / "plan.json").write_text(json.dumps(plan))
    assert _run(files, [{"kind": "delay", "job": "J2", "until": 9}], files / "out", "--json") == 2
    assert [p["message"] for p in json.loads(capsys.readouterr().out)["errors"]] == [
        "J2 / 工序 1（机器 M1，3—7）：与 J1 / 工序 1（机器 M1，0—4） 重叠",
    ]
    (files / "plan.json").write_text(json.dumps({"status": "timed_out", "assignments": []}))
    assert _run(files, [], files / "out", "--json") == 2
    assert [p["message"] for p in json.loads(capsys.readouterr().out)["errors"]] == ["没有方案，不能据以答复"]
