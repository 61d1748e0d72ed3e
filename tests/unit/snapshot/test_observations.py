"""Observations: every kind of value, every kind of fault."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from jiqun.base.periods import Period
from jiqun.rules.vocabulary import Indicator
from jiqun.snapshot.longform import SCHEMA, LongForm
from jiqun.snapshot.observations import CELL_STEP, Cell
from jiqun.snapshot.write import TableWriter
from tests.unit.snapshot.folder import OBSERVATION, A, B, C, faults, snapshot, table, uscc

ATTRIBUTES = {"row", "uscc", "name", "kind", "cluster", "county", "industry", "founded_on", "size_class", "above_size",
              "county_row", "cluster_row", "industry_section"}  # fmt: skip


def rows(*lines: str) -> dict[str, str | bytes]:
    return {"observation.csv": OBSERVATION + "".join(line + "\n" for line in lines)}


def wide(found: list[dict[str, object]]) -> list[dict[str, object]]:
    """The columns of values only."""
    return [{n: v for n, v in row.items() if "@" in n} for row in found]


def test_values_of_every_kind(tmp_path: Path) -> None:
    lines = rows(
        f"party,{A},营业收入,2024,12000000.005,approved",
        f"party,{B},营收,2024年,-0.994,",
        f"party,{C},营业收入,2024,\"1,234.5\",approved",
        f"party,{A},从业人员,2024, 120 ,approved",
        f"party,{A},研发占比,2024,35.1%,approved",
        f"party,{B},研发占比,2024,0.035,approved",
        f"party,{A},合同额,2024,12.3456789,approved",
        f"party,{A},协同明显,2024,是,approved",
        f"party,{B},协同明显,2024,false,approved",
        f"party,{A},主导产品,2024,泵,approved",
        f"party,{B},主导产品,2024,阀门,approved",
        f"party,{A},信用等级,2024,甲,approved",
        f"party,{A},首台套日期,2024,2024年5月6日,approved",
        f"party,{C},从业人员,2024,,approved",
    )  # fmt: skip
    snap = snapshot(tmp_path, lines)
    missing = dict.fromkeys(
        [
            "主导产品@2024",
            "从业人员@2024",
            "信用等级@2024",
            "协同明显@2024",
            "合同额@2024",
            "研发占比@2024",
            "营业收入@2024",
            "首台套日期@2024",
        ]
    )
    assert wide(table(snap, "party")) == [
        {
            "主导产品@2024": "泵",
            "从业人员@2024": 120.0,
            "信用等级@2024": "甲",
            "协同明显@2024": True,
            "合同额@2024": 12_345_679,  # 123,456.789 yuan, half up to the fen
            "研发占比@2024": 0.351,
            "营业收入@2024": 1_200_000_001,
            "首台套日期@2024": date(2024, 5, 6),
        },
        missing | {"主导产品@2024": "阀门", "协同明显@2024": False, "研发占比@2024": 0.035, "营业收入@2024": -99},
        missing | {"营业收入@2024": 123_450},
    ]
    assert [c.name for c in snap.columns("party") if c.cell] == list(missing)
    assert snap.manifest["rounded"] == {"合同额": 1, "营业收入": 2}


def test_the_long_form_is_sorted_and_has_one_text_for_a_value(tmp_path: Path) -> None:
    lines = rows(
        f"party,{B},营收,2024,1200.5,draft",
        f"party,{A},营业收入,2023,1200.00,",
        "place,130102,营业收入,2024,-0.05,returned",
        "cluster,C1,营业收入,2024,1e6,submitted",
        f"party,{A},协同明显,2024,1,approved",
        f"party,{A},研发占比,2024,12.5%,approved",
        f"party,{A},从业人员,2024,,approved",
        f"party,{A},主导产品,2024, 泵 ,approved",
        f"party,{A},首台套日期,2024,2024/5/6,approved",
    )
    snap = snapshot(tmp_path, lines)
    columns = ("subject_kind", "subject", "row", "indicator", "period", "value", "state")
    assert [tuple(r[c] for c in columns) for r in table(snap, "observation")] == [
        ("cluster", "C1", 0, "营业收入", "2024", "1000000", "submitted"),
        ("party", A, 0, "主导产品", "2024", "泵", "approved"),
        ("party", A, 0, "从业人员", "2024", None, "approved"),
        ("party", A, 0, "协同明显", "2024", "是", "approved"),
        ("party", A, 0, "研发占比", "2024", "0.125", "approved"),
        ("party", A, 0, "营业收入", "2023", "1200", "approved"),
        ("party", A, 0, "首台套日期", "2024", "2024-05-06", "approved"),
        ("party", B, 1, "营业收入", "2024", "1200.50", "draft"),
        ("place", "130102", 1, "营业收入", "2024", "-0.05", "returned"),
    ]


def test_spaces_around_cells_do_not_matter(tmp_path: Path) -> None:
    plain = rows(f"party,{A},营业收入,2024,5,draft", f"party,{A},信用等级,2024,甲,")
    spaced = rows(f" party,{A} ,营业收入　, 2024 , 5 , draft ", f"party\t,\u00a0{A},信用等级 ,2024, 甲 ,  ")
    assert snapshot(tmp_path / "a", plain).id == snapshot(tmp_path / "b", spaced).id


def test_a_blank_value_is_missing(tmp_path: Path) -> None:
    snap = snapshot(tmp_path, rows(f"party,{A},营业收入,2024,   ,", f"party,{B},营业收入,2024,3,"))
    assert wide(table(snap, "party")) == [{"营业收入@2024": None}, {"营业收入@2024": 300}, {"营业收入@2024": None}]


def test_only_approved_values_make_columns(tmp_path: Path) -> None:
    states = rows(
        f"party,{A},营业收入,2021,1,approved",
        f"party,{A},营业收入,2022,2,submitted",
        f"party,{A},营业收入,2023,3,draft",
        f"party,{A},营业收入,2024,4,returned",
        f"party,{B},营业收入,2021,5,draft",
        f"party,{B},营业收入,2020,,approved",
        "place,130102,营业收入,2025,6,",
    )
    snap = snapshot(tmp_path, states)
    assert wide(table(snap, "party")) == [{"营业收入@2021": 100}, {"营业收入@2021": None}, {"营业收入@2021": None}]
    assert wide(table(snap, "place")) == [{"营业收入@2025": None}, {"营业收入@2025": 600}]
    assert wide(table(snap, "cluster")) == [{}, {}]


def test_names_that_are_wrong(tmp_path: Path) -> None:
    lines = rows(
        f"party,{A},营业收人,2024,1,",
        f"firm,{A},营业收入,2024,1,",
        f"party,{A[:-1]},营业收入,2024,1,",
        f"party,{uscc(9)},营业收入,2024,1,",
        "cluster,C9,营业收入,2024,1,",
        f"party,{A},营业收入,2025Q3,1,",
        f"party,{A},季度产值,2025,1,",
        f"party,{A},用电量,2025Q1,1,",
        f"party,{A},营业收入,去年,1,",
        f"party,{A},集群产值,2021,9,",
        f"party,{A},营业收入,2019,1,aproved",
        f",{A},营业收入,2017,2,",
        "party,,营业收入,2017,2,",
        f"party,{A},,2017,2,",
        f"party,{A},营业收入,,2,",
    )
    assert faults(tmp_path, lines) == [
        "observation.csv 第 13 行 “subject_kind”：不能为空。请补填",
        "observation.csv 第 3 行 “subject_kind”：不在可选范围内（现为“firm”）。可填：party、cluster、place",
        "observation.csv 第 14 行 “subject”：不能为空。请补填",
        f"observation.csv 第 4 行 “subject”：企业名录里没有这个主体（现为“{A[:-1]}”）。统一社会信用代码应为 18 位，现为 17 位",
        f"observation.csv 第 5 行 “subject”：企业名录里没有这个主体（现为“{uscc(9)}”）。请先在 party 表里补上，或改正这里",
        "observation.csv 第 6 行 “subject”：集群表里没有这个主体（现为“C9”）。您是否要写 C2、C1？",
        "observation.csv 第 15 行 “indicator”：不能为空。请补填",
        "observation.csv 第 2 行 “indicator”：方案包里没有这个指标（现为“营业收人”）。您是否要写 营业收入、营收？",
        "observation.csv 第 11 行 “indicator”：这个指标不由企业填报（现为“集群产值”）。请核对 subject_kind 和 indicator",
        "observation.csv 第 16 行 “period”：不能为空。请补填",
        "observation.csv 第 10 行 “period”：不是有效的期间（现为“去年”）。请写成 2025、2025Q3 或 2025-09",
        "observation.csv 第 7 行 “period”：期间与指标不符，这是年度指标（现为“2025Q3”）。请写成 2025 的形式",
        "observation.csv 第 8 行 “period”：期间与指标不符，这是季度指标（现为“2025”）。请写成 2025Q3 的形式",
        "observation.csv 第 9 行 “period”：期间与指标不符，这是月度指标（现为“2025Q1”）。请写成 2025-09 的形式",
        "observation.csv 第 12 行 “state”：不在可选范围内（现为“aproved”）。您是否要写 approved？",
    ]


def test_values_that_cannot_be_read(tmp_path: Path) -> None:
    lines = rows(
        f"party,{A},营业收入,2024,1200万元,",
        f"party,{A},营业收入,2023,约一千,",
        f"party,{A},营业收入,2022,10000000000000.01,",
        f"party,{A},营业收入,2021,10000000000000,",
        f"party,{A},从业人员,2024,35%,",
        f"party,{A},从业人员,2023,nan,",
        f"party,{A},从业人员,2022,1e999,",
        f"party,{A},从业人员,2021,\"1,23\",",
        f"party,{A},研发占比,2024,高,",
        f"party,{A},协同明显,2024,有,",
        f"party,{A},信用等级,2024,丙,",
        f"party,{A},首台套日期,2024,2024-13-01,",
        f"party,{A},合同额,2024,3亿元,",
        f"party,{A},合同额,2023,1000000001,",
    )  # fmt: skip
    assert faults(tmp_path, lines) == [
        "observation.csv 第 13 行 “value”：不是有效的日期（现为“2024-13-01”）。请写成 2025-07-22",
        "observation.csv 第 11 行 “value”：应为是或否（现为“有”）。请写 是 或 否",
        "observation.csv 第 14 行 “value”：金额应为数字（现为“3亿元”）。请写以万元为单位的数字：30000",
        "observation.csv 第 15 行 “value”：金额超过 10 万亿元（现为“1000000001”）。请核对单位是否为万元",
        "observation.csv 第 2 行 “value”：金额应为数字（现为“1200万元”）。请写以元为单位的数字：12000000",
        "observation.csv 第 3 行 “value”：金额应为数字（现为“约一千”）。请只写以元为单位的数字，不带单位；没有数据请留空",
        "observation.csv 第 4 行 “value”：金额超过 10 万亿元（现为“10000000000000.01”）。请核对单位是否为元",
        "observation.csv 第 6 行 “value”：应为数字（现为“35%”）。请只写数字，如 1234.5；没有数据请留空",
        "observation.csv 第 7 行 “value”：应为数字（现为“nan”）。请只写数字，如 1234.5；没有数据请留空",
        "observation.csv 第 8 行 “value”：应为数字（现为“1e999”）。请只写数字，如 1234.5；没有数据请留空",
        "observation.csv 第 9 行 “value”：应为数字（现为“1,23”）。请只写数字，如 1234.5；没有数据请留空",
        "observation.csv 第 10 行 “value”：应为数字或百分数（现为“高”）。请写小数 0.35 或百分数 35%；没有数据请留空",
        "observation.csv 第 12 行 “value”：不在指标“信用等级”的可选范围内（现为“丙”）。可填：甲、乙",
    ]


def test_a_figure_is_reported_once(tmp_path: Path) -> None:
    lines = rows(
        f"party,{A},营业收入,2024,1,approved",
        f"party,{B},营业收入,2024,1,approved",
        f"party,{A},营收,2024年,2,draft",
        f"party,{A},营业收入, 2024 ,1,approved",
    )
    assert faults(tmp_path, lines) == [
        f"observation.csv 第 4 行：同一主体的同一指标在同一期间重复填报，已见于第 2 行（现为“{A} 营收 2024年”）。请只保留一行",
        f"observation.csv 第 5 行：同一主体的同一指标在同一期间重复填报，已见于第 2 行（现为“{A} 营业收入  2024 ”）。请只保留一行",
    ]


def test_a_repeated_figure_is_seen_across_batches(tmp_path: Path) -> None:
    cells = (Cell(Indicator("营业收入"), Period.year(2024)), Cell(Indicator("营业收入"), Period.year(2025)))
    first, other, draft = 0, CELL_STEP, CELL_STEP + 2

    def twice(*batches: list[int]) -> bool:
        with ThreadPoolExecutor(1) as worker, TableWriter(tmp_path, "observation", SCHEMA) as writer:
            long = LongForm(writer, worker, pa.array([A]), [0, 0, 1], cells, [])
            for keys in batches:
                long.add(np.array(keys), np.zeros(len(keys)))
            return long.twice

    assert not twice([first, other])
    assert not twice([first], [], [other])
    assert twice([first, other, draft])
    assert twice([first, other], [draft])


def test_twenty_places_of_a_kind_are_named_and_the_rest_counted(tmp_path: Path) -> None:
    lines = rows(*(f"party,{A},从业人员,{1950 + n},x," for n in range(33)), f"party,{A},协同明显,2024,y,")
    found = faults(tmp_path, lines)
    assert found == [
        "observation.csv 第 35 行 “value”：应为是或否（现为“y”）。请写 是 或 否",
        *(
            f"observation.csv 第 {n} 行 “value”：应为数字（现为“x”）。请只写数字，如 1234.5；没有数据请留空"
            for n in range(2, 22)
        ),
        "observation.csv “value”：还有 13 处同类问题没有列出。请只写数字，如 1234.5；没有数据请留空",
    ]
