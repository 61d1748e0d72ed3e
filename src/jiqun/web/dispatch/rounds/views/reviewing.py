"""Reviewing a round's cells: a list to tick, approve or return; of two reviewers the later one is told."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from jiqun.base.errors import InputError
from jiqun.web.accounts.models import User
from jiqun.web.common.access import page
from jiqun.web.common.htmx import wants_part
from jiqun.web.common.pack import current_pack
from jiqun.web.common.trail.services import LISTED, record_bulk_read
from jiqun.web.dispatch.rounds import reviews, services
from jiqun.web.dispatch.rounds.models import Round
from jiqun.web.dispatch.rounds.permissions import REVIEWERS, review_level
from jiqun.web.dispatch.rounds.services import Pick, Reviewed
from jiqun.web.dispatch.rounds.views.common import cell_or_404, refuse, round_or_404
from jiqun.web.portal.paging import page_number


@require_http_methods(["GET", "HEAD", "POST"])
@page(REVIEWERS)
def review(request: HttpRequest, pk: int) -> HttpResponse:
    """The cells that wait for the reviewer; a POST approves or returns those ticked. 409 where another was first."""
    round_ = round_or_404(request, pk)
    level = review_level(request.user, round_)
    if level is None or round_.opened_at is None:
        raise Http404("not theirs to review")
    if round_.subject_kind == "party":
        record_bulk_read(request, f"填报审核：{round_.title}", LISTED)
    status, conflicts, done = 200, [], None
    fault = ""
    if request.method == "POST":
        try:
            done = _act(request, round_, level)
            conflicts = reviews.conflicts_of(current_pack(), round_, done)
            status = 409 if conflicts else 200
        except InputError as error:
            status, fault = 422, "；".join(str(problem) for problem in error.problems)
    asked = reviews.Query.of(request.GET)
    found = reviews.review_page(
        current_pack(), request.user, round_, level, asked, page_number(request.GET.get("page"))
    )
    context = {
        "round": round_, "level": level, "review": found, "conflicts": conflicts, "fault": fault,
        "done": len(done.done) if done else None, "act": request.POST.get("act", ""), "path": request.path,
    }  # fmt: skip
    part = "rounds/_review.html" if wants_part(request) else "rounds/review.html"
    return render(request, part, context, status=status)


@require_POST
@page(REVIEWERS)
def unlock(request: HttpRequest, pk: int) -> HttpResponse:
    """Let one approved cell be corrected."""
    cell = cell_or_404(request, pk)
    assignment = cell.line.assignment
    if review_level(request.user, assignment.round) != services.CITY_LEVEL:
        raise Http404("only the city unlocks")
    version = request.POST.get("version", "")
    pick = Pick(pk, int(version) if version.isdigit() else 0)
    try:
        reviewed = services.unlock_cell(
            actor=cast(User, request.user), round_=assignment.round, pick=pick, reason=request.POST.get("reason", "")
        )
        if reviewed.conflicts:
            messages.error(request, f"未解锁：{reviewed.conflicts[0].what}")
        else:
            messages.success(request, f"已解锁 {cell}，填报单位可以更正")
    except InputError as error:
        refuse(request, error)
    return redirect("rounds:fill", assignment.pk)


def _act(request: HttpRequest, round_: Round, level: int) -> Reviewed:
    """Approve or return what was ticked, or approve everything without problems."""
    actor, act = cast(User, request.user), request.POST.get("act", "")
    if act == "approve-sound":
        asked = reviews.Query.of(request.GET)
        picks = reviews.sound_picks(request.user, round_, level, asked)
        return services.approve_cells(actor=actor, round_=round_, level=level, picks=picks)
    picks = _picks(request.POST.getlist("cell"))
    if act == "return":
        reason = request.POST.get("reason", "")
        return services.return_cells(actor=actor, round_=round_, level=level, picks=picks, reason=reason)
    return services.approve_cells(actor=actor, round_=round_, level=level, picks=picks)


def _picks(values: list[str]) -> list[Pick]:
    """Cells as `id:version`; whatever is not that is left out."""
    pairs = (value.partition(":") for value in values)
    return [Pick(int(cell), int(version)) for cell, _, version in pairs if cell.isdigit() and version.isdigit()]
