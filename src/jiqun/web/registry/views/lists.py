"""The lists, their files and the views kept of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from jiqun.base.errors import InputError
from jiqun.web.accounts.models import User
from jiqun.web.accounts.roles import SIGNED_IN
from jiqun.web.accounts.scope import scope_for
from jiqun.web.common.access import page
from jiqun.web.common.pack import current_pack
from jiqun.web.common.trail.services import LISTED, record_bulk_read
from jiqun.web.registry.intake.kinds.catalogue import find
from jiqun.web.registry.lists.columns import Column, ListSpec
from jiqun.web.registry.lists.declared import all_lists
from jiqun.web.registry.lists.export import FORMATS, export
from jiqun.web.registry.lists.reading import Reading
from jiqun.web.registry.queries import saved_views
from jiqun.web.registry.services.views import drop_view, save_view
from jiqun.web.registry.writers import may_add


@dataclass(frozen=True)
class FilterBox:
    """A filter as the page shows it."""

    column: Column
    options: tuple[tuple[str, str], ...]
    value: str
    low: str
    high: str


@dataclass(frozen=True)
class Heading:
    """A column's heading: the order that a click asks for, and the one that holds now."""

    column: Column
    sort: str
    now: str


def list_of(key: str) -> ListSpec:
    """The list of that key; 404 where there is none."""
    found = all_lists(current_pack()).get(key)
    if found is None:
        raise Http404(f"no list {key}")
    return found


@require_safe
@page(SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """All lists by what they are about."""
    groups: dict[str, list[ListSpec]] = {}
    for spec in all_lists(current_pack()).values():
        groups.setdefault(spec.group, []).append(spec)
    return render(request, "registry/home.html", {"groups": groups})


@require_safe
@page(SIGNED_IN)
def rows(request: HttpRequest, key: str) -> HttpResponse:
    """One page of a list."""
    spec = list_of(key)
    if spec.is_register and spec.party_path:
        record_bulk_read(request, f"台账：{spec.title}", LISTED)
    reading = Reading(spec, scope_for(request.user), request.GET)
    shown = reading.page
    column, descending = reading.order
    context = {
        "spec": spec, "reading": reading, "page": shown, "boxes": _boxes(reading),
        "headings": [_heading(c, column, descending) for c in reading.columns],
        "table": [(spec.link(row), [(c, c.text(row)) for c in reading.columns]) for row in shown.rows],
        "lead": spec.lead if spec.lead in reading.keys else reading.keys[0],
        "path": reverse("registry:list", args=[key]), "formats": FORMATS, "views": saved_views(request.user, key),
        "kept": _kept(request), "may_add": may_add(reading.scope, spec),
        "intake": spec.intake and find(current_pack(), spec.intake, role=reading.scope.role),
    }  # fmt: skip
    return render(request, "registry/list.html", context)


def _kept(request: HttpRequest) -> str:
    """What a saved view keeps of the address."""
    kept = request.GET.copy()
    for name in ("after", "before", "csrfmiddlewaretoken"):
        kept.pop(name, None)
    for name in [name for name, value in kept.items() if not value]:
        kept.pop(name)
    return kept.urlencode()


def _boxes(reading: Reading) -> list[FilterBox]:
    asked = reading.asked
    return [
        FilterBox(
            c, c.options(reading.scope), asked.get(f"f-{c.key}", ""),
            asked.get(f"f-{c.key}-from", ""), asked.get(f"f-{c.key}-to", ""),
        )
        for c in reading.spec.columns
        if c.filter
    ]  # fmt: skip


def _heading(column: Column, by: Column, descending: bool) -> Heading:
    if column.key != by.key:
        return Heading(column, column.key, "none")
    return Heading(column, column.key if descending else f"-{column.key}", "descending" if descending else "ascending")


@require_safe
@page(SIGNED_IN)
def file(request: HttpRequest, key: str, form: str) -> HttpResponseBase:
    """The whole list as a file, as filtered and sorted."""
    if form not in FORMATS:
        raise Http404(form)
    spec = list_of(key)
    record_bulk_read(request, f"台账：{spec.title}")
    return export(Reading(spec, scope_for(request.user), request.GET), form)


@require_POST
@page(SIGNED_IN, own_settings=True)
def keep_view(request: HttpRequest, key: str) -> HttpResponse:
    """Keep the view that the reader has now."""
    spec, query = list_of(key), request.POST.get("query", "")[:2000]
    assert isinstance(request.user, User)
    try:
        save_view(
            owner=request.user, list_key=spec.key, name=request.POST.get("name", ""),
            query=query, shared=request.POST.get("shared") == "1",
        )  # fmt: skip
    except InputError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "已保存为常用视图。")
    return redirect(reverse("registry:list", args=[key]) + (f"?{query}" if query else ""))


@require_POST
@page(SIGNED_IN, own_settings=True)
def forget_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Drop one of the reader's own views."""
    view: Any = get_object_or_404(saved_views(request.user), pk=pk, owner=request.user)
    drop_view(view=view)
    return redirect("registry:list", key=view.list_key)
