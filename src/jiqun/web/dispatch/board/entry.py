"""The form of a split: numbers as officials type them, fixed cells, and which cells were changed."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from django.http import QueryDict

from jiqun.web.dispatch.board.splitting import Frame, Values

PROPOSALS = {"propose-share": "share", "propose-firms": "firms", "propose-equal": "equal"}
MOST_TYPED = 30


@dataclass(frozen=True)
class Entered:
    """What came with the form; `faults` are cells that are no numbers."""

    values: Values
    locked: frozenset[tuple[str, int]]
    originals: dict[tuple[str, int], str]
    """What the cells held before they were typed into."""
    changed: frozenset[tuple[str, int]]
    seen: int
    note: str
    faults: tuple[str, ...]


def entered(frame: Frame, form: QueryDict) -> Entered:
    """Read the form; an empty cell is unknown."""
    values: Values = {}
    originals = {(r.key, y): form.get(f"o-{r.key}-{y}", "").strip() for r in frame.rows for y in frame.years}
    locked, changed, faults = set(), set(), []
    for row in frame.rows:
        for year in frame.years:
            name, key = f"{row.key}-{year}", (row.key, year)
            typed = form.get(f"v-{name}", "")
            try:
                values[key] = _number(typed)
            except ValueError:
                values[key] = None
                faults.append(f"{row.name} {year} 年：“{typed[:MOST_TYPED]}”不是数，请改正")
            if f"l-{name}" in form:
                locked.add(key)
            if typed.strip() != originals[key]:
                changed.add(key)
    seen = form.get("seen", "0")
    return Entered(
        values, frozenset(locked), originals, frozenset(changed), int(seen) if seen.isdigit() and len(seen) < 9 else -1,
        form.get("note", "").strip()[:300], tuple(faults),
    )  # fmt: skip


def _number(typed: str) -> Decimal | None:
    """Full-width digits, thousands separators and a trailing % are understood."""
    text = unicodedata.normalize("NFKC", typed).strip().replace(",", "").removesuffix("%")
    if not text:
        return None
    if len(text) > MOST_TYPED:
        raise ValueError(text)
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None
    if not value.is_finite() or abs(value) >= Decimal(10) ** 13:
        raise ValueError(text)
    return value.quantize(Decimal("0.0001")) if value % 1 else value.quantize(Decimal(1))
