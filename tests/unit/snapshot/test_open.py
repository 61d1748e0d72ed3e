"""Opening a snapshot, and all that is known of one subject."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from jiqun.base.errors import InputError
from jiqun.snapshot import longform, lookup, wide
from jiqun.snapshot.open import Snapshot
from tests.unit.snapshot.folder import (
    OBSERVATION,
    PARTY_HEADER,
    RECOGNITION,
    RENEWAL,
    REVIEW,
    A,
    B,
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


def test_all_that_is_known_of_a_firm(tmp_path: Path) -> None:
    snap = snapshot(tmp_path, FILES)
    assert snap.rows_for("party", A) == {
        "subject": [
            {"row": 0, "uscc": A, "name": "甲公司", "kind": "enterprise", "cluster": "C1", "county": "130102", "industry": "C3441",
             "founded_on": date(2015, 3, 1), "size_class": "小型", "above_size": True, "county_row": 1, "cluster_row": 0,
             "industry_section": "制造业"}
        ],
        "cluster": [
            {"row": 0, "id": "C1", "name": "泵业集群", "county": "130102", "chain": "装备", "provincial_key": True, "county_row": 1}
        ],
        "county": [{"row": 1, "code": "130102", "name": "长安区", "parent": "130100", "kind": "district", "parent_row": 0}],
        "observation": [
            {"indicator": "主导产品", "period": "2024", "value": "泵", "state": "approved"},
            {"indicator": "协同明显", "period": "2024", "value": "否", "state": "approved"},
            {"indicator": "季度产值", "period": "2025Q1", "value": "10.50", "state": "approved"},
            {"indicator": "季度产值", "period": "2025Q2", "value": "30", "state": "approved"},
            {"indicator": "研发占比", "period": "2024", "value": None, "state": "approved"},
            {"indicator": "首台套日期", "period": "2024", "value": "2024-05-06", "state": "approved"},
        ],
        "value": [
            {"indicator": "协同明显", "period": "2024", "value": False},
            {"indicator": "季度产值", "period": "2025Q1", "value": Decimal("10.50")},
            {"indicator": "季度产值", "period": "2025Q2", "value": Decimal("19.50")},
            {"indicator": "首台套日期", "period": "2024", "value": date(2024, 5, 6)},
            {"indicator": "主导产品", "period": "2024", "value": "泵"},
        ],
        "recognition": [{"title": "领跑者企业", "awarded_on": date(2024, 1, 1), "valid_until": None}],
        "review": [{"title": "领跑者企业", "reviewed_on": date(2025, 7, 21), "outcome": "通过"}],
        "entry/设备更新": [
            {"on": date(2025, 1, 1), "类别": "生产", "金额": Decimal("100.05"), "国产": True, "功率": 1.5, "验收": None}
        ],
        "entry/活动": [],
    }  # fmt: skip


def test_links_of_clusters_and_places(tmp_path: Path) -> None:
    snap = snapshot(tmp_path, {})
    assert [r["name"] for r in snap.rows_for("cluster", "C1")["county"]] == ["长安区"]
    assert [r["name"] for r in snap.rows_for("place", "130102")["parent"]] == ["石家庄市"]
    assert set(snap.rows_for("cluster", "C2")) & {"cluster", "county", "parent"} == set()


@pytest.mark.parametrize("id", ["", "0", "C1", uscc(500_000), "甲"])
def test_a_subject_that_is_not_there(tmp_path: Path, id: str) -> None:
    snap = snapshot(tmp_path, {})
    with pytest.raises(KeyError, match=f"no party {id}"):
        snap.rows_for("party", id)


@pytest.mark.parametrize("indexed", [0, 1_000_000])
def test_every_subject_is_found_in_every_group(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, indexed: int) -> None:
    monkeypatch.setattr(lookup, "_INDEXED", indexed)
    monkeypatch.setattr(wide, "WIDE_GROUP", 7)
    monkeypatch.setattr(longform, "LONG_GROUP", 5)
    firms = [uscc(n) for n in range(60)]
    party = PARTY_HEADER + "".join(f"{u},企业{n},企业,,,,,,\n" for n, u in enumerate(firms))
    lines = "".join(f"party,{u},从业人员,{y},{n + y},\n" for n, u in enumerate(firms) if n % 3 for y in (2023, 2024))
    # A cluster whose id is a firm's code: the kind tells them apart.
    cluster = f"id,name,county,chain,provincial_key\n{firms[1]},同名,,,\n"
    lines += f"cluster,{firms[1]},营业收入,2024,1,\nplace,130102,营业收入,2024,2,\n"
    snap = snapshot(tmp_path, {"party.csv": party, "cluster.csv": cluster, "observation.csv": OBSERVATION + lines})

    def names_and_values(number: int) -> tuple[str, list[object]]:
        found = snap.rows_for("party", firms[number])
        return found["subject"][0]["name"], [v["value"] for v in found["value"]]

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(names_and_values, range(60)))
    assert found == [(f"企业{n}", [n + 2023.0, n + 2024.0] if n % 3 else []) for n in range(60)]
    assert [v["value"] for v in snap.rows_for("cluster", firms[1])["value"]] == [Decimal("1.00")]
    assert [v["value"] for v in snap.rows_for("place", "130102")["value"]] == [Decimal("2.00")]


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
