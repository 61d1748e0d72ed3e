"""The plan of an upload: what each line would write. Kept as Parquet, so that 100,000 lines page and load quickly."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jiqun.web.registry.intake.kinds import KEEP, Kind, Known, Record
from jiqun.web.registry.intake.kinds.base import Identity
from jiqun.web.registry.models import RecordState

ACTIONS = {"new": "新增", "changed": "修改", "unchanged": "不变"}
OPEN = {state.value: state.label for state in RecordState if state != RecordState.APPROVED}
"""States in which the same value, sent again, does something."""
_SCHEMA = pa.schema([
    ("row", pa.int32()), ("worksheet", pa.string()), ("action", pa.string()), ("label", pa.string()), ("changes", pa.string()),
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


def line_of(kind: Kind, record: Record, known: Known | None, row: int, worksheet: str, state: str = "") -> Line:
    """What the record would do to what is stored; `state` is what it becomes, where the kind has states."""
    if known is None:
        values = [
            kind.defaults.get(column, "") if value is KEEP else value
            for column, value in zip(kind.columns, record.values, strict=True)
        ]
        return Line(row, worksheet, "new", record.label, None, values, (), record.identity)
    merged = kind.merged(record, known)
    changes = [(c.label, c.old, c.new) for c in kind.changes(known.values, merged)] if merged != known.values else []
    if not changes and state != known.state and known.state in OPEN:
        changes = [("状态", OPEN[known.state], "重新提交" if state == RecordState.SUBMITTED else "审核通过")]
    if not changes:
        return Line(row, worksheet, "unchanged", record.label, known.pk, None, (), record.identity)
    return Line(row, worksheet, "changed", record.label, known.pk, merged, changes, record.identity)


def write_plan(path: Path, lines: Sequence[Line]) -> None:
    """Write the preview as Parquet and beside it what loading needs; both whole or not at all."""
    changes = ["[]" if not line.changes else json.dumps(line.changes, ensure_ascii=False) for line in lines]
    columns = [[line.row for line in lines], [line.worksheet for line in lines], [line.action for line in lines],
               [line.label for line in lines], changes]  # fmt: skip
    arrays = [pa.array(column, field.type) for column, field in zip(columns, _SCHEMA, strict=True)]
    part = path.with_suffix(".part")
    writing = [line for line in lines if line.action != "unchanged"]
    part.write_text(json.dumps(writing, ensure_ascii=False), encoding="utf-8")
    part.rename(_writes(path))
    pq.write_table(pa.Table.from_arrays(arrays, schema=_SCHEMA), part, compression="zstd")
    part.rename(path)


def to_write(path: Path) -> list[Line]:
    """The lines that change the database, in the order of the file."""
    found = json.loads(_writes(path).read_text(encoding="utf-8"))
    return [Line._make((*row[:7], tuple(row[7]))) for row in found]


def preview(path: Path, action: str, start: int, count: int) -> list[Line]:
    """Some lines of one action, for a page."""
    table = pq.read_table(path, filters=pc.field("action") == action).slice(start, count)
    rows = zip(*(column.to_pylist() for column in table.columns), strict=True)
    return [Line(row[0], row[1], row[2], row[3], None, None, json.loads(row[4]), ()) for row in rows]


def _writes(path: Path) -> Path:
    return path.with_name("writes.json")


def digest(existing: Mapping[Identity, Known]) -> str:
    """A stamp of stored records, to see later whether somebody changed them."""
    text = "\n".join(sorted(repr((known.pk, known.values, known.state)) for known in existing.values()))
    return sha256(text.encode()).hexdigest()
