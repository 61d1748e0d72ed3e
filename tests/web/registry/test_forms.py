"""Forms: a register's from its declaration alone, units, required fields, uniqueness, files, and two who edit at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from jiqun.web.common.models import AuditRecord
from jiqun.web.registry.models import Attachment, Entry, Party, Recognition, SearchKey
from jiqun.web.registry.services.attachments import path_of
from tests.web.world import uscc

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

    from tests.web.world import World

SignIn = Callable[[str], "Client"]


@pytest.fixture(autouse=True)
def media(settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]


def _new(key: str) -> str:
    return reverse("registry:create", args=[key])


def _entry(world: World, **changes: str) -> dict[str, str]:
    given = {
        "party": world.parties["a1"].uscc,
        "on": "2025-06-30",
        "d0": "生产",
        "d1_number": "12.5",
        "d1_unit": "万元",
        "d2": "4.5%",
    }
    return {**given, **changes}


def test_an_entry_is_kept_in_base_units(world: World, sign_in: SignIn) -> None:
    answer = sign_in("county").post(_new("设备"), _entry(world))
    made = Entry.objects.get(register="设备")
    assert answer["Location"] == reverse("registry:record", args=["设备", made.pk])
    assert (made.party, made.on, made.data) == (
        world.parties["a1"], date(2025, 6, 30), {"类别": "生产", "金额": 125_000, "比例": 0.045},
    )  # fmt: skip
    audit = AuditRecord.objects.get(action="新增记录")
    assert (audit.object_id, audit.before) == (str(made.pk), None)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"on": "昨天"}, "日期应写成 2025-07-22"),
        ({"on": ""}, "此项必填"),
        ({"party": "没有这家"}, "没有找到这个主体，请核对代码或名称"),
        ({"d1_number": "很多"}, "应填写数字，单位在右侧选择"),
        ({"d1_number": "99999999999"}, "金额超出范围，请检查单位"),
        ({"d1_number": "-1"}, "超出允许的范围：应不小于 0元"),
        ({"d2": "100.01"}, "超出允许的范围：应不小于 0%、不大于 100%"),
        ({"d2": "多"}, "应填写数字"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_kept(
    world: World, sign_in: SignIn, changes: dict[str, str], said: str
) -> None:
    answer = sign_in("city").post(_new("设备"), _entry(world, **changes))
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not Entry.objects.filter(register="设备").exists()


def test_a_county_cannot_enter_for_a_firm_of_another(world: World, sign_in: SignIn) -> None:
    answer = sign_in("county").post(_new("设备"), _entry(world, party=world.parties["b1"].uscc))
    assert "没有找到这个主体" in answer.content.decode()


def test_a_firm_is_entered_with_a_checked_code_and_found_at_once(world: World, sign_in: SignIn) -> None:
    client, given = sign_in("county"), {"name": "新立示例公司", "county": world.places["a"].pk, "above_size": "1"}
    wrong = client.post(_new("enterprises"), {**given, "uscc": uscc(60)[:17] + ("0" if uscc(60)[17] != "0" else "1")})
    assert f"统一社会信用代码校验位不符，按前 17 位应为 {uscc(60)[17]}" in wrong.content.decode()
    client.post(_new("enterprises"), {**given, "uscc": uscc(60).lower()})
    made = Party.objects.get(uscc=uscc(60))
    assert (made.name, made.kind, made.above_size, made.founded_on) == ("新立示例公司", "enterprise", True, None)
    assert SearchKey.objects.filter(party=made, name="新立示例公司").exists()
    again = client.post(_new("enterprises"), {**given, "uscc": uscc(60)})
    assert "已有相同的记录" in again.content.decode()


def test_two_edit_and_the_second_sees_what_the_first_changed(world: World, sign_in: SignIn) -> None:
    party = world.parties["a1"]
    address = reverse("registry:edit", args=["enterprises", party.pk])
    client = sign_in("city")
    tokens = [client.get(address).context["token"] for _ in range(2)]
    given = {"county": world.places["a"].pk, "founded_on": "2015-03-01"}
    client.post(address, {**given, "token": tokens[0], "size_class": "中型"})
    answer = client.post(address, {**given, "token": tokens[1], "size_class": "小型"})
    assert answer.status_code == 409
    shown = {(d.label, d.was, d.now) for d in answer.context["differences"]}
    assert shown == {("所属集群", "a集群", "（空）"), ("企业规模", "（空）", "中型")}
    party.refresh_from_db()
    assert party.size_class == "中型"
    client.post(address, {**given, "token": answer.context["token"], "size_class": "小型"})
    party.refresh_from_db()
    assert party.size_class == "小型"
    assert "页面已失效" in client.post(address, {**given, "token": "junk"}).content.decode()


def test_dates_that_contradict_each_other_are_refused(world: World, sign_in: SignIn) -> None:
    row = world.parties["a1"].recognitions.get()
    client, address = sign_in("city"), reverse("registry:edit", args=["recognitions", row.pk])
    page = client.get(address)
    titles = [value for value, _ in page.context["form"].fields["title"].choices if value]
    given = {
        "party": world.parties["a1"].uscc, "title": titles[0], "awarded_on": "2024-01-01", "valid_until": "2023-01-01",
        "token": page.context["token"],
    }  # fmt: skip
    assert "内容前后矛盾" in client.post(address, given).content.decode()
    client.post(address, {**given, "valid_until": ""})
    row.refresh_from_db()
    assert (row.title, row.awarded_on, row.valid_until) == (titles[0], date(2024, 1, 1), None)


def test_a_record_is_withdrawn_with_a_reason_only(world: World, sign_in: SignIn) -> None:
    row = world.parties["a1"].recognitions.get()
    client, address = sign_in("city"), reverse("registry:delete", args=["recognitions", row.pk])
    assert "请填写删除原因" in client.post(address, {"reason": " "}, follow=True).content.decode()
    client.post(address, {"reason": "重复录入"})
    assert not Recognition.objects.filter(pk=row.pk).exists()
    kept = AuditRecord.objects.get(action="删除记录")
    assert (kept.note, kept.before["title"]) == ("重复录入", "示例称号")  # type: ignore[index]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("病毒.exe", b"MZ", "“病毒.exe”不是可以上传的类型"),
        ("假.pdf", b"<html>", "“假.pdf”的内容与扩展名不符"),
        ("空.pdf", b"", None),
    ],
)
def test_files_that_are_not_taken(world: World, sign_in: SignIn, name: str, content: bytes, said: str | None) -> None:
    answer = sign_in("city").post(_new("设备"), {**_entry(world), "files": SimpleUploadedFile(name, content)})
    assert answer.status_code == 200
    assert said is None or said in answer.content.decode()
    assert not Entry.objects.filter(register="设备").exists()


def test_a_file_comes_back_as_a_download_within_the_scope(world: World, sign_in: SignIn) -> None:
    sign_in("city").post(_new("设备"), {**_entry(world), "files": SimpleUploadedFile("证 书.pdf", b"%PDF-1")})
    kept = Attachment.objects.get()
    assert kept.stored != kept.name and path_of(kept).read_bytes() == b"%PDF-1"
    address = reverse("registry:attachment", args=[kept.pk])
    answer = sign_in("enterprise").get(address)
    assert b"".join(answer.streaming_content) == b"%PDF-1"
    assert answer["Content-Disposition"].startswith("attachment")
    assert sign_in("provider").get(address).status_code == 404
