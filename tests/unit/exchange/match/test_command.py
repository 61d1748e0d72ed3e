"""`jiqun match` over files: the answer, every fault at once, nothing written where there is one."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from jiqun.cli import program

PACK = Path(__file__).parents[4] / "programmes" / "shijiazhuang-2025"
NEEDS = """编号,能力,公差,材料,最早开始,最晚结束,所需天数,最高单价,所在地,最远距离,说明
N1,五轴加工,0.02,不锈钢,2026-10-01,2026-10-31,5,300,晋州市,60,不锈钢泵体五轴加工
N2,五轴加工,0.005毫米,不锈钢,2026-10-01,2026-10-31,5天,300,"115.07,37.98",,
"""
OFFERS = """编号,能力,公差,材料,可用自,可用至,单价,所在地,好评率,说明
O1,五轴加工、铣削,0.01,不锈钢、铝合金,2026-10-10,2026-12-31,260,藁城区,96%,五轴加工中心
O2,五轴加工,0.01,不锈钢,2026-10-10,2026-12-31,310,藁城区,90%,五轴加工中心
O3,五轴加工,,不锈钢,2026-10-10,2026-12-31,260,藁城区,96%,五轴加工中心
O4,铣削,0.01,不锈钢,2026-10-30,2026-12-31,260,藁城区,96%,五轴加工中心
"""


def run(folder: Path, needs: str, offers: str, *more: str) -> Result:
    """The command over these files."""
    for name, text in (("needs.csv", needs), ("offers.csv", offers)):
        (folder / name).write_text(text, encoding="utf-8")
    files = ["--needs", folder / "needs.csv", "--offers", folder / "offers.csv"]
    return CliRunner().invoke(
        program, ["match", str(PACK), "--kind", "关键设备", "--as-of", "2026-09-30", *map(str, files), *more]
    )


def test_the_answer(tmp_path: Path) -> None:
    result = run(tmp_path, NEEDS, OFFERS, "--json", "--out", str(tmp_path / "out"))
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert [(a["need"], [m["offer"] for m in a["matches"]]) for a in found["answers"]] == [("N1", ["O1"]), ("N2", [])]
    first, second = (a["reasons"] for a in found["answers"])
    assert (first["matched"], first["refused"], first["pending"]) == (1, 2, 1)
    assert first["refusals"] == [["O2", ["价格"]], ["O4", ["能力", "时间"]]]
    assert first["open"] == [["O3", ["供.公差"]]]
    assert first["fixes"] == ["最高单价放宽到 310元/小时，即有 1 家"]
    assert second["fixes"] == ["公差放宽到 0.01毫米，即有 1 家"]
    table = pq.read_table(tmp_path / "out" / "matches.parquet").to_pylist()
    assert [(r["need"], r["rank"], r["offer"]) for r in table] == [("N1", 1, "O1")]
    assert table[0]["得分·评价"] == pytest.approx(0.96)


def test_one_need_in_words(tmp_path: Path) -> None:
    result = run(tmp_path, NEEDS, OFFERS, "--need", "N2")
    assert result.exit_code == 0, result.output
    assert "需求 N2：没有匹配的供给" in result.stdout
    assert "▸ 公差放宽到 0.01毫米，即有 1 家" in result.stdout
    assert "O3：待定，缺少 供.公差" in result.stdout


def test_every_fault_of_both_files_and_nothing_written(tmp_path: Path) -> None:
    needs = NEEDS.replace("最远距离", "最远距里").replace("N2", "N1").replace("5天", "5公斤")
    offers = OFFERS.replace("2026-10-30", "10月30日").replace("井陉", "").replace("单价", "价")
    result = run(tmp_path, needs, offers, "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert not (tmp_path / "out").exists()
    lines = [line.replace(f"{tmp_path}/", "") for line in result.stderr.splitlines()]
    assert lines == [
        "供需文件有误，共 6 处：",
        "1. needs.csv 第 1 行：没有“最远距里”这一列。您是否要写 最远距离？",
        "2. needs.csv 第 3 行 “编号”：编号重复，第 2 行已用（现为“N1”）。请改用别的编号",
        "3. needs.csv 第 3 行 “所需天数”：应为天数，现为吨（现为“5公斤”）。请写成如 100天",
        "4. offers.csv 第 1 行：没有“价”这一列。您是否要写 单价？",
        "5. offers.csv 第 1 行：缺少必填的列“单价”。请补上这一列",
        "6. offers.csv 第 5 行 “可用自”：不是日期（现为“10月30日”）。请写成 2026-10-01 的形式",
    ]


def told(result: Result, folder: Path) -> list[str]:
    """The faults that a refused run names, without their numbers."""
    assert result.exit_code == 2
    return [line.split(". ", 1)[1].replace(f"{folder}/", "") for line in result.stderr.splitlines()[1:]]


def test_every_fault_of_rows_and_heads(tmp_path: Path) -> None:
    needs = (
        "编号,能力,能力,最早开始,最晚结束,所需天数,所在地,材料\n"
        ",五轴加工,,2026-10-01,2026-10-31,5,晋州市,钢\n"
        "N2,,,2026-13-01,2026-10-31,五,火星,钢,多\n"
        "N3,铣削,铣削,2026-13-01,,5,火星,钢\n"
    )
    offers = (
        OFFERS.splitlines()[0].replace("编号,", "") + "\n五轴加工,0.01,不锈钢,2026-10-10,2026-12-31,贵,藁城区,96%,\n"
    )
    assert told(run(tmp_path, needs, offers), tmp_path) == [
        "needs.csv 第 3 行：这一行有 9 列，应有 8 列。含逗号的内容要用英文双引号括起来",
        "needs.csv 第 1 行：“能力”这一列重复。请只保留一列",
        "needs.csv 第 2 行 “编号”：缺少编号。每条都要有不重复的编号",
        "needs.csv 第 2 行 “能力”：必填而没有填。请补上",
        "needs.csv 第 4 行 “最早开始”：不是日期（现为“2026-13-01”）。请写成 2026-10-01 的形式",
        "needs.csv 第 4 行 “最晚结束”：必填而没有填。请补上",
        "needs.csv 第 4 行 “所在地”：应为地点（现为“火星”）。请写成 经度,纬度（如 114.51,38.04）或区划名称",
        "offers.csv 第 1 行：缺少必填的列“编号”。请补上这一列",
        "offers.csv 第 2 行 “单价”：应为数（现为“贵”）。请写成如 100元/小时",
    ]


def test_files_that_cannot_be_read_and_faults_beyond_fifty(tmp_path: Path) -> None:
    (tmp_path / "needs.csv").write_bytes("编号\n甲\n".encode("gbk"))
    files = ["--needs", str(tmp_path / "needs.csv"), "--offers", str(tmp_path / "none.csv"), "--as-of", "2026-09-30"]
    result = CliRunner().invoke(program, ["match", str(PACK), "--kind", "关键设备", *files])
    assert told(result, tmp_path) == [
        "needs.csv：读不懂这个文件。请另存为“CSV UTF-8（逗号分隔）”或 Parquet",
        "none.csv：找不到供给文件。请检查路径",
    ]
    rows = [f"N{i},五轴加工,x,不锈钢,2026-10-01,2026-10-31,5,300,晋州市,60," for i in range(53)]
    many = told(run(tmp_path, "\n".join([NEEDS.splitlines()[0], *rows]) + "\n", OFFERS), tmp_path)
    assert (len(many), many[-1]) == (51, "needs.csv：另有 3 处错误没有列出")


def test_an_unknown_kind_and_need(tmp_path: Path) -> None:
    result = run(tmp_path, NEEDS, OFFERS, "--need", "N9")
    assert (result.exit_code, "需求文件里没有编号“N9”" in result.stderr) == (2, True)
    files = ["--needs", str(tmp_path / "needs.csv"), "--offers", str(tmp_path / "offers.csv")]
    result = CliRunner().invoke(program, ["match", str(PACK), "--kind", "关键设施", "--as-of", "2026-09-30", *files])
    assert (result.exit_code, "您是否要写 关键设备？" in result.stderr) == (2, True)
