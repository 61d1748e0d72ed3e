"""The ASEM example: 51 countries, 49 indicators in eight pillars; and what COINr 1.1.14 printed for it (see SOURCE.md)."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from jiqun.evaluation.framework import Aggregate, Framework, Indicator
from jiqun.evaluation.panel import Panel

FOLDER = Path(__file__).parent / "asem"


def rows(name: str) -> list[dict[str, str]]:
    """A table of the example, or of the printed results (`golden/…`)."""
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number(text: str) -> float:
    """A number; empty is missing."""
    return float(text) if text not in ("", "NA", "NaN") else np.nan


@cache
def tree() -> Framework:
    """The tree of the index."""
    meta = rows("ASEM_iMeta")
    indicators = tuple(
        Indicator(
            r["iCode"], r["iName"], r["Parent"], int(r["Direction"]), float(r["Weight"]), r["Unit"],
            r["Denominator"] or None, number(r["Target"]),
        )
        for r in meta if r["Type"] == "Indicator"
    )  # fmt: skip
    aggregates = tuple(
        Aggregate(r["iCode"], r["iName"], r["Parent"] or None, float(r["Weight"]))
        for r in meta if r["Type"] == "Aggregate"
    )  # fmt: skip
    return Framework(indicators, aggregates)


@cache
def panel() -> Panel:
    """The raw figures."""
    data = rows("ASEM_iData")
    values = np.array([[number(r[code]) for code in tree().leaves] for r in data])
    return Panel(
        tuple(r["uCode"] for r in data),
        tree().leaves,
        values,
        tuple(r["uName"] for r in data),
        {name: np.array([number(r[name]) for r in data]) for name in ("Area", "Energy", "GDP", "Population")},
        {name: tuple(r[name] for r in data) for name in ("GDP_group", "EurAsia_group")},
    )


def printed(name: str, columns: tuple[str, ...]) -> Any:
    """Columns of a printed table (units × columns), in the order of the panel's units."""
    by_unit = {r["uCode"]: r for r in rows(f"golden/{name}")}
    return np.array([[number(by_unit[unit][column]) for column in columns] for unit in panel().units])
