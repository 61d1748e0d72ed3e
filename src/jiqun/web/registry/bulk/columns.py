"""From a snapshot's Parquet files to the rows of the registry's tables, as queries of DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from jiqun.rules.vocabulary import SUBJECT_IDS, Register, Vocabulary
from jiqun.snapshot import sql

FACT_TABLES = ("observation", "recognition", "review", "entry")
BATCH = 100_000
_IDS = {"cluster": "code", "place": "code", "party": "uscc"}
"""The column of the registry that holds each subject's own code."""


@dataclass(frozen=True)
class Known:
    """The identities that the registry already gave: they are kept, whatever comes."""

    ids: dict[str, pa.Table]
    """For each kind of subject the columns `code` and `id`."""
    last: dict[str, int]
    """The greatest id ever given."""


class Columns:
    """A snapshot opened for loading."""

    def __init__(self, con: duckdb.DuckDBPyConnection, snapshot: Path, vocabulary: Vocabulary) -> None:
        self.con = con
        self.snapshot = snapshot
        self.registers = [r for r in vocabulary.registers.values() if self._file(f"entry/{r.name}").is_file()]

    def rows(self) -> dict[str, int]:
        """How many rows each table brings."""
        return {
            table: sum(pq.read_metadata(path).num_rows for path in self._files(table))
            for table in (*SUBJECT_IDS, *FACT_TABLES)
        }

    def identify(self, known: Known) -> None:
        """Give every subject its id: the one it has, or the next free one in the order of codes."""
        for kind, key in SUBJECT_IDS.items():
            self.con.register("_known", known.ids[kind])
            sql.run(self.con, f"""
                CREATE OR REPLACE TEMP TABLE ids_{kind} AS
                SELECT s.{sql.name(key)} AS code, coalesce(k.id, CAST({known.last[kind]} + row_number() OVER (
                    PARTITION BY k.id IS NULL ORDER BY s.{sql.name(key)}) AS BIGINT)) AS id
                FROM {self._source(kind)} s LEFT JOIN _known k ON k.code = s.{sql.name(key)}""")  # fmt: skip
            self.con.unregister("_known")

    def subjects(self, kind: str) -> pa.Table:
        """The rows of registry_place, _cluster or _party."""
        text = "coalesce(s.{0}, '') AS {0}".format
        return sql.arrow(self.con, {
            "place": f"""
                SELECT i.id, s.code, s.name, p.id AS parent_id, s.kind FROM {self._source("place")} s
                JOIN ids_place i USING (code) LEFT JOIN ids_place p ON p.code = s.parent ORDER BY i.id""",
            "cluster": f"""
                SELECT i.id, s.id AS code, s.name, c.id AS county_id, {text("chain")}, s.provincial_key
                FROM {self._source("cluster")} s
                JOIN ids_cluster i ON i.code = s.id LEFT JOIN ids_place c ON c.code = s.county ORDER BY i.id""",
            "party": f"""
                SELECT i.id, s.uscc, s.name, s.kind, g.id AS cluster_id, c.id AS county_id, {text("industry")},
                    s.founded_on, {text("size_class")}, s.above_size
                FROM {self._source("party")} s JOIN ids_party i ON i.code = s.uscc
                LEFT JOIN ids_cluster g ON g.code = s.cluster LEFT JOIN ids_place c ON c.code = s.county
                ORDER BY i.id""",
        }[kind])  # fmt: skip

    def facts(self, table: str) -> pa.RecordBatchReader | None:
        """The rows of one of the fact tables as a stream; None where there are none."""
        query = {
            "observation": "f.indicator, f.period, coalesce(f.value, '') AS value, f.state, 'facts' AS source",
            "recognition": "f.title, f.awarded_on, f.valid_until",
            "review": "f.title, f.reviewed_on, f.outcome",
            "entry": "f.register, f.entry_on, f.data, 'approved' AS state",
        }[table]
        source = self._entries() if table == "entry" else self._source(table)
        if source is None or not self.rows()[table]:
            return None
        ids = " UNION ALL ".join(f"SELECT '{kind}' AS kind, code, id FROM ids_{kind}" for kind in SUBJECT_IDS)
        owners = ", ".join(f"CASE WHEN i.kind = '{kind}' THEN i.id END AS {kind}_id" for kind in SUBJECT_IDS)
        return self.con.sql(f"""
            SELECT {owners}, {query} FROM {source} f
            LEFT JOIN ({ids}) i ON i.kind = f.subject_kind AND i.code = f.subject""").to_arrow_reader(BATCH)

    def too_long(self, table: str, column: str, limit: int) -> list[str]:
        """Texts longer than the registry holds, the first few."""
        source = self._source(table)
        if source is None:
            return []
        quoted = sql.name(column)
        found = sql.rows(self.con, f"SELECT {quoted} FROM {source} WHERE length({quoted}) > {limit} LIMIT 20")
        return [text for (text,) in found]

    def _entries(self) -> str | None:
        """All registers' entries in one shape, the fields as a JSON object without those that are missing."""
        if not self.registers:
            return None
        return "(" + " UNION ALL ".join(self._entries_of(register) for register in self.registers) + ")"

    def _entries_of(self, register: Register) -> str:
        parts = (
            f"{sql.name(f.name)} := "
            + (f"CAST({sql.name(f.name)} / 100.0::DECIMAL(4,1) AS DECIMAL(18, 2))" if f.is_money else sql.name(f.name))
            for f in register.fields
        )
        fields = ", ".join(parts)
        data = f"CAST(json_merge_patch('{{}}', to_json(struct_pack({fields}))) AS VARCHAR)" if fields else "'{}'"
        source = self._source(f"entry/{register.name}")
        return (
            f'SELECT subject_kind, subject, {sql.literal(register.name)} AS register, "on" AS entry_on, '
            f"{data} AS data FROM {source}"
        )

    def _files(self, table: str) -> Iterator[Path]:
        names = [f"entry/{r.name}" for r in self.registers] if table == "entry" else [table]
        return (path for path in map(self._file, names) if path.is_file())

    def _file(self, table: str) -> Path:
        return self.snapshot / f"{table}.parquet"

    def _source(self, table: str) -> str | None:
        path = self._file(table)
        return f"read_parquet({sql.literal(str(path))})" if path.is_file() else None


def known_codes() -> dict[str, str]:
    """The column that holds each subject's own code in the registry."""
    return dict(_IDS)
