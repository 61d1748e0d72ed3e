"""Reads of the publishing desk."""

from __future__ import annotations

from django.db.models import QuerySet

from jiqun.web.accounts.roles import Role
from jiqun.web.accounts.scope import Scope
from jiqun.web.common.pack import current_pack
from jiqun.web.dispatch.publishing.models import Release, ReleaseState
from jiqun.web.registry.models import Place, Publication

PUBLIC = (ReleaseState.PUBLISHED, ReleaseState.WITHDRAWN)


def releases(scope: Scope) -> QuerySet[Release]:
    """All for those who see all; counties see what was published."""
    found = Release.objects.select_related("publication", "made_by", "published_by")
    return found if scope.sees_all else found.filter(state__in=PUBLIC)


def cited_before(release: Release) -> Publication | None:
    """What a release is compared with: the last one published before it, or what is current."""
    others = Release.objects.filter(state=ReleaseState.PUBLISHED).exclude(pk=release.pk)
    if release.number is not None:
        others = others.filter(number__lt=release.number)
    former = others.order_by("-number").select_related("publication").first()
    if former is not None:
        return former.publication
    return Publication.objects.filter(release__isnull=True, pk__lt=release.publication_id).order_by("-pk").first()


def briefing_counties(scope: Scope) -> list[Place]:
    """The counties whose briefing a person may have: a county its own, the city all."""
    counted = [p.code for p in current_pack().places if p.counted and p.kind not in ("city", "zone")]
    places = Place.objects.filter(code__in=counted).order_by("code")
    return list(
        places if scope.role in (Role.CITY, Role.OPERATOR, Role.AUDITOR) else places.filter(pk__in=scope.place_ids)
    )
