"""The plan of an upload: what each line would write. Kept in columns, so that 100,000 lines page and load quickly."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from hashlib import sha256
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jiqun.web.registry.intake.kinds import KEEP, Kind, Known, Records
from jiqun.web.registry.intake.kinds.base import Identity
from jiqun.web.registry.models import RecordState
from jiqun.workbook import SheetReading

ACTIONS = {"new": "新增", "changed": "修改", "unchanged": "不变"}
OPEN = {state.value: state.label for state in RecordState if state != RecordState.APPROVED}
"""States in which the same value, sent again, does something."""
_SCHEMA = pa.schema([
    ("row", pa.int32()), ("worksheet", pa.string()), ("action", pa.string()), ("label", pa.string()), ("changes", pa.string()),
])  # fmt: skip

_REPEATED = ["worksheet", "action", "changes"]
"""Columns that say the same in many lines."""


class Line(NamedTuple):
    """A line of the preview, with its changes in words."""

    row: int
    worksheet: str
    action: str
    label: str
    changes: Sequence[Sequence[str]]


class Changed(NamedTuple):
    """A stored record that changes: `values` as the table takes them, `changes` in words."""

    pk: int
    identity: Identity
    label: str
    changes: Sequence[Sequence[str]]
    values: Sequence[Any]


@dataclass
class Plan:
    """What a workbook would do, record by record."""

    row: Sequence[int] = ()
    worksheet: Sequence[str] = ()
    label: Sequence[str] = ()
    identity: Sequence[Identity] = ()
    action: list[str] = field(default_factory=list)
    values: Sequence[Sequence[Any]] = ()
    """By column of the kind, as the table takes them where the record is new."""
    changed: dict[int, Changed] = field(default_factory=dict)
    """By index."""

    @property
    def counts(self) -> dict[str, int]:
        """Of each action."""
        found = Counter(self.action)
        return {action: found[action] for action in ACTIONS}


def compare(
    kind: Kind, records: Records, existing: Mapping[Identity, Known], rows: SheetReading, state: str = ""
) -> Plan:
    """What the records would do to what is stored; `state` is what they become, where the kind has states."""
    defaults = [kind.defaults.get(column, "") for column in kind.columns]
    plan = Plan(
        row=[rows.row[at] for at in records.at],
        worksheet=[rows.worksheets[rows.worksheet[at]] for at in records.at],
        label=records.label,
        identity=records.identity,
        action=["new"] * len(records),
        values=[
            [default if value is KEEP else value for value in column]
            for column, default in zip(records.values, defaults, strict=False)
        ],
    )
    for index in [i for i, identity in enumerate(records.identity) if identity in existing] if existing else ():
        record = records[index]
        known = existing[record.identity]
        merged = kind.merged(record, known)
        changes = _changes(kind, known, merged, state)
        plan.action[index] = "changed" if changes else "unchanged"
        if changes:
            plan.changed[index] = Changed(known.pk, record.identity, record.label, changes, merged)
    return plan


def _changes(kind: Kind, known: Known, merged: tuple[Any, ...], state: str) -> list[tuple[str, str, str]]:
    if merged != known.values and (found := kind.changes(known.values, merged)):
        return [(change.label, change.old, change.new) for change in found]
    if state != known.state and known.state in OPEN:
        return [("状态", OPEN[known.state], "重新提交" if state == RecordState.SUBMITTED else "审核通过")]
    return []


def write_plan(path: Path, plan: Plan) -> None:
    """Write the preview as Parquet and beside it what loading needs; both whole or not at all."""
    changes = ["[]"] * len(plan.action)
    for index, change in plan.changed.items():
        changes[index] = json.dumps(change.changes, ensure_ascii=False)
    columns = [plan.row, plan.worksheet, plan.action, plan.label, changes]
    arrays = [_array(column, field.type) for column, field in zip(columns, _SCHEMA, strict=True)]
    new: Sequence[int] = range(len(plan.action))
    if plan.counts["new"] < len(new):
        new = [index for index in new if plan.action[index] == "new"]
    values = [_taken(column, new) for column in plan.values]
    # Where the identity is a column that is written anyway, its number says so.
    identity = [values.index(c) if c in values else c for c in _by_column(_taken(plan.identity, new))]
    parts = path.with_suffix(".part"), _writes(path).with_suffix(".part")
    with ThreadPoolExecutor(1) as pool:  # Arrow's part of the work needs no Python
        table = pa.Table.from_arrays(arrays, schema=_SCHEMA)
        written = pool.submit(pq.write_table, table, parts[0], compression="zstd", use_dictionary=_REPEATED)
        with parts[1].open("wb") as out:
            out.writelines(
                piece.encode() for piece in _as_json({"identity": identity, "new": values}, list(plan.changed.values()))
            )
        written.result()
    parts[1].rename(_writes(path))
    parts[0].rename(path)


def _as_json(columns: Mapping[str, Sequence[Any]], changed: Sequence[Changed]) -> Iterator[str]:
    """One object, column by column: the text of all of it at once would be large."""
    yield "{"
    for name, lists in columns.items():
        yield f'"{name}": ['
        for index, values in enumerate(lists):
            yield ", " if index else ""
            yield json.dumps(values, ensure_ascii=False)
        yield "], "
    yield f'"changed": {json.dumps(changed, ensure_ascii=False)}}}'


def _array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Of a column that often says the same in every line."""
    if values and values.count(values[0]) == len(values):
        return pa.repeat(pa.scalar(values[0], kind), len(values))
    return pa.array(values, kind)


def _taken(column: Sequence[Any], indexes: Sequence[int]) -> Sequence[Any]:
    return column if len(indexes) == len(column) else [column[index] for index in indexes]


def _by_column(identities: Sequence[Identity]) -> list[list[Any]]:
    width = len(identities[0]) if identities else 0
    return [list(map(itemgetter(index), identities)) for index in range(width)]


@dataclass(frozen=True)
class Writes:
    """What changes the database, in the order of the file."""

    new: Sequence[Sequence[Any]]
    """By column of the kind."""
    new_identity: Sequence[Identity]
    changed: Sequence[Changed]

    @property
    def identity(self) -> list[Identity]:
        """Of all records."""
        return [*self.new_identity, *(change.identity for change in self.changed)]


def to_write(path: Path) -> Writes:
    """What the plan would write."""
    found = json.loads(_writes(path).read_text(encoding="utf-8"))
    changed = [Changed(pk, tuple(identity), *rest) for pk, identity, *rest in found["changed"]]
    identity = [found["new"][column] if isinstance(column, int) else column for column in found["identity"]]
    return Writes(found["new"], list(zip(*identity, strict=True)), changed)


def preview(path: Path, action: str, start: int, count: int) -> list[Line]:
    """Some lines of one action, for a page."""
    table = pq.read_table(path, filters=pc.field("action") == action).slice(start, count)
    return [
        Line(row["row"], row["worksheet"], row["action"], row["label"], json.loads(row["changes"]))
        for row in table.to_pylist()
    ]


def _writes(path: Path) -> Path:
    return path.with_name("writes.json")


def digest(existing: Mapping[Identity, Known]) -> str:
    """A stamp of stored records, to see later whether somebody changed them."""
    text = "\n".join(sorted(repr((known.pk, known.values, known.state)) for known in existing.values()))
    return sha256(text.encode()).hexdigest()
