"""Loading a confirmed workbook: all of it in one transaction, or nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import repeat
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import JSONField, Model
from django.utils import timezone

from jiqun.snapshot.engines import no_garbage_collection
from jiqun.web import jobs
from jiqun.web.accounts.scope import Scope, scope_for
from jiqun.web.common import audit
from jiqun.web.common.pack import current_pack
from jiqun.web.registry.approval.services import tell_reviewers
from jiqun.web.registry.approval.waiting import ENTRIES, FIGURES
from jiqun.web.registry.bulk.among import among
from jiqun.web.registry.bulk.insert import insert, quick_sorts
from jiqun.web.registry.bulk.session import quoted
from jiqun.web.registry.intake.kinds import Kind, find
from jiqun.web.registry.intake.kinds.parties import Parties
from jiqun.web.registry.intake.models import Upload, UploadState
from jiqun.web.registry.intake.plan import Writes, digest, to_write
from jiqun.web.registry.intake.services.checking import CHANGED, Progress, check
from jiqun.web.registry.models import Entry, Observation, Party, Recognition, RecordState
from jiqun.web.registry.search.keep import index_parties
from jiqun.web.registry.services.awards import tell_awarded
from jiqun.web.registry.writers import state_written

AUDITED = 200
"""So many changed records are named in the audit row; the plan file keeps all."""
INDEXED = 10_000
"""So many parties are made findable in one transaction."""
_REVIEWED: dict[type[Model], str] = {Entry: ENTRIES, Observation: FIGURES}


class _Changed(Exception):
    """Somebody changed the records since the check."""


def load(*, upload: Upload, progress: Progress) -> Upload:
    """Write what the preview showed; where the records changed since, check again instead. May be run again."""
    if upload.state != UploadState.LOADING:
        return upload
    try:
        with no_garbage_collection(), quick_sorts():
            return _load(upload, progress)
    except (_Changed, IntegrityError):  # a record of the same identity came in between
        Upload.objects.filter(pk=upload.pk, state=UploadState.LOADING).update(state=UploadState.CHECKING)
        upload.refresh_from_db()
        return check(upload=upload, progress=progress, message=CHANGED)


def _load(upload: Upload, progress: Progress) -> Upload:
    scope = scope_for(upload.actor)
    kind = find(current_pack(), upload.what, role=scope.role)
    progress(0, 10, "正在准备载入")
    writes = to_write(upload.plan)
    with transaction.atomic():
        fresh = Upload.objects.select_for_update().get(pk=upload.pk)
        if fresh.state != UploadState.LOADING:
            return fresh
        if kind is None or not scope.may_write:
            raise _Changed
        _refuse_changed(kind, upload, writes)
        progress(3, 10, f"正在写入 {len(writes.identity):,} 条")
        write(kind, scope, writes, source=f"导入 {upload.pk}")
        _after(kind, fresh, writes)
        if writes.identity and state_written(scope.role) == RecordState.SUBMITTED and kind.model in _REVIEWED:
            tell_reviewers(upload.actor, _REVIEWED[kind.model])
        fresh.state, fresh.loaded_at, fresh.message = UploadState.LOADED, timezone.now(), ""
        fresh.save(update_fields=["state", "loaded_at", "message"])
        changed = [[change.label, *change.changes] for change in writes.changed[:AUDITED]]
        after = {**upload.counts, "file": upload.name, "sha256": upload.sha256, "changed_records": changed}
        audit.record(actor=upload.actor, action="导入数据", instance=fresh, after=after)
        progress(10, 10, "正在提交")
    return fresh


def _refuse_changed(kind: Kind, upload: Upload, writes: Writes) -> None:
    """Compare what is stored now with what the preview compared with: the changed are as they were, the new still new."""
    _lock(kind, [change.pk for change in writes.changed])
    stored = kind.existing(writes.identity)
    wanted = {change.identity for change in writes.changed}
    now = {identity: stored[identity] for identity in wanted if identity in stored}
    if now.keys() != wanted or not stored.keys().isdisjoint(writes.new_identity) or digest(now) != upload.base:
        raise _Changed


def _after(kind: Kind, upload: Upload, writes: Writes) -> None:
    """Webhooks hear of titles; former names are kept, and the search learns new ones: now, or in a job where many."""
    if kind.model is Recognition:
        stored = kind.existing(writes.new_identity)
        found = Recognition.objects.filter(pk__in=among(stored[i].pk for i in writes.new_identity if i in stored))
        tell_awarded(actor=upload.actor, rows=found.select_related("party", "cluster", "place").order_by("pk"))
    if not isinstance(kind, Parties):
        return
    name, county = kind.label("name"), kind.label("county_id")
    former = {change.pk: c[1] for change in writes.changed for c in change.changes if c[0] == name}
    moved = [change.identity for change in writes.changed if any(c[0] in (name, county) for c in change.changes)]
    if not kind.after([uscc for (uscc,) in (*writes.new_identity, *moved)], former):
        jobs.start(
            kind="intake.index", actor=upload.actor, title=f"更新查找索引：{upload.name}", params={"upload": upload.pk}
        )


def index_names(*, upload: Upload, progress: Progress) -> int:
    """Make the parties of a load findable, some at a time; returns how many. May be run again."""
    codes = [uscc for (uscc,) in to_write(upload.plan).identity]
    for start in range(0, len(codes), INDEXED):
        progress(start, len(codes), "正在更新查找索引")
        with transaction.atomic():
            wanted = among(codes[start : start + INDEXED])
            index_parties(Party.objects.filter(uscc__in=wanted).values_list("pk", flat=True))
    return len(codes)


def _lock(kind: Kind, pks: Iterable[int]) -> None:
    """Nobody else may change the records until the end of the transaction (SQLite's writer is alone anyway)."""
    if connection.features.has_select_for_update:
        wanted = among(pks)
        list(kind.model._default_manager.select_for_update().filter(pk__in=wanted).order_by("pk").values_list("pk"))


def write(kind: Kind, scope: Scope, writes: Writes, *, source: str) -> None:
    """Insert the new and update the changed."""
    extra = kind.extra(scope, source)
    table = kind.model._meta.db_table
    columns = [str(_field(kind, name).column) for name in kind.columns]
    if writes.new_identity:
        insert(
            table,
            columns,
            [_stored(kind, name, values) for name, values in zip(kind.columns, writes.new, strict=True)],
            extra,
        )
    if writes.changed:
        moving = [i for i, name in enumerate(kind.columns) if name not in kind.fixed]
        settings = ", ".join(f"{quoted(n)} = %s" for n in (*(columns[i] for i in moving), *extra))
        values = [_stored(kind, kind.columns[i], [change.values[i] for change in writes.changed]) for i in moving]
        pks = [change.pk for change in writes.changed]
        rows = list(zip(*values, *(repeat(value, len(pks)) for value in extra.values()), pks, strict=True))
        with connection.cursor() as cursor:
            cursor.executemany(f"UPDATE {quoted(table)} SET {settings} WHERE id = %s", rows)


def _field(kind: Kind, name: str) -> Any:
    return next(f for f in kind.model._meta.concrete_fields if name in (f.attname, f.name))


def _stored(kind: Kind, name: str, values: Sequence[Any]) -> Sequence[Any]:
    """The values of a column as a cursor takes them."""
    if not isinstance(_field(kind, name), JSONField):
        return values
    return [json.dumps(value, ensure_ascii=False) for value in values]
