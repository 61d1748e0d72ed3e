"""Entries of one register of the pack."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from jiqun.programme.models import RegisterSpec
from jiqun.programme.pack import register_of
from jiqun.web.accounts.models import Role
from jiqun.web.accounts.roles import PUBLISHERS
from jiqun.web.accounts.scope import Scope
from jiqun.web.portal.formats import show_number
from jiqun.web.registry.bulk.among import among
from jiqun.web.registry.intake.kinds.base import Change, Identity, Kind, Known, Record, Report
from jiqun.web.registry.intake.kinds.columns import as_json, column_of
from jiqun.web.registry.intake.kinds.subjects import (
    KEY_COLUMNS,
    resolve,
    subject_columns,
    template_rows,
)
from jiqun.web.registry.models import Entry, RecordState
from jiqun.web.registry.writers import state_written
from jiqun.workbook import Column, Sheet, SheetReading

_DAY = Column("日期", "date", required=True, aliases=("时间", "发生日期", "认定日期", "登记日期"))


class Entries(Kind):
    """A row an entry; known ones are found by the fields that the pack calls unique, else by everything they say."""

    group = "台账"
    model = Entry

    def __init__(self, spec: RegisterSpec) -> None:
        self.spec = spec
        self.register = register_of(spec)
        self.key = f"register/{spec.name}"
        self.title = spec.title
        how = (
            f"同一主体、{'、'.join(spec.unique)}相同的记为同一条，会更新。"
            if spec.unique
            else "与已有记录完全相同的行不重复登记。"
        )
        self.note = how + (spec.definition or "")
        firms = {Role.ENTERPRISE, Role.PROVIDER} if spec.subject == "party" else set()
        self.roles = frozenset({Role.CITY, Role.COUNTY, Role.OPERATOR, *firms})
        self.columns = (f"{spec.subject}_id", "register", "on", "data")
        self.fixed = frozenset(self.columns[:2])
        self._units = {f.name: f.unit for f in spec.fields}

    def sheet(self, scope: Scope, *, rows: Sequence[Mapping[str, Any]] = (), reading: bool = False) -> Sheet:
        """The subject's columns, the day, then the fields."""
        columns = tuple(
            column_of(f, required=s.required, note=s.note or "") for f, s in zip(self.register.fields, self.spec.fields, strict=True)
        )  # fmt: skip
        subjects = subject_columns(self.spec.subject, scope, everything=reading)
        taken = {c.name for c in columns}
        subjects = tuple(c for c in subjects if c.key or c.name not in taken)
        return Sheet(self.spec.name, (*subjects, _DAY, *columns), rows, (self.note,), id=self.key)

    def known_rows(self, scope: Scope, *, figures: bool, most: int) -> list[dict[str, Any]] | None:
        """The register's entries where asked, else one line a subject."""
        if not figures:
            rows = template_rows(self.spec.subject, scope, most) if self.spec.subject != "party" else []
            return None if rows is None else [row for _, row in rows]
        subject = self.spec.subject
        key = "uscc" if subject == "party" else "code"
        names = [f"{subject}__{key}", f"{subject}__name", "on", "data"]
        query = (
            scope.entries().filter(register=self.register.name, **{f"{subject}__isnull": False}).order_by("-on", "id")
        )
        found = list(query.values_list(*names)[: most + 1])
        if len(found) > most:
            return None
        return [
            {KEY_COLUMNS[subject]: code, "名称": name, **self._shown(data), "日期": on}
            for code, name, on, data in found
        ]

    def _shown(self, data: dict[str, Any]) -> dict[str, Any]:
        factors = {"万元": 10_000, "亿元": 100_000_000}
        return {
            n: v * factors.get(self._units.get(n) or "", 1)
            if isinstance(v, (int, float)) and not isinstance(v, bool)
            else v
            for n, v in data.items()
        }

    def each(self, reading: SheetReading, scope: Scope, report: Report) -> Iterator[Record]:
        """A record a row."""
        subjects = resolve(self.spec.subject, reading, scope, report)
        fields = [f for f in self.register.fields if f.name in reading.columns]
        days = reading.columns.get("日期", [None] * len(reading))
        for index, subject in enumerate(subjects):
            if subject is None or index in reading.wrong or days[index] is None:
                continue
            day = days[index].isoformat()
            data = {
                f.name: as_json(value, f.unit) for f in fields if (value := reading.columns[f.name][index]) is not None
            }
            values = (subject.pk, self.register.name, day, data)
            name = next((str(data[f.name]) for f in fields if f.kind == "text" and f.name in data), day)
            yield Record(index, self._identity(*values), f"{subject.name} · {name}", values)

    def _identity(self, subject: int, register: str, day: str, data: dict[str, Any]) -> Identity:
        if self.spec.unique:
            return (subject, *(_comparable(data.get(name)) for name in self.spec.unique))
        return (
            subject,
            day,
            json.dumps({k: _comparable(v) for k, v in data.items()}, ensure_ascii=False, sort_keys=True),
        )

    def existing(self, identities: Collection[Identity]) -> dict[Identity, Known]:
        """The register's entries of these subjects."""
        found: dict[Identity, Known] = {}
        subjects = among(identity[0] for identity in identities)
        rows = Entry.objects.filter(register=self.register.name, **{f"{self.spec.subject}__in": subjects})
        for pk, state, subject, register, on, data in rows.order_by("pk").values_list("pk", "state", *self.columns):
            values = (subject, register, on.isoformat(), data)
            found[self._identity(*values)] = Known(pk, values, state)
        return found

    def merged(self, record: Record, known: Known) -> tuple[Any, ...]:
        """A blank cell keeps the field; 5 over 5.0 is no change."""
        old, new = known.values[3], record.values[3]
        data = {**old, **{k: v for k, v in new.items() if k not in old or _comparable(old[k]) != _comparable(v)}}
        return (*record.values[:3], data)

    def changes(self, old: tuple[Any, ...], new: tuple[Any, ...]) -> list[Change]:
        """The day and each field that differs."""
        found = [Change("日期", old[2], new[2])] if old[2] != new[2] else []
        for name, value in new[3].items():
            if value != old[3].get(name):
                found.append(Change(name, self._show_field(name, old[3].get(name)), self._show_field(name, value)))
        return found

    def _show_field(self, name: str, value: Any) -> str:
        unit = self._units.get(name)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return show_number(value, unit)
        return super().show(name, value)

    def refusal(self, known: Known, scope: Scope) -> str | None:
        """What the city approved is changed by the city."""
        if known.state == RecordState.APPROVED and scope.role not in PUBLISHERS:
            return "这条记录已经审核，不能直接修改；请联系市级修改"
        return None

    def extra(self, scope: Scope, source: str) -> dict[str, Any]:
        """The city's entries count at once, others are submitted."""
        return {"state": state_written(scope.role).value}


def _comparable(value: Any) -> Any:
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value
