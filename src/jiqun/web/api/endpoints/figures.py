"""Reported figures."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from jiqun.web.api import shown
from jiqun.web.api.access import reader
from jiqun.web.api.endpoints.registry import WITH_SUBJECT, After, Limit, Text
from jiqun.web.api.models import Permission
from jiqun.web.api.paging import page_of
from jiqun.web.api.schemas import ObservationOut, Page, answers
from jiqun.web.common.trail.services import record_bulk_read

router = Router(tags=["指标数据"])


@router.get("/observations", response=answers(Page[ObservationOut]), summary="指标数据")
def observations(
    request: HttpRequest, after: After, limit: Limit, indicator: Text, period: Text, party: Text, cluster: Text
) -> dict[str, Any]:
    """Figures within the scope, by indicator, period, and firm or cluster."""
    rows = reader(request, Permission.FIGURES).observations().select_related(*WITH_SUBJECT)
    keys = (("indicator", indicator), ("period", period), ("party__uscc", party), ("cluster__code", cluster))
    for key, value in keys:
        if value is not None:
            rows = rows.filter(**{key: value})
    note_reading(request, "接口：指标数据")
    return page_of(rows, after, limit, shown.observation)


def note_reading(request: HttpRequest, page: str) -> None:
    """A program reads firms' figures for its owner: the owner is who read them."""
    token: Any = getattr(request, "auth", None)
    request.user = token.owner
    record_bulk_read(request, page)
