"""Whom a round's notices go to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.db.models import Q, QuerySet, prefetch_related_objects
from django.urls import reverse

from jiqun.web.accounts.models import Organisation, OrganisationKind, User
from jiqun.web.api.models import Event
from jiqun.web.api.services import emit
from jiqun.web.dispatch.rounds.models import Assignment, Cell, Round
from jiqun.web.inbox.services import notify
from jiqun.web.registry.models.subject import SUBJECT_KINDS, code_of


def tell_units(assignments: QuerySet[Assignment], text: str, key: str = "") -> int:
    """A line to everybody of the units that fill, each with the page of its own assignment; how many got it."""
    told = 0
    for assignment, organisations in _organisations(assignments):
        if organisations:
            url = reverse("rounds:fill", args=[assignment.pk])
            told += notify(text=text, url=url, organisations=organisations, key=key)
    return told


def tell_returned(actor: User | None, cells: Sequence[Cell], reason: str) -> None:
    """Tell the webhooks of the units whose figures came back."""
    prefetch_related_objects([cell.line for cell in cells], *SUBJECT_KINDS)
    of_unit: dict[int, list[Cell]] = {}
    for cell in cells:
        of_unit.setdefault(cell.line.assignment_id, []).append(cell)
    for assignment, organisations in _organisations(Assignment.objects.filter(pk__in=of_unit)):
        records = [
            {
                "subject_kind": cell.line.subject_kind, "subject": code_of(cell.line.subject),
                cell.item.kind: cell.item.name, "period": cell.item.period,
            }
            for cell in of_unit[assignment.pk]
        ]  # fmt: skip
        told = {"round": assignment.round_id, "reason": reason, "records": records}
        emit(event=Event.RETURNED, payload=told, organisations=organisations, actor=actor)


def tell_reviewers(round_: Round, level: int, places: Iterable[int], text: str) -> int:
    """A line to the counties (level 1) or the city (level 2) that there is something to review."""
    found = Organisation.objects.filter(is_active=True)
    if level == 1:
        found = found.filter(kind=OrganisationKind.COUNTY, place__in=list(places))
    else:
        found = found.filter(kind=OrganisationKind.CITY)
    return notify(text=text, url=reverse("rounds:review", args=[round_.pk]), organisations=found)


def _organisations(assignments: QuerySet[Assignment]) -> Iterator[tuple[Assignment, list[Organisation]]]:
    """Each assignment with the organisations that stand for its firm, or for its county where the county fills."""
    ids = assignments.order_by().values
    wanted = Q(kind=OrganisationKind.COUNTY, place__in=ids("place")) | Q(party__in=ids("party"))
    of_place: dict[int | None, list[Organisation]] = {}
    of_party: dict[int | None, list[Organisation]] = {}
    for organisation in Organisation.objects.filter(wanted, is_active=True):
        if organisation.party_id is not None:
            of_party.setdefault(organisation.party_id, []).append(organisation)
        elif organisation.place_id is not None:
            of_place.setdefault(organisation.place_id, []).append(organisation)
    for assignment in assignments:
        if assignment.party_id is not None:
            yield assignment, of_party.get(assignment.party_id, [])
        else:
            yield assignment, of_place.get(assignment.place_id, [])
