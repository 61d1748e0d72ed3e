"""`jiqun promise` from files: the answer, and every fault of an order with exit code 2."""

import json

import pytest

from jiqun.cli import main
from jiqun.exchange.schedule.problem import Assignment, plain_problem
from jiqun.exchange.schedule.reading import problem_as_json, solution_as_json
from jiqun.exchange.schedule.solution import solution_of


@pytest.fixture
def files(tmp_path):
    problem = plain_problem([[[(0, 2)]], [[(0, 3)]]], 1)
    plan = solution_of(problem, (Assignment("J1", "1", "M1", 0, 2), Assignment("J2", "1", "M1", 6, 9)))
    for name, content in (("problem", problem_as_json(problem)), ("plan", solution_as_json(plan))):
        (tmp_path / f"{name}.json").write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
    return tmp_path


def _run(files, order, *options):
    (files / "order.json").write_text(json.dumps(order), encoding="utf-8")
    with pytest.raises(SystemExit) as end:
        main(["promise", *(str(files / f"{n}.json") for n in ("problem", "plan", "order")), *options])
    return end.value.code


def _order(**ways):
    return {"name": "K", "due": 4, "operations": [{"name": "1", "alternatives": [ways]}]}


def test_an_answer(files, capsys):
    assert _run(files, _order(machine="M1", duration=3, cost=1250)) == 0
    assert capsys.readouterr().out == "K：最早 5 完工（单位：分钟），晚于交期 1，费用 12.5元\n　工序 1　M1　2—5\n"


def test_every_fault_of_an_order(files, capsys):
    assert _run(files, {**_order(machine="M2", duration=3), "name": "J1"}, "--json") == 2
    assert [p["message"] for p in json.loads(capsys.readouterr().out)["errors"]] == [
        "名称已被占用", "机器 M2 不存在", "没有机器能做",
    ]  # fmt: skip
