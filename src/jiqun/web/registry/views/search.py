"""Search from anywhere: suggestions while typing, and the page of all that was found."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from jiqun.web.accounts.roles import SIGNED_IN
from jiqun.web.accounts.scope import scope_for
from jiqun.web.common.access import page
from jiqun.web.common.pack import current_pack
from jiqun.web.registry.lists.declared import all_lists
from jiqun.web.registry.search.find import find_clusters, find_parties, find_places
from jiqun.web.registry.search.tokens import matches

PAGE_LIMIT = 50
LISTS = 5


@require_safe
@vary_on_headers("HX-Request")
@page(SIGNED_IN)
def search(request: HttpRequest) -> HttpResponse:
    """What the words mean; a full code leads straight to its party."""
    text = request.GET.get("q", "").strip()[:60]
    scope, suggesting = scope_for(request.user), request.headers.get("HX-Request") == "true"
    hits = find_parties(scope, text, limit=8 if suggesting else PAGE_LIMIT) if text else []
    if not suggesting and len(hits) == 1 and len(text) == len(hits[0].party.uscc):
        return redirect("registry:party", uscc=hits[0].party.uscc)
    lists = [spec for spec in all_lists(current_pack()).values() if text and matches(spec.title, text)][:LISTS]
    context = {
        "q": text, "hits": hits, "clusters": find_clusters(scope, text), "places": find_places(scope, text),
        "lists": lists, "limit": PAGE_LIMIT,
    }  # fmt: skip
    return render(request, "registry/_suggestions.html" if suggesting else "registry/search.html", context)
