"""Views of the cultivation desk."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from jiqun.web.accounts.models import User
from jiqun.web.accounts.scope import scope_for
from jiqun.web.common.pack import current_pack
from jiqun.web.cultivation import queries
from jiqun.web.cultivation.shapes import FirmFilter
from jiqun.web.portal.access import bureau_only
from jiqun.web.portal.shell import is_bureau
from jiqun.web.registry.queries import current_publication


@require_safe
@bureau_only
def firms(request: HttpRequest) -> HttpResponse:
    """The list of firms within the reader's scope; a full code goes straight to its page."""
    wanted = FirmFilter.of(request.GET)
    scope = scope_for(request.user)
    if queries.is_known_code(scope, wanted.q):
        return redirect("cultivation:firm", uscc=wanted.q.upper())
    page = queries.firm_list(scope, wanted)
    context = {
        "filter": wanted, "filtered": wanted.narrows, "page": page, "rows": page.rows,
        "choices": queries.firm_choices(scope, current_pack()), "path": reverse("cultivation:firms"),
    }  # fmt: skip
    return render(request, "cultivation/firms.html", context)


@require_safe
@login_required
def firm(request: HttpRequest, uscc: str) -> HttpResponse:
    """One firm: what it can get, what it lacks, the way there; 404 outside the reader's scope."""
    party = get_object_or_404(scope_for(request.user).parties().select_related("county", "cluster"), uscc=uscc)
    page = queries.firm_page(current_pack(), current_publication(), party)
    context = {
        "page": page,
        "may_list": is_bureau(request.user),
        "periods": page.figures[0].periods if page.figures else (),
        "figure_data": [
            {"name": f.name, "unit": f.unit, "periods": f.periods, "values": f.values}
            for f in page.main_figures
            if f.drawable
        ],
    }
    return render(request, "cultivation/firm.html", context)


@require_safe
@login_required
def own(request: HttpRequest) -> HttpResponseBase:
    """The page of the reader's own firm."""
    user = request.user
    organisation = user.organisation if isinstance(user, User) else None
    if organisation is None or organisation.party is None:
        raise Http404("the account stands for no party")
    return redirect("cultivation:firm", uscc=organisation.party.uscc)
