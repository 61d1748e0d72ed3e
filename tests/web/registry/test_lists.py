"""Lists: filters, order, pages from where the last ended, columns, files; and no more queries than recorded."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from django.http import QueryDict
from django.urls import reverse

from jiqun.web.accounts.scope import scope_for
from jiqun.web.common.pack import current_pack
from jiqun.web.registry.lists import reading as reading_module
from jiqun.web.registry.lists.declared import all_lists
from jiqun.web.registry.lists.reading import Reading
from jiqun.web.registry.models import Entry, Party, SavedView
from tests.web.budgets import BUDGETS
from tests.web.world import uscc

if TYPE_CHECKING:
    from django.test import Client

    from jiqun.web.accounts.models import User
    from tests.web.world import World

SignIn = Callable[[str], "Client"]


def _read(user: User, key: str, query: str = "") -> Reading:
    return Reading(all_lists(current_pack())[key], scope_for(user), QueryDict(query))


def _names(reading: Reading) -> list[str]:
    return [row.name for row in reading.page.rows]


@pytest.fixture
def equipment(world: World) -> None:
    """Three entries of the pack's register of equipment."""
    for key, data in {
        "a1": {"类别": "生产", "金额": 20_000.0},
        "a2": {"类别": "研发", "金额": 5_000.5},
        "b1": {"比例": 0.125},
    }.items():
        Entry.objects.create(party=world.parties[key], register="设备", on=date(2025, 1, 1), data=data)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["a1示例公司", "a2示例公司", "b1示例公司"]),
        ("sort=-uscc", ["b1示例公司", "a2示例公司", "a1示例公司"]),
        ("sort=nonsense&f-county=990103", ["b1示例公司"]),
        ("f-cluster=cluster-a&sort=-name", ["a2示例公司", "a1示例公司"]),
        ("f-above_size=none", ["a1示例公司", "a2示例公司", "b1示例公司"]),
        ("f-above_size=1", []),
        ("f-founded_on-from=2015-03-01&f-founded_on-to=2015-03-01", ["a1示例公司", "a2示例公司", "b1示例公司"]),
        ("f-founded_on-from=2015-03-02", []),
        ("f-founded_on-from=昨天", ["a1示例公司", "a2示例公司", "b1示例公司"]),
        ("after=junk&before=W10", ["a1示例公司", "a2示例公司", "b1示例公司"]),
    ],
)
def test_filters_and_order(people: dict[str, User], query: str, names: list[str]) -> None:
    assert _names(_read(people["city"], "enterprises", query)) == names


@pytest.mark.parametrize("sort", ["founded_on", "-founded_on", "name", "-uscc"])
def test_pages_forth_and_back_hold_every_row_once(
    people: dict[str, User], monkeypatch: pytest.MonkeyPatch, sort: str
) -> None:
    monkeypatch.setattr(reading_module, "PAGE", 2)
    for i, day in enumerate([None, date(2011, 1, 1), None, date(2020, 1, 1)]):
        Party.objects.create(uscc=uscc(200 + i), name=f"页{i % 2}", kind="enterprise", founded_on=day)
    forth, pages, cursor = [], [], ""
    while cursor is not None:
        page = _read(people["city"], "enterprises", f"sort={sort}&after={cursor}").page
        pages.append([row.pk for row in page.rows])
        forth, cursor, back = forth + pages[-1], page.after, page.before
    assert len(forth) == len(set(forth)) == 7
    assert [len(p) for p in pages] == [2, 2, 2, 1]
    for expected in reversed(pages[:-1]):
        page = _read(people["city"], "enterprises", f"sort={sort}&before={back}").page
        assert [row.pk for row in page.rows] == expected
        back = page.before
    assert back is None


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("", ["a1", "a2", "b1"]), ("f-d1-from=1万元", ["a1"]), ("f-d1-to=1万元", ["a2"]), ("f-d2-from=12.5", ["b1"]),
        ("f-d2-from=12.6", []), ("f-d0=研发", ["a2"]), ("f-uscc=0", []),
    ],
)  # fmt: skip
def test_a_register_is_filtered_by_its_declared_fields(
    equipment: None, world: World, people: dict[str, User], query: str, keys: list[str]
) -> None:
    found = {row.party for row in _read(people["city"], "设备", query).page.rows}
    assert found == {world.parties[key] for key in keys}


def test_a_register_sorts_by_its_fields_and_those_without_stand_last(
    equipment: None, world: World, people: dict[str, User]
) -> None:
    a1, a2, b1 = (world.parties[key] for key in ("a1", "a2", "b1"))
    assert [row.party for row in _read(people["city"], "设备", "sort=d1").page.rows] == [a2, a1, b1]
    assert [row.party for row in _read(people["city"], "设备", "sort=-d1").page.rows] == [a1, a2, b1]


@pytest.mark.parametrize("asked", ["f-county=990102", "f-cluster=cluster-a", "f-county=nowhere"])
def test_a_place_or_cluster_is_known_before_its_rows_are_looked_for(asked: str, people: dict[str, User]) -> None:
    """Joined instead, a million rows in order would be read until fifty of the place were met."""
    assert "JOIN" not in str(_read(people["city"], "enterprises", asked).rows.query)


def test_a_firm_sees_its_own_entries(equipment: None, world: World, people: dict[str, User]) -> None:
    assert [row.party for row in _read(people["enterprise"], "设备").page.rows] == [world.parties["a1"]]


def test_every_list_opens_and_stays_within_its_queries(
    equipment: None, world: World, sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    client = sign_in("city")
    client.get(reverse("registry:home"))  # what is kept between requests
    for key in all_lists(current_pack()):
        with django_assert_max_num_queries(BUDGETS["registry:list"]):
            assert client.get(reverse("registry:list", args=[key])).status_code == 200


def test_the_files_hold_the_same_rows(equipment: None, world: World, sign_in: SignIn) -> None:
    Party.objects.filter(pk=world.parties["a2"].pk).update(name="=1+1")
    client = sign_in("city")
    chosen = "?sort=-d1&col=subject&col=d1&col=on"

    def got(form: str) -> bytes:
        return b"".join(client.get(reverse("registry:file", args=["设备", form]) + chosen).streaming_content)

    lines = got("csv").decode("utf-8-sig").splitlines()
    assert lines == [
        "企业,日期,金额（元）",
        "a1示例公司,2025-01-01,20000.0",
        "'=1+1,2025-01-01,5000.5",
        "b1示例公司,2025-01-01,",
    ]
    sheet = openpyxl.load_workbook(io.BytesIO(got("xlsx"))).active
    assert list(sheet.values)[2] == ("=1+1", "2025-01-01", 5000.5)
    assert sheet["A3"].data_type == "s"
    assert pq.read_table(io.BytesIO(got("parquet"))).column("日期").to_pylist() == [date(2025, 1, 1)] * 3


def test_views_are_kept_shared_and_dropped(people: dict[str, User], sign_in: SignIn) -> None:
    client = sign_in("county")
    address = reverse("registry:keep_view", args=["enterprises"])
    client.post(address, {"name": "规上", "query": "f-above_size=1", "shared": "1"})
    kept = SavedView.objects.get()
    assert (kept.owner, kept.query, kept.shared) == (people["county"], "f-above_size=1", True)
    assert "规上" in client.get(reverse("registry:list", args=["enterprises"])).content.decode()
    answer = client.post(address, {"name": " "}, follow=True)
    assert "请填写视图名称" in answer.content.decode()
    assert sign_in("city").post(reverse("registry:drop_view", args=[kept.pk])).status_code == 404
    sign_in("county").post(reverse("registry:drop_view", args=[kept.pk]))
    assert not SavedView.objects.exists()
