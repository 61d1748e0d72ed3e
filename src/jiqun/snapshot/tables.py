"""The tables of facts and their columns: the one declaration that reading, checking and writing share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

import pyarrow as pa

from jiqun.base.bounds import Bounds
from jiqun.base.codes import INDUSTRY_CODE, PLACE_CODE
from jiqun.rules.vocabulary import (
    PARTY_KINDS,
    PLACE_KINDS,
    SIZE_CLASSES,
    SUBJECT_IDS,
    SUBJECT_NAMES,
    Field,
    Indicator,
    Register,
    Vocabulary,
)

CellKind = Literal["text", "flag", "date", "number", "share", "money"]
SUBJECT_KINDS = ("cluster", "party", "place")
"""In the order of their sorting; subjects are numbered through in this order."""
STATES = ("approved", "submitted", "draft", "returned")
"""The first is what an empty cell means, and the only one whose values count."""
OUTCOMES = ("通过", "不通过", "整改")
ENTRY = "entry/"
"""The prefix of a register's table: entry/设备更新."""
ARROW_TYPES: dict[CellKind, pa.DataType] = {
    "text": pa.string(),
    "flag": pa.bool_(),
    "date": pa.date32(),
    "number": pa.float64(),
    "share": pa.float64(),
    "money": pa.int64(),
}


def cell_kind(thing: Indicator | Field) -> CellKind:
    """How the values of an indicator or of a register's field are held."""
    if thing.kind != "number":
        return cast("CellKind", thing.kind)  # sets and points are of offers and needs only
    if thing.is_money:
        return "money"
    return "share" if thing.unit in (None, "%") else "number"


@dataclass(frozen=True)
class Column:
    """One column of facts."""

    name: str
    kind: CellKind = "text"
    unit: str | None = None
    required: bool = False
    """An empty cell is a fault."""
    may_lack: bool = False
    """The file may do without the whole column, which is then empty."""
    choices: Mapping[str, str] = field(default_factory=dict)
    """What may be written -> what is stored; empty where anything may be written."""
    bounds: Bounds | None = None
    pattern: str | None = None
    form: str | None = None
    """How it is written, in Chinese, where it has a pattern."""
    refers: str | None = None
    """The table whose key it names."""

    @property
    def arrow(self) -> pa.DataType:
        """Its type in a snapshot; money is whole fen."""
        return ARROW_TYPES[self.kind]


@dataclass(frozen=True)
class Table:
    """One table of facts: a file of the folder."""

    name: str
    title: str
    columns: tuple[Column, ...]
    key: str | None = None
    must_exist: bool = False
    register: Register | None = field(default=None, compare=False)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its columns, in order."""
        return tuple(c.name for c in self.columns)

    def column(self, name: str) -> Column:
        """The column of that name."""
        return next(c for c in self.columns if c.name == name)

    def schema(self) -> pa.Schema:
        """Its typed columns in Arrow, as a snapshot holds them."""
        return pa.schema([(c.name, c.arrow) for c in self.columns])


def _same(names: tuple[str, ...]) -> dict[str, str]:
    return {n: n for n in names}


def _coded(codes: Mapping[str, str]) -> dict[str, str]:
    """A choice written as its English code or its Chinese name, stored as the code."""
    return {**{c: c for c in codes}, **{chinese: c for c, chinese in codes.items()}}


_SUBJECT = (
    Column("subject_kind", required=True, choices=_same(tuple(SUBJECT_NAMES))),
    Column("subject", required=True),
)
PLACE = Table(
    "place",
    "行政区划",
    (
        Column("code", required=True, pattern=PLACE_CODE.pattern, form="六位区划代码，如 130102"),
        Column("name", required=True),
        Column("parent", refers="place"),
        Column("kind", required=True, choices=_coded(PLACE_KINDS)),
    ),
    SUBJECT_IDS["place"],
    must_exist=True,
)
CLUSTER = Table(
    "cluster",
    "产业集群",
    (
        Column("id", required=True),
        Column("name", required=True),
        Column("county", refers="place"),
        Column("chain"),
        Column("provincial_key", "flag"),
    ),
    SUBJECT_IDS["cluster"],
    must_exist=True,
)
PARTY = Table(
    "party",
    "企业和机构",
    (
        Column("uscc", required=True),
        Column("name", required=True),
        Column("kind", required=True, choices=_coded(PARTY_KINDS)),
        Column("cluster", refers="cluster"),
        Column("county", refers="place"),
        Column("industry", pattern=INDUSTRY_CODE.pattern, form="国民经济行业代码，如 C3311"),
        Column("founded_on", "date"),
        Column("size_class", choices=_same(SIZE_CLASSES)),
        Column("above_size", "flag"),
    ),
    SUBJECT_IDS["party"],
    must_exist=True,
)
OBSERVATION = Table(
    "observation",
    "指标数据",
    (
        *_SUBJECT,
        Column("indicator", required=True),
        Column("period", required=True),
        Column("value"),
        Column("state", choices=_same(STATES)),
    ),
)
RECOGNITION = Table(
    "recognition",
    "认定",
    (
        *_SUBJECT,
        Column("title", required=True),
        Column("awarded_on", "date", required=True),
        Column("valid_until", "date"),
    ),
)
REVIEW = Table(
    "review",
    "复核",
    (
        *_SUBJECT,
        Column("title", required=True),
        Column("reviewed_on", "date", required=True),
        Column("outcome", required=True, choices=_same(OUTCOMES)),
    ),
)
SUBJECT_TABLES = {t.name: t for t in (PLACE, CLUSTER, PARTY)}
TABLES = {t.name: t for t in (PLACE, CLUSTER, PARTY, OBSERVATION, RECOGNITION, REVIEW)}


def entry_table(register: Register) -> Table:
    """The table of a register's entries."""
    fields = (
        Column(
            f.name,
            cell_kind(f),
            f.unit,
            required=f.required,
            may_lack=not f.required,
            choices=_same(f.choices),
            bounds=f.bounds,
        )
        for f in register.fields
    )
    return Table(
        ENTRY + register.name,
        f"台账“{register.name}”",
        (*_SUBJECT, Column("on", "date"), *fields),
        register=register,
    )


def tables(vocabulary: Vocabulary) -> dict[str, Table]:
    """Every table that a facts folder may hold under this vocabulary, in the order they are checked."""
    entries = (entry_table(r) for r in vocabulary.registers.values())
    return TABLES | {t.name: t for t in entries}
