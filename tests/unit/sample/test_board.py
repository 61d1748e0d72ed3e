"""From the demonstration facts to the board: the snapshot takes them, every benefit and every state is there."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from jiqun.programme.evaluate import evaluate
from jiqun.programme.pack import Pack
from jiqun.sample.generate import generate
from jiqun.snapshot.build import PackMark, build

from .conftest import Written

BENEFITS = {
    "leader-first-review", "leader-equipment", "smart-advanced", "smart-excellent", "smart-leading", "digital-leader",
    "factory-5g", "shared-carrier", "shared-l1", "shared-l2", "shared-l3", "cluster-provincial", "cluster-national",
}  # fmt: skip


@pytest.fixture(scope="module")
def mark(city_pack: Pack) -> PackMark:
    """The pack as snapshots note it."""
    return PackMark(city_pack.programme.id, city_pack.programme.version)


def test_the_board_is_lifelike(city: Written, city_pack: Pack, mark: PackMark, tmp_path: Path) -> None:
    manifest = build(city.sample.out, tmp_path / "snapshot", city_pack.vocabulary, mark)
    assert manifest["demo"]["demonstration"] is True
    result = evaluate(tmp_path / "snapshot", city_pack, date(2026, 9, 30), tmp_path / "results")
    states = Counter(target.state for target in result.targets)
    assert states.keys() >= {"已达标", "超前", "正常", "滞后", "严重滞后"}
    decisions = pq.read_table(tmp_path / "results" / "decisions.parquet", columns=["rule", "outcome"]).to_pylist()
    counts = Counter((row["rule"], row["outcome"]) for row in decisions)
    assert {rule for rule, outcome in counts if outcome == "符合"} >= BENEFITS
    assert counts["leader-equipment", "待定"] >= 1
    computable = {"rung-hnte", "rung-srdi-sme", "rung-little-giant", "rung-tech-sme", "rung-innovative-sme"}
    assert {(rule, outcome) for rule in computable for outcome in ("符合", "不符合", "待定")} <= counts.keys()


def test_csv_and_parquet_make_the_same_snapshot(city_pack: Pack, mark: PackMark, tmp_path: Path) -> None:
    ids = []
    for form in ("csv", "parquet"):
        generate(city_pack, 40, tmp_path / form, format=form)  # type: ignore[arg-type]
        ids.append(build(tmp_path / form, tmp_path / f"{form}-snapshot", city_pack.vocabulary, mark)["id"])
    assert ids[0] == ids[1]
