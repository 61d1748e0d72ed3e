"""The pivot and the values of periods, against plain Python."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiqun.base.periods import Period
from jiqun.rules.vocabulary import Indicator
from jiqun.snapshot import longform, wide
from jiqun.snapshot.observations import Cell
from jiqun.snapshot.wide import period_values
from tests.unit.snapshot.folder import OBSERVATION, VOCABULARY, A, B, C, snapshot, table

NAN = float("nan")
_QUARTER = Indicator("产值", unit="元", grain="quarter", cumulative=True)
_MONTH = Indicator("电量", unit="千瓦时", grain="month", cumulative=True)


def _cells(indicator: Indicator, values: dict[str, list[float]]) -> dict[Cell, np.ndarray]:
    return {Cell(indicator, Period.parse(p)): np.array(v) for p, v in values.items()}


def _plain(found: object) -> dict[str, list[float | None]]:
    assert hasattr(found, "__iter__")
    return {str(cell.period): [None if np.isnan(v) else float(v) for v in values] for cell, values in found}


def test_running_totals_become_values_of_periods() -> None:
    totals = {
        "2024Q4": [100.0, 7.0],
        "2025Q1": [10.0, NAN],
        "2025Q2": [25.0, 5.0],
        "2025Q3": [NAN, 9.0],
        "2025Q4": [60.0, 8.0],
    }
    assert _plain(period_values(_cells(_QUARTER, totals))) == {
        "2024Q4": [None, None],  # nobody reported 2024Q3
        "2025Q1": [10.0, None],  # the first period of a year as it is
        "2025Q2": [15.0, None],
        "2025Q3": [None, 4.0],
        "2025Q4": [None, -1.0],  # falling: kept, and told
    }


def test_differences_of_measures_are_not_off_by_a_hair() -> None:
    assert _plain(period_values(_cells(_MONTH, {"2025-01": [0.2], "2025-02": [0.3]}))) == {
        "2025-01": [0.2],
        "2025-02": [0.1],
    }


def test_what_is_not_cumulative_stays(tmp_path: Path) -> None:
    plain = Indicator("人数", grain="quarter")
    assert _plain(period_values(_cells(plain, {"2025Q1": [3.0], "2025Q2": [2.0]}))) == {
        "2025Q1": [3.0],
        "2025Q2": [2.0],
    }


def test_falling_totals_and_large_shares_are_warned_of(tmp_path: Path) -> None:
    lines = "".join(
        f"party,{s},{i},{p},{v},\n"
        for s, i, p, v in [
            (A, "季度产值", "2025Q1", 10), (A, "季度产值", "2025Q2", 8), (A, "季度产值", "2025Q3", 7.5),
            (B, "季度产值", "2025Q1", 10), (B, "季度产值", "2025Q2", 9), (C, "季度产值", "2025Q1", -3),
            (A, "研发占比", "2024", 35), (B, "研发占比", "2024", "1000%"), (C, "研发占比", "2024", -10.5),
        ]
    )  # fmt: skip
    snap = snapshot(tmp_path, {"observation.csv": OBSERVATION + lines})
    assert snap.manifest["warnings"] == [
        {"message": "指标“季度产值”2025年2季度的累计值低于上一期，共 2 个主体", "column": "季度产值@2025Q2", "count": 2, "examples": [A, B]},
        {"message": "指标“季度产值”2025年3季度的累计值低于上一期，共 1 个主体", "column": "季度产值@2025Q3", "count": 1, "examples": [A]},
        {"message": "指标“研发占比”2024年有 2 个值超过 1000%，请确认是否漏写了百分号", "column": "研发占比@2024", "count": 2, "examples": [A, C]},
    ]  # fmt: skip
    columns = ("季度产值@2025Q1", "季度产值@2025Q2", "季度产值@2025Q3")
    assert [tuple(r[c] for c in columns) for r in table(snap, "party")] == [
        (1000, -200, -50),
        (1000, -100, None),
        (-300, None, None),
    ]


_SUBJECTS = {"party": (A, B, C), "cluster": ("C1", "C2"), "place": ("130100", "130102")}
_PERIODS = {
    "year": ["2023", "2024"],
    "quarter": ["2023Q4", "2024Q1", "2024Q2", "2024Q3"],
    "month": ["2023-12", "2024-01", "2024-02", "2024-03"],
}
_KEYS = [
    (kind, subject, i.name, period)
    for kind, subjects in _SUBJECTS.items()
    for subject in subjects
    for i in VOCABULARY.indicators.values()
    if kind in i.subjects
    for period in _PERIODS[i.grain]
]
_AMOUNTS = st.decimals(-(10**9), 10**9, places=3)


def _value(name: str) -> st.SearchStrategy[str]:
    indicator = VOCABULARY.indicators[name]
    if indicator.choices:
        return st.sampled_from(indicator.choices)
    if indicator.kind == "text":
        return st.sampled_from(["泵", "阀", "乙", "a b"])
    if indicator.kind == "flag":
        return st.sampled_from(["是", "否", "true", "0"])
    if indicator.kind == "date":
        return st.dates(date(1960, 1, 1), date(2030, 1, 1)).map(str)
    return _AMOUNTS.map("{:f}".format)


_OBSERVATIONS = st.lists(st.sampled_from(_KEYS), unique=True, max_size=40).flatmap(
    lambda keys: st.tuples(
        *(
            st.tuples(
                st.just(key),
                st.one_of(_value(key[2]), st.just("")),
                st.sampled_from(["approved", "approved", "", "draft"]),
            )
            for key in keys
        )
    )
)
Observation = tuple[tuple[str, str, str, str], str, str]


def _model(observations: tuple[Observation, ...]) -> dict[str, dict[tuple[str, str], object]]:
    """The wide tables as plain Python makes them: (subject, column) -> value."""
    approved = {key: text for key, text, state in observations if state in ("approved", "") and text}
    found: dict[str, dict[tuple[str, str], object]] = {kind: {} for kind in _SUBJECTS}
    for (kind, subject, name, period), text in approved.items():
        indicator = VOCABULARY.indicators[name]
        value = _read(indicator, text)
        when = Period.parse(period)
        if indicator.cumulative and when.ordinal > 1:
            before = approved.get((kind, subject, name, str(when.shift(-1))))
            if before is None:
                continue
            assert isinstance(value, Decimal | int)
            value -= _read(indicator, before)  # type: ignore[operator]
        if isinstance(value, Decimal):
            value = float(value)
        found[kind][subject, f"{name}@{period}"] = value
    return found


def _read(indicator: Indicator, text: str) -> object:
    if indicator.kind == "flag":
        return text in ("是", "true")
    if indicator.kind == "date":
        return date.fromisoformat(text)
    if indicator.kind == "text":
        return text
    if not indicator.is_money:
        return Decimal(text)
    fen = Decimal(text) * (10**6 if indicator.unit == "万元" else 100)
    return int(fen.copy_abs() + Decimal("0.5")) * (-1 if fen < 0 else 1)


@settings(deadline=timedelta(seconds=5), max_examples=40)
@given(observations=_OBSERVATIONS, groups=st.sampled_from([1, 2, 1000]))
def test_the_wide_tables_and_single_subjects_are_as_plain_python_makes_them(
    observations: tuple[Observation, ...], groups: int
) -> None:
    lines = "".join(",".join([*key, text, state]) + "\n" for key, text, state in observations)
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(wide, "WIDE_GROUP", groups)
        patch.setattr(longform, "LONG_GROUP", groups)
        snap = snapshot(Path(folder), {"observation.csv": OBSERVATION + lines})
        for kind, key in (("party", "uscc"), ("cluster", "id"), ("place", "code")):
            expected = _model(observations)[kind]
            occurring = {
                f"{k[2]}@{k[3]}"
                for k, text, state in observations
                if k[0] == kind and text and state in ("approved", "")
            }
            rows = table(snap, kind)
            assert {c.name for c in snap.columns(kind) if c.cell} == occurring
            found = {(r[key], n): v for r in rows for n, v in r.items() if "@" in n and v is not None}
            assert found == expected
            for subject in _SUBJECTS[kind]:
                row = snap.lookup().subject(kind, subject)
                assert row is not None
                values = {n: v for n, v in row.items() if "@" in n and v is not None}
                assert values == {n: v for (s, n), v in expected.items() if s == subject}
