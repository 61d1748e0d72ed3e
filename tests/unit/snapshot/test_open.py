"""Opening a snapshot, and what it says of single subjects."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from jiqun.base.errors import InputError
from jiqun.snapshot import lookup, wide, write
from jiqun.snapshot.lookup import Row
from jiqun.snapshot.open import Snapshot
from tests.unit.snapshot.folder import (
    OBSERVATION,
    PARTY_HEADER,
    RECOGNITION,
    RENEWAL,
    REVIEW,
    A,
    B,
    C,
    snapshot,
    uscc,
)

FILES = {
    "observation.csv": OBSERVATION
    + f"party,{A},季度产值,2025Q1,10.5,approved\nparty,{A},季度产值,2025Q2,30,approved\nparty,{A},从业人员,2024,7,draft\n"
    + f"party,{A},协同明显,2024,否,\nparty,{A},主导产品,2024,泵,\nparty,{A},首台套日期,2024,2024-05-06,\nparty,{A},研发占比,2024,,\n",
    "recognition.csv": RECOGNITION + f"party,{A},领跑者,2024-01-01,\nparty,{B},领跑者,2023-01-01,\n",
    "review.csv": REVIEW + f"party,{A},领跑者,2025-07-21,通过\n",
    "entry/设备更新.csv": RENEWAL + f"party,{A},2025-01-01,生产,100.05,是,1.5,\n",
}


def found(row: Row | None) -> Row:
    assert row is not None
    return row


def test_all_that_is_known_of_a_firm(tmp_path: Path) -> None:
    look = snapshot(tmp_path, FILES).lookup()
    firm = found(look.subject("party", A))
    assert firm == {
        "row": 0, "uscc": A, "name": "甲公司", "kind": "enterprise", "cluster": "C1", "county": "130102", "industry": "C3441",
        "founded_on": date(2015, 3, 1), "size_class": "小型", "above_size": True, "county_row": 1, "cluster_row": 0,
        "industry_section": "制造业", "主导产品@2024": "泵", "协同明显@2024": False, "季度产值@2025Q1": 1050,
        "季度产值@2025Q2": 1950, "首台套日期@2024": date(2024, 5, 6),
    }  # fmt: skip
    assert look.at("cluster", firm["cluster_row"]) == {
        "row": 0, "id": "C1", "name": "泵业集群", "county": "130102", "chain": "装备", "provincial_key": True, "county_row": 1,
    }  # fmt: skip
    assert look.at("place", firm["county_row"]) == {
        "row": 1, "code": "130102", "name": "长安区", "parent": "130100", "kind": "district", "parent_row": 0,
    }  # fmt: skip
    assert look.events("recognition", "party", [0, 1]) == {
        0: [{"title": "领跑者企业", "awarded_on": date(2024, 1, 1), "valid_until": None}],
        1: [{"title": "领跑者企业", "awarded_on": date(2023, 1, 1), "valid_until": None}],
    }
    assert look.events("review", "party", [0]) == {
        0: [{"title": "领跑者企业", "reviewed_on": date(2025, 7, 21), "outcome": "通过"}]
    }
    assert look.events("entry/设备更新", "party", [0]) == {
        0: [{"on": date(2025, 1, 1), "类别": "生产", "金额": 10005, "国产": True, "功率": 1.5, "验收": None}]
    }
    assert look.events("entry/设备更新", "cluster", [0]) == look.events("entry/活动", "place", [0, 1]) == {}


def test_only_the_indicators_that_are_asked_for_are_read(tmp_path: Path) -> None:
    firm = found(snapshot(tmp_path, FILES).lookup({"季度产值", "营业收入"}).subject("party", A))
    assert [n for n in firm if "@" in n] == ["季度产值@2025Q1", "季度产值@2025Q2"]


def test_the_firms_of_a_cluster_and_of_a_county(tmp_path: Path) -> None:
    look = snapshot(tmp_path, {}).lookup()
    assert [[r["uscc"] for r in look.members("cluster", row)] for row in (0, 1)] == [[A], [C]]
    assert [[r["uscc"] for r in look.members("place", row)] for row in (0, 1)] == [[], [A, B]]


@pytest.mark.parametrize("id", ["", "0", "C1", uscc(500_000), "甲"])
def test_a_subject_that_is_not_there(tmp_path: Path, id: str) -> None:
    assert snapshot(tmp_path, {}).lookup().subject("party", id) is None


def test_a_snapshot_without_firms_has_none(tmp_path: Path) -> None:
    look = snapshot(tmp_path, {"party.csv": PARTY_HEADER}).lookup()
    assert (look.subject("party", A), look.members("cluster", 0), look.events("review", "party", [0])) == (None, [], {})


@pytest.mark.parametrize("kept", [0, 50_000])
def test_every_subject_is_found_in_every_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: int) -> None:
    monkeypatch.setattr(lookup, "_KEPT", kept)
    monkeypatch.setattr(wide, "WIDE_GROUP", 7)
    monkeypatch.setattr(write, "LONG_GROUP", 5)
    firms = [uscc(n) for n in range(60)]
    party = PARTY_HEADER + "".join(f"{u},企业{n},企业,{'' if n % 4 else firms[1]},,,,,\n" for n, u in enumerate(firms))
    lines = "".join(f"party,{u},从业人员,{y},{n + y},\n" for n, u in enumerate(firms) if n % 3 for y in (2023, 2024))
    awards = "".join(
        f"party,{u},领跑者,{2000 + n}-0{m}-01,\n" for n, u in enumerate(firms) for m in range(1, n % 3 + 1)
    )
    # A cluster whose id is a firm's code: the kind tells them apart.
    cluster = f"id,name,county,chain,provincial_key\n{firms[1]},同名,,,\n"
    lines += f"cluster,{firms[1]},营业收入,2024,1,\nplace,130102,营业收入,2024,2,\n"
    awards += f"cluster,{firms[1]},省级中小企业特色产业集群,2020-01-01,\n"
    look = snapshot(
        tmp_path,
        {"party.csv": party, "cluster.csv": cluster, "observation.csv": OBSERVATION + lines,
         "recognition.csv": RECOGNITION + awards},
    ).lookup()  # fmt: skip

    def told(number: int) -> tuple[str, list[object], list[str]]:
        firm = found(look.subject("party", firms[number]))
        assert firm["row"] == number
        events = look.events("recognition", "party", [number]).get(number, [])
        return firm["name"], [firm.get(f"从业人员@{y}") for y in (2023, 2024)], [str(e["awarded_on"]) for e in events]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(told, range(60)))
    days = [[f"{2000 + n}-0{m}-01" for m in range(1, n % 3 + 1)] for n in range(60)]
    assert answers == [(f"企业{n}", [n + 2023, n + 2024] if n % 3 else [None] * 2, days[n]) for n in range(60)]
    members = look.members("cluster", 0)
    assert [m["name"] for m in members] == [f"企业{n}" for n in range(0, 60, 4)]
    events = look.events("recognition", "party", [m["row"] for m in members])
    assert {row: len(each) for row, each in events.items()} == {n: n % 3 for n in range(0, 60, 4) if n % 3}
    assert found(look.subject("cluster", firms[1]))["营业收入@2024"] == 100
    assert [str(e["awarded_on"]) for e in look.events("recognition", "cluster", [0])[0]] == ["2020-01-01"]
    assert found(look.subject("place", "130102"))["营业收入@2024"] == 200


def test_the_tables_are_views_of_a_database(tmp_path: Path) -> None:
    con = snapshot(tmp_path, FILES).connect()
    query = 'SELECT p.name, e."金额", p."季度产值@2025Q2" FROM party p JOIN "entry/设备更新" e ON e.row = p.row'
    assert con.execute(query).fetchall() == [("甲公司", 10005, 1950)]
    con.close()


def test_columns_know_their_indicator_and_period(tmp_path: Path) -> None:
    columns = {c.name: c for c in snapshot(tmp_path, FILES).columns("party")}
    assert (columns["name"].type, columns["name"].cell) == ("string", None)
    cell = columns["季度产值@2025Q2"].cell
    assert cell is not None
    assert (cell.indicator.name, str(cell.period), cell.kind, cell.indicator.cumulative) == (
        "季度产值",
        "2025Q2",
        "money",
        True,
    )


def refused(path: Path) -> str:
    with pytest.raises(InputError) as error:
        Snapshot.open(path)
    return "\n".join(map(str, error.value.problems))


def test_folders_that_are_no_snapshot(tmp_path: Path) -> None:
    assert refused(tmp_path) == f"{tmp_path}：这不是数据快照。请先运行 jiqun snapshot 生成快照"
    manifest = tmp_path / "manifest.json"
    manifest.write_text("{")
    assert refused(tmp_path) == f"{manifest}：快照的清单不是有效的 JSON。请重新生成快照"
    manifest.write_text('{"targets": []}')
    assert refused(tmp_path) == f"{manifest}：这不是数据快照的清单。请先运行 jiqun snapshot 生成快照"


def test_damaged_snapshots(tmp_path: Path) -> None:
    path = snapshot(tmp_path, {}).path
    size = (path / "party.parquet").stat().st_size
    (path / "review.parquet").unlink()
    (path / "party.parquet").write_bytes(b"PAR1")
    assert refused(path).splitlines() == [
        f"{path}/party.parquet：文件大小与清单不符，应为 {size} 字节（现为“4”）。请重新生成快照",
        f"{path}/review.parquet：快照缺少这个文件。请重新生成快照",
    ]
    manifest = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
    (path / "manifest.json").write_text(json.dumps({**manifest, "format": 99}))
    assert refused(path) == f"{path}/manifest.json：快照的格式版本不同（现为“99”）。请重新生成快照"
