"""The coverage matrix and its cells."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from jiqun.web.accounts.roles import BUREAUS
from jiqun.web.accounts.scope import scope_for
from jiqun.web.common.access import page
from jiqun.web.common.htmx import wants_part
from jiqun.web.common.pack import current_pack
from jiqun.web.dispatch.board import matrix as found
from jiqun.web.registry.queries import publication_of


@require_safe
@page(BUREAUS)
def coverage(request: HttpRequest) -> HttpResponse:
    """Key clusters against the columns of the pack."""
    publication = publication_of(request)
    if publication is None:
        return render(request, "dispatch/unpublished.html")
    county, gaps_only = request.GET.get("county", ""), request.GET.get("show") == "gaps"
    matrix = found.matrix(current_pack(), publication, county, gaps_only)
    context = {"matrix": matrix, "county": county, "gaps_only": gaps_only}
    return render(request, "board/coverage.html", context)


@require_safe
@page(BUREAUS)
def cell(request: HttpRequest, target_id: str, cluster: str) -> HttpResponse:
    """Why a cluster is covered or not: conditions, records (of the reader's own clusters), and the clause."""
    publication = publication_of(request)
    if publication is None:
        raise Http404("nothing is published")
    subject = get_object_or_404(scope_for(request.user).own_clusters(), code=cluster)
    opened = found.opened(current_pack(), publication, target_id, subject)
    if opened is None:
        raise Http404("no such cell")
    return render(request, "board/_cell.html" if wants_part(request) else "board/cell.html", {"opened": opened})
