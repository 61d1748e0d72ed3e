"""A county sees the others' aggregates, but no small cell of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from jiqun.web.common.disclosure import HIDDEN
from jiqun.web.registry.models import Publication

SignIn = Callable[[str], Client]


@pytest.mark.parametrize(
    ("role", "shown"),
    [("city", {"甲县": "1家", "乙县": "0家"}), ("county", {"甲县": "1家", "乙县": "0家"})],
)
def test_an_empty_cell_and_the_own_one_are_shown(
    role: str, shown: dict[str, str], published: Publication, sign_in: SignIn
) -> None:
    page = sign_in(role).get(reverse("dispatch:target", args=["big-firms"])).context["page"]
    assert {s.name: s.text for s in page.shares if s.name in shown} == shown


def test_another_county_with_one_firm_is_hidden_from_the_county_only(published: Publication, sign_in: SignIn) -> None:
    address = reverse("dispatch:target", args=["revenue-share"])
    seen = {
        role: {s.name: s.text for s in sign_in(role).get(address).context["page"].shares} for role in ("city", "county")
    }
    assert HIDDEN not in seen["city"].values()
    assert seen["county"]["乙县"] == HIDDEN
    assert seen["county"]["甲县"] == seen["city"]["甲县"]


def test_the_map_hides_it_too(published: Publication, sign_in: SignIn) -> None:
    for role, hidden in (("city", set()), ("county", {"990103"})):
        metrics = sign_in(role).get(reverse("dispatch:overview")).context["overview"].metrics
        revenue = next(m for m in metrics if m.title == "营业收入")
        assert {code for code in revenue.hidden if code == "990103"} == hidden
        assert (revenue.values["990103"] is None) is bool(hidden)
