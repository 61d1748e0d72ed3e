"""Every page × every role × own and foreign objects: opened, sent to sign in, refused, or not found.

Who may open a page stands at its view (`@page(...)`); the pages of all apps are found by themselves, and so are the
samples of the objects (see `matrix.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jiqun.web.accounts.models import Role, User
from jiqun.web.common.access import is_for_own_settings, roles_of_view
from jiqun.web.registry.models import Publication
from tests.web.accounts.matrix import (
    EVERYBODY,
    LIMITED,
    SEES_ALL,
    VIEWS,
    VISITOR,
    WITH_OBJECT,
    WITHOUT_OBJECT,
    Played,
    Sample,
    client_of,
    play,
    roles_of,
    samples_of,
)
from tests.web.accounts.test_scope import SEEN
from tests.web.world import World

SignIn = Callable[[str], Client]
ROLES = (*Role.values, VISITOR)


@pytest.mark.parametrize("name", sorted(VIEWS))
def test_every_page_names_its_roles(name: str) -> None:
    roles = roles_of_view(VIEWS[name].callback)
    assert roles is None or (roles and roles <= set(Role))


@pytest.mark.parametrize("name", sorted(VIEWS))
def test_no_page_does_without_the_token_against_forged_requests(name: str) -> None:
    assert not getattr(VIEWS[name].callback, "csrf_exempt", False)


@pytest.mark.parametrize("name", WITH_OBJECT)
def test_every_page_of_an_object_has_samples_own_and_foreign(name: str) -> None:
    samples = samples_of(name)
    assert samples, f"add a Sample of {name} to tests/web/<app>/samples.py (how: tests/web/accounts/matrix.py)"
    if any(sample.seen_by == EVERYBODY for sample in samples):
        return
    without = [r for r in sorted(roles_of(name) & LIMITED) if all(r in sample.seen_by for sample in samples)]
    assert not without, f"{name}: no sample is foreign to {without}"


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", WITHOUT_OBJECT)
def test_a_page_opens_for_its_roles_only(role: str, name: str, people: dict[str, User]) -> None:
    got = play(client_of(role, people), "get", reverse(name))
    fault = _refusal_fault(got, role) if role not in roles_of(name) else _opening_fault(got, allowed=(404,))
    assert fault is None


@pytest.mark.parametrize("name", WITH_OBJECT)
def test_an_object_opens_for_those_who_may_see_it_only(
    name: str, published: Publication, world: World, people: dict[str, User]
) -> None:
    clients = {role: client_of(role, people) for role in ROLES}
    addresses = [(sample, _address(name, sample, world, people)) for sample in samples_of(name)]
    faults = []
    for sample, address in addresses:
        for role, client in clients.items():
            for method in ("get", "post"):
                fault = _fault(play(client, method, address), name, sample, role)
                faults += [f"{role} {method} {address}: {fault}"] if fault else []
    assert faults == []


@pytest.mark.parametrize("name", sorted(VIEWS))
def test_a_change_without_the_token_or_by_the_auditor_is_refused(
    name: str, published: Publication, world: World, people: dict[str, User]
) -> None:
    address = _address(name, next(iter(samples_of(name)), None), world, people)
    forged = play(client_of("operator", people, enforce_csrf_checks=True), "post", address)
    assert forged.status in (403, 405)
    assert forged.wrote == ()
    if not is_for_own_settings(VIEWS[name].callback):
        audited = play(client_of("auditor", people), "post", address)
        assert audited.status in (403, 405)
        assert audited.wrote == ()


def _address(name: str, sample: Sample | None, world: World, people: dict[str, User]) -> str:
    arguments: dict[str, Any] = sample.make(world, people) if sample else {}
    return reverse(name, kwargs=arguments)


def _fault(got: Played, name: str, sample: Sample, role: str) -> str | None:
    """What is wrong with an answer; None where it is as it should be."""
    if got.status == 405:
        return None
    if role not in roles_of(name):
        return _refusal_fault(got, role)
    if role in sample.seen_by:
        return _opening_fault(got, allowed=(403,) if got.answer.wsgi_request.method == "POST" else ())
    if got.status not in ((404,) if got.answer.wsgi_request.method == "GET" else (403, 404)):
        return f"{got.status} for what does not exist for this reader"
    return f"wrote {got.wrote} of what does not exist for this reader" if got.wrote else None


def _refusal_fault(got: Played, role: str) -> str | None:
    """A visitor is sent to sign in, another role is refused, and nothing is written."""
    if got.wrote:
        return f"wrote {got.wrote}"
    right = got.to_sign_in if role == VISITOR else got.status in (403, 405)
    return None if right or got.status == 405 else f"{got.status} for a role that may not open the page"


def _opening_fault(got: Played, allowed: tuple[int, ...] = ()) -> str | None:
    refused = got.to_sign_in or got.status >= 500 or got.status in {403, 404} - set(allowed)
    return f"{got.status} for one who may open it" if refused else None


@pytest.mark.parametrize("role", SEEN)
@pytest.mark.parametrize("key", ["a1", "a2", "b1", "lab"])
def test_a_firm_page_names_the_firm_in_scope_and_nowhere_else(
    role: str, key: str, world: World, sign_in: SignIn
) -> None:
    answer = sign_in(role).get(reverse("cultivation:firm", args=[world.parties[key].uscc]))
    assert (world.parties[key].name in answer.content.decode()) is (key in SEEN[role])


def test_the_list_of_firms_is_the_list_of_the_scope(world: World, sign_in: SignIn) -> None:
    text = sign_in("county").get(reverse("cultivation:firms")).content.decode()
    assert {key for key, party in world.parties.items() if party.name in text} <= SEEN["county"]
    assert world.parties["a1"].name in text


@pytest.mark.parametrize("name", ["portal:home", "portal:clusters", "portal:policies"])
def test_public_pages_need_nobody(name: str, sign_in: SignIn) -> None:
    assert sign_in(VISITOR).get(reverse(name)).status_code == 200


def test_all_roles_are_played() -> None:
    assert set(SEEN) == EVERYBODY
    assert set(Role.values) == SEES_ALL | LIMITED
