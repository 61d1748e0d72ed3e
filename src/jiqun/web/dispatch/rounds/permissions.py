"""Who fills, who reviews, who steers; and whose assignments a person sees."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from jiqun.web.accounts.roles import FIRMS, Role
from jiqun.web.accounts.scope import scope_for
from jiqun.web.dispatch.rounds.models import Assignment, Chain, Round

STEERS = frozenset({Role.CITY, Role.OPERATOR})
REVIEWERS = frozenset({Role.CITY, Role.COUNTY})
WATCHERS = frozenset({Role.CITY, Role.COUNTY, Role.AUDITOR, Role.OPERATOR})
FILLERS = frozenset({Role.COUNTY}) | FIRMS


def assignments_of(user: Any) -> QuerySet[Assignment]:
    """The assignments that a person sees: all, those of the county, or the firm's own."""
    scope = scope_for(user)
    everything = Assignment.objects.select_related("round", "place", "party")
    if scope.sees_all:
        return everything
    if scope.place_ids:
        return everything.filter(place__in=scope.place_ids)
    return everything.filter(party=scope.party_id) if scope.party_id else everything.none()


def rounds_of(user: Any) -> QuerySet[Round]:
    """The rounds that a person sees; drafts are the city's own business."""
    if scope_for(user).sees_all:
        return Round.objects.all()
    return Round.objects.filter(pk__in=assignments_of(user).order_by().values("round"))


def may_steer(user: Any) -> bool:
    """Whether the person opens, extends and closes rounds."""
    return scope_for(user).role in STEERS


def may_fill(user: Any, assignment: Assignment) -> bool:
    """Whether the person fills this assignment: its own county, or its own firm."""
    scope = scope_for(user)
    if assignment.round.chain == Chain.COUNTY:
        return scope.role == Role.COUNTY and assignment.place_id in scope.place_ids
    return scope.role in FIRMS and assignment.party_id is not None and assignment.party_id == scope.party_id


def fillable(user: Any, assignments: QuerySet[Assignment]) -> QuerySet[Assignment]:
    """Of assignments that the person sees, those that they fill."""
    role = scope_for(user).role
    if role == Role.COUNTY:
        return assignments.filter(round__chain=Chain.COUNTY)
    return assignments.filter(party__isnull=False) if role in FIRMS else assignments.none()


def review_level(user: Any, round_: Round) -> int | None:
    """The level at which the person reviews cells of the round (1 county, 2 city); None where not at all."""
    role = scope_for(user).role
    if role == Role.CITY:
        return 2
    return 1 if role == Role.COUNTY and round_.chain == Chain.FIRM else None
