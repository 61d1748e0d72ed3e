"""Views of the dispatch desk: who asks, what is asked for, which template."""

from __future__ import annotations

from typing import Any

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from jiqun.web.accounts.roles import BUREAUS, EVERYONE
from jiqun.web.accounts.scope import scope_for
from jiqun.web.common.access import page
from jiqun.web.common.htmx import wants_part
from jiqun.web.common.pack import current_pack, pack_folder
from jiqun.web.common.trail.services import record_bulk_read
from jiqun.web.dispatch import queries, tables
from jiqun.web.dispatch.board.outlook import chart_data as course_data
from jiqun.web.dispatch.board.outlook import outlook_of
from jiqun.web.dispatch.disclosed import disclosed, hidden_places
from jiqun.web.dispatch.shapes import Filter
from jiqun.web.portal.exports import csv_response
from jiqun.web.portal.paging import page_number
from jiqun.web.registry.models import Publication
from jiqun.web.registry.queries import publication_of


@require_safe
@page(BUREAUS)
def overview(request: HttpRequest) -> HttpResponse:
    """All targets, the map and the alerts; only the list of targets where htmx asks for a filter."""
    path = reverse("dispatch:overview")
    publication = publication_of(request)
    if publication is None:
        return render(request, "dispatch/unpublished.html")
    found = queries.overview(current_pack(), publication, scope_for(request.user).own_codes)
    wanted = Filter.of(request.GET)
    context: dict[str, Any] = {"overview": found, "path": path, **tables.target_list(found, wanted)}
    if wants_part(request):
        answer = render(request, "dispatch/_targets.html", context)
    else:
        answer = render(request, "dispatch/overview.html", {**context, "map_data": tables.map_data(found)})
    patch_vary_headers(answer, ["HX-Request"])
    return answer


@require_safe
@page(EVERYONE)
def map_file(request: HttpRequest) -> HttpResponseBase:
    """The pack's map of the city."""
    name = current_pack().programme.map
    if name is None:
        raise Http404("the pack has no map")
    response = FileResponse((pack_folder() / name).open("rb"), content_type="application/geo+json")
    response["Cache-Control"] = "public, max-age=3600"
    return response


@require_safe
@page(BUREAUS)
def target(request: HttpRequest, target_id: str) -> HttpResponse:
    """One target with its basis, the counties' shares, and the first page of what it counts."""
    publication, pack = _publication(request), current_pack()
    found = queries.target_page(pack, publication, target_id)
    if found is None:
        raise Http404(f"no target {target_id}")
    own = scope_for(request.user).own_codes
    found = disclosed(found, hidden_places(pack, publication, found.measure, own))
    sections = [
        {**vars(section), "records": _records(request, publication, target_id, section.part)}
        for section in found.sections
    ]
    target = pack.targets[target_id]
    outlook = outlook_of(publication, target)
    context = {
        "page": found,
        "sections": sections,
        "outlook": outlook,
        "chart_data": {**tables.chart_data(found, publication.as_of), **course_data(outlook, target)},
        "map_data": tables.county_map(pack, found),
        "snapshot_id": publication.snapshot_id,
    }
    return render(request, "dispatch/target.html", context)


@require_safe
@page(BUREAUS)
def records(request: HttpRequest, target_id: str) -> HttpResponse:
    """A page of the records that a target counts, or of the undetermined ones, for htmx."""
    part = _part(request)
    found = _records(request, _publication(request), target_id, part)
    return render(request, "dispatch/_records.html", {"records": found, "part": part})


@require_safe
@page(BUREAUS)
def export(request: HttpRequest, target_id: str) -> HttpResponseBase:
    """The records as CSV."""
    part = _part(request)
    publication = _publication(request)
    asked = queries.RecordQuery.of(request.GET, part, scope_for(request.user))
    found = queries.all_records(current_pack(), publication, target_id, asked)
    if found is None:
        raise Http404(f"no target {target_id}")
    record_bulk_read(request, f"目标记录：{found[0]}")
    return csv_response(*tables.export_table(found, part, publication.as_of))


def _records(request: HttpRequest, publication: Publication, target_id: str, part: str) -> Any:
    asked = queries.RecordQuery.of(request.GET, part, scope_for(request.user))
    found = queries.records(current_pack(), publication, target_id, asked, page_number(request.GET.get("page")))
    if found is None:
        raise Http404(f"no target {target_id}")
    return found


def _part(request: HttpRequest) -> str:
    part = request.GET.get("part", "")
    return part if part in queries.PARTS else queries.PARTS[0]


def _publication(request: HttpRequest) -> Publication:
    publication = publication_of(request)
    if publication is None:
        raise Http404("nothing is published")
    return publication
