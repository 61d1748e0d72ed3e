"""The list of what waits; the city ticks, approves and returns, the others see where their own stands."""

from __future__ import annotations

from typing import cast

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from jiqun.base.errors import InputError, Problem
from jiqun.web.accounts.models import User
from jiqun.web.accounts.roles import PUBLISHERS, SIGNED_IN
from jiqun.web.accounts.scope import scope_for
from jiqun.web.common.access import page
from jiqun.web.common.htmx import wants_part
from jiqun.web.common.trail.services import LISTED, record_bulk_read
from jiqun.web.registry.approval.services import Reviewed, approve, send_back
from jiqun.web.registry.approval.waiting import AT_ONCE, KINDS, STATES, Query, marks_of, stamp, waiting_page


@require_http_methods(["GET", "HEAD", "POST"])
@page(SIGNED_IN)
def waiting(request: HttpRequest) -> HttpResponse:
    """Records that wait or were sent back. 409 where another was first, 422 where something is missing."""
    actor, query = cast(User, request.user), Query.of(request.GET)
    record_bulk_read(request, f"待审：{KINDS[query.kind]}", LISTED)
    status, fault, review = 200, "", None
    reviews = actor.role in PUBLISHERS
    if request.method == "POST":
        if not reviews:
            raise PermissionDenied("只有市级可以审核。")
        try:
            review = _act(request, actor, query)
            status = 409 if review.conflicts else 200
        except InputError as error:
            status, fault = 422, "；".join(str(problem) for problem in error.problems)
    context = {
        "waiting": waiting_page(scope_for(actor), query, reviews=reviews), "kinds": KINDS, "states": STATES,
        "reviews": reviews, "review": review, "act": request.POST.get("act", ""), "fault": fault,
        "path": request.path,
    }  # fmt: skip
    return render(
        request, "registry/_waiting.html" if wants_part(request) else "registry/waiting.html", context, status=status
    )


def _act(request: HttpRequest, actor: User, query: Query) -> Reviewed:
    act = request.POST.get("act", "")
    if act == "approve-all":
        return approve(actor=actor, kind=query.kind, seen=_all(request, actor, query))
    pairs = (pick.partition(":") for pick in request.POST.getlist("pick"))
    seen = {int(pk): mark for pk, _, mark in pairs if pk.isascii() and pk.isdigit() and len(pk) < 19}
    if not seen:
        raise InputError([Problem("没有选中记录", mend="请先勾选")], "未审核")
    if act == "return":
        return send_back(actor=actor, kind=query.kind, seen=seen, reason=request.POST.get("reason", ""))
    return approve(actor=actor, kind=query.kind, seen=seen)


def _all(request: HttpRequest, actor: User, query: Query) -> dict[int, str]:
    """Everything that the filter shows, if it is what the reviewer saw."""
    marks = marks_of(query.within(scope_for(actor)).select_related(None)[: AT_ONCE + 1])
    if len(marks) > AT_ONCE or stamp(marks) != request.POST.get("seen"):
        raise InputError([Problem("待审的记录刚才有变动", mend="请核对后再通过")], "未审核")
    return marks
