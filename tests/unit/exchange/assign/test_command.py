"""`jiqun assign` from files to files."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
from click.testing import CliRunner

from jiqun.cli import program

FILE = """
agents: teams.csv
tasks:
  - {id: X, name: 皮革, min: 2, max: 2, lead: true, fields: [材料, 工艺]}
  - {id: Y, name: 陶瓷, min: 1}
pairs: pairs.csv
quotas: [{name: 材料, field: 材料, max: 2}]
"""
TEAMS = "编号,名称,领域,至多,至多牵头\nA,甲队,材料；工艺,2,1\nB,乙队,工艺,1,\nC,丙队,材料,1,\n"
PAIRS = "派方,受方,分值\nA,X,3.5\nA,Y,2\nB,X,1\nC,Y,1\nC,X,0.5\n"


def write(folder: Path, file: str = FILE, teams: str = TEAMS, pairs: str = PAIRS) -> Path:
    for name, text in (("a.yaml", file), ("teams.csv", teams), ("pairs.csv", pairs)):
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "a.yaml"


def run(*arguments: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(program, ["assign", *map(str, arguments)])
    return done.exit_code, done.stdout, done.stderr


def told(done: tuple[int, str, str]) -> list[str]:
    """The faults that a refused run names, without their numbers."""
    code, _, text = done
    assert code == 2
    return [line.split(". ", 1)[1] for line in text.splitlines()[1:]]


def test_from_files_to_parquet_and_csv(tmp_path: Path) -> None:
    file = write(tmp_path)
    code, text, _ = run(file, "--out", tmp_path / "plan.parquet", "--json", "--why", "C:X")
    found = json.loads(text)
    assert code == 0 and found["status"] == "optimal" and found["value"] == 6.5
    assert found["assignments"] == [
        {"agent": "A", "task": "X", "lead": True, "score": 3.5},
        {"agent": "B", "task": "X", "lead": False, "score": 1.0},
        {"agent": "A", "task": "Y", "lead": False, "score": 2.0},
    ]
    assert [w["kind"] for w in found["why"]] == ["impossible"] and found["why"][0]["text"].startswith("若派，须放弃：")
    assert pq.read_table(tmp_path / "plan.parquet").to_pylist() == found["assignments"]
    code, text, _ = run(file, "--out", tmp_path / "plan.csv")
    assert code == 0 and "已证明最优" in text and "共 3 次分派，总分 6.5" in text
    assert (tmp_path / "plan.csv").read_text().splitlines()[1] == '"A","X",true,3.5'


def test_what_cannot_hold_is_answered(tmp_path: Path) -> None:
    file = write(tmp_path, FILE.replace("min: 1}", "min: 3, max: 4, weight: never}"))
    out = tmp_path / "plan.csv"
    code, text, _ = run(file, "--out", out)
    assert code == 0 and not out.exists()
    assert "须放弃 1 条（已证明最少）：\n  · 集群“陶瓷”至少 3 个团队：差 2（原定不可放弃）" in text
    assert "没有写出结果；加 --relax 按放弃后的条件写出" in text
    run(file, "--out", out, "--relax")
    assert out.exists()


def test_bad_files_tell_every_fault(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        FILE.replace("quotas", "qoutas"),
        "编号,至多,至多牵头,区\nA,两,1,\nB,0,,\n,1,,\n",
        "派方,受方,分值\nA,X,高\nB,Z,1\n",
    )
    assert told(run(file)) == [
        "teams.csv 第 1 行：不认识的列“区”",
        "teams.csv 第 2 行 “至多”：须为整数（现为“两”）",
        "teams.csv 第 4 行 “编号”：不能为空（现为“”）",
        "pairs.csv 第 2 行 “分值”：须为数（现为“高”）",
        "a.yaml 第 7 行 第 1 列：不认识的键“qoutas”。您是否要写 quotas？可写的键：agents、tasks、pairs、quotas、conflicts、"
        "recusals、fairness、words",
    ]
    assert told(run(write(tmp_path, pairs="派方,受方,分值\nB,Z,1\nB,X,0.00001\n"))) == [
        "a.yaml “配对 B—Z”：没有集群 Z",
        "a.yaml “配对 B—X”：至多四位小数（现为“0.00001”）",
    ]


def test_every_fault_of_tables(tmp_path: Path) -> None:
    teams = "编号,至少,牵头\nA,1,1\nB,x,是,多\n"
    tasks = "编号,牵头,分组\nX,也许,东\nY,是,西\n"
    file = write(tmp_path, "agents: teams.csv\ntasks: tasks.csv\npairs: none.csv\n", teams)
    (tmp_path / "tasks.csv").write_text(tasks, encoding="utf-8")
    assert told(run(file)) == [
        "teams.csv 第 1 行：不认识的列“牵头”。您是否要写 至多牵头？",
        "teams.csv 第 3 行：单元格比列多",
        "teams.csv 第 3 行 “至少”：须为整数（现为“x”）",
        "tasks.csv 第 2 行 “牵头”：须为 是 或 否（现为“也许”）",
        "none.csv：文件不存在或不能读取",
    ]
    (tmp_path / "tasks.csv").write_bytes("编号\n甲\n".encode("gbk"))
    (tmp_path / "teams.csv").write_text("名称,领域\n甲队,材料\n", encoding="utf-8")
    assert told(run(file)) == [
        "teams.csv 第 1 行：缺少列“编号”",
        "tasks.csv：文件不是 UTF-8 编码。请另存为 CSV UTF-8",
        "none.csv：文件不存在或不能读取",
    ]
    file.write_text("- 1\n", encoding="utf-8")
    assert told(run(file)) == ["a.yaml：须写成 agents、tasks、pairs 等键"]


def test_questions_and_results_are_checked_first(tmp_path: Path) -> None:
    code, _, text = run(tmp_path / "none.yaml", "--why", "A", "--out", "x.txt")
    assert code == 2
    assert "x.txt：结果文件须为 .csv 或 .parquet" in text and "“--why”：须写成 派方编号:受方编号（现为“A”）" in text
    assert run(tmp_path / "none.yaml")[2].splitlines()[1] == f"1. {tmp_path / 'none.yaml'}：文件不存在"
