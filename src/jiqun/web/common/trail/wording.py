"""Audit rows in words: field names as people know them, ids as the names of what they point to."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from jiqun.web.common.models import AuditRecord

EMPTY = "（空）"
OTHER_TYPES = {"registry": "登记库"}
"""Object types that are no model."""
UNSAID = frozenset({"id", "is_superuser", "is_staff", "last_login"})
"""Fields that tell a reader nothing."""


@dataclass(frozen=True)
class Change:
    """One field of an act: before and after in words; `before` None where the object was made."""

    label: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Act:
    """One audit row as a page lists it."""

    record: AuditRecord
    who: str
    object_type: str
    changes: tuple[Change, ...]

    @property
    def changes_text(self) -> str:
        """All changes in one line, for a spreadsheet."""
        return "；".join(
            f"{c.label}：{c.before} → {c.after}" if c.before is not None else f"{c.label}：{c.after}"
            for c in self.changes
        )


def type_name(object_type: str) -> str:
    """What people call a type of object."""
    model = _model(object_type)
    return str(model._meta.verbose_name) if model else OTHER_TYPES.get(object_type, object_type)


def acts_of(records: Iterable[AuditRecord]) -> list[Act]:
    """Audit rows in words; names of what their ids point to are fetched once a model."""
    rows = list(records)
    names = _names(rows)
    return [_act(row, names) for row in rows]


Names = dict[tuple[type[models.Model], str], str]


def _act(row: AuditRecord, names: Names) -> Act:
    model = _model(row.object_type)
    before, after = row.before, row.after
    keys = [key for key in {**(before or {}), **(after or {})} if key not in UNSAID]
    changes = [
        Change(
            _label(model, key),
            None if before is None else _word(model, key, before.get(key), names),
            None if after is None else _word(model, key, after.get(key), names),
        )
        for key in keys
        if before is not None or (after or {}).get(key) not in (None, "")
    ]
    who = f"{row.actor}" if row.actor else "系统命令"
    return Act(row, who, type_name(row.object_type), tuple(changes))


def _model(object_type: str) -> type[models.Model] | None:
    try:
        return apps.get_model(object_type)
    except (LookupError, ValueError):
        return None


def _field(model: type[models.Model] | None, key: str) -> models.Field[Any, Any] | None:
    found = (f for f in model._meta.concrete_fields if key in (f.attname, f.name)) if model else iter(())
    return next(found, None)


def _label(model: type[models.Model] | None, key: str) -> str:
    field = _field(model, key)
    return str(field.verbose_name) if field else key


def _word(model: type[models.Model] | None, key: str, value: Any, names: Names) -> str:
    if value is None or value == "":
        return EMPTY
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    field = _field(model, key)
    if isinstance(field, models.ForeignKey):
        return names.get((field.related_model, str(value)), f"编号 {value}")
    if isinstance(field, models.DateTimeField) and (moment := parse_datetime(str(value))):
        return f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}"
    if field is not None and field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return str(value)


def _names(rows: Iterable[AuditRecord]) -> Names:
    wanted: dict[type[models.Model], set[str]] = defaultdict(set)
    for row in rows:
        model = _model(row.object_type)
        for state in (row.before, row.after):
            for key, value in (state or {}).items():
                field = _field(model, key)
                if isinstance(field, models.ForeignKey) and value is not None:
                    wanted[field.related_model].add(str(value))
    return {
        (model, str(found.pk)): str(found)
        for model, keys in wanted.items()
        for found in model._default_manager.filter(pk__in=keys)
    }
