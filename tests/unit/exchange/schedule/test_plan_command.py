"""`jiqun plan` from a file to a plan and its chart, and what is said of a faulty file."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from jiqun.cli import main, program
from jiqun.exchange.schedule.problem import (
    Alternative,
    Calendar,
    Horizon,
    Job,
    Machine,
    Objective,
    Operation,
    Problem,
    SetupMatrix,
    Span,
    Transport,
)
from jiqun.exchange.schedule.reading import problem_as_json, problem_from, solution_from

TWO = "2 2\n2 1 1 3 1 2 2\n1 1 1 2\n"
"""Job 1 takes 3 on M1, then 2 on M2; job 2 takes 2 on M1: job 1 first, for its rest runs beside job 2 — 5 in all."""


def test_a_public_file_becomes_a_plan_and_a_chart(tmp_path: Path) -> None:
    source, out = tmp_path / "two.fjs", tmp_path / "out"
    source.write_text(TWO)
    done = CliRunner().invoke(program, ["plan", str(source), "--out", str(out), "--iterations", "50", "--json"])
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert {k: said[k] for k in ("status", "value", "bound")} == {"status": "optimal", "value": 5, "bound": 5}
    rows = {
        (r["job"], r["operation"]): (r["machine"], r["start"], r["end"])
        for r in json.loads((out / "plan.json").read_text())["assignments"]
    }
    assert rows == {("J1", "1"): ("M1", 0, 3), ("J1", "2"): ("M2", 3, 5), ("J2", "1"): ("M1", 3, 5)}
    page = (out / "plan.html").read_text()
    assert "two" in page
    assert not re.search(r"(src|href)=", page), "the page loads nothing"


def test_a_rich_problem_is_drawn_with_closures_setups_carriages_and_late_orders(tmp_path: Path) -> None:
    day = Span(480, 1020)
    problem = Problem(
        (
            Job("甲<单>", (Operation("10", (Alternative("车床", 60),), family="A"), Operation("20", (Alternative("磨床", 60),))), due=500),
            Job("乙单", (Operation("10", (Alternative("车床", 60),), family="B"),)),
        ),
        (
            Machine("车床", "一厂", "东区", "白班", setups="车", family="A"),
            Machine("磨床", "二厂", "西区", "白班"),
        ),
        (Calendar("白班", (day,), 1440),), (SetupMatrix("车", ("A", "B"), ((0, 30), (30, 0))),),
        (Transport("东区", "西区", 45, 8000),), horizon=Horizon(0), objective=Objective(0, 1), name="试排",
    )  # fmt: skip
    source, out = tmp_path / "rich.json", tmp_path / "out"
    source.write_text(json.dumps(problem_as_json(problem), ensure_ascii=False))
    done = CliRunner().invoke(program, ["plan", str(source), "--out", str(out), "--iterations", "200"])
    assert done.exit_code == 0, done.output
    written = json.loads((out / "plan.json").read_text())
    again = solution_from(problem_from(json.loads(source.read_text())), written)
    # The lathe opens at 480; job 甲 runs first (it is late in any case): 480–540, carried 45, ground 585–645, so 145 late.
    assert again.parts.tardiness == 145
    page = (out / "plan.html").read_text()
    for words in ("甲&lt;单&gt;", "换型 A → B", "不开机", "东区", "晚 2.4 小时", "一厂"):
        assert words in page
    assert "甲<单>" not in page


def test_a_faulty_file_ends_with_two_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = tmp_path / "bad.json", tmp_path / "out"
    source.write_text('{"jobs": [{"name": "J", "operations": [{"name": "1", "alternatives": []}]}], "machines": []}')
    with pytest.raises(SystemExit) as ended:
        main(["plan", str(source), "--out", str(out)])
    assert ended.value.code == 2
    assert not out.exists()
    assert capsys.readouterr().err.split("\n")[1:-1] == [
        "1. 没有机器。请至少给出一台机器",
        "2. “工件 J / 工序 1”：没有机器能做。请给出至少一台机器和它的时长",
    ]
