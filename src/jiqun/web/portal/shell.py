"""What the frame of every page shows: whose site it is, which data it cites, where the reader may go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.urls import reverse

from jiqun.base.periods import Period
from jiqun.programme.pack import Pack
from jiqun.web.accounts.models import Role, User
from jiqun.web.registry.models import Publication

BUREAUS = frozenset({Role.CITY, Role.COUNTY, Role.AUDITOR, Role.OPERATOR})
"""Roles that work for the programme and see the overview and the list of firms."""


@dataclass(frozen=True)
class Frame:
    """Header, footer and data date."""

    title: str
    office: str
    plan_title: str
    years: str
    pack_version: str | None
    as_of: date | None
    period: str | None
    snapshot: str | None
    demonstration: bool
    firm_search_url: str | None


@dataclass(frozen=True)
class NavItem:
    """A desk in the navigation."""

    label: str
    url: str
    active: bool


@dataclass(frozen=True)
class Viewer:
    """Who is signed in, in words."""

    name: str
    role: str
    place: str


def role_of(user: object) -> Role | None:
    """The role of a signed-in person; None for a visitor."""
    return Role(user.role) if isinstance(user, User) and user.role else None


def is_bureau(user: object) -> bool:
    """Whether the person works for the programme."""
    return role_of(user) in BUREAUS


def frame_of(pack: Pack, publication: Publication | None, user: object) -> Frame:
    """The frame's texts from the pack and the current publication."""
    programme = pack.programme
    return Frame(
        title=programme.site_title or programme.title,
        office=programme.office or programme.issuer,
        plan_title=programme.title,
        years=f"{programme.from_.year}—{programme.until.year}",
        pack_version=publication.pack_version if publication else programme.version,
        as_of=publication.as_of if publication else None,
        period=Period.containing(publication.as_of, "quarter").chinese if publication else None,
        snapshot=publication.snapshot_id if publication else None,
        demonstration=bool(publication and publication.is_demo),
        firm_search_url=reverse("cultivation:firms") if is_bureau(user) else None,
    )


def nav_of(request: HttpRequest, user: object) -> tuple[NavItem, ...]:
    """The desks that the person may enter; the one that the page belongs to is active."""
    role = role_of(user)
    places: list[tuple[str, str, tuple[str, ...]]] = []
    if role in BUREAUS:
        places += [
            ("总览", reverse("dispatch:overview"), ("dispatch:",)),
            ("企业", reverse("cultivation:firms"), ("cultivation:",)),
        ]
    else:
        places.append(("首页", reverse("portal:home"), ("portal:home",)))
    if role in (Role.ENTERPRISE, Role.PROVIDER):
        places.append(("本单位", reverse("cultivation:own"), ("cultivation:",)))
    places += [
        ("集群", reverse("portal:clusters"), ("portal:clusters", "portal:cluster")),
        ("政策", reverse("portal:policies"), ("portal:policies",)),
    ]
    match = request.resolver_match
    here = match.view_name if match else ""
    return tuple(NavItem(label, url, here.startswith(marks)) for label, url, marks in places)


def viewer_of(user: object) -> Viewer | None:
    """The signed-in person in words; None for a visitor."""
    if not isinstance(user, User):
        return None
    organisation = user.organisation
    role = str(Role(user.role).label) if user.role else ""
    return Viewer(str(user), role, organisation.name if organisation else "")
