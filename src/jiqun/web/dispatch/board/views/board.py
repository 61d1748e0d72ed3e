"""The board itself and its downloads."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from jiqun.web.accounts.roles import BUREAUS
from jiqun.web.accounts.scope import scope_for
from jiqun.web.common.access import page
from jiqun.web.common.htmx import wants_part
from jiqun.web.common.pack import current_pack
from jiqun.web.dispatch.board import filters
from jiqun.web.dispatch.board.rows import NO_FORECAST, OUTLOOKS, board_rows
from jiqun.web.dispatch.words import KINDS
from jiqun.web.portal.exports import csv_response, workbook_response
from jiqun.web.portal.formats import STATES
from jiqun.web.registry.models import Publication
from jiqun.web.registry.queries import publication_of


@require_safe
@page(BUREAUS)
def board(request: HttpRequest) -> HttpResponse:
    """All targets with their course and forecast; only the table where htmx asks for a filter."""
    publication = publication_of(request)
    if publication is None:
        return render(request, "dispatch/unpublished.html")
    context = _context(request, publication)
    answer = render(request, "board/_board.html" if wants_part(request) else "board/board.html", context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def _context(request: HttpRequest, publication: Publication) -> dict[str, Any]:
    pack = current_pack()
    rows = board_rows(pack, publication)
    wanted = filters.Wanted.of(request.GET, pack)
    groups = filters.shown(pack, rows, wanted)
    own = scope_for(request.user).own_codes
    county = filters.county_column(pack, publication, wanted.county, own) if wanted.county else {}
    return {
        "groups": [(g.title, [(row, county.get(row.row.id, "")) for row in g.rows]) for g in groups],
        "wanted": wanted,
        "county_name": pack.place_by_code[wanted.county].name if wanted.county else "",
        "shown": sum(len(g.rows) for g in groups),
        "total": len(rows),
        "counts": [(word, sum(r.outlook == word for r in rows)) for word in (*OUTLOOKS, NO_FORECAST)],
        "choices": {
            "states": STATES,
            "outlooks": (*OUTLOOKS, NO_FORECAST),
            "kinds": KINDS.items(),
            "tasks": [("goals", "发展目标"), *((t.id, f"{t.number}. {t.title}") for t in pack.tasks.values())],
            "leads": filters.leads(rows),
            "counties": [(p.code, p.name) for p in pack.places if p.kind != "city" and p.counted],
            "sorts": filters.SORTS.items(),
        },
    }


@require_safe
@page(BUREAUS)
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """The filtered board as a workbook or CSV."""
    publication = publication_of(request)
    if publication is None or form not in ("xlsx", "csv"):
        raise Http404("no such download")
    pack = current_pack()
    groups = filters.shown(pack, board_rows(pack, publication), filters.Wanted.of(request.GET, pack))
    name = f"目标看板_{publication.as_of}"
    if form == "csv":
        return csv_response(name, filters.HEADER, filters.table(groups))
    note = (
        f"数据截至 {publication.as_of}，数据快照 {publication.snapshot_id[:12]}，方案包第 {publication.pack_version} 版"
    )
    return workbook_response(name, [("目标看板", filters.HEADER, filters.table(groups))], note)
