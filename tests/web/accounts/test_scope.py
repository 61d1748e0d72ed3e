"""Scope: for each role, exactly what it may see."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.shortcuts import get_object_or_404

from jiqun.web.accounts.models import User
from jiqun.web.accounts.scope import Scope, scope_for
from tests.web.world import World

ALL = {"a1", "a2", "b1", "lab"}
SEEN = {
    "city": ALL,
    "auditor": ALL,
    "operator": ALL,
    "county": {"a1", "a2"},
    "enterprise": {"a1"},
    "provider": {"lab"},
    "visitor": set(),
}


def _scope(people: dict[str, User], role: str) -> Scope:
    return scope_for(people.get(role, AnonymousUser()))


@pytest.mark.parametrize("role", SEEN)
def test_each_role_sees_its_parties_and_their_records(role: str, world: World, people: dict[str, User]) -> None:
    scope = _scope(people, role)
    names = {party.pk: key for key, party in world.parties.items()}
    assert {names[p.pk] for p in scope.parties()} == SEEN[role]
    for records in (scope.observations(), scope.reviews(), scope.entries()):
        of_parties = records.filter(party__isnull=False)
        assert {names[r.party_id] for r in of_parties} == SEEN[role]
    assert {key for key, party in world.parties.items() if scope.allows_party(party)} == SEEN[role]


@pytest.mark.parametrize("role", SEEN)
@pytest.mark.parametrize("key", sorted(ALL))
def test_a_foreign_party_does_not_exist(role: str, key: str, world: World, people: dict[str, User]) -> None:
    scope, party = _scope(people, role), world.parties[key]
    if key in SEEN[role]:
        assert get_object_or_404(scope.parties(), uscc=party.uscc) == party
    else:
        with pytest.raises(Http404):
            get_object_or_404(scope.parties(), uscc=party.uscc)


OWN_AREAS = {
    "city": ({"city", "a", "b", "az"}, {"a", "b"}),
    "auditor": ({"city", "a", "b", "az"}, {"a", "b"}),
    "operator": ({"city", "a", "b", "az"}, {"a", "b"}),
    "county": ({"a", "az"}, {"a"}),
    "enterprise": (set(), set()),
    "provider": (set(), set()),
    "visitor": (set(), set()),
}


@pytest.mark.parametrize("role", OWN_AREAS)
def test_figures_of_places_and_clusters(role: str, world: World, people: dict[str, User]) -> None:
    scope = _scope(people, role)
    places, clusters = OWN_AREAS[role]
    assert {key for key, p in world.places.items() if p in scope.own_places()} == places
    assert {key for key, c in world.clusters.items() if c in scope.own_clusters()} == clusters
    counties_with_figures = {key for key in ("a", "b") if key in places}
    assert set(scope.observations().filter(place__isnull=False).values_list("place__code", flat=True)) == {
        world.places[key].code for key in counties_with_figures
    }
    assert set(scope.observations().filter(cluster__isnull=False).values_list("cluster__code", flat=True)) == {
        f"cluster-{key}" for key in clusters
    }


@pytest.mark.parametrize("role", SEEN)
def test_what_is_public_is_seen_by_all(role: str, world: World, people: dict[str, User]) -> None:
    scope = _scope(people, role)
    assert (scope.places().count(), scope.clusters().count(), scope.recognitions().count()) == (4, 2, 4)


def test_a_stopped_account_or_organisation_sees_nothing(people: dict[str, User]) -> None:
    people["county"].organisation.is_active = False
    people["city"].is_active = False
    assert scope_for(people["county"]).parties().count() == 0
    assert scope_for(people["city"]).parties().count() == 0


def test_a_firm_account_without_its_firm_sees_nothing(world: World, people: dict[str, User]) -> None:
    world.parties["a1"].delete()
    user = User.objects.get(username="enterprise")
    assert user.organisation is not None and user.organisation.party_id is None
    assert scope_for(user).parties().count() == 0
    assert scope_for(user).entries().count() == 0


def test_the_auditor_changes_nothing(people: dict[str, User]) -> None:
    assert {role for role in [*people, "visitor"] if _scope(people, role).may_write} == {
        "city", "county", "enterprise", "provider", "operator",
    }  # fmt: skip
