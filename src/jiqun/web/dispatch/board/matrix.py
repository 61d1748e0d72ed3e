"""The coverage matrix: clusters against the columns that the pack declares, with what is missing in each cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jiqun.programme.models import Target
from jiqun.programme.pack import Pack, PackKey
from jiqun.web.dispatch.written import CoverageCell, coverage
from jiqun.web.registry.models import Cluster, Publication


@dataclass(frozen=True)
class Column:
    """A column: the target it shows, and how many clusters it covers of how many."""

    target: Target
    covered: int
    total: int


@dataclass(frozen=True)
class Cell:
    """A cluster under a column; None in the matrix where the column does not concern the cluster."""

    target: str
    covered: bool | None
    text: str
    records: int | None

    @property
    def look(self) -> str:
        """The colour: ok, bad, open."""
        return {True: "ok", False: "bad", None: "open"}[self.covered]

    @property
    def word(self) -> str:
        """What the cell says."""
        return {True: "已覆盖", False: "未覆盖", None: "待定"}[self.covered]


@dataclass(frozen=True)
class Line:
    """A cluster with its cells, in the order of the columns."""

    code: str
    name: str
    county: str
    cells: tuple[Cell | None, ...]

    @property
    def gaps(self) -> int:
        """How many columns do not cover it for certain."""
        return sum(cell is not None and not cell.covered for cell in self.cells)


@dataclass(frozen=True)
class Matrix:
    """The columns and the clusters that are shown; `counties` are those that have any."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    counties: tuple[tuple[str, str], ...]


def matrix(pack: Pack, publication: Publication, county: str = "", gaps_only: bool = False) -> Matrix:
    """The matrix, of one county's clusters or all, of those with a gap only or all."""
    targets = [t for t in pack.targets.values() if t.matrix]
    by_key = {(c.target, c.cluster): c for c in coverage(publication)}
    clusters = list(
        Cluster.objects.filter(code__in={code for _, code in by_key})
        .order_by("county__code", "code")
        .values_list("code", "name", "county__code", "county__name")
    )
    kept = [c for c in clusters if county in ("", c[2])]
    lines = tuple(_lines(targets, by_key, kept))
    columns = tuple(_column(t, [line.cells[i] for line in lines]) for i, t in enumerate(targets))
    shown = tuple(line for line in lines if line.gaps) if gaps_only else lines
    return Matrix(columns, shown, tuple(dict.fromkeys((c[2], c[3]) for c in clusters)))


def _lines(
    targets: Sequence[Target], cells: dict[tuple[str, str], CoverageCell], clusters: Iterable[tuple[Any, ...]]
) -> Iterator[Line]:
    for code, name, _, county in clusters:
        found = tuple(_cell(cells[t.id, code]) if (t.id, code) in cells else None for t in targets)
        yield Line(code, name, county, found)


def _column(target: Target, cells: Sequence[Cell | None]) -> Column:
    concerned = [cell for cell in cells if cell is not None]
    return Column(target, sum(cell.covered is True for cell in concerned), len(concerned))


def _cell(found: CoverageCell) -> Cell:
    return Cell(found.target, found.covered, reason(found), found.records)


def reason(found: CoverageCell) -> str:
    """Why a cell is as it is, in one sentence."""
    if found.records_of is None or found.records is None:
        return "符合覆盖条件" if found.covered else "不符合覆盖条件"
    if found.covered:
        return f"“{found.records_of}”有 {found.meet} 条符合条件（共 {found.records} 条）"
    if found.covered is None:
        return f"“{found.records_of}”有 {found.records} 条，缺少资料，不能判断"
    if not found.records:
        return f"“{found.records_of}”中还没有这个集群的记录"
    failing = [text for text, meet in found.conditions if not meet] or [
        t for t, m in found.conditions if m < found.records
    ]
    return f"“{found.records_of}”有 {found.records} 条，均不符合：{'；'.join(failing)}"


@dataclass(frozen=True)
class Opened:
    """A cell taken apart: what covers a cluster, each condition, the records, and the clause."""

    target: Target
    cluster: Cluster
    cell: Cell
    found: CoverageCell
    rule: str
    records: tuple[tuple[str, bool], ...]
    """Each record in words, and whether it meets the conditions."""


def opened(pack: Pack, publication: Publication, target_id: str, cluster: Cluster) -> Opened | None:
    """One cell of the matrix; None where there is no such cell."""
    target = pack.targets.get(target_id)
    found = next((c for c in coverage(publication) if (c.target, c.cluster) == (target_id, cluster.code)), None)
    if target is None or not target.matrix or found is None:
        return None
    from jiqun.programme.coverage import columns_of  # here, because the compiler behind it takes seconds to import

    column = next(c for c in columns_of(pack) if c.target == target_id)
    records = _facts(publication.snapshot, PackKey(pack)).records(column, cluster.code, publication.as_of)
    return Opened(target, cluster, _cell(found), found, column.covering.source, records)


@lru_cache(maxsize=2)
def _facts(folder: Any, key: PackKey) -> Any:
    from jiqun.programme.covering import CoveringFacts

    return CoveringFacts(folder, key.pack)
