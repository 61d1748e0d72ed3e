"""Whom a round's notices go to."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.urls import reverse

from jiqun.web.accounts.models import Organisation, OrganisationKind
from jiqun.web.dispatch.rounds.models import Assignment, Round
from jiqun.web.inbox.services import notify


def tell_units(assignments: QuerySet[Assignment], text: str, key: str = "") -> int:
    """A line to everybody of the units that fill, each with the page of its own assignment; how many got it."""
    told = 0
    of_place, of_party = _organisations(assignments)
    for assignment in assignments:
        if assignment.party_id is not None:
            organisations = of_party.get(assignment.party_id, [])
        else:
            organisations = of_place.get(assignment.place_id or 0, [])
        if organisations:
            url = reverse("rounds:fill", args=[assignment.pk])
            told += notify(text=text, url=url, organisations=organisations, key=key)
    return told


def tell_reviewers(round_: Round, level: int, places: Iterable[int], text: str) -> int:
    """A line to the counties (level 1) or the city (level 2) that there is something to review."""
    found = Organisation.objects.filter(is_active=True)
    if level == 1:
        found = found.filter(kind=OrganisationKind.COUNTY, place__in=list(places))
    else:
        found = found.filter(kind=OrganisationKind.CITY)
    return notify(text=text, url=reverse("rounds:review", args=[round_.pk]), organisations=found)


def _organisations(
    assignments: QuerySet[Assignment],
) -> tuple[dict[int, list[Organisation]], dict[int, list[Organisation]]]:
    """The organisations that stand for a county or a firm among the assignments, by place and by party."""
    ids = assignments.order_by().values
    wanted = Q(kind=OrganisationKind.COUNTY, place__in=ids("place")) | Q(party__in=ids("party"))
    of_place: dict[int, list[Organisation]] = {}
    of_party: dict[int, list[Organisation]] = {}
    for organisation in Organisation.objects.filter(wanted, is_active=True):
        if organisation.party_id is not None:
            of_party.setdefault(organisation.party_id, []).append(organisation)
        elif organisation.place_id is not None:
            of_place.setdefault(organisation.place_id, []).append(organisation)
    return of_place, of_party
