"""Industries of GB/T 4754-2017: the name of a code and the section (门类) that it belongs to."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib import resources


@cache
def _names() -> Mapping[str, str]:
    """Names by full code: C, C33, C331, C3311."""
    file = resources.files("jiqun.base") / "data" / "gbt4754_2017.csv"
    with file.open(encoding="utf-8") as lines:
        return {row["code"]: row["name"] for row in csv.DictReader(lines)}


@cache
def _full() -> Mapping[str, str]:
    """Full codes by every way of writing them: with the letter of the section and without."""
    return {written: code for code in _names() for written in (code, code[1:] or code)}


@cache
def sections() -> tuple[str, ...]:
    """The names of the twenty sections, A to T."""
    return tuple(name for code, name in _names().items() if len(code) == 1)


def industry_name(code: str | None) -> str | None:
    """The name of a code with or without its letter; None where the standard has no such code."""
    full = _full().get(code or "")
    return None if full is None else _names()[full]


def section_name(code: str | None) -> str | None:
    """The name of the section of a code (制造业 for 13 to 43); None where the standard has no such code."""
    full = _full().get(code or "")
    return None if full is None else _names()[full[0]]
