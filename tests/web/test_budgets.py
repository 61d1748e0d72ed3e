"""Every page of the table of budgets asks the database no more often than it says; every page of the navigation is in it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from jiqun.web.accounts.models import Role, User
from jiqun.web.common.navigation import entries
from jiqun.web.registry.models import Publication
from tests.web.accounts.matrix import VIEWS, client_of, roles_of, samples_of
from tests.web.budgets import BUDGETS
from tests.web.plan import built, published
from tests.web.world import World

__all__ = ["built", "published"]
LEADS_ON = {"cultivation:own"}
"""Pages that only lead a firm to another."""
PLAYED_BY = {"portal:home": "visitor", "cultivation:own": "enterprise"}
"""The others have their desks elsewhere."""
ORDER = (Role.CITY, Role.OPERATOR, Role.COUNTY, Role.ENTERPRISE, Role.PROVIDER)
"""Who asks: the first of these that may open the page, for the city sees most."""


def test_every_page_of_the_navigation_has_a_budget() -> None:
    offered = {entry.view for entry in entries() if not VIEWS[entry.view].pattern.converters}
    assert sorted(offered - BUDGETS.keys()) == [], "measure it and add it to tests/web/budgets.py"


def test_every_budget_is_of_a_page() -> None:
    assert sorted(BUDGETS.keys() - VIEWS.keys()) == []


@pytest.mark.parametrize("name", sorted(BUDGETS))
def test_a_page_keeps_its_budget(name: str, published: Publication, world: World, people: dict[str, User]) -> None:
    sample = next(iter(samples_of(name)), None)
    role = PLAYED_BY.get(name) or next(
        r for r in ORDER if r in roles_of(name) and (sample is None or r in sample.seen_by)
    )
    address = reverse(name, kwargs=sample.make(world, people) if sample else {})
    client = client_of(role, people)
    client.get(address, follow=True)  # what is kept between requests
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address)
    assert answer.status_code == (302 if name in LEADS_ON else 200)
    queries = "\n".join(query["sql"][:200] for query in asked)
    assert len(asked) <= BUDGETS[name], f"{role} {address}: {len(asked)} queries\n{queries}"
