"""The plan of an upload: what each line would write. Kept as Parquet, so that 100,000 lines page and load quickly."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jiqun.web.registry.intake.kinds import KEEP, Kind, Known, Record
from jiqun.web.registry.intake.kinds.base import Identity

ACTIONS = {"new": "新增", "changed": "修改", "unchanged": "不变"}
_SCHEMA = pa.schema([
    ("row", pa.int32()), ("worksheet", pa.string()), ("action", pa.string()), ("label", pa.string()), ("pk", pa.int64()),
    ("values", pa.string()), ("changes", pa.string()), ("identity", pa.string()),
])  # fmt: skip


class Line(NamedTuple):
    """One record: `values` (as the table takes them) for new and changed ones, `changes` in words."""

    row: int
    worksheet: str
    action: str
    label: str
    pk: int | None
    values: Sequence[Any] | None
    changes: Sequence[Sequence[str]]
    identity: Identity


def line_of(kind: Kind, record: Record, known: Known | None, row: int, worksheet: str) -> Line:
    """What the record would do to what is stored."""
    if known is None:
        values = [
            kind.defaults.get(column, "") if value is KEEP else value
            for column, value in zip(kind.columns, record.values, strict=True)
        ]
        return Line(row, worksheet, "new", record.label, None, values, (), record.identity)
    merged = kind.merged(record, known)
    if merged == known.values:
        return Line(row, worksheet, "unchanged", record.label, known.pk, None, (), record.identity)
    changes = [(c.label, c.old, c.new) for c in kind.changes(known.values, merged)]
    return Line(row, worksheet, "changed", record.label, known.pk, merged, changes, record.identity)


def write_plan(path: Path, lines: Sequence[Line]) -> None:
    """Write all lines, whole or not at all."""
    dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    columns = list(zip(*lines, strict=True)) if lines else [()] * len(Line._fields)
    arrays = [
        pa.array([None if v is None else dump(v) for v in column] if name in ("values", "changes", "identity") else column, type_)
        for name, type_, column in ((f.name, f.type, c) for f, c in zip(_SCHEMA, columns, strict=True))
    ]  # fmt: skip
    part = path.with_suffix(".part")
    pq.write_table(pa.Table.from_arrays(arrays, schema=_SCHEMA), part, compression="zstd")
    part.rename(path)


def to_write(path: Path) -> Iterator[Line]:
    """The lines that change the database, in the order of the file."""
    table = pq.read_table(path, filters=pc.field("action") != "unchanged")
    for row in zip(*(column.to_pylist() for column in table.columns), strict=True):
        line = Line(*row)
        yield line._replace(
            values=json.loads(row[5]), changes=json.loads(row[6]), identity=tuple(json.loads(row[7]))
        )


def preview(path: Path, action: str, start: int, count: int) -> list[Line]:
    """Some lines of one action, for a page."""
    table = pq.read_table(path, filters=pc.field("action") == action).slice(start, count)
    rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
    return [Line(*row)._replace(changes=json.loads(row[6]), values=None, identity=()) for row in rows]


def digest(existing: Mapping[Identity, Known]) -> str:
    """A stamp of stored records, to see later whether somebody changed them."""
    text = "\n".join(sorted(repr((known.pk, known.values, known.state)) for known in existing.values()))
    return sha256(text.encode()).hexdigest()
