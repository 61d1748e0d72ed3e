"""The list of rounds, a round's progress, and what the city does to a round."""

from __future__ import annotations

from datetime import date
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jiqun.base.errors import InputError, Problem
from jiqun.web.accounts.models import User
from jiqun.web.accounts.roles import BUREAUS, FIRMS
from jiqun.web.common.access import page
from jiqun.web.common.pack import current_pack
from jiqun.web.dispatch.rounds import queries, services, wizard
from jiqun.web.dispatch.rounds.models import RoundState
from jiqun.web.dispatch.rounds.permissions import (
    STEERS,
    WATCHERS,
    assignments_of,
    fillable,
    may_fill,
    may_steer,
    review_level,
    rounds_of,
)
from jiqun.web.dispatch.rounds.progress import statistics_table
from jiqun.web.dispatch.rounds.views.common import refuse, round_or_404, steered_or_404
from jiqun.web.portal.exports import csv_response
from jiqun.web.portal.paging import page_number


@require_safe
@page(BUREAUS | FIRMS)
def index(request: HttpRequest) -> HttpResponse:
    """What waits for the person, and the rounds that they see."""
    mine = fillable(request.user, assignments_of(request.user))
    context = {
        "tasks": queries.tasks_of(mine),
        "rounds": queries.round_list(request.user, rounds_of(request.user), page_number(request.GET.get("page"))),
        "fills": mine.exists(),
        "may_steer": may_steer(request.user),
        "path": request.path,
    }
    return render(request, "rounds/index.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@page(STEERS)
def new(request: HttpRequest) -> HttpResponse:
    """The form of a new round; what is sent is kept as a draft."""
    wanted = wizard.Wanted.of(request.POST if request.method == "POST" else request.GET)
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        try:
            made = services.draft_round(
                actor=cast(User, request.user), pack=current_pack(), title=wanted.title, period=str(wanted.period),
                subject_kind=wanted.subject_kind, chain=wanted.chain, asked=wanted.items(),
                selection=wanted.selection(), working_days=wanted.days, note=wanted.note,
            )  # fmt: skip
            return redirect("rounds:round", made.pk)
        except InputError as error:
            problems = error.problems
    context = {**wizard.form_context(current_pack(), wanted), "problems": problems}
    return render(request, "rounds/new.html", context, status=422 if problems else 200)


@require_safe
@page(STEERS)
def deadline(request: HttpRequest) -> HttpResponse:
    """The day on which so many working days end, for htmx."""
    wanted = wizard.Wanted.of(request.GET)
    return render(request, "rounds/_deadline.html", wizard.deadline_context(wanted.days))


@require_safe
@page(BUREAUS | FIRMS)
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The round for those who steer or watch it; who fills one assignment of it goes straight there."""
    round_ = round_or_404(request, pk)
    own = [a for a in assignments_of(request.user).filter(round=round_)[:2] if may_fill(request.user, a)]
    if len(own) == 1:
        return redirect("rounds:fill", own[0].pk)
    if round_.state == RoundState.DRAFT:
        context = {"round": round_, "plan": queries.plan_of(round_), "items": queries.items_of(current_pack(), round_)}
        return render(request, "rounds/draft.html", context)
    context = {
        "round": round_,
        "progress": queries.progress_of(
            round_, assignments_of(request.user), request.GET, page_number(request.GET.get("page"))
        ),
        "items": queries.items_of(current_pack(), round_),
        "may_steer": may_steer(request.user),
        "reviews": review_level(request.user, round_) is not None,
        "path": request.path,
    }
    return render(request, "rounds/round.html", context)


@require_safe
@page(WATCHERS)
def progress_csv(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The statistics by county as CSV."""
    round_ = round_or_404(request, pk)
    header, rows = statistics_table(queries.standings(round_, assignments_of(request.user)))
    return csv_response(f"{round_.title}-填报统计", header, rows)


@require_POST
@page(STEERS)
def open_(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a draft out."""
    round_ = steered_or_404(request, pk)
    try:
        opened = services.open_round(actor=cast(User, request.user), round_=round_)
        messages.success(request, f"已下发，截止日期 {opened.due_on}")
    except InputError as error:
        refuse(request, error)
    return redirect("rounds:round", pk)


@require_POST
@page(STEERS)
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw a draft away."""
    try:
        services.discard_round(actor=cast(User, request.user), round_=steered_or_404(request, pk))
        messages.success(request, "草稿已删除")
    except InputError as error:
        refuse(request, error)
        return redirect("rounds:round", pk)
    return redirect("rounds:index")


@require_POST
@page(STEERS)
def extend(request: HttpRequest, pk: int) -> HttpResponse:
    """Move the deadline."""
    round_ = steered_or_404(request, pk)
    due_on = _day(request.POST.get("due_on", ""))
    try:
        if due_on is None:
            raise InputError([Problem("请选择新的截止日期")], "期限未延长")
        services.extend_deadline(
            actor=cast(User, request.user), round_=round_, due_on=due_on, reason=request.POST.get("reason", "")
        )
        messages.success(request, f"截止日期已延至 {due_on}，并已通知未提交的单位")
    except InputError as error:
        refuse(request, error)
    return redirect("rounds:round", pk)


@require_POST
@page(STEERS)
def remind(request: HttpRequest, pk: int) -> HttpResponse:
    """Remind one unit or all that are behind."""
    round_ = steered_or_404(request, pk)
    chosen = [int(text) for text in request.POST.getlist("assignment") if text.isascii() and text.isdigit()]
    try:
        count = services.remind(actor=cast(User, request.user), round_=round_, assignments=chosen or None)
        messages.success(request, f"已向 {count} 个单位发出督办")
    except InputError as error:
        refuse(request, error)
    return redirect("rounds:round", pk)


@require_POST
@page(STEERS)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """End the filling."""
    try:
        services.close_round(actor=cast(User, request.user), round_=steered_or_404(request, pk))
        messages.success(request, "任务已截止，各单位不能再填报；已提交的仍可审核")
    except InputError as error:
        refuse(request, error)
    return redirect("rounds:round", pk)


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None
