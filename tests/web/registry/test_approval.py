"""What counties and firms report outside rounds counts only once the city approved it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest
from django.db import connections
from django.urls import reverse

from jiqun.base.errors import InputError
from jiqun.web.api.models import Delivery
from jiqun.web.api.services import create_webhook
from jiqun.web.common.models import AuditRecord
from jiqun.web.inbox.models import Message
from jiqun.web.registry.approval.services import approve, send_back
from jiqun.web.registry.approval.waiting import ENTRIES, FIGURES, mark_of
from jiqun.web.registry.bulk.session import Database
from jiqun.web.registry.export import export_facts
from jiqun.web.registry.models import Entry, Observation, Recognition
from jiqun.web.registry.services.records import change_record, create_record, delete_record, token_of
from tests.web.world import uscc

if TYPE_CHECKING:
    from django.test import Client

    from jiqun.web.accounts.models import User
    from tests.web.world import World

SignIn = Callable[[str], "Client"]
WAITING = "/registry/waiting/"


def _entry(world: World, actor: User, subject: str = "a1", **data: Any) -> Entry:
    given = {"类别": "生产", "金额": 125_000} | data
    made = create_record(
        actor=actor, model=Entry,
        values={"register": "设备", "party": world.parties[subject], "on": date(2025, 6, 30), "data": given},
    )  # fmt: skip
    assert isinstance(made, Entry)
    return made


def _figure(world: World, subject: str = "a1", **given: Any) -> Observation:
    return Observation.objects.create(
        party=world.parties[subject],
        **{"indicator": "营业收入", "period": "2025", "value": "15000000", "state": "submitted"} | given,
    )


def _pick(*rows: Any) -> list[str]:
    return [f"{row.pk}:{mark_of(row)}" for row in rows]


def _seen(*rows: Any) -> dict[int, str]:
    return {row.pk: mark_of(row) for row in rows}


def test_whose_entry_counts_at_once(world: World, people: dict[str, User]) -> None:
    states = {role: _entry(world, people[role]).state for role in ("city", "operator", "county")}
    assert states == {"city": "approved", "operator": "approved", "county": "submitted"}
    told = Message.objects.get()
    assert (told.recipient, told.text, told.url) == (
        people["city"], "county机构报来台账记录，请审核", "/registry/waiting/?kind=entries",
    )  # fmt: skip
    _entry(world, people["county"])
    assert Message.objects.count() == 1  # once a day


@pytest.mark.django_db(transaction=True)
def test_only_what_the_city_approved_reaches_the_facts(world: World, people: dict[str, User], tmp_path: Path) -> None:
    waits, database = _entry(world, people["county"]), Database.of_site()
    _entry(world, people["city"], "b1")

    def subjects(name: str) -> set[str]:
        connections.close_all()
        export_facts(database=database, out=tmp_path / name)
        return set(pq.read_table(tmp_path / name / "entry" / "设备.parquet").column("subject").to_pylist())

    assert subjects("before") == {uscc(3)}
    approve(actor=people["city"], kind=ENTRIES, seen=_seen(waits))
    assert subjects("after") == {uscc(1), uscc(3)}


def test_an_approved_entry_is_the_citys_to_change(world: World, people: dict[str, User], sign_in: SignIn) -> None:
    row, county = _entry(world, people["county"]), people["county"]
    again = change_record(actor=county, row=row, token=token_of(row), values={"on": date(2025, 7, 1)})
    assert (again.on, again.state) == (date(2025, 7, 1), "submitted")
    approve(actor=people["city"], kind=ENTRIES, seen=_seen(again))
    row.refresh_from_db()
    with pytest.raises(InputError, match="这条记录已经审核"):
        change_record(actor=county, row=row, token=token_of(row), values={"on": date(2025, 8, 1)})
    with pytest.raises(InputError, match="这条记录已经审核"):
        delete_record(actor=county, row=row, reason="填错了")
    client = sign_in("county")
    assert client.get(reverse("registry:edit", args=["设备", row.pk])).status_code == 404
    page = client.get(reverse("registry:record", args=["设备", row.pk])).content.decode()
    assert "已审核" in page and "删除这条记录" not in page
    by_city = change_record(actor=people["city"], row=row, token=token_of(row), values={"on": date(2025, 8, 1)})
    assert (by_city.on, by_city.state) == (date(2025, 8, 1), "approved")


def test_titles_are_kept_by_the_city(world: World, sign_in: SignIn) -> None:
    title, review = world.parties["a1"].recognitions.get(), world.parties["a1"].reviews.get()
    for key, row in (("recognitions", title), ("reviews", review)):
        assert sign_in("county").get(reverse("registry:create", args=[key])).status_code == 404
        assert sign_in("county").get(reverse("registry:edit", args=[key, row.pk])).status_code == 404
        assert sign_in("city").get(reverse("registry:edit", args=[key, row.pk])).status_code == 200


def test_the_city_sends_back_with_a_reason_and_the_county_mends_it(
    world: World, people: dict[str, User], sign_in: SignIn
) -> None:
    row = _entry(world, people["county"])
    Message.objects.all().delete()
    client = sign_in("city")
    page = client.get(WAITING)
    assert [(line.row, line.what, line.on, line.fields) for line in page.context["waiting"].lines] == [
        (row, "设备台账", "2025-06-30", (("类别", "生产"), ("金额", "12.5万元")))
    ]
    without = client.post(WAITING, {"act": "return", "pick": _pick(row), "reason": " "})
    assert (without.status_code, without.context["fault"]) == (422, "请填写退回理由。写明哪里不对、怎样更正")
    answer = client.post(WAITING, {"act": "return", "pick": _pick(row), "reason": "金额与发票不符"})
    row.refresh_from_db()
    assert (answer.status_code, row.state) == (200, "returned")
    assert {(m.recipient.username, m.text) for m in Message.objects.all()} == {
        ("county", "市级退回 1 条台账记录：金额与发票不符"), ("enterprise", "市级退回 1 条台账记录：金额与发票不符"),
    }  # fmt: skip
    act = AuditRecord.objects.get(action="退回记录")
    assert (act.actor, act.object_id, act.note) == (people["city"], str(row.pk), "金额与发票不符")
    for role in ("county", "enterprise"):
        shown = sign_in(role).get(f"{WAITING}?state=returned").context
        assert [(line.row, line.reason) for line in shown["waiting"].lines] == [(row, "金额与发票不符")]
        assert not shown["reviews"]
    record = sign_in("county").get(reverse("registry:record", args=["设备", row.pk]))
    assert "金额与发票不符" in record.content.decode()
    mended = change_record(
        actor=people["county"], row=row, token=token_of(row), values={"data": {"类别": "生产", "金额": 120_000}}
    )
    assert mended.state == "submitted"


def test_figures_are_shown_beside_the_last_approved_and_approved_one_by_one(
    world: World, people: dict[str, User], sign_in: SignIn
) -> None:
    first, second = _figure(world), _figure(world, "b1", value="8000000")
    client = sign_in("city")
    shown = client.get(f"{WAITING}?kind=figures").context["waiting"]
    assert [(line.row, line.on, line.fields, line.before, line.county) for line in shown.lines] == [
        (first, "2025年", (("数值", "1,500万元"),), "2024年 1,200万元", "甲县"),
        (second, "2025年", (("数值", "800万元"),), "2024年 1,200万元", "乙县"),
    ]
    assert shown.tabs == [("entries", "台账记录", 0), ("figures", "指标数据", 2)]
    client.post(f"{WAITING}?kind=figures", {"act": "approve", "pick": _pick(first)})
    assert dict(Observation.objects.filter(period="2025").values_list("party__name", "state")) == {
        first.party.name: "approved", second.party.name: "submitted",
    }  # fmt: skip
    act = AuditRecord.objects.get(action="审核通过记录")
    assert (act.object_id, act.object_label, act.after) == (str(first.pk), "1 条指标数据", {"records": [first.pk]})


def test_of_two_reviewers_the_second_is_told(world: World, people: dict[str, User], sign_in: SignIn) -> None:
    changed, taken, free = _figure(world), _figure(world, "a2"), _figure(world, "b1")
    seen = _pick(changed, taken, free)
    Observation.objects.filter(pk=changed.pk).update(value="99")
    Observation.objects.filter(pk=taken.pk).update(state="approved")
    answer = sign_in("city").post(f"{WAITING}?kind=figures", {"act": "approve", "pick": seen})
    review = answer.context["review"]
    assert (answer.status_code, [row.pk for row in review.done], review.conflicts) == (
        409, [free.pk], (changed.pk, taken.pk),
    )  # fmt: skip
    assert "有 2 条记录在您处理之前已被修改或处理" in answer.content.decode()
    assert Observation.objects.get(pk=changed.pk).state == "submitted"


def test_all_that_the_filter_shows_is_approved_unless_it_changed_meanwhile(
    world: World, people: dict[str, User], sign_in: SignIn
) -> None:
    rows = [_figure(world, "a1" if n % 2 else "b1", period=f"{1901 + n}") for n in range(120)]
    client, address = sign_in("city"), f"{WAITING}?kind=figures&place=990102"
    shown = client.get(address).context["waiting"]
    assert (shown.total, len(shown.lines)) == (60, 50)
    late = _figure(world, "a2", period="1900")
    refused = client.post(address, {"act": "approve-all", "seen": shown.seen})
    assert (refused.status_code, refused.context["fault"]) == (422, "待审的记录刚才有变动。请核对后再通过")
    late.delete()
    assert client.post(address, {"act": "approve-all", "seen": shown.seen}).status_code == 200
    approved = set(Observation.objects.filter(state="approved", period__lt="2024").values_list("pk", flat=True))
    assert approved == {row.pk for row in rows if row.party == world.parties["a1"]}


@pytest.mark.parametrize("role", ["county", "enterprise", "provider", "auditor"])
def test_nobody_else_approves(world: World, people: dict[str, User], sign_in: SignIn, role: str) -> None:
    row = _figure(world)
    answer = sign_in(role).post(f"{WAITING}?kind=figures", {"act": "approve", "pick": _pick(row)})
    assert answer.status_code == 403
    for act in (approve, lambda **given: send_back(reason="不对", **given)):
        with pytest.raises(InputError, match="只有市级可以审核"):
            act(actor=people[role], kind=FIGURES, seen=_seen(row))
    assert Observation.objects.get(pk=row.pk).state == "submitted"


def test_each_sees_what_is_theirs(world: World, people: dict[str, User], sign_in: SignIn) -> None:
    for name in ("a1", "a2", "b1", "lab"):
        _figure(world, name)
    seen = {
        role: [
            line.row.party.name[:-4] for line in sign_in(role).get(f"{WAITING}?kind=figures").context["waiting"].lines
        ]
        for role in people
    }
    assert seen == {
        "city": ["a1", "a2", "b1", "lab"], "auditor": ["a1", "a2", "b1", "lab"], "operator": ["a1", "a2", "b1", "lab"],
        "county": ["a1", "a2"], "enterprise": ["a1"], "provider": ["lab"],
    }  # fmt: skip


@pytest.mark.parametrize("address", ["?kind=x&state=y&page=z", "?kind=figures&what=无&place=无", "?page=999999"])
def test_addresses_that_make_no_sense_show_something(sign_in: SignIn, address: str) -> None:
    assert sign_in("city").get(WAITING + address).status_code == 200
    assert sign_in("city").post(WAITING + address, {"act": "approve", "pick": ["x", "1:y", "٣:z"]}).status_code in (
        409,
        422,
    )


def test_webhooks_hear_of_what_came_back_and_of_new_titles(
    world: World, people: dict[str, User], settings: Any
) -> None:
    settings.WEBHOOK_PRIVATE = True
    for role, events in (("county", ["awarded", "returned"]), ("provider", ["awarded", "returned"])):
        organisation = people[role].organisation
        assert organisation is not None
        url = f"https://127.0.0.1/{role}"
        create_webhook(actor=people[role], organisation=organisation, url=url, events=events)
    entry, figure = _entry(world, people["county"]), _figure(world, "a2")
    for kind, row in ((ENTRIES, entry), (FIGURES, figure)):
        send_back(actor=people["city"], kind=kind, seen=_seen(row), reason="请核对")
    values = {"party": world.parties["b1"], "title": "示例称号", "awarded_on": date(2026, 9, 1)}
    create_record(actor=people["city"], model=Recognition, values=values)
    title = {
        "subject_kind": "party", "subject": uscc(3), "name": "b1示例公司", "title": "示例称号",
        "awarded_on": "2026-09-01", "valid_until": None,
    }  # fmt: skip
    a1, a2 = ({"subject_kind": "party", "subject": uscc(n)} for n in (1, 2))
    assert [
        (d.webhook.url.rpartition("/")[2], d.event, d.payload) for d in Delivery.objects.order_by("event", "pk")
    ] == [
        ("county", "awarded", {"recognitions": [title]}),
        ("provider", "awarded", {"recognitions": [title]}),
        ("county", "returned", {"reason": "请核对", "records": [{**a1, "register": "设备", "on": "2025-06-30"}]}),
        ("county", "returned", {"reason": "请核对", "records": [{**a2, "indicator": "营业收入", "period": "2025"}]}),
    ]


def test_a_firm_enters_lines_about_itself_by_form(world: World, people: dict[str, User], sign_in: SignIn) -> None:
    client, address = sign_in("enterprise"), reverse("registry:create", args=["设备"])
    assert client.get(address).context["form"]["party"].value() == uscc(1)
    given = {"on": "2025-06-30", "d0": "生产", "d1_number": "12", "d1_unit": "万元"}
    refused = client.post(address, {**given, "party": uscc(2)})
    assert "没有找到这个主体" in refused.content.decode()
    client.post(address, {**given, "party": uscc(1)})
    made = Entry.objects.get(register="设备")
    assert (made.party, made.data, made.state) == (world.parties["a1"], {"类别": "生产", "金额": 120_000}, "submitted")
    assert client.get(reverse("registry:edit", args=["设备", made.pk])).status_code == 200
    assert client.get(reverse("registry:create", args=["活动"])).status_code == 404  # a register about counties
