"""Approving and returning records one by one or many at once; of two reviewers the first wins, the other is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate

from jiqun.base.errors import InputError, Problem
from jiqun.web.accounts.models import Organisation, OrganisationKind, User
from jiqun.web.accounts.roles import PUBLISHERS
from jiqun.web.accounts.scope import scope_for
from jiqun.web.api.models import Event
from jiqun.web.api.services import emit
from jiqun.web.common import audit
from jiqun.web.inbox.services import notify
from jiqun.web.registry.approval.waiting import KINDS, RETURNED, mark_of, open_rows
from jiqun.web.registry.bulk.among import among
from jiqun.web.registry.models import Entry, RecordState
from jiqun.web.registry.models.subject import code_of

BATCH = 500


@dataclass(frozen=True)
class Reviewed:
    """The records that were decided, and those that were no longer as the reviewer saw them."""

    done: tuple[Any, ...]
    conflicts: tuple[int, ...]


@transaction.atomic
def approve(*, actor: User, kind: str, seen: Mapping[int, str]) -> Reviewed:
    """Let records count; `seen` gives each with the stamp under which it was seen."""
    review = _take(actor, kind, seen, "未审核")
    _set(review, RecordState.APPROVED)
    if review.done:
        audit.record(
            actor=actor, action="审核通过记录", object_type=review.done[0]._meta.label_lower,
            object_id=review.done[0].pk if len(review.done) == 1 else "", label=f"{len(review.done)} 条{KINDS[kind]}",
            after={"records": [row.pk for row in review.done]},
        )  # fmt: skip
    return review


@transaction.atomic
def send_back(*, actor: User, kind: str, seen: Mapping[int, str], reason: str) -> Reviewed:
    """Return records with a reason, which those concerned read."""
    reason = reason.strip()[:400]
    if not reason:
        raise InputError([Problem("请填写退回理由", mend="写明哪里不对、怎样更正")], "未退回")
    review = _take(actor, kind, seen, "未退回")
    _set(review, RecordState.RETURNED)
    for row in review.done:
        audit.record(
            actor=actor, action=RETURNED, instance=row, before={"state": RecordState.SUBMITTED},
            after={"state": RecordState.RETURNED}, note=reason,
        )  # fmt: skip
    _tell_concerned(actor, kind, review, reason)
    return review


def tell_reviewers(actor: User, kind: str) -> None:
    """Tell the city that somebody reported something to approve: once a day for each organisation that reports."""
    organisation = actor.organisation
    if organisation is None:
        return
    cities = Organisation.objects.filter(kind=OrganisationKind.CITY, is_active=True)
    notify(
        text=f"{organisation.name}报来{KINDS[kind]}，请审核", url=f"{reverse('registry:waiting')}?kind={kind}",
        organisations=cities, key=f"waiting-{kind}-{organisation.pk}-{localdate():%Y%m%d}",
    )  # fmt: skip


def _take(actor: User, kind: str, seen: Mapping[int, str], what: str) -> Reviewed:
    """Lock the records that still wait as they were seen."""
    if actor.role not in PUBLISHERS:
        raise InputError([Problem("只有市级可以审核")], what)
    rows = open_rows(scope_for(actor), kind).filter(state=RecordState.SUBMITTED, pk__in=among(seen))
    rows = rows.select_related("party__county", "cluster__county", "place")
    found = {row.pk: row for row in rows.select_for_update(of=("self",)).order_by("pk")}
    done = tuple(row for pk, row in found.items() if mark_of(row) == seen[pk])
    taken = {row.pk for row in done}
    return Reviewed(done, tuple(pk for pk in seen if pk not in taken))


def _set(review: Reviewed, state: RecordState) -> None:
    for start in range(0, len(review.done), BATCH):
        part = review.done[start : start + BATCH]
        type(part[0])._default_manager.filter(pk__in=[row.pk for row in part]).update(state=state)
    for row in review.done:
        row.state = state


def _tell_concerned(actor: User, kind: str, review: Reviewed, reason: str) -> None:
    """A line to each firm and county whose records came back, and a message to their webhooks."""
    of_firm, of_place = defaultdict(list), defaultdict(list)
    for row in review.done:
        of_firm[row.party_id].append(row)
        of_place[_place_of(row)].append(row)
    url = f"{reverse('registry:waiting')}?kind={kind}&state={RecordState.RETURNED}"
    firms, places = of_firm.keys() - {None}, of_place.keys() - {None}
    concerned = Q(party__in=firms) | Q(kind=OrganisationKind.COUNTY, place__in=places)
    for organisation in Organisation.objects.filter(concerned, is_active=True):
        rows = of_place[organisation.place_id] if organisation.place_id else of_firm[organisation.party_id]
        notify(text=f"市级退回 {len(rows)} 条{KINDS[kind]}：{reason}", url=url, organisations=[organisation])
        told = {"reason": reason, "records": [_told(row) for row in rows]}
        emit(event=Event.RETURNED, payload=told, organisations=[organisation], actor=actor)


def _told(row: Any) -> dict[str, str]:
    """A record as a webhook hears of it."""
    subject = {"subject_kind": row.subject_kind, "subject": code_of(row.subject)}
    if isinstance(row, Entry):
        return {**subject, "register": row.register, "on": row.on.isoformat()}
    return {**subject, "indicator": row.indicator, "period": row.period}


def _place_of(row: Any) -> int | None:
    """The county that answers for a record: that of its zone, of its cluster, of its firm; None where it is unknown."""
    place = row.place or row.subject.county
    if place is None:
        return None
    found: int | None = place.parent_id if place.kind == "zone" else place.pk
    return found
