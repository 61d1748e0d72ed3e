"""Register entries: which subjects have one on which day, and what its fields say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from jiqun.rules.vocabulary import Field, Register
from jiqun.sample.model import EntrySpec, FieldSpec
from jiqun.sample.names import pick
from jiqun.sample.streams import Streams
from jiqun.sample.subjects import Days, Indexes, Mask, Subjects, candidates
from jiqun.sample.titles import Window, best, days_in, scale_for, scaled

_TYPES = {"number": pa.int64(), "flag": pa.bool_(), "date": pa.date32(), "text": pa.string()}


@dataclass(frozen=True)
class Registers:
    """What entries are written into: the registers, which fields are unique in each, and parties to name."""

    registers: Mapping[str, Register]
    unique: Mapping[str, tuple[str, ...]]
    parties: Mapping[str, tuple[pa.StringArray, Indexes]]
    """Party kind -> names, and the cluster of each (-1 for none)."""


def entries(
    spec: EntrySpec, registers: Registers, subjects: dict[str, Subjects], window: Window, streams: Streams, taken: int
) -> pa.Table:
    """The entries of one spec, in the order of the subjects; running numbers begin after `taken`."""
    register = registers.registers[spec.into]
    own = subjects[register.subject]
    label = f"{spec.into}#{taken}"
    parts = list(_years(spec, own, window, streams, label))
    who = np.concatenate([w for w, _ in parts]) if parts else np.empty(0, dtype=np.int64)
    on = np.concatenate([d for _, d in parts]) if parts else np.empty(0, dtype="datetime64[D]")
    rows = _Rows(register, own, who, on, np.datetime64(window.until, "D"), registers, streams, label, taken)
    table = rows.table(spec)
    kept = _distinct(table, registers.unique.get(spec.into, ()))
    return table.take(kept).sort_by([("subject", "ascending"), ("on", "ascending")])


def _years(
    spec: EntrySpec, own: Subjects, window: Window, streams: Streams, label: str
) -> Iterator[tuple[Indexes, Days]]:
    if spec.follows is not None:
        yield from own.award_days.get(spec.follows, [])
    had = np.zeros(len(own), dtype=bool)
    for year, count in sorted(spec.per_year.items()):
        if year > window.until.year:
            continue
        mask = candidates(own, spec.among, year, streams, spec.into)
        if spec.once:
            mask &= ~had
        rng = streams.at("entry", label, year)
        who = _choose(spec, own, mask, scaled(count, scale_for(own, spec.among, window)), had, year, rng)
        had[who] = True
        yield who, days_in(year, spec.months, window.until, len(who), rng)


def _choose(
    spec: EntrySpec, own: Subjects, mask: Mask, wanted: int, had: Mask, year: int, rng: np.random.Generator
) -> Indexes:
    if spec.rank is not None:
        return best(own, spec.rank, mask, wanted, had, year, rng)
    pool = np.flatnonzero(mask)
    if spec.once or not len(pool):
        return np.sort(rng.permutation(pool)[:wanted])
    return np.sort(rng.choice(pool, wanted))


def _distinct(table: pa.Table, unique: tuple[str, ...]) -> Indexes:
    """The rows that remain when later ones with the same subject and unique fields are dropped."""
    if not unique:
        return np.arange(table.num_rows)
    seen: dict[tuple[object, ...], int] = {}
    columns = [table.column(name).to_pylist() for name in ("subject", *unique)]
    for at, key in enumerate(zip(*columns, strict=True)):
        seen.setdefault(key, at)
    return np.array(list(seen.values()), dtype=np.int64)


@dataclass(frozen=True)
class _Rows:
    """Entries to be: subjects and days are known, the fields are filled one after another."""

    register: Register
    own: Subjects
    who: Indexes
    on: Days
    until: np.datetime64
    registers: Registers
    streams: Streams
    label: str
    taken: int

    def table(self, spec: EntrySpec) -> pa.Table:
        columns: dict[str, pa.Array] = {
            "subject_kind": pa.array([self.own.kind] * len(self.who), pa.string()),
            "subject": self.own.ids.take(pa.array(self.who)),
            "on": pa.array(self.on),
        }
        for field in sorted(self.register.fields, key=lambda f: f.name in spec.fields and spec.fields[f.name].depends):
            way = spec.fields.get(field.name)
            columns[field.name] = (
                self._filled(field, way, columns) if way else pa.nulls(len(self.who), _TYPES[field.kind])
            )
        order = ["subject_kind", "subject", "on", *(f.name for f in self.register.fields)]
        return pa.table({name: columns[name] for name in order})

    def _filled(self, field: Field, way: FieldSpec, columns: dict[str, pa.Array]) -> pa.Array:
        rng = self.streams.at("field", self.label, field.name)
        values = self._values(way, columns, rng)
        empty = rng.random(len(self.who)) < way.empty
        for other, texts in way.only.items():
            empty |= ~np.isin(np.array(columns[other].to_pylist(), dtype=object), texts)
        blank = pc.if_else(pa.array(empty), pa.scalar(None, values.type), values)
        return blank if pa.types.is_floating(values.type) else blank.cast(_TYPES[field.kind])

    def _values(self, way: FieldSpec, columns: dict[str, pa.Array], rng: np.random.Generator) -> pa.Array:
        n = len(self.who)
        if way.choice:
            return pa.array(list(way.choice), pa.string()).take(pa.array(pick(rng, way.choice, n)))
        if way.flag is not None:
            return pa.array(rng.random(n) < way.flag)
        if way.amount is not None:
            return _number(way.amount * np.exp(way.spread * rng.standard_normal(n)), way.digits)
        if way.number is not None:
            low, high = way.number
            return _number(low + (high - low) * rng.random(n), way.digits)
        if way.part is not None:
            whole = columns[way.part.of].to_numpy(zero_copy_only=False).astype(float)
            low, high = way.part.share
            return _number(whole * (low + (high - low) * rng.random(n)), way.digits)
        if way.days_after is not None:
            return self._days(way, rng)
        if way.party is not None:
            return self._party(way.party, rng)
        return self._texts(way.text or (), rng)

    def _party(self, kind: str, rng: np.random.Generator) -> pa.Array:
        """Parties of the kind: one of the subject's own cluster where there is one."""
        names, clusters = self.registers.parties[kind]
        own = self.own.cluster[self.who]
        chosen = rng.integers(0, len(names), len(self.who))
        for cluster in np.unique(own[own >= 0]):
            near = np.flatnonzero(clusters == cluster)
            rows = np.flatnonzero(own == cluster)
            if len(near):
                chosen[rows] = near[chosen[rows] % len(near)]
        return names.take(pa.array(chosen))

    def _days(self, way: FieldSpec, rng: np.random.Generator) -> pa.Array:
        low, high = way.days_after or (0, 0)
        days = self.on + rng.integers(low, high + 1, len(self.who)).astype("timedelta64[D]")
        if not way.future:
            days = np.where(days > self.until, np.datetime64("NaT"), days)
        return pa.array(days.astype("datetime64[D]"))

    def _texts(self, templates: tuple[str, ...], rng: np.random.Generator) -> pa.Array:
        which = rng.integers(0, len(templates), len(self.who))
        at = pa.array(self.who)
        own = zip(
            *(c.take(at).to_pylist() for c in (self.own.names, self.own.shorts, self.own.place_names, self.own.trades)),
            strict=True,
        )
        years = self.on.astype("datetime64[Y]").astype(np.int64) + 1970
        texts = [
            templates[which[i]].format(
                n=self.taken + i + 1, year=years[i], name=name, short=short, place=place, trade=trade
            )
            for i, (name, short, place, trade) in enumerate(own)
        ]
        return pa.array(texts, pa.string())


def _number(values: npt.NDArray[np.float64], digits: int) -> pa.Array:
    """Numbers with so many decimals; whole ones as integers, missing ones as null."""
    rounded = np.round(values, digits)
    return pa.array(rounded, from_pandas=True).cast(pa.int64()) if digits == 0 else pa.array(rounded, from_pandas=True)
