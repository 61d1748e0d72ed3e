"""The trail: append-only in the database, in words on the page, and reads noted once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from jiqun.web.accounts import services
from jiqun.web.accounts.models import User
from jiqun.web.common.models import AuditRecord
from jiqun.web.common.trail.models import ReadRecord
from tests.web.world import World

SignIn = Callable[[str], Client]


@pytest.fixture(autouse=True)
def _nothing_noted_yet() -> None:
    cache.clear()


@pytest.mark.parametrize("act", ["UPDATE common_auditrecord SET action = 'x'", "DELETE FROM common_auditrecord"])
def test_the_database_refuses_to_change_an_act(act: str, people: dict[str, User]) -> None:
    services.set_active(actor=people["operator"], user=people["county"], active=False)
    with pytest.raises(IntegrityError, match="common_auditrecord is append-only"), transaction.atomic():
        connection.cursor().execute(act)
    assert AuditRecord.objects.get().action == "停用账号"


@pytest.mark.parametrize("act", ["UPDATE trail_readrecord SET page = 'x'", "DELETE FROM trail_readrecord"])
def test_the_database_refuses_to_change_a_read(act: str, world: World, sign_in: SignIn) -> None:
    sign_in("city").get(reverse("cultivation:firm", args=[world.parties["a1"].uscc]))
    with pytest.raises(IntegrityError, match="trail_readrecord is append-only"), transaction.atomic():
        connection.cursor().execute(act)
    assert ReadRecord.objects.count() == 1


def test_an_act_is_listed_in_words(people: dict[str, User], sign_in: SignIn) -> None:
    services.set_active(actor=people["operator"], user=people["county"], active=False)
    text = " ".join(sign_in("auditor").get(reverse("trail:acts")).content.decode().split())
    assert "停用账号" in text and "county人员" in text and "operator人员" in text
    assert '<dt>有效</dt><dd><span class="soft">是</span> → <b>否</b></dd>' in text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 1), ("?who=operator", 1), ("?who=city", 0), ("?action=停用账号", 1), ("?action=发布", 0),
        ("?type=accounts.user", 1), ("?q=county", 1), ("?since=2020-01-01&until=2020-12-31", 0),
        ("?since=2020-01-01", 1), ("?since=nonsense&until=2026-99-99", 1),
    ],
)  # fmt: skip
def test_acts_are_filtered(query: str, found: int, people: dict[str, User], sign_in: SignIn) -> None:
    services.set_active(actor=people["operator"], user=people["county"], active=False)
    assert len(sign_in("city").get(reverse("trail:acts") + query).context["page"].rows) == found


def test_acts_are_exported_as_they_are_listed(people: dict[str, User], sign_in: SignIn) -> None:
    services.set_active(actor=people["operator"], user=people["county"], active=False)
    answer = sign_in("auditor").get(reverse("trail:acts-file"))
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "时间,操作人,登录名,机构,操作,对象类型,对象,对象编号,变化,说明"
    assert lines[1].split(",")[1:7] == ["operator人员", "operator", "operator机构", "停用账号", "账号", "county人员"]
    assert lines[1].endswith("有效：是 → 否,")


def test_a_read_is_noted_once_an_hour_and_shown_to_the_firm(world: World, sign_in: SignIn) -> None:
    address = reverse("cultivation:firm", args=[world.parties["a1"].uscc])
    client = sign_in("county")
    client.get(address)
    client.get(address)
    cache.clear()  # another process has not noted it yet
    client.get(address)
    sign_in("enterprise").get(address)
    rows = list(ReadRecord.objects.values_list("reader__username", "uscc", "party_name", "page"))
    assert rows == [("county", world.parties["a1"].uscc, "a1示例公司", "企业页")]
    assert "county机构" in sign_in("enterprise").get(reverse("trail:own")).content.decode()
    assert "county机构" not in sign_in("provider").get(reverse("trail:own")).content.decode()
    assert "county人员" in sign_in("auditor").get(reverse("trail:reads")).content.decode()


def test_a_page_out_of_scope_is_no_read(world: World, sign_in: SignIn) -> None:
    assert sign_in("county").get(reverse("cultivation:firm", args=[world.parties["b1"].uscc])).status_code == 404
    assert not ReadRecord.objects.exists()


def test_the_registry_desk_notes_reads_too(world: World, sign_in: SignIn) -> None:
    client = sign_in("county")
    client.get(reverse("registry:party", args=[world.parties["a1"].uscc]))
    b"".join(client.get(reverse("registry:file", args=["enterprises", "csv"])).streaming_content)
    pages = list(ReadRecord.objects.order_by("id").values_list("page", "uscc"))
    assert pages == [("台账·主体", world.parties["a1"].uscc), ("批量导出", "")]


def test_lists_of_many_firms_are_noted_as_one_read(world: World, sign_in: SignIn) -> None:
    lists = [reverse("registry:list", args=[key]) for key in ("设备", "活动", "enterprises")]
    for role in ("county", "enterprise"):
        for address in (*lists, reverse("registry:waiting") + "?kind=figures"):
            assert sign_in(role).get(address).status_code == 200
    found = ReadRecord.objects.order_by("pk").values_list("reader__username", "uscc", "party_name", "page")
    assert list(found) == [("county", "", "台账：设备台账", "列表"), ("county", "", "待审：指标数据", "列表")]
