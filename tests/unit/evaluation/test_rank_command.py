"""`jiqun rank` on a city that can be worked out by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from jiqun.cli import program
from jiqun.evaluation.declared import declare, faults
from tests.unit.evaluation.conftest import PACK, City


def rank(city: City, out: Path, *options: str) -> str:
    arguments = ["rank", str(city.snapshot), "--pack", str(city.pack), "--as-of", "2026-09-30", "--out", str(out)]
    result = CliRunner().invoke(program, [*arguments, "--uncertainty", "200", *options])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_scores_by_hand(city: City, tmp_path: Path) -> None:
    told = json.loads(rank(city, tmp_path / "out", "--json"))
    # 2025: revenue 400 300 200 → 100 50 0; margin 10% 20% 10% → 0 100 0; energy 5 9 7 (less is better) → 100 0 50.
    # Judgements: revenue 3/4, profit 1/4; scale 4/5, green 1/5.
    # 甲 (75 + 0) × 0.8 + 100 × 0.2 = 80; 乙 (37.5 + 25) × 0.8 = 50; 丙 0 + 50 × 0.2 = 10.
    rows = [(r["name"], r["rank"], pytest.approx(r["score"])) for r in told["ranking"]]
    assert rows == [("甲集群", 1, 80.0), ("乙集群", 2, 50.0), ("丙集群", 3, 10.0)]
    # 2024: revenue 0 100 50, margin 10% everywhere: nothing tells them apart, so the year before cannot be ranked.
    assert told["notes"] == ["上年同期无法评价：各单位数值没有差别，无法按“min_max”标准化（指标 利润率）"]
    assert [r["before"] for r in told["ranking"]] == [None, None, None]


def test_what_is_written(city: City, tmp_path: Path) -> None:
    out = tmp_path / "out"
    rank(city, out)
    assert {p.name for p in out.iterdir()} == {
        "ranking.parquet", "scores.parquet", "sensitivity.parquet", "advice.parquet", "weights.parquet",
        "manifest.json", "ranking.html",
    }  # fmt: skip
    ranking = pq.read_table(out / "ranking.parquet").to_pylist()
    assert [(r["unit"], r["rank"], r["scale"], r["green"]) for r in ranking] == [
        ("a", 1, pytest.approx(75.0), pytest.approx(100.0)), ("b", 2, pytest.approx(62.5), 0.0), ("c", 3, 0.0, 50.0),
    ]  # fmt: skip
    assert all(r["rank_low"] <= r["rank_median"] <= r["rank_high"] for r in ranking)
    scores = {(r["unit"], r["node"]): r for r in pq.read_table(out / "scores.parquet").to_pylist()}
    energy = scores["a", "energy"]
    assert (energy["figure"], energy["score"], energy["rank"], energy["weight"]) == (5.0, 100.0, 1, pytest.approx(0.2))
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["evaluation"], manifest["as_of"], manifest["replications"]) == ("example-index", "2026-09-30", 200)
    page = (out / "ranking.html").read_text(encoding="utf-8")
    assert "<script" not in page and "http" not in page and "甲集群" in page and "没有可比的上年同期结果" in page


def test_what_is_advised_by_hand(city: City, tmp_path: Path) -> None:
    out = tmp_path / "out"
    rank(city, out, "--beside", "甲集群")
    advice = {r["unit"]: r for r in pq.read_table(out / "advice.parquet").to_pylist()}
    # 丙: 10 points, to pass 甲 (80) it needs 70: revenue counts 0.6 a point, profit and energy 0.2.
    last = advice["c"]
    assert (last["rank"], last["target"], last["why"], last["ahead"]) == (3, 1, None, None)
    assert [(s["node"], round(s["rise"], 6)) for s in last["steps"]] == [("revenue", 100.0), ("profit", 50.0)]
    assert last["steps"][0]["figure"] == pytest.approx(400.0) and last["steps"][1]["figure"] == pytest.approx(0.15)
    assert advice["a"]["steps"] == [] and advice["a"]["gaps"] == []
    gaps = [(g["node"], pytest.approx(g["gap"]), pytest.approx(g["worth"])) for g in advice["b"]["gaps"]]
    assert gaps == [("green", 100.0, 20.0), ("scale", 12.5, 10.0)]
    assert (advice["b"]["strong"][0], advice["b"]["weak"][0]) == ("profit", "energy")
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["models"] == ["a"]
    # 乙 and 丙 meet where 62.5 s = 50 (1 − s): s = 4/9; 甲 stays first whatever scale weighs.
    weights = {r["node"]: r for r in pq.read_table(out / "weights.parquet").to_pylist()}
    assert (weights["scale"]["share"], weights["scale"]["low"]) == (pytest.approx(0.8), pytest.approx(4 / 9))
    assert (weights["scale"]["flips_low"], weights["scale"]["high"]) == (["b", "c"], None)
    assert weights["scale"]["shift"] == pytest.approx(2 / 3)  # by green alone 丙 passes 乙


def test_the_models_of_the_pack(city: City, tmp_path: Path) -> None:
    city.write("evaluation.yaml", PACK["evaluation.yaml"] + "models: [b]\n")
    for options, models in (((), ["b"]), (("--beside", "c"), ["c"])):
        out = tmp_path / models[0]
        rank(city, out, *options)
        assert json.loads((out / "manifest.json").read_text(encoding="utf-8"))["models"] == models


def test_a_model_that_takes_no_part(city: City, tmp_path: Path) -> None:
    arguments = ["rank", str(city.snapshot), "--pack", str(city.pack), "--as-of", "2026-09-30", "--beside", "丁集群"]
    result = CliRunner().invoke(program, [*arguments, "--out", str(tmp_path / "out")])
    assert result.exit_code == 2 and not (tmp_path / "out").exists()
    assert "标杆“丁集群”没有参评（单位 丁集群）。请写参评单位的编号或全称" in result.stderr


def test_changes_add_up_and_the_same_call_gives_the_same_bytes(city: City, tmp_path: Path) -> None:
    city.write("evaluation.yaml", PACK["evaluation.yaml"].replace("利润总额 / 营业收入", "利润总额"))
    one, two = tmp_path / "one", tmp_path / "two"
    rank(city, one)
    rank(city, two)
    for file in one.iterdir():
        assert file.read_bytes() == (two / file.name).read_bytes(), file.name
    changes = {r["unit"]: r for r in pq.read_table(one / "changes.parquet").to_pylist()}
    # A year ago: revenue and profit 0 100 50 each, energy 100 0 50: 甲 20, 乙 80, 丙 50.
    assert {u: (r["before"], r["after"]) for u, r in changes.items()} == {"a": (3, 1), "b": (1, 2), "c": (2, 3)}
    for row in changes.values():
        assert row["scale"] + row["green"] + row["others"] == pytest.approx(row["before"] - row["after"])


def test_results_of_another_kind_are_not_overwritten(city: City, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "账.txt").write_text("别删")
    arguments = ["rank", str(city.snapshot), "--pack", str(city.pack), "--as-of", "2026-09-30"]
    result = CliRunner().invoke(program, [*arguments, "--out", str(tmp_path / "out")])
    assert result.exit_code == 2 and "这里已有别的文件，不能写入结果" in result.stderr
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["账.txt"]


def test_a_pack_without_an_index(city: City, tmp_path: Path) -> None:
    (city.pack / "evaluation.yaml").unlink()
    arguments = ["rank", str(city.snapshot), "--pack", str(city.pack), "--as-of", "2026-09-30"]
    result = CliRunner().invoke(program, [*arguments, "--out", str(tmp_path / "out")])
    assert result.exit_code == 2 and "方案包没有评价体系" in result.stderr
    assert not (tmp_path / "out").exists()


def test_contradicting_judgements_are_named_with_what_would_fit(city: City) -> None:
    three = PACK["evaluation.yaml"].replace(
        "judgements:\n  - {one: scale, other: green, times: 4}\n",
        """\
  - id: more
    name: 其他
    indicators: [{id: again, name: 营业收入, measure: 营业收入}]
judgements:
  - {one: scale, other: green, times: 4}
  - {one: green, other: more, times: 4}
  - {one: more, other: scale, times: 4}
""",
    )
    city.write("evaluation.yaml", three)
    found = faults(city.load())
    assert {p.message for p in found} == {"判断互相矛盾，一致性比率 1.94，应小于 0.1"}
    assert {(p.place.line, p.found, p.mend) for p in found} == {
        (20, "4", "按其余判断，“scale”约是“green”的 1 倍"),
        (22, "0.25", "按其余判断，“scale”约是“more”的 1 倍"),
        (21, "4", "按其余判断，“green”约是“more”的 1 倍"),
    }


def test_missing_and_double_judgements_are_named_at_their_place(city: City) -> None:
    city.write("evaluation.yaml", PACK["evaluation.yaml"].replace("other: profit, times", "other: margin, times"))
    found = faults(city.load())
    assert [p.message for p in found] == ["判断里的“margin”不在被比较的指标中", "缺少“revenue”与“profit”的比较"]
    assert [p.place.file for p in found] == ["evaluation.yaml", "evaluation.yaml"]


def test_the_plan_of_the_real_pack() -> None:
    from jiqun.programme.load import load_pack

    declared = declare(load_pack(Path("programmes/shijiazhuang-2025")))
    names = [p.name for p in declared.file.pillars]
    assert names == ["规模", "成长", "创新", "共享", "绿色", "质量品牌", "数字化", "要素"]
    assert declared.judged["index"].consistent and declared.judged["index"].weights.sum() == pytest.approx(1)
