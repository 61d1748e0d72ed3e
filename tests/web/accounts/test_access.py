"""Every page × every role × own and foreign objects: opened, sent to sign in, refused, or not found."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from jiqun.web.accounts.models import Role
from tests.web.accounts.test_scope import SEEN
from tests.web.world import World

SignIn = Callable[[str], Client]
BUREAUS = {"city", "county", "auditor", "operator"}
"""Roles that work for the programme."""
PUBLIC = {"health", "portal:home", "portal:clusters", "portal:cluster", "portal:policies", "dispatch:map"}
BUREAU = {
    "dispatch:overview", "dispatch:target", "dispatch:target-records", "dispatch:target-export", "cultivation:firms",
}  # fmt: skip
FIRM = {"cultivation:firm", "cultivation:own"}


@pytest.mark.parametrize("role", SEEN)
@pytest.mark.parametrize("key", ["a1", "a2", "b1", "lab"])
def test_a_firm_page_opens_in_scope_and_does_not_exist_outside(
    role: str, key: str, world: World, sign_in: SignIn
) -> None:
    answer = sign_in(role).get(reverse("cultivation:firm", args=[world.parties[key].uscc]))
    if role == "visitor":
        assert answer.status_code == 302 and answer["Location"].startswith(reverse("account_login"))
    else:
        assert answer.status_code == (200 if key in SEEN[role] else 404)
        assert (world.parties[key].name in answer.content.decode()) is (key in SEEN[role])


@pytest.mark.parametrize("role", SEEN)
@pytest.mark.parametrize("name", ["dispatch:overview", "cultivation:firms"])
def test_pages_of_the_bureaus_are_theirs(role: str, name: str, sign_in: SignIn) -> None:
    answer = sign_in(role).get(reverse(name))
    expected = 302 if role == "visitor" else 200 if role in BUREAUS else 403
    assert answer.status_code == expected


def test_the_list_of_firms_is_the_list_of_the_scope(world: World, sign_in: SignIn) -> None:
    text = sign_in("county").get(reverse("cultivation:firms")).content.decode()
    assert {key for key, party in world.parties.items() if party.name in text} <= SEEN["county"]
    assert world.parties["a1"].name in text


@pytest.mark.parametrize("name", ["portal:home", "portal:clusters", "portal:policies"])
def test_public_pages_need_nobody(name: str, sign_in: SignIn) -> None:
    assert sign_in("visitor").get(reverse(name)).status_code == 200


def _names(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern.url_patterns, f"{pattern.app_name}:" if pattern.app_name else prefix)
        elif pattern.name:
            yield prefix + pattern.name


def test_no_page_of_ours_is_without_a_rule_here() -> None:
    ours = {name for name in _names(get_resolver().url_patterns) if ":" in name or name == "health"}
    assert ours == PUBLIC | BUREAU | FIRM, "a new page belongs to one of the three sets, and to the tests above"


def test_all_roles_are_played() -> None:
    assert set(SEEN) == {*Role.values, "visitor"}
