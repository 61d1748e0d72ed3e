"""What may be done to organisations and accounts; each act is atomic and audited."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from jiqun.base.errors import Problems
from jiqun.web.accounts.models import Organisation, OrganisationKind, Role, User
from jiqun.web.common import audit
from jiqun.web.registry.models import Party, Place

ROLES_OF_KIND: dict[str, frozenset[str]] = {
    OrganisationKind.CITY: frozenset({Role.CITY, Role.AUDITOR, Role.OPERATOR}),
    OrganisationKind.COUNTY: frozenset({Role.COUNTY}),
    OrganisationKind.ENTERPRISE: frozenset({Role.ENTERPRISE}),
    OrganisationKind.PROVIDER: frozenset({Role.PROVIDER}),
    OrganisationKind.AUDITOR: frozenset({Role.AUDITOR}),
    OrganisationKind.OPERATOR: frozenset({Role.OPERATOR}),
}
"""The roles that people of an organisation may have."""


@transaction.atomic
def create_organisation(
    *,
    actor: User | None,
    name: str,
    kind: OrganisationKind,
    place: Place | None = None,
    party: Party | None = None,
    is_demo: bool = False,
) -> Organisation:
    """Make an organisation; InputError where its link does not fit its kind."""
    problems = Problems()
    if not name.strip():
        problems.add("机构名称不能为空")
    elif Organisation.objects.filter(name=name.strip()).exists():
        problems.add("已有同名机构", found=name)
    check_links(problems, kind, place, party)
    problems.raise_if_any("机构未建立")
    made = Organisation.objects.create(name=name.strip(), kind=kind, place=place, party=party, is_demo=is_demo)
    audit.record(actor=actor, action="建立机构", instance=made, after=audit.state_of(made))
    return made


@transaction.atomic
def create_account(
    *,
    actor: User | None,
    username: str,
    password: str,
    role: Role,
    organisation: Organisation,
    full_name: str = "",
    email: str = "",
    is_demo: bool = False,
) -> User:
    """Make an account; InputError for a taken name, a weak password or a role that does not fit."""
    problems = Problems()
    if not username.strip():
        problems.add("登录名不能为空")
    elif User.objects.filter(username__iexact=username.strip()).exists():
        problems.add("登录名已被使用", found=username)
    check_role(problems, role, organisation)
    user = User(
        username=username.strip(), role=role, organisation=organisation,
        full_name=full_name, email=email, is_demo=is_demo,
    )  # fmt: skip
    _check_password(problems, password, user)
    problems.raise_if_any("账号未建立")
    user.set_password(password)
    user.save()
    audit.record(actor=actor, action="建立账号", instance=user, after=audit.state_of(user))
    return user


@transaction.atomic
def set_password(*, actor: User | None, user: User, password: str) -> None:
    """Give an account another password."""
    problems = Problems()
    _check_password(problems, password, user)
    problems.raise_if_any("密码未修改")
    user.set_password(password)
    user.save(update_fields=["password"])
    audit.record(actor=actor, action="重设密码", instance=user)


@transaction.atomic
def set_active(*, actor: User | None, user: User, active: bool) -> None:
    """Let an account sign in, or stop it from doing so."""
    before = audit.state_of(user)
    user.is_active = active
    user.save(update_fields=["is_active"])
    action = "启用账号" if active else "停用账号"
    audit.record(actor=actor, action=action, instance=user, before=before, after=audit.state_of(user))


def check_links(problems: Problems, kind: OrganisationKind, place: Place | None, party: Party | None) -> None:
    """Add what is wrong with the place and party of an organisation of this kind."""
    needs_place, needs_party = kind == OrganisationKind.COUNTY, kind in ("enterprise", "provider")
    if needs_place and place is None:
        problems.add(f"{kind.label}应指定所属区划")
    if place is not None and kind not in ("city", "county"):
        problems.add(f"{kind.label}不能指定区划", found=place)
    if needs_party and party is None:
        problems.add(f"{kind.label}应指定对应的主体")
    if party is not None and not needs_party:
        problems.add(f"{kind.label}不能指定主体", found=party)


def check_role(problems: Problems, role: Role, organisation: Organisation) -> None:
    """Add a problem where people of the organisation may not have the role."""
    if role not in ROLES_OF_KIND[organisation.kind]:
        allowed = "、".join(Role(r).label for r in sorted(ROLES_OF_KIND[organisation.kind]))
        kind = OrganisationKind(organisation.kind).label
        problems.add(f"{kind}的人员不能担任此角色", found=role.label, mend=f"可选：{allowed}")


def _check_password(problems: Problems, password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        for message in error.messages:
            problems.add(f"密码不合要求：{message}")
