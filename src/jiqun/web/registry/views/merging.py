"""Renaming a party; pairs that may be one, side by side; merging them or keeping them apart."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jiqun.base.errors import InputError
from jiqun.rules.vocabulary import PARTY_KINDS
from jiqun.web.accounts.models import User
from jiqun.web.accounts.roles import EDITORS
from jiqun.web.accounts.scope import scope_for
from jiqun.web.common.access import page
from jiqun.web.registry.models import Party
from jiqun.web.registry.queries import duplicate_pairs, records_of
from jiqun.web.registry.services import rename_party
from jiqun.web.registry.services.merge import conflicts_of, merge_parties, set_apart
from jiqun.web.registry.views.lists import list_of


def _party(request: HttpRequest, uscc: str) -> Party:
    return get_object_or_404(scope_for(request.user).parties().select_related("county", "cluster"), uscc=uscc)


@require_POST
@page(EDITORS)
def rename(request: HttpRequest, uscc: str) -> HttpResponse:
    """Another name from a day on."""
    party = _party(request, uscc)
    assert isinstance(request.user, User)
    try:
        on = date.fromisoformat(request.POST.get("on", ""))
    except ValueError:
        messages.error(request, "未更名：更名日期应写成 2025-07-22。")
        return redirect("registry:party", uscc=uscc)
    try:
        rename_party(actor=request.user, party=party, name=request.POST.get("name", "")[:160], on=on)
    except InputError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "已更名，原名称保留为曾用名。")
    return redirect("registry:party", uscc=uscc)


@require_safe
@page(EDITORS)
def duplicates(request: HttpRequest) -> HttpResponse:
    """Pairs that may be one, within one place at a time."""
    scope = scope_for(request.user)
    places = list(scope.own_places().exclude(kind="city").order_by("code"))
    wanted = request.GET.get("place", "")
    place = next((p for p in places if p.code == wanted), None)
    if place is None and not scope.sees_all:
        place = places[0] if places else None
    context = {"places": places, "place": place, "pairs": duplicate_pairs(scope, place) if place else []}
    return render(request, "registry/duplicates.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(EDITORS)
def merge(request: HttpRequest, kept: str, gone: str) -> HttpResponse:
    """Two parties side by side; what is merged is decided here, conflict by conflict."""
    ours, other = _party(request, kept), _party(request, gone)
    if ours.pk == other.pk:
        raise Http404("one and the same")
    if request.method == "POST":
        assert isinstance(request.user, User)
        if request.POST.get("act") == "apart":
            set_apart(actor=request.user, first=ours, second=other)
            messages.success(request, "已标记为不同的主体，不再提示。")
            return redirect("registry:duplicates")
        try:
            merge_parties(actor=request.user, kept=ours, gone=other, choices=request.POST.dict())
        except InputError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"已将 {other.name} 并入，其代码 {other.uscc} 将转到本页。")
            return redirect("registry:party", uscc=ours.uscc)
    context = {"kept": ours, "gone": other, "rows": _side_by_side(request, ours, other),
               "conflicts": conflicts_of(ours, other)}  # fmt: skip
    return render(request, "registry/merge.html", context)


def _side_by_side(request: HttpRequest, ours: Party, other: Party) -> list[tuple[str, Any, Any]]:
    scope = scope_for(request.user)
    rows: list[tuple[str, Any, Any]] = [("类型", PARTY_KINDS[ours.kind], PARTY_KINDS[other.kind])]
    rows += [(c.label, c.text(ours), c.text(other)) for c in list_of(f"{ours.kind}s").columns]
    counts = [{g.title: g.count for g in records_of(scope, party)} for party in (ours, other)]
    counts[0]["指标数据"] = scope.observations().filter(party=ours).count()
    counts[1]["指标数据"] = scope.observations().filter(party=other).count()
    return rows + [
        (f"{title}（条）", counts[0].get(title, 0), counts[1].get(title, 0)) for title in {**counts[0], **counts[1]}
    ]
