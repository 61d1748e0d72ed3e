"""Managing people: invitations, safeguards, and what stopping means."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from jiqun.base.errors import InputError
from jiqun.web.accounts.models import Organisation, OrganisationKind, Role, User
from jiqun.web.accounts.people.models import Invitation
from jiqun.web.accounts.people.services import accounts, invitations, organisations
from jiqun.web.accounts.services import create_account
from jiqun.web.common.models import AuditRecord
from tests.web.world import PASSWORD, World

SignIn = Callable[[str], Client]


def _messages(error: pytest.ExceptionInfo[InputError]) -> list[str]:
    return [problem.message for problem in error.value.problems]


def _second_operator(people: dict[str, User]) -> User:
    return create_account(
        actor=None, username="second", password=PASSWORD, role=Role.OPERATOR,
        organisation=_of(people["operator"]),
    )  # fmt: skip


def _of(user: User) -> Organisation:
    assert user.organisation is not None
    return user.organisation


def test_an_invited_person_makes_the_account_by_the_link_once(
    people: dict[str, User], sign_in: SignIn, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    client = sign_in("county")
    sent = {
        "full_name": "王五",
        "email": "w@example.cn",
        "role": "enterprise",
        "organisation": _of(people["enterprise"]).pk,
    }
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[attr-defined]
        link = client.post(reverse("people:invitation-new"), sent).context["link"]
    assert link in mail.outbox[0].body
    made = Invitation.objects.get()
    assert made.digest not in link and made.state == "待接受"
    visitor, better = Client(), "Another-Horse-8"
    weak = {"username": "wang", "full_name": "王五", "password": "short", "again": "other"}
    assert "两次输入的密码不一致" in visitor.post(link, weak).content.decode()
    answer = visitor.post(link, {**weak, "password": better, "again": better})
    assert answer.status_code == 302
    user = User.objects.get(username="wang")
    assert (user.role, user.organisation, user.email) == (
        "enterprise",
        people["enterprise"].organisation,
        sent["email"],
    )
    assert "已经失效" in visitor.get(link).content.decode()
    actions = list(AuditRecord.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["发出邀请", "建立账号", "接受邀请"]
    assert not AuditRecord.objects.filter(after__has_key="digest").exists()


def test_a_revoked_expired_or_renewed_link_is_dead(people: dict[str, User]) -> None:
    actor, organisation = people["operator"], _of(people["county"])
    made, old = invitations.invite(
        actor=actor, organisation=organisation, role=Role.COUNTY, full_name="", email="", site=""
    )
    _, new = invitations.resend(actor=actor, invitation=made, site="")
    assert "已经失效" in Client().get(old).content.decode()
    assert "再输一次" in Client().get(new).content.decode()
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert "已经失效" in Client().get(new).content.decode()
    invitations.revoke(actor=actor, invitation=made)
    with pytest.raises(InputError) as caught:
        invitations.resend(actor=actor, invitation=made, site="")
    assert _messages(caught) == ["邀请已不能重发"]


def test_nobody_is_invited_beyond_what_the_inviter_manages(people: dict[str, User], sign_in: SignIn) -> None:
    for organisation, role in ((people["provider"], "provider"), (people["city"], "city")):
        sent = {"role": role, "organisation": _of(organisation).pk}
        assert sign_in("county").post(reverse("people:invitation-new"), sent).status_code == 400
    assert not Invitation.objects.exists()


def test_the_last_operator_stays(people: dict[str, User]) -> None:
    second = _second_operator(people)
    operator, city = people["operator"], _of(people["city"])
    accounts.set_active(actor=second, user=operator, active=False)
    with pytest.raises(InputError) as caught:
        accounts.set_active(actor=operator, user=second, active=False)
    assert _messages(caught) == ["至少应保留一名有效的超级管理员"]
    with pytest.raises(InputError) as caught:
        accounts.change_role(actor=operator, user=second, role=Role.CITY, organisation=city)
    assert _messages(caught) == ["至少应保留一名有效的超级管理员"]
    with pytest.raises(InputError) as caught:
        organisations.set_organisation_active(actor=people["city"], organisation=_of(operator), active=False)
    assert _messages(caught) == ["至少应保留一名有效的超级管理员"]


def test_nobody_changes_or_stops_himself(people: dict[str, User]) -> None:
    _second_operator(people)
    operator = people["operator"]
    with pytest.raises(InputError) as caught:
        accounts.change_role(actor=operator, user=operator, role=Role.CITY, organisation=_of(people["city"]))
    assert _messages(caught) == ["不能修改自己的角色或机构"]
    with pytest.raises(InputError) as caught:
        accounts.set_active(actor=operator, user=operator, active=False)
    assert _messages(caught) == ["不能停用自己的账号"]
    with pytest.raises(InputError) as caught:
        organisations.set_organisation_active(actor=operator, organisation=_of(operator), active=False)
    assert _messages(caught) == ["不能停用自己所在的机构", "至少应保留一名有效的超级管理员"]


def test_a_stopped_organisation_shuts_its_people_out(people: dict[str, User]) -> None:
    client = Client()
    client.post(reverse("account_login"), {"login": "county", "password": PASSWORD})
    assert client.get(reverse("cultivation:firms")).status_code == 200
    organisations.set_organisation_active(actor=people["operator"], organisation=_of(people["county"]), active=False)
    assert client.get(reverse("cultivation:firms")).status_code == 302
    client.post(reverse("account_login"), {"login": "county", "password": PASSWORD})
    assert client.get(reverse("cultivation:firms")).status_code in (302, 403)


def test_a_locked_account_is_unlocked(people: dict[str, User], sign_in: SignIn) -> None:
    other = Client()
    for _ in range(5):
        other.post(reverse("account_login"), {"login": "county", "password": "wrong"})
    address = reverse("people:account", args=[people["county"].pk])
    assert "已锁定" in sign_in("operator").get(address).content.decode()
    sign_in("operator").post(reverse("people:account-act", args=[people["county"].pk]), {"act": "unlock"})
    assert "已锁定" not in sign_in("operator").get(address).content.decode()
    assert other.post(reverse("account_login"), {"login": "county", "password": PASSWORD}).status_code == 302


def test_a_county_makes_organisations_of_its_own_firms_only(
    world: World, people: dict[str, User], sign_in: SignIn
) -> None:
    client, address = sign_in("county"), reverse("people:organisation-new")
    sent = {"name": "a2账号", "kind": "enterprise", "party": world.parties["b1"].uscc}
    assert "您管理的范围内没有代码为" in client.post(address, sent).content.decode()
    assert client.post(address, {**sent, "kind": "operator"}).status_code == 400
    assert client.post(address, {**sent, "party": world.parties["a2"].uscc}).status_code == 302
    made = Organisation.objects.get(name="a2账号")
    assert (made.kind, made.party) == (OrganisationKind.ENTERPRISE, world.parties["a2"])


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        ("operator", {"city", "county", "enterprise", "provider", "auditor", "operator"}),
        ("auditor", {"city", "county", "enterprise", "provider", "auditor", "operator"}),
        ("city", {"county", "enterprise", "provider"}),
        ("county", {"enterprise"}),
    ],
)
def test_everybody_lists_the_accounts_that_he_manages(role: str, seen: set[str], sign_in: SignIn) -> None:
    rows = sign_in(role).get(reverse("people:accounts")).context["page"].rows
    assert {row.username for row in rows} == seen
