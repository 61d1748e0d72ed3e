"""Notices: the list, a new one, one with its orders, its acts, its print."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jiqun.base.errors import InputError, Problem
from jiqun.web.accounts.models import Organisation, Role, User
from jiqun.web.accounts.roles import SIGNED_IN
from jiqun.web.common.access import page
from jiqun.web.common.pack import current_pack
from jiqun.web.dispatch.supervision import forms, queries, services
from jiqun.web.dispatch.supervision.desk import desk_for
from jiqun.web.dispatch.supervision.models import Order, OrderState, SubjectKind
from jiqun.web.dispatch.supervision.views.acts import act

ISSUERS = frozenset({Role.CITY, Role.OPERATOR})
FILTERS = [("", "全部"), ("open", "待办理"), ("overdue", "逾期"), *((s.value, s.label) for s in OrderState)]


@require_safe
@page(SIGNED_IN)
def notices(request: HttpRequest) -> HttpResponse:
    """Notices with the state of each addressee."""
    desk, today = desk_for(request.user), timezone.localdate()
    state = request.GET.get("state", "")
    rows = [(order, order.is_overdue(today)) for order in queries.notice_list(desk, state)]
    return render(
        request, "supervision/notices.html",
        {"rows": rows, "desk": desk, "state": state, "filters": FILTERS, "today": today},
    )  # fmt: skip


@page(ISSUERS)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """Issue a notice."""
    pack, today, error = current_pack(), timezone.localdate(), None
    rules = pack.supervision.notices
    if request.method == "POST":
        try:
            kind, subject = _subject(request)
            made = services.issue_notice(
                actor=cast(User, request.user), prefix=rules.prefix, kind=kind, subject=subject,
                title=request.POST.get("title", ""), text=request.POST.get("text", ""),
                addressees=list(forms.organisations(request, "addressees")),
                working_days=forms.whole(request, "working_days", "办理时限"), today=today,
            )  # fmt: skip
        except InputError as refused:
            error = refused
        else:
            messages.success(request, f"{made.number} 已签发。")
            return redirect("supervision:notice", pk=made.pk)
    context = {
        "error": error, "rules": rules, "tasks": pack.programme.tasks, "targets": pack.targets.values(),
        "organisations": Organisation.objects.filter(is_active=True).exclude(kind__in=["auditor", "operator"])[:3000],
        "typed": request.POST, "chosen": request.POST.getlist("addressees"),
        "subject": request.POST.get("subject") or request.GET.get("subject", ""),
    }  # fmt: skip
    return render(request, "supervision/new.html", context, status=422 if error else 200)


@require_safe
@page(SIGNED_IN)
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """One notice with the orders that the person may see."""
    return render(request, "supervision/notice.html", _context(request, pk))


@require_safe
@page(SIGNED_IN)
def printed(request: HttpRequest, pk: int) -> HttpResponse:
    """The notice laid out for paper."""
    context = _context(request, pk)
    orders = sorted((order for order, _, _ in context["rows"]), key=lambda order: order.deadline)
    days = groupby(orders, key=lambda order: order.deadline)
    context["deadlines"] = [{"day": day, "organisations": [o.organisation for o in found]} for day, found in days]
    return render(request, "supervision/print.html", context)


@page(SIGNED_IN)
@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponseBase:
    """An act on an order: by its organisation, or by the city."""
    desk = desk_for(request.user)
    order = get_object_or_404(desk.orders().select_related("notice__issued_by"), pk=pk)
    name = request.POST.get("act", "")
    back = reverse("supervision:notice", args=[order.notice_id])
    if name not in DOINGS:
        return act(request, back, "", lambda: _refuse("没有这种操作"))
    done, by_city, do = DOINGS[name]
    if not (desk.manages if by_city else desk.acts_for(order)):
        raise PermissionDenied("只有签发单位可以办理。" if by_city else "只有承办单位可以办理。")
    return act(request, back, done, lambda: do(request, order))


def _refuse(message: str) -> None:
    raise InputError([Problem(message)], "未保存")


def _context(request: HttpRequest, pk: int) -> dict[str, Any]:
    desk, today = desk_for(request.user), timezone.localdate()
    found = get_object_or_404(desk.notices().select_related("issuer", "issued_by"), pk=pk)
    orders = desk.orders().filter(notice=found).prefetch_related("steps__attachments", "steps__by")
    rows = [(order, order.is_overdue(today), desk.acts_for(order)) for order in orders]
    return {
        "notice": found, "rows": rows, "desk": desk, "subject": queries.subject_title(current_pack(), found),
        "rules": current_pack().supervision.notices, "office": current_pack().programme.office,
    }  # fmt: skip


def _subject(request: HttpRequest) -> tuple[SubjectKind, str]:
    """`task:t01`, `target:leaders-new`, or something else."""
    kind, _, subject = request.POST.get("subject", "").partition(":")
    pack = current_pack()
    known = {"task": pack.tasks, "target": pack.targets}
    if kind in known:
        if subject not in known[kind]:
            _refuse("没有这个对象")
        return SubjectKind(kind), subject
    return SubjectKind.OTHER, ""


def _common(request: HttpRequest, order: Order) -> dict[str, Any]:
    return {"actor": cast(User, request.user), "order": order, "version": forms.whole(request, "version", "版本")}


def _text(request: HttpRequest) -> str:
    return request.POST.get("text", "")


def _days(request: HttpRequest) -> int:
    return forms.whole(request, "working_days", "工作日数")


Do = Callable[[HttpRequest, Order], object]
DOINGS: dict[str, tuple[str, bool, Do]] = {
    "receive": ("已签收。", False, lambda r, o: services.receive_order(**_common(r, o))),
    "reply": (
        "回复已提交。", False,
        lambda r, o: services.reply_order(**_common(r, o), text=_text(r), files=forms.files(r)),
    ),
    "extend": (
        "延期申请已提交。", False,
        lambda r, o: services.ask_extension(**_common(r, o), reason=_text(r), working_days=_days(r)),
    ),
    "close": ("已办结。", True, lambda r, o: services.close_order(**_common(r, o), note=_text(r))),
    "return": (
        "已退回。", True,
        lambda r, o: services.return_order(
            **_common(r, o), reason=_text(r), working_days=_days(r), today=timezone.localdate()
        ),
    ),
    "grant": ("已同意延期。", True, lambda r, o: services.decide_extension(**_common(r, o), grant=True, note=_text(r))),
    "refuse": ("未同意延期。", True, lambda r, o: services.decide_extension(**_common(r, o), grant=False, note=_text(r))),
}  # fmt: skip
