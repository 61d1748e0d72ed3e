"""Invented offers and needs: readable, matching, the same for the same seed; faults of their description all at once."""

from __future__ import annotations

import csv
import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from jiqun.base.errors import InputError
from jiqun.exchange.match.run import run_match
from jiqun.programme.load import load_pack
from jiqun.sample.exchange import generate_exchange
from jiqun.sample.load import load_demo

ROOT = Path(__file__).resolve().parents[3]
PACK = ROOT / "programmes" / "shijiazhuang-2025"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("exchange") / "out"
    generate_exchange(load_pack(PACK), 1000, out)
    return out


def test_every_kind_has_needs_and_offers_that_match(written: Path) -> None:
    kinds = sorted(load_pack(PACK).kinds)
    files = sorted(p.name for p in written.glob("*.csv"))
    assert files == sorted(f"{kind}.{side}s.csv" for kind in kinds for side in ("need", "offer"))
    for kind in kinds:
        sides = (written / f"{kind}.needs.csv", written / f"{kind}.offers.csv")
        run = run_match(PACK, kind, *sides, need=None, top=3, as_of=date(2026, 9, 30), out=None)
        assert any(answer.matches for answer in run.answers), kind


def test_rows_by_the_reference_and_marked_as_invented(written: Path) -> None:
    with (written / "key-equipment.needs.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    # 60 needs for 3,000 firms are 20 for 1,000.
    assert [r["编号"] for r in rows] == [f"N{n:05d}" for n in range(1, 21)]
    assert all(r["单位"] and r["能力"] and r["所需天数"].endswith("天") for r in rows)
    marker = json.loads((written / "demo.json").read_text(encoding="utf-8"))
    assert (marker["demonstration"], marker["marker"], marker["firms"]) == (True, "演示数据", 1000)


def test_the_same_seed_gives_the_same_bytes(written: Path, tmp_path: Path) -> None:
    generate_exchange(load_pack(PACK), 1000, tmp_path / "again")
    generate_exchange(load_pack(PACK), 1000, tmp_path / "other", seed=7)
    for file in written.glob("*.csv"):
        assert file.read_bytes() == (tmp_path / "again" / file.name).read_bytes()
    name = "key-equipment.needs.csv"
    assert (written / name).read_bytes() != (tmp_path / "other" / name).read_bytes()


def test_every_fault_of_the_description(tmp_path: Path) -> None:
    pack = tmp_path / "pack"
    shutil.copytree(PACK, pack)
    (pack / "exchange" / "land.cases.yaml").unlink()
    text = (pack / "demo.yaml").read_text(encoding="utf-8")
    text = (
        text[: text.index("\nexchange:")]
        + """
exchange:
  - {kind: key-equipmnt, needs: 1, offers: 1, themes: [{能力: [铣削]}]}
  - {kind: credit, needs: 1, offers: 1, themes: [{担保方式: [信用, 质抵], 利率: [低]}]}
  - {kind: land, needs: 1, offers: 1, themes: [{园区: [甲园]}]}
"""
    )
    (pack / "demo.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_demo(load_pack(pack))
    assert [(p.message, p.found, p.mend) for p in caught.value.problems] == [
        ("方案包中没有这个供需种类", "key-equipmnt", "您是否要写 key-equipment？"),
        ("方案包中没有这个取值", "质抵", "您是否要写 质押、抵押？"),
        ("方案包中没有这个字段", "利率", "您是否要写 最高年利率、年利率？"),
        ("供需种类没有用例", "land", "数和日期取自用例，请先为这个种类写 *.cases.yaml"),
    ]
