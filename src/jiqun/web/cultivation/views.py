"""Views of the cultivation desk."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from jiqun.web.accounts.models import User
from jiqun.web.accounts.roles import BUREAUS, SIGNED_IN
from jiqun.web.accounts.scope import scope_for
from jiqun.web.common.access import is_bureau, page
from jiqun.web.common.pack import current_pack
from jiqun.web.common.trail.services import record_read
from jiqun.web.cultivation import queries
from jiqun.web.cultivation.shapes import FirmFilter
from jiqun.web.registry.queries import publication_of


@require_safe
@page(BUREAUS)
def firms(request: HttpRequest) -> HttpResponse:
    """The list of firms within the reader's scope; a full code goes straight to its page."""
    wanted = FirmFilter.of(request.GET)
    scope = scope_for(request.user)
    if queries.is_known_code(scope, wanted.q):
        return redirect("cultivation:firm", uscc=wanted.q.upper())
    found = queries.firm_list(scope, wanted)
    context = {
        "filter": wanted, "filtered": wanted.narrows, "page": found, "rows": found.rows,
        "choices": queries.firm_choices(scope, current_pack()), "path": reverse("cultivation:firms"),
    }  # fmt: skip
    return render(request, "cultivation/firms.html", context)


@require_safe
@page(SIGNED_IN)
def firm(request: HttpRequest, uscc: str) -> HttpResponse:
    """One firm: what it can get, what it lacks, the way there; 404 outside the reader's scope."""
    party = get_object_or_404(scope_for(request.user).parties().select_related("county", "cluster"), uscc=uscc)
    record_read(request, party)
    found = queries.firm_page(current_pack(), publication_of(request), party)
    context = {
        "page": found,
        "may_list": is_bureau(request.user),
        "periods": found.figures[0].periods if found.figures else (),
        "figure_data": [
            {"name": f.name, "unit": f.unit, "periods": f.periods, "values": f.values}
            for f in found.main_figures
            if f.drawable
        ],
    }
    return render(request, "cultivation/firm.html", context)


@require_safe
@page(SIGNED_IN)
def own(request: HttpRequest) -> HttpResponseBase:
    """The page of the reader's own firm."""
    user = request.user
    organisation = user.organisation if isinstance(user, User) else None
    if organisation is None or organisation.party is None:
        raise Http404("the account stands for no party")
    return redirect("cultivation:firm", uscc=organisation.party.uscc)
