"""Writing the audit trail."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction

from jiqun.web.common.models import AuditRecord


def state_of(instance: models.Model) -> dict[str, Any]:
    """The stored fields of an object as the audit keeps them; a password never."""
    return {
        field.attname: getattr(instance, field.attname)
        for field in instance._meta.concrete_fields
        if field.attname != "password"
    }


def record(
    *,
    actor: Any,
    action: str,
    instance: models.Model | None = None,
    object_type: str = "",
    object_id: object = "",
    label: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    note: str = "",
) -> AuditRecord:
    """Write one audit row inside the act's transaction; of two states only what differs is kept."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("an audit row belongs inside the transaction of the act that it records")
    if before is not None and after is not None:
        changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
        before = {key: value for key, value in before.items() if key in changed}
        after = {key: value for key, value in after.items() if key in changed}
    if instance is not None:
        object_type, object_id, label = instance._meta.label_lower, instance.pk, label or str(instance)
    return AuditRecord.objects.create(
        actor=actor if getattr(actor, "pk", None) else None,
        action=action,
        object_type=object_type,
        object_id=str(object_id),
        object_label=label[:200],
        before=before,
        after=after,
        note=note,
    )
