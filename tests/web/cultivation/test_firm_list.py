"""The list of firms: filters, scope, and no more rows than a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.http import QueryDict

from jiqun.web.accounts.scope import scope_for
from jiqun.web.cultivation.lists import coded_industry, firm_list, is_known_code
from jiqun.web.cultivation.shapes import FirmFilter, FirmRow

if TYPE_CHECKING:
    from jiqun.web.accounts.models import User
    from tests.web.world import World


def _names(user: User, query: str) -> list[str]:
    return [row.name for row in firm_list(scope_for(user), FirmFilter.of(QueryDict(query))).rows]


def test_the_city_sees_all_firms_with_place_cluster_and_titles(people: dict[str, User], world: World) -> None:
    page = firm_list(scope_for(people["city"]), FirmFilter())
    assert page.rows[0] == FirmRow(
        world.parties["a1"].uscc, "a1示例公司", "甲县", "a集群", None, None, None, ("示例称号",)
    )
    assert [row.name for row in page.rows] == ["a1示例公司", "a2示例公司", "b1示例公司"]
    assert page.count_text == "共 3 家"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=a1", ["a1示例公司"]),
        ("q=a2SL", ["a2示例公司"]),
        ("q=公司", ["a1示例公司", "a2示例公司", "b1示例公司"]),
        ("q=91990100MA", ["a1示例公司", "a2示例公司", "b1示例公司"]),
        ("q=%25", []),
        ("county=990103", ["b1示例公司"]),
        ("cluster=cluster-a", ["a1示例公司", "a2示例公司"]),
        ("title=示例称号&county=9901A1", ["a2示例公司"]),
        ("title=没有的称号", []),
        ("kind=lab", ["lab示例公司"]),
        ("kind=nonsense&q=b1", ["b1示例公司"]),
        ("page=2", []),
    ],
)
def test_filters(people: dict[str, User], world: World, query: str, names: list[str]) -> None:
    from jiqun.web.registry.search.keep import index_parties

    index_parties(party.pk for party in world.parties.values())
    assert _names(people["city"], query) == names


def test_a_county_sees_its_own_and_its_zones(people: dict[str, User]) -> None:
    assert _names(people["county"], "") == ["a1示例公司", "a2示例公司"]
    assert _names(people["county"], "county=990103") == []


def test_a_full_code_is_known_only_within_scope(people: dict[str, User], world: World) -> None:
    code = world.parties["b1"].uscc
    assert is_known_code(scope_for(people["city"]), code.lower())
    assert not is_known_code(scope_for(people["county"]), code)
    assert not is_known_code(scope_for(people["city"]), code[:17])


def test_queries_do_not_grow_with_the_rows(
    people: dict[str, User], django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    scope = scope_for(people["city"])
    with django_assert_max_num_queries(3):  # type: ignore[operator]
        firm_list(scope, FirmFilter())


@pytest.mark.parametrize(
    ("code", "shown"), [("C3311", "C3311 金属结构制造"), ("3311", "3311 金属结构制造"), ("Z99", "Z99"), ("", None)]
)
def test_an_industry_has_its_name_beside_its_code(code: str, shown: str | None) -> None:
    assert coded_industry(code) == shown
