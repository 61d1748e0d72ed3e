"""Demonstration accounts, one a role: for trying things out, plainly marked, never for real work."""

from __future__ import annotations

import secrets
import string
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count

from jiqun.base.errors import InputError, Problem
from jiqun.web.accounts import services
from jiqun.web.accounts.models import Organisation, OrganisationKind, Role, User
from jiqun.web.common import audit
from jiqun.web.registry.models import Party, Place

NAMES: dict[Role, str] = {
    Role.CITY: "演示·市级主管部门",
    Role.COUNTY: "演示·县级主管部门",
    Role.ENTERPRISE: "演示·企业",
    Role.PROVIDER: "演示·服务机构",
    Role.AUDITOR: "演示·审计监督机构",
    Role.OPERATOR: "演示·平台运维机构",
}


@dataclass(frozen=True)
class DemoAccount:
    """What is told to the person who asked for the accounts."""

    role: Role
    username: str
    password: str
    stands_for: str
    """The place or party whose data the account sees; empty for roles that see all."""


@transaction.atomic
def create_demo_accounts(*, password: str | None = None) -> list[DemoAccount]:
    """One account a role with a fresh password (or the one given); those that exist are renewed and linked again."""
    links = _links()
    made = []
    for role, name in NAMES.items():
        place, party = links[role]
        secret = password or _password()
        organisation = _organisation(OrganisationKind(role.value), name, place, party)
        username = f"demo-{role.value}"
        user = User.objects.filter(username=username).first()
        if user is None:
            services.create_account(
                actor=None, username=username, password=secret, role=role, organisation=organisation,
                full_name=f"演示{role.label}", is_demo=True,
            )  # fmt: skip
        elif not user.is_demo:
            problem = Problem("已有同名的正式账号", found=username, mend="请先将该账号改名")
            raise InputError([problem], "演示账号未建立")
        else:
            services.set_password(actor=None, user=user, password=secret)
        made.append(DemoAccount(role, username, secret, str(place or party or "")))
    return made


def _links() -> dict[Role, tuple[Place | None, Party | None]]:
    """For each role a place or party with something to show; InputError where the registry is empty."""
    firms = Party.objects.filter(kind="enterprise", county__isnull=False).select_related("county")
    largest = (
        firms.exclude(county__kind="zone").values("county").annotate(n=Count("pk")).order_by("-n", "county").first()
    )
    in_county = firms.filter(county=largest["county"]) if largest else firms
    # The firm with the most titles has the fullest page.
    firm = in_county.annotate(titles=Count("recognitions")).order_by("-titles", "uscc").first()
    others = Party.objects.exclude(kind__in=["enterprise", "bureau"])
    provider = others.filter(kind="lab").first() or others.first()
    if firm is None or provider is None:
        problem = Problem("数据库中没有企业或服务机构", mend="请先运行 jiqun load 载入数据")
        raise InputError([problem], "演示账号未建立")
    city = Place.objects.filter(kind="city").first()
    return {
        Role.CITY: (city, None),
        Role.COUNTY: (firm.county, None),
        Role.ENTERPRISE: (None, firm),
        Role.PROVIDER: (None, provider),
        Role.AUDITOR: (None, None),
        Role.OPERATOR: (None, None),
    }


def _organisation(kind: OrganisationKind, name: str, place: Place | None, party: Party | None) -> Organisation:
    found = Organisation.objects.filter(name=name, is_demo=True).first()
    if found is None:
        return services.create_organisation(actor=None, name=name, kind=kind, place=place, party=party, is_demo=True)
    before = audit.state_of(found)
    found.place, found.party = place, party
    found.save(update_fields=["place", "party"])
    audit.record(actor=None, action="重新关联机构", instance=found, before=before, after=audit.state_of(found))
    return found


def _password() -> str:
    """Sixteen letters and digits without look-alikes, of three kinds as the policy wants."""
    small = "".join(c for c in string.ascii_lowercase if c not in "lo")
    groups = (small, "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789")
    while True:
        text = "".join(secrets.choice("".join(groups)) for _ in range(16))
        if all(any(c in group for c in text) for group in groups):
            return text
