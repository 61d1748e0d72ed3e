"""`jiqun snapshot` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from jiqun.cli import program
from jiqun.snapshot.open import Snapshot
from tests.unit.snapshot.folder import BASE, OBSERVATION, A, B, write

PACK = Path(__file__).parents[2] / "web" / "pack"
LINES = f"party,{A},营业收入,2024,1.005,\nparty,{A},用电量,2025-01,9,\nparty,{A},用电量,2025-02,8,\nparty,{B},营业收入,2024,2,draft\n"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(program, ["snapshot", *map(str, arguments), "--pack", str(PACK)])


def facts(tmp_path: Path, lines: str = LINES) -> Path:
    return write(tmp_path / "facts", {**BASE, "observation.csv": OBSERVATION + lines, "demo.json": "{}"})


def test_it_tells_what_there_is(tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = run(facts(tmp_path), "--out", out)
    assert (result.exit_code, result.stdout.splitlines()) == (
        0,
        [
            f"已生成数据快照 {Snapshot.open(out).id[:12]}：{out}",
            "行政区划 2，产业集群 2，企业和机构 3，指标数据 4，认定 0，复核 0，台账 0",
            "这是演示数据，不是真实数据",
            "有 1 个金额超过两位小数，已四舍五入到分",
            f"提醒：指标“用电量”2025年2月的累计值低于上一期，共 1 个主体（如 {A}）",
        ],
    )


def test_json_for_programs(tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = run(facts(tmp_path), "--out", out, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "out": str(out),
        "id": Snapshot.open(out).id,
        "pack": {"id": "example-city", "version": "1"},
        "rows": {name: Snapshot.open(out).rows(name) for name in Snapshot.open(out).tables},
        "rounded": {"营业收入": 1},
        "warnings": [
            {"message": "指标“用电量”2025年2月的累计值低于上一期，共 1 个主体", "column": "用电量@2025-02", "count": 1, "examples": [A]}
        ],
    }  # fmt: skip


def test_wrong_facts_end_with_code_2_and_write_nothing(tmp_path: Path) -> None:
    folder = facts(tmp_path, f"party,{A},营业收入,2024,多,\n")
    result = run(folder, "--out", tmp_path / "out")
    assert (result.exit_code, result.stdout, result.stderr.splitlines()) == (
        2,
        "",
        [
            "数据有误，没有生成快照，共 1 处：",
            "1. observation.csv 第 2 行 “value”：金额应为数字（现为“多”）。请只写以元为单位的数字，不带单位；没有数据请留空",
        ],
    )
    assert [p.name for p in tmp_path.iterdir()] == ["facts"]


def test_wrong_facts_as_json(tmp_path: Path) -> None:
    folder = facts(tmp_path, f"party,{A},营业收入,2024,多,\n")
    result = run(folder, "--out", tmp_path / "out", "--json")
    assert result.exit_code == 2
    assert json.loads(result.stdout) == {
        "errors": [
            {"message": "金额应为数字", "found": "多", "mend": "请只写以元为单位的数字，不带单位；没有数据请留空",
             "file": "observation.csv", "row": 2, "field": "value"}
        ]
    }  # fmt: skip


def test_an_existing_snapshot_is_replaced_only_on_demand(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert run(facts(tmp_path), "--out", out).exit_code == 0
    refused = run(facts(tmp_path), "--out", out)
    assert (refused.exit_code, refused.stderr.splitlines()) == (
        2,
        ["无法写出数据快照，共 1 处：", f"1. {out}：输出文件夹已有数据快照。请另选一个文件夹，或加 --replace 替换它"],
    )
    assert run(facts(tmp_path), "--out", out, "--replace").exit_code == 0
