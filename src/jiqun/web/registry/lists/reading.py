"""What the reader of a list asked for, and the page that answers it, read from where the last one ended."""

from __future__ import annotations

import base64
import binascii
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.core.cache import cache
from django.db.models import Model, Q, QuerySet
from django.http import QueryDict

from jiqun.web.accounts.scope import Scope
from jiqun.web.portal.paging import COUNT_LIMIT, PAGE
from jiqun.web.registry.lists.columns import Column, ListSpec
from jiqun.web.registry.search.find import LISTED, Found, party_ids

COUNT_KEPT = 60
"""Seconds for which a count is kept where it is large or was slow: the page says how many, not which."""
COUNT_SLOW = 0.02
PAGING = ("after", "before")


@dataclass(frozen=True)
class Cursor:
    """Where a page ended: the value it was sorted by (None among those without one) and the row."""

    value: Any
    pk: int

    def encode(self) -> str:
        """As a parameter of an address."""
        value = self.value.isoformat() if hasattr(self.value, "isoformat") else self.value
        return base64.urlsafe_b64encode(json.dumps([value, self.pk]).encode()).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> Cursor | None:
        """From an address; None where it is none of ours."""
        try:
            value, pk = json.loads(base64.urlsafe_b64decode(text[:400] + "=" * (-len(text) % 4)))
        except (ValueError, TypeError, binascii.Error):
            return None
        sound = isinstance(pk, int) and not isinstance(pk, bool) and isinstance(value, (str, int, float, type(None)))
        return cls(value, pk) if sound and abs(pk) < 2**63 else None


@dataclass(frozen=True)
class Reading:
    """A list as one person asked for it."""

    spec: ListSpec
    scope: Scope
    asked: QueryDict

    @property
    def q(self) -> str:
        """The words searched for."""
        return self.asked.get("q", "").strip()[:60]

    @cached_property
    def order(self) -> tuple[Column, bool]:
        """The column sorted by, and whether the greatest come first."""
        wanted = self.asked.get("sort", "")
        column = self.spec.column(wanted.removeprefix("-"))
        if column is None or not column.sort:
            wanted = self._natural
            column = self.spec.column(wanted.removeprefix("-"))
        assert column is not None
        return column, wanted.startswith("-")

    @property
    def _natural(self) -> str:
        """The order where none was asked for: by what a range was asked of, since there it is read from an index."""
        ranged = (c for c in self.spec.columns if c.filter == "range" and c.sort and c.condition(self.asked))
        column = next(ranged, None)
        return self.spec.order if column is None or column.key == self.spec.order.lstrip("-") else column.key

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns chosen, in the list's own order; those shown at first where none is."""
        chosen = set(self.asked.getlist("col"))
        found = tuple(c for c in self.spec.columns if c.key in chosen)
        return found or tuple(c for c in self.spec.columns if c.shown)

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the columns chosen."""
        return tuple(c.key for c in self.columns)

    @cached_property
    def is_narrowed(self) -> bool:
        """Whether anything was asked for that leaves rows out."""
        return bool(self.q) or any(c.condition(self.asked) for c in self.spec.columns if c.filter)

    @cached_property
    def hits(self) -> Found | None:
        """The parties that the words mean; None where nothing is searched for."""
        if not self.q or not self.spec.party_path:
            return None
        return party_ids(self.scope, self.q)

    @cached_property
    def rows(self) -> QuerySet[Any]:
        """All rows asked for, in no order."""
        found = self.spec.rows(self.scope)
        for column in self.spec.columns:
            if column.filter and (condition := column.condition(self.asked)):
                found = found.filter(condition)
        if self.hits is not None:
            found = found.filter(**{f"{self.spec.party_path}__in": self.hits.ids})
        return found.order_by()

    @cached_property
    def count(self) -> int | None:
        """How many rows; None where they are more than anybody counts."""
        kept = {k: v for k, v in sorted(self.asked.lists()) if k not in (*PAGING, "sort", "col")}
        scope = (self.scope.role, self.scope.place_ids, self.scope.party_id)
        key = "count:" + sha256(json.dumps([self.spec.key, kept, scope], default=str).encode()).hexdigest()
        found = cache.get(key)
        if found is None:
            start = time.perf_counter()
            found = self.rows[: COUNT_LIMIT + 1].count()
            if found > COUNT_LIMIT or time.perf_counter() - start > COUNT_SLOW:
                cache.set(key, found, COUNT_KEPT)
        return found if found <= COUNT_LIMIT else None

    @property
    def count_text(self) -> str:
        """The count in words."""
        noun = self.spec.noun
        if self.hits and self.hits.cut:
            return f"只查前 {LISTED} 家企业，请多输入几个字"
        return f"超过 {COUNT_LIMIT // 10_000} 万{noun}" if self.count is None else f"共 {self.count:,} {noun}"

    @cached_property
    def page(self) -> ListPage:
        """The page asked for."""
        before = Cursor.decode(self.asked.get("before", ""))
        after = None if before else Cursor.decode(self.asked.get("after", ""))
        found = self._from(before or after, backwards=before is not None, size=PAGE + 1)
        more, rows = len(found) > PAGE, found[:PAGE]
        if before:
            rows.reverse()
        has_next, has_previous = (True, more) if before else (more, after is not None)
        return ListPage(
            rows,
            self._cursor(rows[-1]) if rows and has_next else None,
            self._cursor(rows[0]) if rows and has_previous else None,
        )

    def everything(self) -> Iterator[Any]:
        """All rows in order, in parts, for a file."""
        cursor: Cursor | None = None
        while rows := self._from(cursor, backwards=False, size=2000):
            yield from rows
            cursor = Cursor.decode(self._cursor(rows[-1]))

    def _cursor(self, row: Model) -> str:
        return Cursor(self.order[0].value(row), row.pk).encode()

    def _from(self, cursor: Cursor | None, *, backwards: bool, size: int) -> list[Any]:
        """Rows after the cursor; those without a value always stand at the end, so they are read apart."""
        path, descending = self.order[0].path, self.order[1]
        parts = [False, True] if _nullable(self.spec, self.scope, path) else [False]
        if backwards:
            parts.reverse()
        if cursor is not None:
            parts = parts[parts.index(cursor.value is None) :] if (cursor.value is None) in parts else []
        found: list[Any] = []
        for i, empty in enumerate(parts):
            rows = self._part(path, empty, descending != backwards, backwards)
            if cursor is not None and i == 0:
                rows = rows.filter(_beyond(path, cursor, descending != backwards, backwards))
            found += self._first(rows, size - len(found))
            if len(found) >= size:
                break
        return found

    def _first(self, rows: QuerySet[Any], size: int) -> QuerySet[Any]:
        """The first rows: found and sorted by their identities, which an index may hold, and only then read."""
        wanted: QuerySet[Any] = rows.model._default_manager.filter(pk__in=rows.values("pk")[:size])
        return wanted.select_related(*self.spec.related).order_by(*rows.query.order_by)

    def _part(self, path: str, empty: bool, descending: bool, backwards: bool) -> QuerySet[Any]:
        """The rows with a value, or those without one, in order."""
        pk = "-pk" if (backwards if empty else descending) else "pk"
        if empty:
            return self.rows.filter(**{f"{path}__isnull": True}).order_by(pk)
        rows = self.rows.filter(**{f"{path}__isnull": False}) if "data__" in path else self.rows
        if _nullable(self.spec, self.scope, path) and "data__" not in path:
            rows = rows.exclude(**{path: None})
        return rows.order_by(f"-{path}" if descending else path, pk)


@dataclass(frozen=True)
class ListPage:
    """One page of a list, and the cursors of those beside it."""

    rows: list[Any]
    after: str | None
    before: str | None


def _nullable(spec: ListSpec, scope: Scope, path: str) -> bool:
    if "__" in path:
        return True
    return bool(spec.rows(scope).model._meta.get_field(path).null)


def _beyond(path: str, cursor: Cursor, descending: bool, backwards: bool) -> Q:
    """The rows after a place in the order."""
    if cursor.value is None:
        return Q(pk__lt=cursor.pk) if backwards else Q(pk__gt=cursor.pk)
    ends = "lt" if descending else "gt"
    # The first part is what an index is entered by; the OR alone would be answered by a sort.
    return Q(**{f"{path}__{ends}e": cursor.value}) & (
        Q(**{f"{path}__{ends}": cursor.value}) | Q(**{f"pk__{ends}": cursor.pk})
    )
