"""Linkages, extraction and imports: the published German table to four digits, the Chinese table of 2017 to 1e-12."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from jiqun.chain.errors import ChainError
from jiqun.chain.inputoutput import Sectors, extraction_loss, import_content, linkages

FOLDER = Path(__file__).parent / "tables"
CODES = tuple(f"{i:02d}" for i in range(1, 43))


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def column(name: str, key: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([float(row[key]) for row in rows(name)])


@cache
def china() -> Sectors:
    table = rows("io_china_2017_42")
    home, abroad = ([r for r in table if r["Origin"] == o and r["Code"] in CODES] for o in ("Domestic", "Imports"))
    flows, imports = (np.array([[float(r[c]) for c in CODES] for r in part]) for part in (home, abroad))
    names = tuple(r["DescriptionInChinese"] for r in home)
    return Sectors(CODES, names, flows, np.array([float(r["GO"]) for r in home]), imports)


@cache
def germany() -> Sectors:
    table, order = rows("io_germany1995_long"), ("CPA_A", "CPA_B-E", "CPA_F", "CPA_G-I", "CPA_J-N", "CPA_O-T")
    cell = {(r["prod_na"], r["induse"]): float(r["values"]) for r in table if r["values"]}
    flows = np.array([[cell[row, col] for col in order] for row in order])
    return Sectors(order, order, flows, column("golden_germany1995_linkages", "output"))


def test_the_published_german_linkages() -> None:
    assert linkages(germany()).backward.round(4).tolist() == [1.7048, 1.8413, 1.8136, 1.6035, 1.5951, 1.3782]


@pytest.mark.parametrize("country", ["germany1995", "china2017_42"])
def test_all_linkages(country: str) -> None:
    table, name = (
        (germany(), "golden_germany1995_linkages")
        if country == "germany1995"
        else (china(), "golden_china2017_42_linkages")
    )
    found = linkages(table)
    for key, mine in (
        ("backward_direct", found.backward_direct), ("forward_direct", found.forward_direct),
        ("backward_total", found.backward), ("forward_total_ghosh", found.forward),
        ("forward_total_leontief", found.forward_leontief), ("U_backward", found.backward_index),
        ("U_forward_ghosh", found.forward_index), ("V_backward", found.backward_spread),
        ("V_forward", found.forward_spread),
    ):  # fmt: skip
        np.testing.assert_allclose(mine, column(name, key), rtol=1e-12, err_msg=key)
    assert list(found.kinds) == [row["key"] for row in rows(name)]
    np.testing.assert_allclose(extraction_loss(table), column(name, "hem_loss"), rtol=1e-10)
    share = extraction_loss(table) / table.output.sum()
    np.testing.assert_allclose(share, column(name, "hem_loss_share"), rtol=1e-10)


def test_inverses_of_china() -> None:
    for name, mine in (("A", china().a), ("L", china().leontief)):
        stated = np.array([[float(row[c]) for c in CODES] for row in rows(f"golden_china2017_42_{name}")])
        np.testing.assert_allclose(mine, stated, rtol=0, atol=1e-12)
    np.testing.assert_allclose(
        china().ghosh, china().leontief * china().output[None, :] / china().output[:, None], rtol=1e-9
    )


def test_imports_of_china() -> None:
    found = import_content(china())
    for key, mine in (
        ("import_share_inputs", found.of_inputs), ("import_total_content", found.of_final),
        ("import_share_of_use", found.of_use),
    ):  # fmt: skip
        np.testing.assert_allclose(mine, column("golden_china2017_42_linkages", key), rtol=1e-12, err_msg=key)


def test_a_table_without_an_import_matrix_is_split_in_proportion() -> None:
    # Sector one: output 80, exports 10, imports 30, so 30 of the 100 used at home are imported.
    table = Sectors.of_competitive(
        ("1", "2"), ("甲", "乙"), np.array([[20.0, 40.0], [10.0, 5.0]]), np.array([80.0, 60.0]),
        imports=np.array([30.0, 0.0]), exports=np.array([10.0, 0.0]),
    )  # fmt: skip
    np.testing.assert_allclose(table.flows, [[14.0, 28.0], [10.0, 5.0]])
    assert table.imports is not None
    np.testing.assert_allclose(table.imports, [[6.0, 12.0], [0.0, 0.0]])
    np.testing.assert_allclose(table.final, [38.0, 45.0])


def test_extraction_is_what_is_missing_when_the_sector_is_gone() -> None:
    table, k = germany(), 2
    left = [i for i in range(6) if i != k]
    without = np.linalg.solve(np.eye(5) - table.a[np.ix_(left, left)], table.final[left])
    assert extraction_loss(table)[k] == pytest.approx(table.output.sum() - without.sum())


@pytest.mark.parametrize(
    ("flows", "output", "message"),
    [
        ([[1.0, 0.0], [0.0, 0.0]], [0.0, 5.0], "部门总产出为 0 却有往来：甲"),
        ([[1.0, 0.0], [0.0, 0.0]], [5.0, -5.0], "部门总产出为负：乙"),
        ([[np.nan, 0.0], [0.0, 0.0]], [5.0, 5.0], "流量里有缺失或无穷大"),
        ([[1.0, 0.0]], [5.0, 5.0], "流量是 (1, 2)，应是 (2, 2)"),
    ],
)
def test_faults_of_a_table(flows: list[list[float]], output: list[float], message: str) -> None:
    with pytest.raises(ChainError) as error:
        Sectors(("1", "2"), ("甲", "乙"), np.array(flows), np.array(output))
    assert error.value.problems[0].message == message


def test_inputs_above_output_have_no_inverse() -> None:
    table = Sectors(("1",), ("甲",), np.array([[6.0]]), np.array([5.0]))
    with pytest.raises(ChainError) as error:
        _ = table.leontief
    assert error.value.problems[0].message == "直接消耗系数过大，求不出逆矩阵（如 甲）"


def test_a_sector_of_nothing_is_no_fault() -> None:
    table = Sectors(("1", "2"), ("甲", "乙"), np.array([[1.0, 0.0], [0.0, 0.0]]), np.array([5.0, 0.0]))
    np.testing.assert_allclose(table.leontief, [[1.25, 0], [0, 1]])
    np.testing.assert_allclose(extraction_loss(table), [5.0, 0.0])
