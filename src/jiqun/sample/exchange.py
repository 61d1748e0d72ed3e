"""Invented offers and needs of the pack's kinds, in the files that `jiqun match` reads."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa

from jiqun.programme.models import ExchangeKind, SideField
from jiqun.programme.models.exchange import RESERVED
from jiqun.programme.pack import Pack
from jiqun.programme.side_values import place_points
from jiqun.sample.firms import draw_firms
from jiqun.sample.load import load_demo
from jiqun.sample.model import ExchangeSpec
from jiqun.sample.parties import party_subjects
from jiqun.sample.places import Places
from jiqun.sample.streams import Streams
from jiqun.sample.write import new_folder

T = TypeVar("T")
Words = Mapping[str, tuple[str, ...]]
SIDES = ("need", "offer")
EMPTY = 0.1
"""Share of the optional cells that are left empty."""
SPREAD, SHIFT = 0.3, 30
"""Of numbers (lognormal) and of dates (days either way) around those of the cases."""
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)(.*)")


def generate_exchange(
    pack: Pack, firms: int, out: Path, *, seed: int | None = None, replace: bool = False
) -> dict[str, int]:
    """Write the offers and needs of every kind of demo.yaml as CSV; gives the rows of each file.

    The parties are those that `generate` invents for the same pack, number of firms and seed.
    """
    demo = load_demo(pack)
    streams, places = Streams(demo.seed if seed is None else seed), Places(pack.places)
    parties = party_subjects(demo, places, draw_firms(demo, places, firms, streams), streams)
    assert parties.party_kind is not None, "parties have kinds"
    names = [n for n, k in zip(parties.names.to_pylist(), parties.party_kind, strict=True) if k == "enterprise"]
    rows = {}
    with new_folder(out, "csv", replace=replace) as folder:
        for spec in demo.exchange:
            kind = pack.kinds[spec.kind]
            for side in SIDES:
                count = round((spec.needs if side == "need" else spec.offers) * firms / demo.firms.reference)
                maker = _Side(pack, kind, side, spec, names, streams.at("exchange", kind.id, side))
                rows[f"{kind.id}.{side}s"] = folder.table(f"{kind.id}.{side}s", maker.table(max(1, count)))
        facts = {"demonstration": True, "marker": demo.marker, "note": demo.note, "pack": pack.programme.id}
        folder.mark({**facts, "seed": streams.seed, "firms": firms, "rows": rows})
    return rows


def fields_of(kind: ExchangeKind, side: str) -> tuple[SideField, ...]:
    """The fields of one side."""
    return kind.need if side == "need" else kind.offer


def examples_of(pack: Pack, kind: str, side: str) -> list[Mapping[str, Any]]:
    """What the cases of a kind give for one side."""
    return [getattr(case, side) for case in pack.pair_cases if case.kind == kind]


class _Side:
    """The rows of one side of a kind."""

    def __init__(
        self, pack: Pack, kind: ExchangeKind, side: str, spec: ExchangeSpec, names: list[str], random: np.random.Generator
    ) -> None:  # fmt: skip
        self._fields, self._examples = fields_of(kind, side), examples_of(pack, kind.id, side)
        self._letter, self._themes, self._names, self._random = side[0].upper(), spec.themes, names, random
        points = place_points(pack)
        self._places = [p.name for p in pack.places if p.kind != "city" and p.name in points]
        self._known = {p.name for p in pack.places}

    def table(self, count: int) -> pa.Table:
        """So many rows."""
        rows = [self._row(number) for number in range(1, count + 1)]
        return pa.table({name: pa.array([r.get(name) for r in rows], pa.string()) for name in self._columns()})

    def _columns(self) -> list[str]:
        return [*RESERVED[:2], *(f.name for f in self._fields)]

    def _row(self, number: int) -> dict[str, str | None]:
        example, theme, place = self._one(self._examples), self._one(self._themes), self._one(self._places)
        shift = timedelta(days=int(self._random.integers(-SHIFT, SHIFT + 1)))
        row: dict[str, str | None] = {RESERVED[0]: f"{self._letter}{number:05d}", RESERVED[1]: self._one(self._names)}
        for field in self._fields:
            value = self._value(field, example.get(field.name), theme, place, shift)
            row[field.name] = value if field.required or self._random.random() >= EMPTY else None
        return row

    def _value(self, field: SideField, example: Any, theme: Words, place: str, shift: timedelta) -> str | None:
        words = theme.get(field.name) or field.choices
        if field.kind == "point" or (field.kind == "text" and example in self._known):
            return place
        if words:
            return self._one(words) if field.kind == "text" else self._some(words)
        if field.kind == "flag":
            return self._one(("是", "否"))
        if example is None:
            return None
        if field.kind == "date":
            assert isinstance(example, date), "a case that was read has dates"
            return (example + shift).isoformat()
        return self._near(str(example)) if field.kind == "number" else _told(example)

    def _near(self, text: str) -> str:
        """A number around the one in the text, in two or three digits, with the same unit; shares stay below one."""
        found = _NUMBER.fullmatch(text)
        assert found is not None, "a case that was read has numbers"
        value, unit = float(found[1]), found[2]
        if unit == "%":
            value = min(99.5, max(0.5, value * self._random.normal(1, 0.03)))
        else:
            value *= self._random.lognormal(0, SPREAD)
        digits = max(0, 1 - int(np.floor(np.log10(value))))
        whole = "." not in found[1] and value >= 1
        return f"{max(1, round(value))}{unit}" if whole else f"{value:.{digits}f}{unit}"

    def _one(self, some: Sequence[T]) -> T:
        return some[int(self._random.integers(len(some)))]

    def _some(self, words: tuple[str, ...]) -> str:
        size = int(self._random.integers(1, len(words) + 1))
        chosen = self._random.choice(len(words), size, replace=False)
        return "、".join(words[i] for i in sorted(chosen.tolist()))


def _told(value: Any) -> str:
    return "、".join(map(str, value)) if isinstance(value, tuple) else str(value)
