"""The national input-output table that chains are measured against, and the sector of an industry code."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources

import numpy as np

from jiqun.chain.inputoutput import Sectors

YEAR = 2020
DATA = resources.files("jiqun.chain") / "data"


@cache
def national_table() -> Sectors:
    """China's table of 2020 with 42 sectors, domestic and imported flows apart; 10,000 yuan."""
    with (DATA / "io_china_2020_42.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    codes = tuple(r["Code"] for r in rows if r["Origin"] == "Domestic" and r["Code"].isdigit())
    home, abroad = (
        [r for r in rows if r["Origin"] == origin and r["Code"] in codes] for origin in ("Domestic", "Imports")
    )
    flows, imports = (np.array([[float(r[c]) for c in codes] for r in part]) for part in (home, abroad))
    names = tuple(r["DescriptionInChinese"] for r in home)
    return Sectors(codes, names, flows, np.array([float(r["GO"]) for r in home]), imports)


@cache
def _sectors() -> Mapping[str, int]:
    with (DATA / "sectors_divisions.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    order = national_table().codes
    return {division: order.index(row["sector"]) for row in rows for division in row["divisions"].split()}


def sector_of(code: str) -> int | None:
    """The row of the national table that an industry code (C1910 or 1910) belongs to; None for an unknown division."""
    digits = code[1:] if code[:1].isalpha() else code
    return _sectors().get(digits[:2])
