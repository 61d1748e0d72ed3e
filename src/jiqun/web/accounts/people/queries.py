"""Reads of the pages of people."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from jiqun.web.accounts.models import User
from jiqun.web.accounts.people.managed import Managed
from jiqun.web.accounts.people.models import Invitation
from jiqun.web.accounts.people.services.invitations import digest_of
from jiqun.web.portal.paging import PAGE, Page, page_of

ACCOUNT_SORTS = {
    "username": ("登录名", ("username",)), "-last_login": ("最近登录", ("-last_login", "username")),
    "organisation": ("机构", ("organisation__name", "username")), "-date_joined": ("新建在前", ("-date_joined",)),
}  # fmt: skip
ORGANISATION_SORTS = {
    "kind": ("类型", ("kind", "name")), "name": ("名称", ("name",)), "-created_at": ("新建在前", ("-created_at",)),
}  # fmt: skip


@dataclass(frozen=True)
class PeopleFilter:
    """What a list of people or organisations is narrowed to; empty texts mean everything."""

    q: str = ""
    role: str = ""
    kind: str = ""
    organisation: str = ""
    state: str = ""
    sort: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> PeopleFilter:
        """From the address."""
        return cls(**{field.name: query.get(field.name, "").strip()[:60] for field in fields(cls)})

    @property
    def narrows(self) -> bool:
        """Whether anything is asked for."""
        return bool(self.q or self.role or self.kind or self.organisation or self.state)


def account_page(managed: Managed, wanted: PeopleFilter, number: int) -> Page:
    """One page of accounts."""
    second = Authenticator.objects.filter(user=OuterRef("pk"), type="totp")
    found = managed.accounts().annotate(has_second_factor=Exists(second))
    if wanted.q:
        words = ("username", "full_name", "email", "organisation__name")
        condition = Q()
        for word in words:
            condition |= Q(**{f"{word}__icontains": wanted.q})
        found = found.filter(condition)
    if wanted.role:
        found = found.filter(role=wanted.role)
    if wanted.organisation.isascii() and wanted.organisation.isdigit():
        found = found.filter(organisation=int(wanted.organisation[:15]))
    if wanted.state in ("on", "off"):
        found = found.filter(is_active=wanted.state == "on")
    order = ACCOUNT_SORTS.get(wanted.sort, ACCOUNT_SORTS["username"])[1]
    return _page(found.order_by(*order, "pk"), number, "个账号")


def organisation_page(managed: Managed, wanted: PeopleFilter, number: int) -> Page:
    """One page of organisations with the number of their accounts."""
    found = managed.organisations().annotate(people=Count("users"))
    if wanted.q:
        found = found.filter(Q(name__icontains=wanted.q) | Q(party__uscc=wanted.q.upper()))
    if wanted.kind:
        found = found.filter(kind=wanted.kind)
    if wanted.state in ("on", "off"):
        found = found.filter(is_active=wanted.state == "on")
    order = ORGANISATION_SORTS.get(wanted.sort, ORGANISATION_SORTS["kind"])[1]
    return _page(found.order_by(*order, "pk"), number, "个机构")


def invitation_page(managed: Managed, number: int) -> Page:
    """One page of invitations, the latest first."""
    return _page(managed.invitations(), number, "份邀请")


def invitation_of(token: str) -> Invitation | None:
    """The invitation that a link belongs to."""
    return Invitation.objects.select_related("organisation").filter(digest=digest_of(token)).first()


@dataclass(frozen=True)
class AccountFacts:
    """What the page of an account shows beside its fields."""

    locked: bool
    second_factor: bool
    sessions: tuple[UserSession, ...]


def account_facts(user: User) -> AccountFacts:
    """Whether the account is locked or has a second factor, and where it is signed in."""
    failed = AccessAttempt.objects.filter(
        username=user.username.lower(), failures_since_start__gte=settings.AXES_FAILURE_LIMIT,
        attempt_time__gt=timezone.now() - settings.AXES_COOLOFF_TIME,
    )  # fmt: skip
    second = Authenticator.objects.filter(user=user, type="totp")
    sessions = UserSession.objects.filter(user=user).order_by("-last_seen_at")[:20]
    return AccountFacts(failed.exists(), second.exists(), tuple(sessions))


def _page(found: QuerySet[Any], number: int, noun: str) -> Page:
    start = (number - 1) * PAGE
    return page_of(list(found[start : start + PAGE + 1]), number, total=found.order_by().count(), noun=noun)
