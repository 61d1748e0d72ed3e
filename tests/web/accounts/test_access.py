"""Every page × every role × own and foreign objects: opened, sent to sign in, refused, or not found.

Who may open a page stands at its view (`@page(...)`); the pages of all apps are found here by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from jiqun.web.accounts.models import Role
from jiqun.web.common.access import roles_of_view
from tests.web.accounts.test_scope import SEEN
from tests.web.world import World

SignIn = Callable[[str], Client]


def _views(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Our own pages by name; those of the libraries have rules of their own."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _views(pattern.url_patterns, f"{pattern.app_name}:" if pattern.app_name else prefix)
        elif pattern.name and (prefix or pattern.name == "health"):
            yield prefix + pattern.name, pattern


VIEWS = dict(_views(get_resolver().url_patterns))
WITHOUT_OBJECT = sorted(name for name, pattern in VIEWS.items() if not pattern.pattern.converters)


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


@pytest.mark.parametrize("name", sorted(VIEWS))
def test_every_page_names_its_roles(name: str) -> None:
    roles = roles_of_view(VIEWS[name].callback)
    assert roles is None or (roles and roles <= set(Role))


@pytest.mark.parametrize("role", SEEN)
@pytest.mark.parametrize("name", WITHOUT_OBJECT)
def test_a_page_opens_for_its_roles_only(role: str, name: str, sign_in: SignIn) -> None:
    roles, answer = roles_of_view(VIEWS[name].callback), sign_in(role).get(reverse(name))
    if roles is None or role in roles:
        assert answer.status_code != 403 and not _sent_to_sign_in(answer)
    elif role == "visitor":
        assert _sent_to_sign_in(answer)
    else:
        assert answer.status_code == 403


def _sent_to_sign_in(answer: HttpResponse) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith(reverse("account_login"))


def test_the_list_of_firms_is_the_list_of_the_scope(world: World, sign_in: SignIn) -> None:
    text = sign_in("county").get(reverse("cultivation:firms")).content.decode()
    assert {key for key, party in world.parties.items() if party.name in text} <= SEEN["county"]
    assert world.parties["a1"].name in text


@pytest.mark.parametrize("name", ["portal:home", "portal:clusters", "portal:policies"])
def test_public_pages_need_nobody(name: str, sign_in: SignIn) -> None:
    assert sign_in("visitor").get(reverse(name)).status_code == 200


def test_all_roles_are_played() -> None:
    assert set(SEEN) == {*Role.values, "visitor"}
