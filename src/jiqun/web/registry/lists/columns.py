"""A column of a list: where its value is, what it is, and how it may be filtered and sorted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict

from jiqun.base.money import UNITS, parse_money
from jiqun.web.accounts.scope import Scope
from jiqun.web.portal.formats import show_day, show_number
from jiqun.web.registry.models import Cluster, Place
from jiqun.web.registry.search.find import beginning, coded

Kind = Literal["text", "number", "flag", "date", "choice"]
FilterKind = Literal["", "choice", "contains", "prefix", "flag", "range"]
FLAGS = (("1", "是"), ("0", "否"), ("none", "待补充"))
Choices = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Column:
    """One column, and the filter that it offers."""

    key: str
    label: str
    path: str
    """The field of the query, with `__` for what it refers to or for a field of a register."""
    kind: Kind = "text"
    unit: str | None = None
    choices: Choices | Callable[[Scope], Choices] = ()
    filter: FilterKind = ""
    filter_path: str = ""
    """Where the filter looks, if not at `path`."""
    coded: type[Cluster] | type[Place] | None = None
    """What stands at `filter_path`; the filter is given its code."""
    sort: bool = False
    shown: bool = True
    wide: bool = False

    def options(self, scope: Scope) -> Choices:
        """What the box of the filter offers to this reader."""
        if self.filter == "flag":
            return FLAGS
        return self.choices(scope) if callable(self.choices) else self.choices

    def value(self, row: Any) -> Any:
        """The stored value of a row; None where it is unknown."""
        found = row
        for part in self.path.split("__"):
            found = found.get(part) if isinstance(found, dict) else getattr(found, part)
            if found is None or found == "":
                return None
        return found

    def text(self, row: Any) -> str | None:
        """The value as people read it."""
        value = self.value(row)
        if value is None:
            return None
        if self.kind == "flag":
            return "是" if value else "否"
        if self.kind == "number":
            return show_number(Decimal(str(value)), self.unit)
        if self.kind == "date":
            return value if isinstance(value, str) else show_day(value)
        if self.kind == "choice" and not callable(self.choices):
            return dict(self.choices).get(value, str(value))
        return str(value)

    def condition(self, asked: QueryDict) -> Q:
        """The filter's condition for the parameters of an address; a value that makes no sense filters nothing."""
        path, text = self.filter_path or self.path, asked.get(f"f-{self.key}", "").strip()
        if self.filter == "range":
            return self._range(path, asked)
        if not text:
            return Q()
        if self.filter == "flag":
            return {"1": Q(**{path: True}), "0": Q(**{path: False}), "none": Q(**{f"{path}__isnull": True})}.get(
                text, Q()
            )
        if self.filter == "contains":
            return Q(**{f"{path}__contains" if "data__" not in path else f"{path}__icontains": text[:60]})
        if self.filter == "prefix":
            return beginning(path, text[:20])
        if self.coded is not None:
            return coded(path, self.coded, text)
        return Q(**{path: text})

    def _range(self, path: str, asked: QueryDict) -> Q:
        condition = Q()
        for end, lookup in (("from", "gte"), ("to", "lte")):
            bound = self._bound(asked.get(f"f-{self.key}-{end}", ""))
            if bound is not None:
                condition &= Q(**{f"{path}__{lookup}": bound})
        return condition

    def _bound(self, text: str) -> Any:
        """A bound of the range in the column's own terms; None where it is none."""
        if not text.strip():
            return None
        try:
            if self.kind == "date":
                day = date.fromisoformat(text.strip())
                return day.isoformat() if "data__" in self.path else day
            if self.unit in UNITS:
                return float(parse_money(text))
            number = Decimal(text.strip().rstrip("%"))
            return float(number / 100 if self.unit == "%" else number) if number.is_finite() else None
        except (ValueError, InvalidOperation):
            return None


@dataclass(frozen=True)
class ListSpec:
    """A list: its rows in a scope, its columns, its order and where a row opens."""

    key: str
    title: str
    rows: Callable[[Scope], QuerySet[Any]]
    columns: tuple[Column, ...]
    order: str
    """The key of the column that it is sorted by at first, `-` before it for the greatest first."""
    link: Callable[[Model], str]
    lead: str
    """The key of the column that carries the link."""
    noun: str = "条"
    party_path: str = ""
    """Where the party is whose name, pinyin or code may be searched; empty for none."""
    related: tuple[str, ...] = ()
    note: str = ""
    addable: bool = True
    group: str = ""
    intake: str = ""
    """The kind of workbook that brings these rows in; empty for none."""
    kinds: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_register(self) -> bool:
        """Whether the pack declares it."""
        return self.intake.startswith("register/")

    def column(self, key: str) -> Column | None:
        """The column of that key."""
        return next((c for c in self.columns if c.key == key), None)
