"""Public pages: home, clusters, policies."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from jiqun.web.accounts.roles import EVERYONE, Role
from jiqun.web.accounts.scope import scope_for
from jiqun.web.common.access import is_bureau, page, role_of
from jiqun.web.common.pack import current_pack
from jiqun.web.portal import queries


@require_safe
@page(EVERYONE)
def home(request: HttpRequest) -> HttpResponseBase:
    """Bureaus go to the overview, firms to their own page; visitors see what the plan is about."""
    if is_bureau(request.user):
        return redirect("dispatch:overview")
    if role_of(request.user) == Role.ENTERPRISE:
        return redirect("cultivation:own")
    pack = current_pack()
    context = {"programme": pack.programme, "policies": queries.policy_catalogue(pack)}
    return render(request, "portal/home.html", context)


@require_safe
@page(EVERYONE)
def clusters(request: HttpRequest) -> HttpResponse:
    """All clusters by county."""
    return render(request, "portal/clusters.html", {"clusters": queries.cluster_list()})


@require_safe
@page(EVERYONE)
def cluster(request: HttpRequest, code: str) -> HttpResponse:
    """One cluster: its county and chain, and the titles awarded in it."""
    scope = scope_for(request.user)
    found = get_object_or_404(scope.clusters().select_related("county"), code=code)
    seen = scope.parties().filter(cluster=found)
    openable = set(seen.values_list("pk", flat=True)[:5000]) if request.user.is_authenticated else set()
    context = {
        "cluster": found,
        "members": queries.member_count(found),
        "awards": queries.awarded_in(found),
        "openable": openable,
    }
    return render(request, "portal/cluster.html", context)


@require_safe
@page(EVERYONE)
def policies(request: HttpRequest) -> HttpResponse:
    """The catalogue of support policies."""
    return render(request, "portal/policies.html", {"policies": queries.policy_catalogue(current_pack())})
