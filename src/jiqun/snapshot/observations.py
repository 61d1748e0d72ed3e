"""Observations: what the names in them mean, their checks, and their encoding as numbers that sort.

Names repeat, so they are resolved once for each distinct combination of subject kind, indicator, period and state;
the millions of rows are then only joined. Each row becomes a `key` (subject, cell, state) and a `number`: money as
whole fen, a flag as 0 or 1, a date as days since 1970, a text as its place in the sorted list of texts. All fit a
double exactly, so one pass can sort them and another can turn them into columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from jiqun.base.errors import Place, Problems
from jiqun.base.periods import GRAIN_NAMES, Grain, Period
from jiqun.rules.vocabulary import SUBJECT_NAMES, Indicator, Vocabulary
from jiqun.snapshot import cells
from jiqun.snapshot.check import Check, cell_checks, nearest_of, repeated, run_checks, value_checks
from jiqun.snapshot.events import subject_checks, with_subject
from jiqun.snapshot.read import Facts, Source
from jiqun.snapshot.sql import literal, one, put, rows, run
from jiqun.snapshot.tables import OBSERVATION, STATES, CellKind, cell_kind

CELL_STEP = len(STATES)
SUBJECT_STEP = CELL_STEP * (1 << 20)
"""A key is subject * SUBJECT_STEP + cell * CELL_STEP + state."""
_LIKE_A_PERIOD = r"\s*(19|20)\d\d.{0,8}"
_EXAMPLE: dict[Grain, str] = {"year": "2025", "quarter": "2025Q3", "month": "2025-09"}


@dataclass(frozen=True)
class Cell:
    """An indicator in a period: what becomes one column of a wide table."""

    indicator: Indicator
    period: Period

    @property
    def column(self) -> str:
        """The name of its column."""
        return f"{self.indicator.name}@{self.period}"

    @property
    def kind(self) -> CellKind:
        """How its values are held."""
        return cell_kind(self.indicator)


@dataclass(frozen=True)
class Encoded:
    """Checked observations in the table `encoded` (key, number), and what their numbers stand for."""

    cells: tuple[Cell, ...]
    """By number in the key."""
    approved: dict[str, tuple[int, ...]]
    """For each kind of subject the cells that have an approved value."""
    texts: tuple[str, ...]
    """The texts that the numbers of text indicators stand for."""
    rounded: dict[str, int]
    """How many amounts of an indicator were rounded to the fen."""

    @classmethod
    def none(cls, con: duckdb.DuckDBPyConnection) -> Encoded:
        """What a folder without observations has."""
        run(con, "CREATE OR REPLACE TEMP TABLE encoded (key BIGINT, number DOUBLE)")
        return cls((), dict.fromkeys(SUBJECT_NAMES, ()), (), {})


class ObservationCheck:
    """Checks all observations of a facts folder and encodes them."""

    def __init__(
        self,
        con: duckdb.DuckDBPyConnection,
        facts: Facts,
        source: Source,
        vocabulary: Vocabulary,
        problems: Problems,
    ) -> None:
        """The subjects must have been numbered before (`check_subjects`)."""
        self._con, self._facts, self._source = con, facts, source
        self._vocabulary, self._problems = vocabulary, problems
        self._text = ""
        self._cells: tuple[Cell, ...] = ()
        self._texts: tuple[str, ...] = ()

    def run(self) -> Encoded | None:
        """Encode; None where there are problems, all of which are then told."""
        # Hardly a file has spaces around its names, so the second pass, which takes them away, is seldom needed.
        for strip in (True,) if self._problems else (False, True):
            self._text = f"({self._source.text(strip=strip)})"
            self._combine()
            self._resolve()
            self._collect_texts()
            run(self._con, f"CREATE OR REPLACE TEMP TABLE encoded AS {self._encoding()}")
            if not self._problems and not self._has_faults():
                return Encoded(self._cells, self._approved(), self._texts, self._rounded())
        self._explain()
        return None

    def _combine(self) -> None:
        """The distinct combinations of names, with how many values each has."""
        run(
            self._con,
            f"""CREATE OR REPLACE TEMP TABLE combination AS
            SELECT subject_kind, indicator, period, state, count(value) AS filled FROM {self._text} GROUP BY ALL""",
        )

    def _occurring(self, column: str, condition: str) -> list[str]:
        """The texts of a column that meet a condition; garbage, of which there may be millions, must not."""
        query = f"SELECT DISTINCT {column} FROM combination WHERE {condition} ORDER BY 1"
        return [t for (t,) in rows(self._con, query)]

    def _resolve(self) -> None:
        """The tables of what is written: `indicator_name`, `period_name`, and `cell_name` of those that fit."""
        names = ", ".join(literal(w) for i in self._vocabulary.indicators.values() for w in (i.name, *i.aliases))
        written = self._occurring("indicator", f"indicator IN ({names or 'NULL'})")
        self._indicators = {w: i for w in written if (i := self._vocabulary.indicator(w))}
        self._forms = {_form(i): i for i in self._indicators.values()}
        candidates = self._occurring("period", f"regexp_full_match(period, {literal(_LIKE_A_PERIOD)})")
        periods = {w: p for w in candidates if (p := _period(w))}
        self._put("indicator_name", _INDICATOR_NAME, [(w, *_described(i)) for w, i in self._indicators.items()])
        self._put("period_name", _PERIOD_NAME, [(w, p.grain) for w, p in periods.items()])
        fitting = rows(
            self._con,
            """SELECT DISTINCT b.indicator, b.period FROM combination b
            JOIN indicator_name i ON i.written = b.indicator JOIN period_name p ON p.written = b.period
            WHERE i.grain = p.grain ORDER BY ALL""",
        )
        meant = {(i, p): Cell(self._indicators[i], periods[p]) for i, p in fitting}
        self._cells = tuple(sorted(set(meant.values()), key=lambda c: (c.indicator.name, c.period)))
        number = {cell: n for n, cell in enumerate(self._cells)}
        if len(self._cells) * CELL_STEP > SUBJECT_STEP:
            message = f"不同的指标和期间超过 {SUBJECT_STEP // CELL_STEP} 种"
            self._problems.add(message, Place(self._source.file, field="period"), mend="请核对期间")
        self._put("cell_name", _CELL_NAME, [(*w, number[c], _form(c.indicator)) for w, c in meant.items()])

    def _put(self, table: str, schema: pa.Schema, found: list[tuple[object, ...]]) -> None:
        columns = zip(*found, strict=True) if found else ([] for _ in schema)
        put(self._con, table, pa.table(dict(zip(schema.names, map(list, columns), strict=True)), schema=schema))

    def _collect_texts(self) -> None:
        """The table `text_name`: the texts that text indicators hold, numbered in their order."""
        texts: list[str] = []
        if self._text_names():
            value = cells.stripped("value")
            query = f"SELECT DISTINCT {value} FROM {self._of_texts(True)} WHERE {value} IS NOT NULL ORDER BY 1"
            texts = [t for (t,) in rows(self._con, query)]
        self._texts = tuple(texts)
        self._put("text_name", _TEXT_NAME, list(zip(texts, range(len(texts)), strict=True)))

    def _text_names(self) -> list[str]:
        return [w for w, i in self._indicators.items() if cell_kind(i) == "text"]

    def _of_texts(self, wanted: bool) -> str:
        """The rows whose indicator holds texts, or those of all other indicators."""
        among = f"indicator IN ({', '.join(map(literal, self._text_names()))})"
        return f"(SELECT * FROM {self._text} WHERE {among if wanted else f'NOT coalesce({among}, false)'})"

    def _named(self) -> str:
        """The rows with what their indicator is, null where it is unknown."""
        return (
            "(SELECT t.*, i.form AS _form, i.grain AS _grain, i.kinds AS _kinds, i.name AS _name, p.grain AS _period_grain "
            f"FROM {self._text} t LEFT JOIN indicator_name i ON i.written = t.indicator "
            "LEFT JOIN period_name p ON p.written = t.period)"
        )

    def _encoding(self, more: str = "") -> str:
        """A query of key and number for every row; null where a name or the value cannot be read."""
        if not self._text_names():
            return self._encoding_of(self._text, more)
        # Only few rows hold texts: the others are spared the search for theirs.
        texts = f"LEFT JOIN text_name x ON x.text = {cells.stripped('o.value')}"
        return f"{self._encoding_of(self._of_texts(False), more)} UNION ALL {self._encoding_of(self._of_texts(True), more, texts)}"

    def _encoding_of(self, relation: str, more: str, texts: str | None = None) -> str:
        states = " ".join(f"WHEN {literal(s)} THEN {n}" for n, s in enumerate(STATES))
        state = f"CASE coalesce(o.state, {literal(STATES[0])}) {states} END"
        forms = {f: i for f, i in sorted(self._forms.items()) if (cell_kind(i) == "text") == (texts is not None)}
        whens = " ".join(f"WHEN {literal(f)} THEN {_as_number(i, 'o.value')}" for f, i in forms.items())
        number = f"CASE c.form {whens} END" if whens else "CAST(NULL AS DOUBLE)"
        blank = f"CASE WHEN {cells.stripped('o.value')} IS NULL THEN 'nan'::DOUBLE END"
        return f"""SELECT s.number * {SUBJECT_STEP} + c.cell * {CELL_STEP} + {state} AS key,
                   coalesce({number}, {blank}) AS number{more}
            FROM {relation} o
            LEFT JOIN subject s ON s.kind = o.subject_kind AND s.id = o.subject
            LEFT JOIN cell_name c ON c.indicator = o.indicator AND c.period = o.period {texts or ""}"""

    def _has_faults(self) -> bool:
        """Whether a name or a value could not be read, or an indicator is not for its kind of subject."""
        misfits = """SELECT count(*) FROM combination b LEFT JOIN indicator_name i ON i.written = b.indicator
            WHERE NOT coalesce(list_contains(i.kinds, b.subject_kind), false)"""
        unread = "SELECT count(*) FROM encoded WHERE key IS NULL OR number IS NULL"
        return bool(one(self._con, misfits) or one(self._con, unread))

    def _approved(self) -> dict[str, tuple[int, ...]]:
        query = f"""SELECT DISTINCT b.subject_kind, c.cell FROM combination b JOIN cell_name c USING (indicator, period)
            WHERE b.filled > 0 AND coalesce(b.state, {literal(STATES[0])}) = {literal(STATES[0])}"""
        found = rows(self._con, query)
        return {kind: tuple(sorted(cell for k, cell in found if k == kind)) for kind in SUBJECT_NAMES}

    def _rounded(self) -> dict[str, int]:
        """How many amounts of each indicator lose digits beyond the fen."""
        money = {f: i for f, i in self._forms.items() if cell_kind(i) == "money"}
        if not money:
            return {}
        loses = " OR ".join(f"i.form = {literal(f)} AND {cells.rounded('t.value', i.unit)}" for f, i in money.items())
        candidates = f"(SELECT indicator, value FROM {self._text} WHERE {cells.may_lose_digits('value')})"
        query = f"SELECT i.name, count(*) FROM {candidates} t JOIN indicator_name i ON i.written = t.indicator WHERE {loses}"
        return dict(rows(self._con, f"{query} GROUP BY 1 ORDER BY 1"))

    def _explain(self) -> None:
        """Add every fault to the problems, after a pass that found that there are some."""
        run(
            self._con,
            f"""CREATE OR REPLACE TEMP TABLE suspect AS
            SELECT e.* EXCLUDE (key, number) FROM ({self._encoding(", o.*")}) e
            LEFT JOIN indicator_name i ON i.written = e.indicator
            WHERE key IS NULL OR number IS NULL OR NOT coalesce(list_contains(i.kinds, subject_kind), false)""",
        )
        whole, self._text = self._text, "suspect"
        run_checks(self._con, self._source, self._checks(), self._problems)
        self._text = whole
        self.explain_duplicates()

    def _checks(self) -> Iterator[tuple[Check, str]]:
        for column in OBSERVATION.columns:
            for check in cell_checks(column, cells.of_column(column, cells.stripped(column.name))):
                yield check, self._text
            if column.name == "subject":
                for check in subject_checks(self._con, self._facts):
                    yield check, with_subject(self._text)
            if column.name == "indicator":
                yield self._unknown_indicator(), self._named()
                yield from ((c, self._named()) for c in _kind_checks())
            if column.name == "period":
                yield from ((c, self._named()) for c in _period_checks())
        for check in self._value_checks():
            yield check, self._named()

    def _unknown_indicator(self) -> Check:
        names = [w for i in self._vocabulary.indicators.values() for w in (i.name, *i.aliases)]
        mend = nearest_of(names, "请对照方案包中的指标名称")
        return Check("indicator", "indicator IS NOT NULL AND _name IS NULL", "方案包里没有这个指标", mend=mend)

    def _value_checks(self) -> Iterable[Check]:
        filled = f"{cells.stripped('value')} IS NOT NULL"
        for form, indicator in sorted(self._forms.items()):
            of_form = f"_form = {literal(form)} AND {filled}"
            if indicator.choices:
                wrong = f"{of_form} AND {cells.stripped('value')} NOT IN ({_choices(indicator)})"
                mend = nearest_of(indicator.choices, f"可填：{'、'.join(indicator.choices)}")
                yield Check("value", wrong, f"不在指标“{indicator.name}”的可选范围内", mend=mend)
            elif cell_kind(indicator) != "text":
                unread = f"{of_form} AND {_as_number(indicator, 'value')} IS NULL"
                yield from value_checks("value", cell_kind(indicator), "value", unread, indicator.unit)

    def explain_duplicates(self) -> None:
        """Add the rows that report the same indicator of the same subject in the same period once more."""
        cell = f"key // {CELL_STEP}"
        run(
            self._con,
            f"""CREATE OR REPLACE TEMP TABLE twice AS SELECT {cell} AS cell FROM encoded
            WHERE key IS NOT NULL GROUP BY ALL HAVING count(*) > 1""",
        )
        if not one(self._con, "SELECT count(*) FROM twice"):
            return
        again = f"(SELECT *, {cell} AS _cell FROM ({self._encoding(', o.*')}) WHERE {cell} IN (SELECT cell FROM twice))"
        run(self._con, f"CREATE OR REPLACE TEMP TABLE again AS FROM {again}")
        run_checks(self._con, self._source, [(_DUPLICATE, repeated("again", ["_cell"]))], self._problems)


_INDICATOR_NAME = pa.schema(
    [
        ("written", pa.string()),
        ("name", pa.string()),
        ("grain", pa.string()),
        ("form", pa.string()),
        ("kinds", pa.list_(pa.string())),
    ]
)
_PERIOD_NAME = pa.schema([("written", pa.string()), ("grain", pa.string())])
_CELL_NAME = pa.schema(
    [("indicator", pa.string()), ("period", pa.string()), ("cell", pa.int64()), ("form", pa.string())]
)
_TEXT_NAME = pa.schema([("text", pa.string()), ("number", pa.int64())])
_DUPLICATE = Check(
    None,
    "true",
    "同一主体的同一指标在同一期间重复填报",
    "concat_ws(' ', subject, indicator, period)",
    "请只保留一行",
    earlier="_first",
)


def _described(indicator: Indicator) -> tuple[object, ...]:
    return indicator.name, indicator.grain, _form(indicator), sorted(indicator.subjects)


def _form(indicator: Indicator) -> str:
    """What decides how a value is read: its kind, for money the unit it is written in, for a text its choices."""
    kind = cell_kind(indicator)
    if indicator.choices:
        return f"text {indicator.name}"
    return f"{kind} {indicator.unit}" if kind == "money" else kind


def _as_number(indicator: Indicator, text: str) -> str:
    """SQL of a value as a double."""
    kind = cell_kind(indicator)
    if kind == "text":
        chosen = f"CASE WHEN {cells.stripped(text)} IN ({_choices(indicator)}) THEN x.number END"
        return f"CAST({chosen if indicator.choices else 'x.number'} AS DOUBLE)"
    read = cells.value(kind, text, indicator.unit)
    return (
        f"CAST(date_diff('day', DATE '1970-01-01', {read}) AS DOUBLE)" if kind == "date" else f"CAST({read} AS DOUBLE)"
    )


def _choices(indicator: Indicator) -> str:
    return ", ".join(map(literal, indicator.choices))


def _period(text: str) -> Period | None:
    try:
        return Period.parse(text)
    except ValueError:
        return None


def _kind_checks() -> Iterator[Check]:
    for kind, shown in SUBJECT_NAMES.items():
        wrong = f"subject_kind = {literal(kind)} AND _kinds IS NOT NULL AND NOT list_contains(_kinds, subject_kind)"
        yield Check("indicator", wrong, f"这个指标不由{shown}填报", mend="请核对 subject_kind 和 indicator")


def _period_checks() -> Iterator[Check]:
    unread = "period IS NOT NULL AND _period_grain IS NULL"
    yield Check("period", unread, "不是有效的期间", mend="请写成 2025、2025Q3 或 2025-09")
    for grain, example in _EXAMPLE.items():
        wrong = f"_grain = {literal(grain)} AND _period_grain <> _grain"
        yield Check("period", wrong, f"期间与指标不符，这是{GRAIN_NAMES[grain]}指标", mend=f"请写成 {example} 的形式")
