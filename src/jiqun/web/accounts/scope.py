"""Scope: what a person may see. Every object of the registry is fetched through one.

City, auditor and operator see everything; a county its place, the zones under it, and their clusters and parties; a
firm or provider itself; a visitor only what the city publishes. Places, clusters and awarded titles of all are
public. What is out of scope does not exist for the asker: pages answer 404.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model, Q, QuerySet

from jiqun.web.accounts.models import Organisation, Role, User
from jiqun.web.registry.models import Cluster, Entry, Observation, Party, Place, Recognition, Review

SEES_ALL = frozenset({Role.CITY, Role.AUDITOR, Role.OPERATOR})
WRITES = frozenset({Role.CITY, Role.COUNTY, Role.ENTERPRISE, Role.PROVIDER, Role.OPERATOR})
"""The auditor changes nothing."""
M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Scope:
    """The view of one person; made by `scope_for`."""

    role: Role | None
    place_ids: tuple[int, ...] = ()
    party_id: int | None = None
    place_codes: frozenset[str] = frozenset()
    """Of the places of `place_ids`."""

    @property
    def sees_all(self) -> bool:
        """City, auditor and operator."""
        return self.role in SEES_ALL

    @property
    def may_write(self) -> bool:
        """Whether the person may change anything at all."""
        return self.role in WRITES

    @property
    def own_codes(self) -> frozenset[str] | None:
        """The codes of the places whose figures the person may open; None for one who sees all."""
        return None if self.sees_all else self.place_codes

    def places(self) -> QuerySet[Place]:
        """All places: they are public."""
        return Place.objects.all()

    def clusters(self) -> QuerySet[Cluster]:
        """All clusters: their names, counties and chains are public."""
        return Cluster.objects.all()

    def recognitions(self) -> QuerySet[Recognition]:
        """All awarded titles: awards are publicised."""
        return Recognition.objects.all()

    def own_places(self) -> QuerySet[Place]:
        """Places whose figures the person may open."""
        return self._limited(Place.objects.all(), Q(pk__in=self.place_ids))

    def own_clusters(self) -> QuerySet[Cluster]:
        """Clusters whose figures the person may open; a firm may open those of its own cluster's public page only."""
        return self._limited(Cluster.objects.all(), Q(county__in=self.place_ids))

    def parties(self) -> QuerySet[Party]:
        """Firms and other bodies whose pages the person may open."""
        return self._limited(Party.objects.all(), self._of_party)

    def observations(self) -> QuerySet[Observation]:
        """Figures of the subjects above."""
        return self._limited(Observation.objects.all(), self._of_subject)

    def reviews(self) -> QuerySet[Review]:
        """Reviews of the subjects above."""
        return self._limited(Review.objects.all(), self._of_subject)

    def entries(self) -> QuerySet[Entry]:
        """Register entries of the subjects above."""
        return self._limited(Entry.objects.all(), self._of_subject)

    def allows_party(self, party: Party) -> bool:
        """Whether this party is in scope, without a query."""
        own = party.pk is not None and party.pk == self.party_id
        return self.sees_all or own or party.county_id in self.place_ids

    @cached_property
    def _of_party(self) -> Q:
        condition = Q(county__in=self.place_ids)
        return condition if self.party_id is None else condition | Q(pk=self.party_id)

    @cached_property
    def _of_subject(self) -> Q:
        if not self.place_ids:
            return Q(party=self.party_id)
        own = Q(place__in=self.place_ids)
        return Q(party__county__in=self.place_ids) | Q(cluster__county__in=self.place_ids) | own

    def _limited(self, everything: QuerySet[M], condition: Q) -> QuerySet[M]:
        if self.sees_all:
            return everything
        if not self.place_ids and self.party_id is None:
            return everything.none()
        return everything.filter(condition)


NOBODY = Scope(role=None)


def scope_for(user: User | AnonymousUser | Any) -> Scope:
    """The scope of a person; that of a visitor for anyone without an active account in an active organisation."""
    if not isinstance(user, User) or not user.is_active or not user.role or user.organisation is None:
        return NOBODY
    organisation = user.organisation
    if not organisation.is_active:
        return NOBODY
    role = Role(user.role)
    if role in SEES_ALL:
        return Scope(role=role)
    if role == Role.COUNTY:
        places = _places_of(organisation)
        return Scope(role=role, place_ids=tuple(places), place_codes=frozenset(places.values()))
    return Scope(role=role, party_id=organisation.party_id)


def _places_of(organisation: Organisation) -> dict[int, str]:
    """The county itself and the zones under it, with their codes; asked for once a request, to which the object belongs."""
    kept: dict[int | None, dict[int, str]] = vars(organisation).setdefault("places_of_scope", {None: {}})
    if organisation.place_id not in kept:
        own = Q(pk=organisation.place_id) | Q(parent=organisation.place_id)
        kept[organisation.place_id] = dict(Place.objects.filter(own).order_by("pk").values_list("pk", "code"))
    return kept[organisation.place_id]
