"""One small world of facts on every engine: in memory, on DuckDB and on Spark."""

from __future__ import annotations

import atexit
import functools
import gc
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from jiqun.rules.facts import Subject, Value, World
from jiqun.rules.frames import Source
from jiqun.rules.grams import signatures
from jiqun.rules.nodes import Node, Type
from jiqun.rules.pairs import latitude, longitude, signature
from jiqun.rules.query import Bound, ask
from jiqun.rules.reference import Answer, Evaluator, Item
from jiqun.rules.timing import When
from jiqun.rules.vocabulary import ATTRIBUTES, SUBJECT_IDS, Field, Indicator, Vocabulary
from jiqun.snapshot.engines import DuckDBEngine, SparkEngine

EFFECTIVE = (date(2025, 7, 22), date(2027, 12, 31))
ENGINES = ("duckdb", "sql", "spark")
"""DuckDB with the machine for what follows from a row, DuckDB alone, and Spark."""
_LINKS = {"party": ("cluster", "county"), "cluster": ("county",), "place": ("parent",)}
_EVENT = [("subject_kind", pa.string()), ("subject", pa.string()), ("row", pa.int64())]


def arrow_type(fact: Indicator | Field) -> pa.DataType:
    """The column type of an indicator or field in a snapshot."""
    if fact.kind == "number":
        return pa.int64() if fact.is_money else pa.float64()
    return {"flag": pa.bool_(), "text": pa.string(), "date": pa.date32()}[fact.kind]


def stored(value: Value) -> object:
    """A value as a snapshot holds it: money in fen."""
    return int(value.scaleb(2)) if isinstance(value, Decimal) else value


def snapshot_tables(world: World, vocabulary: Vocabulary) -> dict[str, pa.Table]:
    """The tables of a snapshot with the world's facts, as docs/architecture.md describes them."""
    rows = {
        kind: {s.id: number for number, s in enumerate(sorted(world.of_kind(kind), key=lambda s: s.id))}
        for kind in SUBJECT_IDS
    }
    tables = {kind: _subjects(world, vocabulary, kind, rows) for kind in SUBJECT_IDS}
    tables["recognition"] = _events(
        world, rows, [("title", pa.string()), ("awarded_on", pa.date32()), ("valid_until", pa.date32())],
        lambda s: [(title, r.awarded_on, r.valid_until) for title, found in s.recognitions.items() for r in found],
    )  # fmt: skip
    tables["review"] = _events(
        world, rows, [("title", pa.string()), ("reviewed_on", pa.date32()), ("outcome", pa.string())],
        lambda s: [(title, r.reviewed_on, r.outcome) for title, found in s.reviews.items() for r in found],
    )  # fmt: skip
    for register in vocabulary.registers.values():
        fields = [("on", pa.date32()), *((f.name, arrow_type(f)) for f in register.fields)]
        tables[f"entry/{register.name}"] = _events(
            world, rows, fields,
            lambda s, r=register: [
                (e.on, *(stored(e.fields.get(f.name)) for f in r.fields)) for e in s.entries.get(r.name, ())
            ],
        )  # fmt: skip
    tables["pair"] = _pairs(world, vocabulary)
    return tables


def _pairs(world: World, vocabulary: Vocabulary) -> pa.Table:
    """One row a pair of a need and an offer, as `jiqun.rules.pairs` describes it."""
    pairs = sorted(world.of_kind("pair"), key=lambda s: s.id)
    columns: dict[str, pa.Array] = {
        "row": pa.array(range(len(pairs)), pa.int64()),
        "id": pa.array([s.id for s in pairs], pa.string()),
    }
    for side, fields in vocabulary.sides.items():
        for field in fields.values():
            name = f"{side}.{field.name}"
            values: list[Any] = [s.attributes.get(name) for s in pairs]
            if field.kind == "point":
                columns[longitude(name)] = pa.array([v and v.lon for v in values], pa.float64())
                columns[latitude(name)] = pa.array([v and v.lat for v in values], pa.float64())
            elif field.kind == "set":
                columns[name] = pa.array([None if v is None else sorted(v) for v in values], pa.list_(pa.string()))
            else:
                columns[name] = pa.array([stored(v) for v in values], arrow_type(field))
                if field.kind == "text" and not field.choices:
                    words = signatures(values).T
                    known = pa.array([v is None for v in values])
                    for column, word in zip(signature(name), words, strict=True):
                        columns[column] = pc.if_else(known, None, pa.array(word))
    return pa.table(columns)


def _subjects(world: World, vocabulary: Vocabulary, kind: str, rows: Mapping[str, Mapping[str, int]]) -> pa.Table:
    schema = [("row", pa.int64())]
    kinds = {"flag": pa.bool_(), "date": pa.date32(), "text": pa.string()}
    schema += [(a.column, kinds[a.kind]) for a in ATTRIBUTES[kind]]
    for link in _LINKS[kind]:
        schema += [(link, pa.string()), (f"{link}_row", pa.int64())]
    found = sorted({key for s in world.of_kind(kind) for key in s.observations}, key=str)
    schema += [(f"{name}@{period}", arrow_type(vocabulary.indicators[name])) for name, period in found]
    records = []
    for id_, row in rows[kind].items():
        s = world.subjects[kind, id_]
        record: dict[str, object] = {**s.attributes, SUBJECT_IDS[kind]: id_, "row": row}
        for link, target, value in (("cluster", "cluster", s.cluster), ("county", "place", s.county)):
            if link in _LINKS[kind] and value is not None:
                record |= {link: value, f"{link}_row": rows[target].get(value)}
        record |= {f"{name}@{period}": stored(value) for (name, period), value in s.observations.items()}
        records.append(record)
    return pa.Table.from_pylist(records, schema=pa.schema(schema))


def _events(world: World, rows: Mapping[str, Mapping[str, int]], columns: list[Any], read: Any) -> pa.Table:
    names = [name for name, _ in columns]
    records = [
        {"subject_kind": s.kind, "subject": s.id, "row": rows[s.kind][s.id], **dict(zip(names, values, strict=True))}
        for s in world.subjects.values()
        for values in read(s)
    ]
    return pa.Table.from_pylist(records, schema=pa.schema([*_EVENT, *columns]))


# --- engines --------------------------------------------------------------------------------------------------


@functools.cache
def spark_session() -> Any:
    """The one Spark session of the test run; the test is skipped where Spark or Java is missing."""
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        pytest.skip("Spark: no Java found (PATH, JAVA_HOME)")
    sql = pytest.importorskip("pyspark.sql", reason="Spark: pyspark is not installed (uv sync --extra spark)")
    settings = {
        "spark.ui.enabled": "false", "spark.sql.session.timeZone": "UTC", "spark.sql.shuffle.partitions": "1",
        "spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        "spark.sql.adaptive.enabled": "false", "spark.log.level": "ERROR", "spark.driver.memory": "2g",
        "spark.sql.autoBroadcastJoinThreshold": "10485760", "spark.sql.execution.arrow.pyspark.enabled": "true",
        "spark.sql.warehouse.dir": tempfile.mkdtemp(prefix="jiqun-spark-"),
    }  # fmt: skip
    builder = sql.SparkSession.builder.master("local[2]").appName("jiqun-tests")
    for key, value in settings.items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    atexit.register(shutil.rmtree, settings["spark.sql.warehouse.dir"], ignore_errors=True)
    atexit.register(session.stop)
    return session


@contextmanager
def third_party() -> Iterator[None]:
    """PySpark leaves sockets to the garbage collector and uses what pandas 3 deprecates: not our faults."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
        gc.collect()


def _on_duckdb(folder: Path, machine: bool) -> tuple[Mapping[str, ir.Table], Callable[[ir.Table], list[Any]]]:
    engine = DuckDBEngine(folder)
    if machine:
        return engine.tables, lambda query: [row for batch in engine.batches(query) for row in batch().to_pylist()]
    return engine.tables, lambda query: engine.table(query).cast(query.schema().to_pyarrow()).to_pylist()


def _on_spark(folder: Path) -> tuple[Mapping[str, ir.Table], Callable[[ir.Table], list[Any]]]:
    with third_party():
        spark_session()  # with the settings of tests, which the engine finds running
        engine = SparkEngine(folder)

    def rows(query: ir.Table) -> list[Any]:
        with third_party():
            return list(engine.table(query).to_pylist())

    return engine.tables, rows


@dataclass(frozen=True)
class Engine:
    """A world opened on an engine."""

    rows: Callable[[ir.Table], list[dict[str, Any]]]
    """The rows of a query."""
    source: Source
    ids: Mapping[str, Sequence[str]]
    vocabulary: Vocabulary

    @classmethod
    def of(cls, name: str, world: World, vocabulary: Vocabulary) -> Engine:
        """Open a world on one of ENGINES."""
        arrow = snapshot_tables(world, vocabulary)
        folder = Path(tempfile.mkdtemp(prefix="jiqun-rules-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        for table, data in arrow.items():
            (folder / table).parent.mkdir(exist_ok=True)
            pq.write_table(data, folder / f"{table}.parquet")
        tables, rows = _on_spark(folder) if name == "spark" else _on_duckdb(folder, name == "duckdb")
        ids = {kind: arrow[kind][key].to_pylist() for kind, key in (*SUBJECT_IDS.items(), ("pair", "id"))}
        return cls(rows, Source(tables, vocabulary), ids, vocabulary)

    def answers(self, kind: str, nodes: Sequence[Node], as_of: date) -> list[dict[str | None, Answer]]:
        """For each node the answer of each subject, by one query."""
        bound = [Bound(str(i), node, None, EFFECTIVE) for i, node in enumerate(nodes)]
        query, asked = ask(self.source, kind, bound, as_of)
        rows = self.rows(query)
        found: list[dict[str | None, Answer]] = []
        for one in asked:
            each: dict[str | None, Answer] = {}
            for row in rows:
                value = loaded(row[one.value], one.rule.node.type)
                mask = row[one.mask] if one.mask else 0
                id_ = self.ids[kind][row["row"]] if kind != "programme" else None
                each[id_] = Answer(value, tuple(one.bits.names(mask)))
            found.append(each)
        return found


def loaded(value: Any, type_: Type) -> Value:
    """A value of a query's result as the reference has it."""
    if value is not None and type_.kind == "number" and type_.exact:
        return Decimal(value).scaleb(-type_.exact.scale)
    return value  # type: ignore[no-any-return]


def reference_answers(world: World, kind: str, nodes: Sequence[Node], as_of: date) -> list[dict[str | None, Answer]]:
    """The same from the reference evaluator."""
    evaluator, when = Evaluator(world), When(as_of, EFFECTIVE)
    subjects: Iterable[Subject | None] = world.of_kind(kind) if kind != "programme" else [None]
    return [{s.id if s else None: evaluator.value(node, Item(s), when) for s in subjects} for node in nodes]


def same_value(a: Value, b: Value) -> bool:
    """Exact values and decisions are equal; floating ones within 1e-12 of the greater."""
    if isinstance(a, float) and isinstance(b, float):
        return a == b or abs(a - b) <= 1e-12 * max(abs(a), abs(b))
    return type(a) is type(b) and a == b


def differences(expected: dict[str | None, Answer], actual: dict[str | None, Answer]) -> list[str]:
    """What one engine answers otherwise than the reference, a line a subject."""
    found = []
    for id_, want in expected.items():
        got = actual[id_]
        if not same_value(want.value, got.value) or set(want.missing) != set(got.missing):
            found.append(f"{id_}: reference {want.value!r} {want.missing}, engine {got.value!r} {got.missing}")
    if expected.keys() != actual.keys():
        found.append(f"subjects differ: {sorted(map(str, expected.keys() ^ actual.keys()))}")
    return found
