"""Duplicates proposed, two parties made one, and the history of a firm in one list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from jiqun.base.codes import uscc_check_digit
from jiqun.base.errors import InputError
from jiqun.web.accounts.scope import scope_for
from jiqun.web.common.models import AuditRecord
from jiqun.web.registry import services
from jiqun.web.registry.duplicates import Candidate, core_of, pairs, place_prefixes
from jiqun.web.registry.models import NotDuplicate, Observation, Party, PartyCode, Recognition
from jiqun.web.registry.search.find import find_parties
from jiqun.web.registry.services.merge import GONE, KEPT, conflicts_of, merge_parties
from jiqun.web.registry.timeline import timeline_of

if TYPE_CHECKING:
    from django.test import Client

    from jiqun.web.accounts.models import User
    from tests.web.world import World

SignIn = Callable[[str], "Client"]
PLACES = ["示例市", "甲县", "甲县开发区"]


def _same_body(code: str) -> str:
    """Another code of the same organisation, as registered by another authority."""
    first = "92" + code[2:17]
    return first + uscc_check_digit(first)


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("示例市榆卓皮衣有限公司", "榆卓皮衣"), ("示例 榆卓皮衣（集团）有限责任公司", "榆卓皮衣集团"),
        ("甲县榆卓皮衣股份有限公司", "榆卓皮衣"), ("ＡＢＣ公司", "abc"), ("甲县公司", "甲县"),
    ],
)  # fmt: skip
def test_the_core_of_a_name(name: str, core: str) -> None:
    assert core_of(name, place_prefixes(PLACES)) == core


def test_pairs_and_why_they_are_proposed() -> None:
    code = "91990100MA0000001" + uscc_check_digit("91990100MA0000001")
    given = [
        Candidate(1, code, "示例市榆卓皮衣有限公司"), Candidate(2, _same_body(code), "完全不同的名称"),
        Candidate(3, "X" * 8 + "222222222" + "X", "榆卓皮衣有限责任公司"),
        Candidate(4, "X" * 8 + "444444444" + "X", "宏远精密机械制造有限公司"),
        Candidate(5, "X" * 8 + "555555555" + "X", "宏远精密机戒制造有限公司"),
        Candidate(6, "X" * 8 + "666666666" + "X", "宏远食品有限公司"),
    ]  # fmt: skip
    found = [(p.key, p.reason) for p in pairs(given, PLACES, set())]
    assert found == [((1, 2), "组织机构代码相同"), ((1, 3), "规范后名称相同"), ((4, 5), "名称相近")]
    assert [p.key for p in pairs(given, PLACES, {(1, 3)})] == [(1, 2), (4, 5)]


@pytest.fixture
def twins(world: World) -> tuple[Party, Party]:
    """a1, and a2 which has a figure more, one that differs, and the same title."""
    kept, gone = world.parties["a1"], world.parties["a2"]
    Observation.objects.filter(party=gone).update(value="13000000")
    Observation.objects.create(party=gone, indicator="研发费用", period="2024", value="5")
    Recognition.objects.create(party=gone, title="另一称号", awarded_on=date(2024, 1, 1))
    services.update_party(actor=None, party=gone, size_class="中型", name="榆卓旧称公司")
    gone.refresh_from_db()
    return kept, gone


def test_what_differs_must_be_decided(twins: tuple[Party, Party], people: dict[str, User]) -> None:
    kept, gone = twins
    (conflict,) = conflicts_of(kept, gone)
    assert (conflict.label, conflict.kept, conflict.gone) == ("营业收入（2024）", "12000000", "13000000")
    with pytest.raises(InputError, match="营业收入（2024）两边不同，请选择保留哪一个"):
        merge_parties(actor=people["city"], kept=kept, gone=gone, choices={})
    assert Party.objects.filter(pk=gone.pk).exists()


@pytest.mark.parametrize(("choice", "value"), [(KEPT, "12000000"), (GONE, "13000000")])
def test_everything_goes_to_the_one_that_is_kept(
    twins: tuple[Party, Party], people: dict[str, User], choice: str, value: str
) -> None:
    kept, gone = twins
    organisation = people["enterprise"].organisation
    assert organisation is not None
    organisation.party = gone
    organisation.save()
    code, (conflict,) = gone.uscc, conflicts_of(kept, gone)
    merge_parties(actor=people["city"], kept=kept, gone=gone, choices={conflict.key: choice})
    figures = dict(Observation.objects.filter(party=kept).values_list("indicator", "value"))
    assert figures == {"营业收入": value, "研发费用": "5"}
    assert sorted(kept.recognitions.values_list("title", flat=True)) == ["另一称号", "示例称号"]
    assert (kept.reviews.count(), kept.entrys.count()) == (1, 2)
    organisation.refresh_from_db()
    kept.refresh_from_db()
    assert (organisation.party, kept.size_class) == (kept, "中型")
    assert PartyCode.objects.get().uscc == code and not Party.objects.filter(uscc=code).exists()
    assert [hit.party for hit in find_parties(scope_for(people["city"]), "榆卓旧称")] == [kept]
    assert find_parties(scope_for(people["city"]), code)[0].by == f"原代码 {code}"
    after = AuditRecord.objects.get(action="合并主体").after
    assert after is not None
    assert after["merged"]["uscc"] == code
    assert [len(rows) for rows in after["dropped"].values()] == [1, 1, 1]


def test_the_old_address_leads_to_the_one_kept(twins: tuple[Party, Party], world: World, sign_in: SignIn) -> None:
    kept, gone = twins
    client, (conflict,) = sign_in("county"), conflicts_of(kept, gone)
    page = client.get(reverse("registry:merge", args=[kept.uscc, gone.uscc]))
    assert "13000000" in page.content.decode()
    client.post(page.request["PATH_INFO"], {"act": "merge", conflict.key: KEPT})
    answer = client.get(reverse("registry:party", args=[gone.uscc]))
    assert answer["Location"] == reverse("registry:party", args=[kept.uscc])
    assert sign_in("provider").get(reverse("registry:party", args=[gone.uscc])).status_code == 404


def test_two_that_are_two_are_not_proposed_again(world: World, sign_in: SignIn) -> None:
    for key in ("a1", "a2"):
        Party.objects.filter(pk=world.parties[key].pk).update(name="同名公司", county=world.places["a"])
    client, address = sign_in("county"), reverse("registry:duplicates")
    assert "同名公司" in client.get(address).content.decode()
    merge = reverse("registry:merge", args=[world.parties["a2"].uscc, world.parties["a1"].uscc])
    client.post(merge, {"act": "apart"})
    assert NotDuplicate.objects.count() == 1
    assert "没有发现疑似重复的主体" in client.get(address).content.decode()


def test_the_timeline_holds_everything_dated(world: World, people: dict[str, User], sign_in: SignIn) -> None:
    party, scope = world.parties["a1"], scope_for(people["city"])
    sign_in("city").post(reverse("registry:rename", args=[party.uscc]), {"name": "新名公司", "on": "2024-06-01"})
    party.refresh_from_db()
    events = [(e.on, e.kind_name, e.text) for e in timeline_of(scope, party) if e.kind != "change"]
    assert events == [
        ("2025-08-01", "复核", "“示例称号”复核通过"),
        ("2025-05-01", "台账", "示例台账"),
        ("2024-06-01", "更名", "由“a1示例公司”更名为“新名公司”"),
        ("2024", "填报", "2024 年度指标"),
        ("2023-12-01", "认定", "获得“示例称号”"),
        ("2015-03-01", "成立", "成立"),
    ]
    (change,) = timeline_of(scope, party, "change")
    assert (change.text, change.detail) == ("更名", "city人员：名称")


@pytest.mark.parametrize(
    ("name", "on", "said"),
    [
        (" ", "2024-06-01", "新名称不能为空"), ("a1示例公司", "2024-06-01", "新名称与现名称相同"),
        ("新名", "2014-01-01", "更名日期早于现名称的启用日期"), ("新名", "昨天", "更名日期应写成 2025-07-22"),
    ],
)  # fmt: skip
def test_names_and_days_that_cannot_be(world: World, sign_in: SignIn, name: str, on: str, said: str) -> None:
    address = reverse("registry:rename", args=[world.parties["a1"].uscc])
    assert said in sign_in("city").post(address, {"name": name, "on": on}, follow=True).content.decode()
    world.parties["a1"].refresh_from_db()
    assert world.parties["a1"].name == "a1示例公司"
