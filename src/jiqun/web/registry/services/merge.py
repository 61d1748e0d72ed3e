"""Two parties that are one: everything of the one goes to the other, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from jiqun.base.errors import InputError, Problem, Problems
from jiqun.web.accounts.models import User
from jiqun.web.common import audit
from jiqun.web.registry.models import (
    NotDuplicate,
    Observation,
    Party,
    PartyCode,
    PartyName,
    Recognition,
    Review,
    SearchKey,
)
from jiqun.web.registry.search.keep import index_parties

KEPT, GONE = "kept", "gone"
FILLED = ("cluster_id", "county_id", "industry", "founded_on", "size_class", "above_size")
_OWN = (Observation, Recognition, Review, PartyName, PartyCode, SearchKey, NotDuplicate)
"""Relations with a treatment of their own; all others, of whatever app, are moved as they are."""
_KEYS: dict[type[Any], tuple[str, str, str]] = {
    Observation: ("indicator", "period", "value"),
    Recognition: ("title", "awarded_on", "valid_until"),
    Review: ("title", "reviewed_on", "outcome"),
}
"""What occurs once a party, and the value in which two may differ."""


@dataclass(frozen=True)
class Conflict:
    """Both parties say something of one thing, and not the same; `key` is how a choice names it."""

    key: str
    label: str
    kept: str
    gone: str


def conflicts_of(kept: Party, gone: Party) -> list[Conflict]:
    """Where both have a value for one indicator and period, title and day, and the values differ."""
    found = []
    for model, (what, when, value) in _KEYS.items():
        ours = _values(model, kept)
        for key, row in _values(model, gone).items():
            if key in ours and getattr(ours[key], value) != getattr(row, value):
                label = f"{getattr(row, what)}（{getattr(row, when)}）"
                found.append(
                    Conflict(f"{model._meta.model_name}:{key}", label, str(getattr(ours[key], value) or "（空）"),
                             str(getattr(row, value) or "（空）"))
                )  # fmt: skip
    return found


def _values(model: type[Any], party: Party) -> dict[str, Any]:
    what, when, _ = _KEYS[model]
    rows = model.objects.filter(party=party).order_by(what, when)
    return {f"{getattr(row, what)}:{getattr(row, when)}": row for row in rows}


@transaction.atomic
def merge_parties(*, actor: User, kept: Party, gone: Party, choices: Mapping[str, str]) -> Party:
    """Move all of `gone` to `kept`; InputError where a conflict is not decided. The audit row holds what was."""
    if kept.pk == gone.pk:
        raise InputError([Problem("不能把主体并入它自己")], "未合并")
    both = {p.pk: p for p in Party.objects.select_for_update().filter(pk__in=[kept.pk, gone.pk])}
    kept, gone = both[kept.pk], both[gone.pk]
    problems = Problems()
    for conflict in conflicts_of(kept, gone):
        if choices.get(conflict.key) not in (KEPT, GONE):
            problems.add(f"{conflict.label}两边不同，请选择保留哪一个", found=f"{conflict.kept} / {conflict.gone}")
    problems.raise_if_any("未合并")
    before, was = audit.state_of(kept), audit.state_of(gone)
    moved: dict[str, Any] = {}
    dropped: dict[str, list[dict[str, Any]]] = {}
    for model in _KEYS:
        moved[model._meta.label_lower], dropped[model._meta.label_lower] = _move_rows(model, kept, gone, choices)
    moved |= _move_others(kept, gone)
    _keep_identity(kept, gone)
    for name in FILLED:
        if getattr(kept, name) in (None, ""):
            setattr(kept, name, was[name])
    kept.save(update_fields=[*FILLED])
    index_parties([kept.pk])
    after = {**audit.state_of(kept), "merged": was, "moved": moved, "dropped": dropped}
    audit.record(
        actor=actor, action="合并主体", instance=kept, before=before, after=after, note=f"{gone.uscc} 并入 {kept.uscc}"
    )
    return kept


def _move_rows(
    model: type[Any], kept: Party, gone: Party, choices: Mapping[str, str]
) -> tuple[list[int], list[dict[str, Any]]]:
    """Rows of one table: of two for the same thing the chosen one stays, by default the kept party's."""
    ours, dropped, moved = _values(model, kept), [], []
    for key, row in _values(model, gone).items():
        rival = ours.get(key)
        if rival is not None:
            loser = rival if choices.get(f"{model._meta.model_name}:{key}") == GONE else row
            dropped.append(audit.state_of(loser))
            loser.delete()
            if loser is row:
                continue
        moved.append(row.pk)
    model.objects.filter(pk__in=moved).update(party=kept)
    return moved, dropped


def _move_others(kept: Party, gone: Party) -> dict[str, Any]:
    """Whatever else refers to the party: entries, organisations, applications …"""
    moved = {}
    for relation in Party._meta.related_objects:
        model: Any = relation.related_model
        if model in _KEYS or model in _OWN:
            continue
        field = relation.field.name
        rows = model._default_manager.filter(**{field: gone})
        ids = list(rows.values_list("pk", flat=True))
        try:
            with transaction.atomic():
                rows.update(**{field: kept})
        except IntegrityError as error:
            problem = Problem(f"两个主体的“{model._meta.verbose_name}”互相冲突", mend="请先删除其中重复的一条")
            raise InputError([problem], "未合并") from error
        if ids:
            moved[f"{model._meta.label_lower}.{field}"] = ids
    return moved


def _keep_identity(kept: Party, gone: Party) -> None:
    """The name and code of the one that goes stay known."""
    PartyName.objects.filter(party=gone).update(party=kept)
    PartyCode.objects.filter(party=gone).update(party=kept)
    name, code = gone.name, gone.uscc
    gone.delete()
    if name != kept.name:
        PartyName.objects.create(party=kept, name=name, until_on=localdate())
    PartyCode.objects.create(uscc=code, party=kept)


@transaction.atomic
def set_apart(*, actor: User, first: Party, second: Party) -> None:
    """Note that two parties are two, so that they are not proposed again."""
    low, high = sorted((first, second), key=lambda party: party.pk)
    _, made = NotDuplicate.objects.get_or_create(first=low, second=high)
    if made:
        audit.record(actor=actor, action="标记非重复", instance=low, note=f"与 {high.uscc} {high.name} 不是同一主体")
