"""Places, clusters and parties: what is refused, and how they are held."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from jiqun.base.codes import uscc_check_digit, uscc_problem
from jiqun.snapshot.subjects import usccs_are_valid
from tests.unit.snapshot.folder import CLUSTER, PARTY_HEADER, A, B, C, faults, snapshot, table, uscc


def test_subjects_are_sorted_typed_and_linked(tmp_path: Path) -> None:
    snap = snapshot(tmp_path, {})
    assert table(snap, "place") == [
        {"row": 0, "code": "130100", "name": "石家庄市", "parent": None, "kind": "city", "parent_row": None},
        {"row": 1, "code": "130102", "name": "长安区", "parent": "130100", "kind": "district", "parent_row": 0},
    ]
    assert table(snap, "cluster") == [
        {"row": 0, "id": "C1", "name": "泵业集群", "county": "130102", "chain": "装备", "provincial_key": True, "county_row": 1},
        {"row": 1, "id": "C2", "name": "家具集群", "county": None, "chain": None, "provincial_key": None, "county_row": None},
    ]  # fmt: skip
    assert table(snap, "party") == [
        {"row": 0, "uscc": A, "name": "甲公司", "kind": "enterprise", "cluster": "C1", "county": "130102", "industry": "C3441",
         "founded_on": date(2015, 3, 1), "size_class": "小型", "above_size": True, "county_row": 1, "cluster_row": 0,
         "industry_section": "制造业"},
        {"row": 1, "uscc": B, "name": "乙公司", "kind": "enterprise", "cluster": None, "county": "130102", "industry": None,
         "founded_on": date(2025, 7, 22), "size_class": None, "above_size": False, "county_row": 1, "cluster_row": None,
         "industry_section": None},
        {"row": 2, "uscc": C, "name": "丙研究院", "kind": "institute", "cluster": "C2", "county": None, "industry": "M",
         "founded_on": date(2001, 2, 3), "size_class": None, "above_size": None, "county_row": None, "cluster_row": 1,
         "industry_section": "科学研究和技术服务业"},
    ]  # fmt: skip


def test_all_faults_of_parties_are_told_at_once(tmp_path: Path) -> None:
    party = (
        PARTY_HEADER
        + f"{A[:-1]}X,甲,enterprise,C9,130103,XX,2025-02-30,大,maybe\n"
        + f"{B},乙,企業,,,,,,\n"
        + f"{B},乙二,企业,,,,,,\n"
        + f"{C.lower()},丙,企业,,,,,,\n"
        + "9.11E+17,丁,企业,,,,,,\n"
        + ",戊,,,,,,,\n"
    )
    assert faults(tmp_path, {"party.csv": party}) == [
        "party.csv 第 7 行 “uscc”：不能为空。请补填",
        "party.csv 第 7 行 “kind”：不能为空。请补填",
        "party.csv 第 3 行 “kind”：不在可选范围内（现为“企業”）。您是否要写 企业？",
        "party.csv 第 2 行 “cluster”：产业集群表里没有这个编号（现为“C9”）。您是否要写 C2、C1？",
        "party.csv 第 2 行 “county”：行政区划表里没有这个代码（现为“130103”）。您是否要写 130100、130102？",
        "party.csv 第 2 行 “industry”：格式不对（现为“XX”）。应为国民经济行业代码，如 C3311",
        "party.csv 第 2 行 “founded_on”：不是有效的日期（现为“2025-02-30”）。请写成 2025-07-22",
        "party.csv 第 2 行 “size_class”：不在可选范围内（现为“大”）。您是否要写 大型？",
        "party.csv 第 2 行 “above_size”：应为是或否（现为“maybe”）。请写 是 或 否",
        f"party.csv 第 4 行 “uscc”：重复，已见于第 3 行（现为“{B}”）。请只保留一行",
        f"party.csv 第 2 行 “uscc”：统一社会信用代码校验位不符，按前 17 位应为 {A[-1]}（现为“{A[:-1]}X”）。请对照营业执照改正",
        f"party.csv 第 5 行 “uscc”：统一社会信用代码含有不允许的字符 a、m（不用 I、O、S、V、Z）（现为“{C.lower()}”）。"
        f"字母应大写：{C}",
        "party.csv 第 6 行 “uscc”：统一社会信用代码应为 18 位，现为 8 位（现为“9.11E+17”）。"
        "Excel 把代码变成了科学计数，请把这一列设为文本后重新填写",
    ]


def test_faults_of_places_and_clusters(tmp_path: Path) -> None:
    place = "code,name,parent,kind\n130100,石家庄市,,city\n130102,长安区,130100,distict\n13010,,999999,县\n130102,又一个,,县\n"
    cluster = CLUSTER + "C1,又一个,777000,,也许\n"
    assert faults(tmp_path, {"place.csv": place, "cluster.csv": cluster}) == [
        "place.csv 第 4 行 “code”：格式不对（现为“13010”）。应为六位区划代码，如 130102",
        "place.csv 第 4 行 “name”：不能为空。请补填",
        "place.csv 第 4 行 “parent”：行政区划表里没有这个代码（现为“999999”）。请先在 place 表里补上，或改正这里",
        "place.csv 第 3 行 “kind”：不在可选范围内（现为“distict”）。您是否要写 district、city？",
        "place.csv 第 5 行 “code”：重复，已见于第 3 行（现为“130102”）。请只保留一行",
        "cluster.csv 第 4 行 “county”：行政区划表里没有这个代码（现为“777000”）。请先在 place 表里补上，或改正这里",
        "cluster.csv 第 4 行 “provincial_key”：应为是或否（现为“也许”）。请写 是 或 否",
        "cluster.csv 第 4 行 “id”：重复，已见于第 2 行（现为“C1”）。请只保留一行",
    ]


def test_a_place_does_not_lie_within_itself(tmp_path: Path) -> None:
    place = (
        "code,name,parent,kind\n130100,石家庄市,,city\n130102,甲,130103,县\n130103,乙,130104,县\n130104,丙,130102,县\n"
    )
    assert faults(tmp_path, {"place.csv": place}) == [
        "place.csv 第 3 行 “parent”：上级关系成环（现为“130102 → 130103 → 130104 → 130102”）。请改正其中一个上级"
    ]


_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODES = st.one_of(
    st.integers(0, 9_999_999).map(uscc),
    st.tuples(st.integers(0, 9_999_999).map(uscc), st.integers(0, 17), st.sampled_from("0189AHIOXYZaé中 ")).map(
        lambda t: t[0][: t[1]] + t[2] + t[0][t[1] + 1 :]
    ),
    st.text(_ALPHABET, min_size=17, max_size=19),
    st.text(_ALPHABET, min_size=17, max_size=17).map(lambda first: first + uscc_check_digit(first)),
    st.text(max_size=20),
)


@given(st.lists(_CODES, max_size=20))
def test_codes_are_judged_together_as_each_by_itself(codes: list[str]) -> None:
    assert usccs_are_valid(pa.array(codes, pa.string())).tolist() == [uscc_problem(c) is None for c in codes]
