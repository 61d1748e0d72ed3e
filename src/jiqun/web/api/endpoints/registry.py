"""Places, clusters, firms, titles, reviews, registers."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Path, Query, Router
from ninja.errors import HttpError

from jiqun.web.api import shown
from jiqun.web.api.access import reader
from jiqun.web.api.models import Permission
from jiqun.web.api.paging import DEFAULT, MOST, page_of
from jiqun.web.api.schemas import ClusterOut, EntryOut, Page, PartyOut, PlaceOut, RecognitionOut, ReviewOut, answers
from jiqun.web.common.pack import current_pack

router = Router(tags=["台账"])
After = Annotated[str | None, Query(None, description="上一页答复里的 next", max_length=18)]
Limit = Annotated[int, Query(DEFAULT, ge=1, le=MOST, description="每页行数")]
Text = Annotated[str | None, Query(None, max_length=80)]
WITH_SUBJECT = ("party", "cluster", "place")


@router.get("/places", response=answers(Page[PlaceOut]), summary="区划")
def places(request: HttpRequest, after: After, limit: Limit) -> dict[str, Any]:
    """All divisions."""
    rows = reader(request, Permission.REGISTRY).places().select_related("parent")
    return page_of(rows, after, limit, shown.place)


@router.get("/clusters", response=answers(Page[ClusterOut]), summary="集群")
def clusters(request: HttpRequest, after: After, limit: Limit) -> dict[str, Any]:
    """All clusters."""
    rows = reader(request, Permission.REGISTRY).clusters().select_related("county")
    return page_of(rows, after, limit, shown.cluster)


@router.get("/parties", response=answers(Page[PartyOut]), summary="企业和机构")
def parties(
    request: HttpRequest, after: After, limit: Limit, county: Text, cluster: Text, kind: Text
) -> dict[str, Any]:
    """Firms and other bodies within the scope, by county code, cluster id or kind."""
    rows = reader(request, Permission.REGISTRY).parties().select_related("county", "cluster")
    for key, value in (("county__code", county), ("cluster__code", cluster), ("kind", kind)):
        if value is not None:
            rows = rows.filter(**{key: value})
    return page_of(rows, after, limit, shown.party)


@router.get("/parties/{uscc}", response=answers(PartyOut), summary="一家企业或机构")
def party(request: HttpRequest, uscc: Annotated[str, Path(max_length=18)]) -> dict[str, Any]:
    """One by its code; 404 outside the scope."""
    rows = reader(request, Permission.REGISTRY).parties().select_related("county", "cluster")
    return shown.party(get_object_or_404(rows, uscc=uscc.upper()))


@router.get("/recognitions", response=answers(Page[RecognitionOut]), summary="认定")
def recognitions(request: HttpRequest, after: After, limit: Limit, title: Text) -> dict[str, Any]:
    """Awarded titles; they are public."""
    rows = reader(request, Permission.REGISTRY).recognitions().select_related(*WITH_SUBJECT)
    return page_of(rows if title is None else rows.filter(title=title), after, limit, shown.recognition)


@router.get("/reviews", response=answers(Page[ReviewOut]), summary="复核")
def reviews(request: HttpRequest, after: After, limit: Limit, title: Text) -> dict[str, Any]:
    """Reviews within the scope."""
    rows = reader(request, Permission.REGISTRY).reviews().select_related(*WITH_SUBJECT)
    return page_of(rows if title is None else rows.filter(title=title), after, limit, shown.review)


@router.get("/registers/{name}/entries", response=answers(Page[EntryOut]), summary="台账记录")
def entries(
    request: HttpRequest, name: Annotated[str, Path(max_length=60)], after: After, limit: Limit
) -> dict[str, Any]:
    """The lines of a register within the scope."""
    if name not in current_pack().vocabulary.registers:
        raise HttpError(404, "方案里没有这个台账")
    rows = reader(request, Permission.REGISTRY).entries().filter(register=name).select_related(*WITH_SUBJECT)
    return page_of(rows, after, limit, shown.entry)
