"""The inbox: who is told, once where a key says so, by mail where an address is known; own messages only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from jiqun.web.accounts.models import User
from jiqun.web.inbox.models import Message
from jiqun.web.inbox.services import notify

SignIn = Callable[[str], Client]


def _texts(user: User) -> list[str]:
    return list(Message.objects.filter(recipient=user).values_list("text", flat=True))


def test_people_and_everybody_of_an_organisation_are_told_once(people: dict[str, User]) -> None:
    county = people["county"]
    assert county.organisation is not None
    told = notify(text="请签收", url="/inbox/", users=[county, people["city"]], organisations=[county.organisation])
    assert told == 2
    assert (_texts(county), _texts(people["city"]), _texts(people["auditor"])) == (["请签收"], ["请签收"], [])


def test_who_may_not_sign_in_is_not_told(people: dict[str, User]) -> None:
    User.objects.filter(pk=people["county"].pk).update(is_active=False)
    county = User.objects.get(pk=people["county"].pk)
    assert county.organisation is not None
    assert notify(text="请签收", url="/inbox/", users=[county], organisations=[county.organisation]) == 0


def test_a_key_is_sent_once_to_each_person(people: dict[str, User]) -> None:
    assert notify(text="明日到期", url="/inbox/", users=[people["county"]], key="due-1") == 1
    assert notify(text="明日到期", url="/inbox/", users=[people["county"], people["city"]], key="due-1") == 1
    assert (_texts(people["county"]), _texts(people["city"])) == (["明日到期"], ["明日到期"])


def test_a_message_leads_nowhere_else(people: dict[str, User]) -> None:
    for url in ("https://example.org/", "//example.org/", "inbox"):
        with pytest.raises(ValueError, match="a message leads to a path of this site"):
            notify(text="x", url=url, users=[people["city"]])


def test_mail_goes_out_on_commit_where_the_address_is_known(
    people: dict[str, User], django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    people["county"].email = "county@example.org"
    people["county"].save()
    with django_capture_on_commit_callbacks(execute=True):
        notify(text="请签收督办单", url="/notices/1/", users=[people["county"], people["city"]])
        assert mail.outbox == []
    [sent] = mail.outbox
    assert (sent.to, sent.subject, "/notices/1/" in sent.body) == (
        ["county@example.org"], f"【{_site()}】请签收督办单", True,
    )  # fmt: skip


def _site() -> str:
    from jiqun.web.common.pack import current_pack

    programme = current_pack().programme
    return programme.site_title or programme.title


def test_the_bell_counts_until_the_message_is_opened(people: dict[str, User], sign_in: SignIn) -> None:
    notify(text="请填报三季度指标", url=reverse("portal:policies"), users=[people["county"]])
    client = sign_in("county")
    text = client.get(reverse("inbox:inbox")).content.decode()
    assert "消息，1 条未读" in text and "请填报三季度指标" in text
    message = Message.objects.get()
    answer = client.post(reverse("inbox:open", args=[message.pk]))
    assert (answer.status_code, answer["Location"]) == (302, reverse("portal:policies"))
    assert "条未读" not in client.get(reverse("inbox:inbox")).content.decode()
    assert "没有未读消息" in client.get(reverse("inbox:inbox") + "?show=unread").content.decode()


def test_all_are_read_at_once(people: dict[str, User], sign_in: SignIn) -> None:
    for number in range(3):
        notify(text=f"第 {number} 条", url="/", users=[people["county"]])
    answer = sign_in("county").post(reverse("inbox:read-all"), follow=True)
    assert "已将 3 条消息标为已读。" in answer.content.decode()
    assert not Message.objects.filter(read_at__isnull=True).exists()


def test_another_persons_message_does_not_exist(people: dict[str, User], sign_in: SignIn) -> None:
    notify(text="给县里", url="/", users=[people["county"]])
    message = Message.objects.get()
    client = sign_in("city")
    assert client.post(reverse("inbox:open", args=[message.pk])).status_code == 404
    assert "给县里" not in client.get(reverse("inbox:inbox")).content.decode()
