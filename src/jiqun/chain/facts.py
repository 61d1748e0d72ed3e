"""The firms of a snapshot as the chain engine sees them: last year's figures, unknown where they are unknown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from jiqun.base.errors import InputError, Place, Problem
from jiqun.chain.members import Firm

COLUMNS = ("row", "uscc", "name", "kind", "industry", "cluster_row", "county_row")


@dataclass(frozen=True)
class Cluster:
    """A cluster of the snapshot."""

    id: str
    name: str
    chain: str | None
    county: str
    row: int = 0
    county_row: int = 0


def clusters_of(snapshot: Path) -> tuple[Cluster, ...]:
    """All clusters, by row."""
    places = _rows(snapshot / "place.parquet", ("row", "code", "name"))
    names = {p["row"]: p["name"] for p in places}
    rows = _rows(snapshot / "cluster.parquet", ("row", "id", "name", "chain", "county_row"))
    return tuple(
        Cluster(r["id"], r["name"], r["chain"], names[r["county_row"]], r["row"], r["county_row"]) for r in rows
    )


def cluster_of(clusters: tuple[Cluster, ...], id: str) -> Cluster:
    """A cluster by its id or name; InputError names what there is."""
    for cluster in clusters:
        if id in (cluster.id, cluster.name):
            return cluster
    some = "、".join(f"{c.id}（{c.name}）" for c in clusters[:8])
    raise InputError([Problem("没有这个集群", Place(), found=id, mend=f"请写集群编号，如 {some}")], "产业链无法分析")


def firms_of(snapshot: Path, as_of: date) -> tuple[Firm, ...]:
    """All enterprises with the figures of the last full year; money in yuan, shares as parts of one."""
    path = snapshot / "party.parquet"
    with pq.ParquetFile(path) as file:
        there = set(file.schema_arrow.names)
    year = as_of.year - 1
    wanted = {
        "revenue": f"营业收入@{year}", "before": f"营业收入@{year - 1}", "research": f"研发费用@{year}",
        "profit": f"利润总额@{year}", "debt": f"负债总额@{year}", "assets": f"资产总额@{year}",
    }  # fmt: skip
    known = {key: column for key, column in wanted.items() if column in there}
    rows = _rows(path, (*COLUMNS, *known.values()))
    clusters = {r["row"]: r["id"] for r in _rows(snapshot / "cluster.parquet", ("row", "id"))}
    counties = {r["row"]: r["name"] for r in _rows(snapshot / "place.parquet", ("row", "name"))}
    return tuple(
        _firm(r, {k: _yuan(r[c]) for k, c in known.items()}, clusters, counties)
        for r in rows
        if r["kind"] == "enterprise" and r["industry"]
    )


def _firm(
    row: dict[str, Any], money: dict[str, float | None], clusters: dict[int, str], counties: dict[int, str]
) -> Firm:
    revenue, before = money.get("revenue"), money.get("before")
    return Firm(
        row["uscc"], row["name"], row["industry"], clusters.get(row["cluster_row"]), counties.get(row["county_row"]),
        revenue, revenue / before - 1 if revenue is not None and before else None, _share(money.get("research"), revenue),
        _share(money.get("profit"), revenue), _share(money.get("debt"), money.get("assets")),
    )  # fmt: skip


def _share(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None


def _yuan(fen: Any) -> float | None:
    return None if fen is None else float(Decimal(fen).scaleb(-2))


def _rows(path: Path, columns: tuple[str, ...]) -> list[dict[str, Any]]:
    with pq.ParquetFile(path) as file:
        rows: list[dict[str, Any]] = file.read(columns=list(columns)).to_pylist()
    return sorted(rows, key=lambda row: row["row"])
