"""Loading a confirmed workbook: all of it in one transaction, or nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.utils import timezone

from jiqun.web import jobs
from jiqun.web.accounts.scope import Scope, scope_for
from jiqun.web.common import audit
from jiqun.web.common.pack import current_pack
from jiqun.web.registry.approval.services import tell_reviewers
from jiqun.web.registry.approval.waiting import ENTRIES, FIGURES
from jiqun.web.registry.bulk.session import quoted
from jiqun.web.registry.intake.kinds import Kind, find
from jiqun.web.registry.intake.kinds.base import among
from jiqun.web.registry.intake.kinds.parties import MOST_AT_ONCE, Parties
from jiqun.web.registry.intake.models import Upload, UploadState
from jiqun.web.registry.intake.plan import Line, digest, to_write
from jiqun.web.registry.intake.services.checking import CHANGED, Progress, check
from jiqun.web.registry.models import Entry, Observation, Party, Recognition, RecordState
from jiqun.web.registry.search.keep import index_parties
from jiqun.web.registry.services.awards import tell_awarded
from jiqun.web.registry.writers import state_written

AUDITED = 200
"""So many changed records are named in the audit row; the plan file keeps all."""
_REVIEWED: dict[type[Model], str] = {Entry: ENTRIES, Observation: FIGURES}


class _Changed(Exception):
    """Somebody changed the records since the check."""


def load(*, upload: Upload, progress: Progress) -> Upload:
    """Write what the preview showed; where the records changed since, check again instead. May be run again."""
    if upload.state != UploadState.LOADING:
        return upload
    try:
        return _load(upload, progress)
    except (_Changed, IntegrityError):  # a record of the same identity came in between
        Upload.objects.filter(pk=upload.pk, state=UploadState.LOADING).update(state=UploadState.CHECKING)
        upload.refresh_from_db()
        return check(upload=upload, progress=progress, message=CHANGED)


def _load(upload: Upload, progress: Progress) -> Upload:
    scope = scope_for(upload.actor)
    kind = find(current_pack(), upload.what, role=scope.role)
    progress(0, 10, "正在准备载入")
    lines = list(to_write(upload.plan))
    with transaction.atomic():
        fresh = Upload.objects.select_for_update().get(pk=upload.pk)
        if fresh.state != UploadState.LOADING:
            return fresh
        if kind is None or not scope.may_write:
            raise _Changed
        _refuse_changed(kind, upload, lines)
        progress(3, 10, f"正在写入 {len(lines):,} 条")
        write(kind, scope, lines, source=f"导入 {upload.pk}")
        _after(kind, fresh, lines)
        if lines and state_written(scope.role) == RecordState.SUBMITTED and kind.model in _REVIEWED:
            tell_reviewers(upload.actor, _REVIEWED[kind.model])
        fresh.state, fresh.loaded_at, fresh.message = UploadState.LOADED, timezone.now(), ""
        fresh.save(update_fields=["state", "loaded_at", "message"])
        changed = [[line.label, *line.changes] for line in lines if line.action == "changed"][:AUDITED]
        after = {**upload.counts, "file": upload.name, "sha256": upload.sha256, "changed_records": changed}
        audit.record(actor=upload.actor, action="导入数据", instance=fresh, after=after)
        progress(10, 10, "正在提交")
    return fresh


def _refuse_changed(kind: Kind, upload: Upload, lines: Sequence[Line]) -> None:
    """Compare what is stored now with what the preview compared with: the changed are as they were, the new still new."""
    _lock(kind, [line.pk for line in lines if line.action == "changed"])
    identities = [line.identity for line in lines]
    stored = kind.existing(identities)
    now = {identity: stored[identity] for identity in identities if identity in stored}
    if now.keys() != {line.identity for line in lines if line.action == "changed"} or digest(now) != upload.base:
        raise _Changed


def _after(kind: Kind, upload: Upload, lines: Sequence[Line]) -> None:
    """Webhooks hear of titles; former names are kept, and the search learns new ones: now, or in a job where many."""
    if kind.model is Recognition:
        stored = kind.existing([line.identity for line in lines if line.action == "new"])
        found = Recognition.objects.filter(pk__in=among(known.pk for known in stored.values()))
        tell_awarded(actor=upload.actor, rows=found.select_related("party", "cluster", "place").order_by("pk"))
    if not isinstance(kind, Parties):
        return
    former = {line.pk: c[1] for line in lines if line.pk for c in line.changes if c[0] == kind.label("name")}
    named = [line.identity[0] for line in lines if line.action == "new" or line.pk in former]
    if not kind.after(named, former):
        jobs.start(
            kind="intake.index", actor=upload.actor, title=f"更新查找索引：{upload.name}", params={"upload": upload.pk}
        )


def index_names(*, upload: Upload, progress: Progress) -> int:
    """Make the parties of a load findable, some at a time; returns how many. May be run again."""
    codes = [line.identity[0] for line in to_write(upload.plan)]
    for start in range(0, len(codes), MOST_AT_ONCE):
        progress(start, len(codes), "正在更新查找索引")
        with transaction.atomic():
            wanted = among(codes[start : start + MOST_AT_ONCE])
            index_parties(Party.objects.filter(uscc__in=wanted).values_list("pk", flat=True))
    return len(codes)


def _lock(kind: Kind, pks: Sequence[int | None]) -> None:
    """Nobody else may change the records until the end of the transaction (SQLite's writer is alone anyway)."""
    if connection.features.has_select_for_update:
        wanted = among(pk for pk in pks if pk is not None)
        list(kind.model._default_manager.select_for_update().filter(pk__in=wanted).order_by("pk").values_list("pk"))


def write(kind: Kind, scope: Scope, lines: Sequence[Line], *, source: str) -> None:
    """Insert the new and update the changed, a statement each over all rows."""
    extra = kind.extra(scope, source)
    table = quoted(kind.model._meta.db_table)
    columns = [_column(kind, name) for name in kind.columns]
    new = [(*_stored(line.values), *extra.values()) for line in lines if line.action == "new"]
    names = ", ".join(quoted(n) for n in (*columns, *extra))
    marks = ", ".join(["%s"] * (len(columns) + len(extra)))
    moving = [i for i, name in enumerate(kind.columns) if name not in kind.fixed]
    settings = ", ".join(f"{quoted(n)} = %s" for n in (*(columns[i] for i in moving), *extra))
    changed = []
    for line in lines:
        if line.action == "changed":
            values = _stored(line.values)
            changed.append((*(values[i] for i in moving), *extra.values(), line.pk))
    with connection.cursor() as cursor:
        if new:
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", new)
        if changed:
            cursor.executemany(f"UPDATE {table} SET {settings} WHERE id = %s", changed)


def _column(kind: Kind, name: str) -> str:
    return next(str(f.column) for f in kind.model._meta.concrete_fields if name in (f.attname, f.name))


def _stored(values: Sequence[Any] | None) -> list[Any]:
    """Values as a cursor takes them."""
    return [json.dumps(v, ensure_ascii=False) if isinstance(v, dict) else v for v in values or ()]
