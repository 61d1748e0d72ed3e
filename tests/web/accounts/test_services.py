"""Organisations and accounts: what is refused, what is written, what the audit keeps."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from jiqun.base.errors import InputError
from jiqun.web.accounts import services
from jiqun.web.accounts.demo import create_demo_accounts
from jiqun.web.accounts.models import Organisation, OrganisationKind, Role, User
from jiqun.web.accounts.scope import scope_for
from jiqun.web.common.models import AuditRecord
from tests.web.world import PASSWORD, World


def test_an_account_is_made_with_its_audit_row(world: World, people: dict[str, User]) -> None:
    operator = people["operator"]
    bureau = services.create_organisation(
        actor=operator, name="乙县工信局", kind=OrganisationKind.COUNTY, place=world.places["b"]
    )
    user = services.create_account(
        actor=operator, username="b-clerk", password=PASSWORD, role=Role.COUNTY, organisation=bureau
    )
    assert user.check_password(PASSWORD)
    rows = [
        (r.actor, r.action, r.object_label, (r.after or {}).get("organisation_id"))
        for r in AuditRecord.objects.order_by("id")
    ]
    assert rows == [
        (operator, "建立机构", "乙县工信局", None),
        (operator, "建立账号", "b-clerk", bureau.pk),
    ]
    assert "password" not in (AuditRecord.objects.latest("id").after or {})


def test_every_fault_of_an_account_is_told_at_once(people: dict[str, User]) -> None:
    firm = people["enterprise"].organisation
    assert firm is not None
    with pytest.raises(InputError) as caught:
        services.create_account(actor=None, username="CITY", password="1234567", role=Role.CITY, organisation=firm)
    assert [p.message for p in caught.value.problems] == [
        "登录名已被使用",
        "企业的人员不能担任此角色",
        "密码不合要求：密码至少 10 个字符。",
        "密码不合要求：这个密码太常见了。",
        "密码不合要求：密码只包含数字。",
        "密码不合要求：密码应至少包含小写字母、大写字母、数字、其他符号中的三种。",
    ]
    assert not AuditRecord.objects.exists()


@pytest.mark.parametrize(
    ("kind", "link", "message"),
    [
        (OrganisationKind.COUNTY, None, "县级主管部门应指定所属区划"),
        (OrganisationKind.ENTERPRISE, None, "企业应指定对应的主体"),
        (OrganisationKind.AUDITOR, "place", "审计监督机构不能指定区划"),
        (OrganisationKind.CITY, "party", "市级主管部门不能指定主体"),
    ],
)
def test_an_organisation_is_linked_as_its_kind_wants(
    kind: OrganisationKind, link: str | None, message: str, world: World
) -> None:
    links = {"place": {"place": world.places["a"]}, "party": {"party": world.parties["a1"]}, None: {}}[link]
    with pytest.raises(InputError) as caught:
        services.create_organisation(actor=None, name="某机构", kind=kind, **links)
    assert [p.message for p in caught.value.problems] == [message]


def test_the_database_itself_refuses_a_role_without_organisation(db: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("stray", role=Role.CITY)


def test_a_stopped_account_is_audited_with_what_changed_only(people: dict[str, User]) -> None:
    services.set_active(actor=people["operator"], user=people["county"], active=False)
    row = AuditRecord.objects.get()
    assert (row.action, row.before, row.after) == ("停用账号", {"is_active": True}, {"is_active": False})


def test_demonstration_accounts_cover_every_role_and_may_be_renewed(world: World) -> None:
    first = create_demo_accounts()
    again = create_demo_accounts()
    assert [a.role for a in again] == list(Role)
    assert [a.stands_for for a in again] == ["示例市", "甲县", "a1示例公司", "lab示例公司", "", ""]
    users = {u.role: u for u in User.objects.filter(is_demo=True)}
    assert len(users) == User.objects.count() == len(Role)
    assert all(o.is_demo and o.name.startswith("演示·") for o in Organisation.objects.all())
    for old, new in zip(first, again, strict=True):
        assert users[new.role].check_password(new.password) and not users[new.role].check_password(old.password)
    assert {scope_for(u).parties().count() for u in users.values()} == {4, 2, 1}


def test_no_demonstration_account_takes_the_place_of_a_real_one(world: World, people: dict[str, User]) -> None:
    User.objects.filter(pk=people["auditor"].pk).update(username="demo-auditor")
    with pytest.raises(InputError, match="已有同名的正式账号（现为“demo-auditor”）"):
        create_demo_accounts()
    assert not User.objects.filter(is_demo=True).exists()


def test_the_command_prints_the_passwords_and_the_warning(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_demo_accounts", password=PASSWORD)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "演示账号（仅供演示，不得用于正式环境）："
    assert lines[2] == f"  县级\tdemo-county\t{PASSWORD}\t甲县"
    assert len(lines) == 7


def test_an_empty_registry_has_no_demonstration_accounts(db: None) -> None:
    with pytest.raises(InputError, match="请先运行 jiqun load 载入数据"):
        create_demo_accounts()
