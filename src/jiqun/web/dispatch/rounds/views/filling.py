"""Filling an assignment: the grid, what is typed into it, the panel of a cell, submission."""

from __future__ import annotations

import json
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from jiqun.base.errors import InputError
from jiqun.web.accounts.models import User
from jiqun.web.accounts.roles import BUREAUS, FIRMS
from jiqun.web.common.access import page
from jiqun.web.common.pack import current_pack
from jiqun.web.dispatch.rounds import services
from jiqun.web.dispatch.rounds.grid import FILTERS, grid_cells, grid_of
from jiqun.web.dispatch.rounds.models import Assignment, Cell, CellState
from jiqun.web.dispatch.rounds.permissions import FILLERS, may_fill, may_steer, review_level
from jiqun.web.dispatch.rounds.progress import deadline_of
from jiqun.web.dispatch.rounds.services import Edit
from jiqun.web.dispatch.rounds.views.common import assignment_or_404, cell_or_404, own_or_404
from jiqun.web.portal.paging import page_number

MOST_EDITS = 2000


@require_safe
@page(BUREAUS | FIRMS)
def fill(request: HttpRequest, pk: int) -> HttpResponse:
    """The grid; read-only for those who do not fill it."""
    assignment = assignment_or_404(request, pk)
    return render(request, "rounds/fill.html", _grid_context(request, assignment))


@require_POST
@page(FILLERS)
def save(request: HttpRequest, pk: int) -> HttpResponse:
    """Cells typed or pasted, as JSON; the answer says of each how it stands now."""
    assignment = own_or_404(request, pk)
    edits = _edits(request.body)
    if edits is None:
        return JsonResponse({"error": f"请求有误，一次最多保存 {MOST_EDITS} 个数据"}, status=400)
    try:
        saved = services.save_cells(
            actor=cast(User, request.user), pack=current_pack(), assignment=assignment, edits=edits
        )
    except InputError as error:
        return JsonResponse({"error": "；".join(p.message for p in error.problems)}, status=409)
    return JsonResponse(_answer(assignment, saved))


@require_POST
@page(FILLERS)
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the assignment to review, or show what stands in the way."""
    assignment = own_or_404(request, pk)
    try:
        count = services.submit(actor=cast(User, request.user), pack=current_pack(), assignment=assignment)
    except InputError as error:
        context = _grid_context(request, assignment) | {"problems": error.problems}
        return render(request, "rounds/fill.html", context, status=422)
    messages.success(request, f"已提交 {count} 个数据")
    return redirect("rounds:fill", pk)


@require_safe
@page(BUREAUS | FIRMS)
def panel(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything about one cell, for htmx."""
    return _panel(request, cell_or_404(request, pk))


@require_POST
@page(FILLERS)
def explain(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the unit's explanation of a cell."""
    cell = cell_or_404(request, pk)
    assignment = own_or_404(request, cell.line.assignment_id)
    version = request.POST.get("version", "")
    edit = Edit(pk, int(version) if version.isdigit() else 0, explanation=request.POST.get("explanation", ""))
    try:
        saved = services.save_cells(
            actor=cast(User, request.user), pack=current_pack(), assignment=assignment, edits=[edit]
        )
    except InputError as error:
        return _panel(request, cell, fault="；".join(p.message for p in error.problems))
    fault = saved.conflicts.get(pk) or saved.faults.get(pk, "")
    answer = _panel(request, cell_or_404(request, pk), fault=fault, done="" if fault else "说明已保存")
    answer["HX-Trigger"] = json.dumps({"rounds:cells": _answer(assignment, saved)})
    return answer


@require_POST
@page(BUREAUS | FIRMS)
def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Say something about a cell: its filler and its reviewers may."""
    cell = cell_or_404(request, pk)
    assignment = cell.line.assignment
    if not (may_fill(request.user, assignment) or review_level(request.user, assignment.round)):
        raise Http404("neither fills nor reviews it")
    try:
        services.comment_cell(actor=cast(User, request.user), cell=cell, text=request.POST.get("text", ""))
    except InputError as error:
        return _panel(request, cell, fault="；".join(p.message for p in error.problems))
    return _panel(request, cell, done="批注已保存")


def _grid_context(request: HttpRequest, assignment: Assignment) -> dict[str, Any]:
    shown = request.GET.get("show", "")
    search = request.GET.get("q", "").strip()[:60]
    grid = grid_of(current_pack(), assignment, shown, search, page_number(request.GET.get("page")))
    round_ = assignment.round
    return {
        "assignment": assignment, "round": round_, "grid": grid, "deadline": deadline_of(round_), "shown": shown, "q": search,
        "filters": [(key, word, grid.counts[key]) for key, (word, _) in FILTERS.items()],
        "may_fill": may_fill(request.user, assignment) and round_.state == "open",
        "reviews": review_level(request.user, round_) is not None,
        "may_steer": may_steer(request.user), "path": request.path,
    }  # fmt: skip


def _edits(body: bytes) -> list[Edit] | None:
    """The edits in a request; None where it is not of the form that the grid sends."""
    try:
        rows = json.loads(body)["edits"]
        edits = [Edit(int(row["id"]), int(row["version"]), text=str(row["text"])) for row in rows]
    except (ValueError, KeyError, TypeError):
        return None
    return edits if 0 < len(edits) <= MOST_EDITS else None


def _answer(assignment: Assignment, saved: services.Saved) -> dict[str, Any]:
    ids = {*(cell.pk for cell in saved.cells), *saved.conflicts}
    cells = Cell.objects.filter(pk__in=ids, line__assignment=assignment)
    wanted = cells.select_related("item", "line")
    shown = grid_cells(current_pack(), assignment.round, wanted)
    return {
        "cells": [one.as_json() for one in shown],
        "faults": {str(k): v for k, v in saved.faults.items()},
        "conflicts": {str(k): v for k, v in saved.conflicts.items()},
    }


def _panel(request: HttpRequest, cell: Cell, *, fault: str = "", done: str = "") -> HttpResponse:
    assignment = cell.line.assignment
    round_ = assignment.round
    [shown] = grid_cells(current_pack(), round_, [cell])
    fills = may_fill(request.user, assignment)
    level = review_level(request.user, round_)
    context = {
        "shown": shown, "cell": cell, "line": cell.line, "round": round_, "fault": fault, "done": done,
        "events": cell.events.select_related("actor")[:30],
        "may_explain": fills and cell.is_editable and round_.state == "open",
        "may_comment": fills or level is not None,
        "may_unlock": level == 2 and cell.state == CellState.APPROVED and round_.state == "open",
        "approved_text": shown.column.show(cell.approved_value),
    }  # fmt: skip
    return render(request, "rounds/_panel.html", context)
