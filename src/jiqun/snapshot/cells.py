"""How a cell is written: SQL that turns its text into a value, null where it cannot be read.

Money is whole fen, rounded half up; a flag is true or false; a percentage is a share. Nothing is guessed: what
these expressions do not read is reported with its row.
"""

from __future__ import annotations

from jiqun.base.money import MAX_YUAN, UNITS
from jiqun.snapshot.sql import literal, mapping
from jiqun.snapshot.tables import CellKind, Column

SPACES = " \t\r\n\u3000\u00a0"
MAX_FEN = int(MAX_YUAN) * 100
FLAGS = {"是": True, "true": True, "1": True, "否": False, "false": False, "0": False}
_GROUPED = r"[+-]?(\d{1,3}([,，]\d{3})+|\d+)(\.\d+)?"
_PERCENT = r"[+-]?\d+(\.\d+)?\s*[%％]"
_DATE = r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
_MIDNIGHT = r"([ T]00:00(:00(\.0+)?)?)?"


_ISO = "length({0}) = 10 AND {0}[5] = '-' AND {0}[8] = '-' AND {0} >= '1900' AND {0} < '2200'"


def stripped(text: str) -> str:
    """The cell without spaces around it; null where nothing is left."""
    # Searching for a space is several times faster than trimming, and hardly a cell has one.
    spaced = " OR ".join(f"contains({text}, {literal(space)})" for space in SPACES)
    return f"nullif(CASE WHEN {spaced} THEN trim({text}, {literal(SPACES)}) ELSE {text} END, '')"


def _cast(text: str, kind: str) -> str:
    """The number in the cell as the SQL type; the slow reading of 1,234.5 runs only where a plain cast fails."""
    clean = stripped(text)
    spelt = f"regexp_full_match({clean}, {literal(_GROUPED)})"
    slow = f"CASE WHEN {spelt} THEN TRY_CAST(regexp_replace({clean}, '[,，]', '', 'g') AS {kind}) END"
    return f"coalesce(TRY_CAST({text} AS {kind}), {slow})"


def number(text: str) -> str:
    """The cell as DOUBLE; infinities are not numbers."""
    read = _cast(text, "DOUBLE")
    return f"CASE WHEN isfinite({read}) THEN {read} END"


def share(text: str) -> str:
    """The cell as DOUBLE, 35% being 0.35."""
    clean = stripped(text)
    percent = f"TRY_CAST(regexp_replace({clean}, '\\s*[%％]$', 'e-2') AS DOUBLE)"
    slow = f"CASE WHEN regexp_full_match({clean}, {literal(_PERCENT)}) THEN {percent} END"
    return f"coalesce({number(text)}, {slow})"


def _yuan(text: str, unit: str | None) -> str:
    """The cell as yuan, DECIMAL(18, 2), rounded half up; null where it is no number or beyond 16 digits."""
    scale = int(UNITS[unit or "元"])
    if scale == 1:
        return _cast(text, "DECIMAL(18, 2)")
    return f"TRY_CAST({_cast(text, 'DECIMAL(30, 12)')} * {scale} AS DECIMAL(18, 2))"


def fen(text: str, unit: str | None) -> str:
    """The cell as whole fen, BIGINT; null where it is no number or more than anything in a city costs."""
    yuan = _yuan(text, unit)
    slow = f"CASE WHEN abs({yuan}) <= {int(MAX_YUAN)} THEN CAST({yuan} * 100 AS BIGINT) END"
    # Thirteen digits before the point are below the limit, so that most cells are read in one cast.
    return f"coalesce(CAST(TRY_CAST({text} AS DECIMAL(15, 2)) * 100 AS BIGINT), {slow})" if unit == "元" else slow


def may_lose_digits(text: str) -> str:
    """Whether a number in the cell may have digits beyond the fen: cheap, and true for all that `rounded` finds."""
    return f"(contains({text}, '.') OR contains({text}, '-'))"


def rounded(text: str, unit: str | None) -> str:
    """Whether the money in the cell loses digits beyond the fen."""
    scale = int(UNITS[unit or "元"])
    exact = f"{_cast(text, 'DECIMAL(38, 12)')} * {scale}"
    return f"coalesce(CASE WHEN {may_lose_digits(text)} THEN {exact} <> {_yuan(text, unit)} END, false)"


def flag(text: str) -> str:
    """The cell as BOOLEAN."""
    whens = " ".join(f"WHEN {literal(k)} THEN {v}" for k, v in FLAGS.items())
    return f"coalesce(CASE {text} {whens} END, CASE lower({stripped(text)}) {whens} END)"


def day(text: str) -> str:
    """The cell as DATE: 2025-07-22, 2025/7/22, 2025.7.22 or 2025年7月22日, from 1900 to 2199."""
    clean = stripped(text)
    iso = f"regexp_replace({clean}, {literal('^' + _DATE + _MIDNIGHT + '$')}, '\\1-\\2-\\3')"
    read = f"TRY_CAST({iso} AS DATE)"
    in_time = f"year({read}) BETWEEN 1900 AND 2199"
    slow = f"CASE WHEN regexp_full_match({clean}, {literal(_DATE + _MIDNIGHT)}) AND {in_time} THEN {read} END"
    return f"coalesce(CASE WHEN {_ISO.format(text)} THEN TRY_CAST({text} AS DATE) END, {slow})"


def value(kind: CellKind, text: str, unit: str | None = None) -> str:
    """The cell as a value of the kind."""
    if kind == "money":
        return fen(text, unit)
    readers = {"text": stripped, "number": number, "share": share, "flag": flag, "date": day}
    return readers[kind](text)


def of_column(column: Column, text: str) -> str:
    """The cell, already without spaces around it, as the column stores it: one of its choices, or of its kind."""
    if column.choices:
        return mapping(text, dict(column.choices))
    return text if column.kind == "text" else value(column.kind, text, column.unit)
