"""What the frame of every page shows: whose site it is, which data it cites, where the reader may go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from jiqun.base.periods import Period
from jiqun.programme.pack import Pack
from jiqun.web.accounts.models import User
from jiqun.web.accounts.roles import Role
from jiqun.web.common.access import role_of
from jiqun.web.common.navigation import navigation
from jiqun.web.registry.models import Publication


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
    search_url: str | None


@dataclass(frozen=True)
class Viewer:
    """Who is signed in, in words."""

    name: str
    role: str
    place: str


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
        search_url=reverse("registry:search") if role_of(user) else None,
    )


@dataclass(frozen=True)
class Menus:
    """The desks that a person may enter, as HTML: the bar of wide screens and the sheet of narrow ones."""

    bar: SafeString
    sheet: SafeString


def menus_of(request: HttpRequest, user: object) -> Menus:
    """The menus of the person's role; the desk that the page belongs to is active."""
    match = request.resolver_match
    return _menus(role_of(user), match.view_name if match else "")


@lru_cache(maxsize=1024)
def _menus(role: Role | None, view_name: str) -> Menus:
    """Made once a process for each role and page: it took half of the time of a page's frame."""
    context = {"nav": navigation(role, view_name)}
    return Menus(*(render_to_string(f"parts/nav_{part}.html", context) for part in ("bar", "sheet")))


def viewer_of(user: object) -> Viewer | None:
    """The signed-in person in words; None for a visitor."""
    if not isinstance(user, User):
        return None
    organisation = user.organisation
    role = str(Role(user.role).label) if user.role else ""
    return Viewer(str(user), role, organisation.name if organisation else "")
