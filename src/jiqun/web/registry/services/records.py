"""What may be done to one record: entered, changed where nobody else changed it meanwhile, withdrawn with a reason."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.db.models import Model, ProtectedError

from jiqun.base.errors import InputError, Problem
from jiqun.programme.models import RegisterSpec
from jiqun.web.accounts.models import User
from jiqun.web.common import audit
from jiqun.web.registry.approval.services import tell_reviewers
from jiqun.web.registry.approval.waiting import ENTRIES
from jiqun.web.registry.models import Entry, Party, Recognition, RecordState
from jiqun.web.registry.search.keep import index_parties
from jiqun.web.registry.services.awards import tell_awarded
from jiqun.web.registry.writers import may_touch, state_written

SALT = "registry.record"


@dataclass(frozen=True)
class Difference:
    """A value that somebody else changed while this person was editing."""

    label: str
    was: str
    now: str


class ChangedMeanwhile(Exception):
    """Somebody else changed the record after the form was opened."""

    def __init__(self, differences: list[Difference]) -> None:
        super().__init__("记录已被他人修改")
        self.differences = differences


def token_of(row: Model) -> str:
    """The record as the form shows it, signed, so that a change by another is seen."""
    return signing.dumps(_plain(row), salt=SALT, compress=True)


def _plain(row: Model) -> dict[str, Any]:
    state: dict[str, Any] = json.loads(json.dumps(audit.state_of(row), cls=DjangoJSONEncoder))
    return state


@transaction.atomic
def create_record(
    *, actor: User, model: type[Model], values: dict[str, Any], register: RegisterSpec | None = None
) -> Any:
    """Enter a record; InputError where there is such a one already."""
    row = model(**values)
    if isinstance(row, Entry):
        row.state = state_written(actor.role)
    _check_unique(row, register)
    _save(row, new=True)
    if isinstance(row, Party):
        index_parties([row.pk])
    audit.record(actor=actor, action="新增记录", instance=row, after=audit.state_of(row))
    _tell(actor, row, new=True)
    return row


@transaction.atomic
def change_record(
    *, actor: User, row: Model, token: str, values: dict[str, Any], register: RegisterSpec | None = None
) -> Any:
    """Change a record; ChangedMeanwhile where another did after the form was opened."""
    fresh: Any = type(row)._default_manager.select_for_update().get(pk=row.pk)
    try:
        base = signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise InputError([Problem("页面已失效", mend="请重新打开后再修改")], "未保存") from error
    differences = list(_differences(fresh, base))
    if differences:
        raise ChangedMeanwhile(differences)
    _must_be_theirs(actor, fresh, "未保存")
    before = audit.state_of(fresh)
    for name, value in values.items():
        setattr(fresh, name, value)
    if isinstance(fresh, Entry):
        fresh.state = state_written(actor.role)
    _check_unique(fresh, register)
    _save(fresh, new=False)
    if isinstance(fresh, Party):
        index_parties([fresh.pk])
    audit.record(actor=actor, action="修改记录", instance=fresh, before=before, after=audit.state_of(fresh))
    _tell(actor, fresh)
    return fresh


@transaction.atomic
def delete_record(*, actor: User, row: Model, reason: str) -> None:
    """Withdraw a record; what it was stays in the audit trail."""
    if not reason.strip():
        raise InputError([Problem("请填写删除原因")], "未删除")
    fresh: Any = type(row)._default_manager.select_for_update().get(pk=row.pk)
    _must_be_theirs(actor, fresh, "未删除")
    audit.record(
        actor=actor, action="删除记录", instance=fresh, before=audit.state_of(fresh), note=reason.strip()[:400]
    )
    try:
        with transaction.atomic():
            fresh.delete()
    except ProtectedError as error:
        raise InputError([Problem("还有其他记录引用它，不能删除", mend="请先处理引用它的记录")], "未删除") from error


def _must_be_theirs(actor: User, row: Model, what: str) -> None:
    """An entry that counts is changed by those who let it count."""
    if not may_touch(actor.role, row):
        raise InputError([Problem("这条记录已经审核", mend="请联系市级更正")], what)


def _tell(actor: User, row: Model, *, new: bool = False) -> None:
    if new and isinstance(row, Recognition):
        tell_awarded(actor=actor, rows=[row])
    if isinstance(row, Entry) and row.state == RecordState.SUBMITTED:
        tell_reviewers(actor, ENTRIES)


def _differences(row: Model, base: dict[str, Any]) -> Iterable[Difference]:
    now = _plain(row)
    for field in row._meta.concrete_fields:
        was, new = base.get(field.attname), now.get(field.attname)
        if was == new:
            continue
        if isinstance(was, dict) and isinstance(new, dict):
            yield from (
                Difference(key, _said(was.get(key)), _said(new.get(key)))
                for key in {**was, **new}
                if was.get(key) != new.get(key)
            )
        else:
            shown = getattr(row, field.name)
            yield Difference(str(field.verbose_name), _named(field, was), _said(shown))


def _named(field: Any, value: Any) -> str:
    if field.is_relation and value is not None:
        return str(field.related_model._default_manager.filter(pk=value).first() or "已删除")
    return _said(value)


def _said(value: Any) -> str:
    if value is None or value == "":
        return "（空）"
    return {True: "是", False: "否"}[value] if isinstance(value, bool) else str(value)


def _check_unique(row: Model, register: RegisterSpec | None) -> None:
    """What the pack declares: with the subject, these fields occur once."""
    if register is None or not register.unique or not isinstance(row, Entry):
        return
    same: dict[str, Any] = {f"data__{name}": row.data.get(name) for name in register.unique if name in row.data}
    if len(same) < len(register.unique):
        return
    owner = {register.subject: getattr(row, register.subject)}
    if Entry.objects.filter(register=register.name, **owner, **same).exclude(pk=row.pk).exists():
        said = "、".join(f"{name}“{row.data[name]}”" for name in register.unique)
        raise InputError([Problem(f"该主体已有{said}的记录", mend="请核对，或修改原有的记录")], "未保存")


def _save(row: Model, *, new: bool) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=new, force_update=not new)
    except IntegrityError as error:
        raise InputError(
            [Problem("已有相同的记录，或内容前后矛盾（如有效期早于认定日期）", mend="请核对编号、称号和日期")], "未保存"
        ) from error
