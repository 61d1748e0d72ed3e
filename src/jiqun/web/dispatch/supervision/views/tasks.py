"""The board, one task, its acts, the Gantt."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from jiqun.base.periods import Period
from jiqun.programme.models import Task
from jiqun.web.accounts.models import Organisation, OrganisationKind, User
from jiqun.web.accounts.roles import BUREAUS, SIGNED_IN
from jiqun.web.common.access import page
from jiqun.web.common.pack import current_pack
from jiqun.web.dispatch.supervision import forms, queries, services
from jiqun.web.dispatch.supervision.desk import Desk, desk_for
from jiqun.web.dispatch.supervision.gantt import gantt as gantt_of
from jiqun.web.dispatch.supervision.views.acts import act
from jiqun.web.registry.queries import publication_of

BUREAU_KINDS = (OrganisationKind.CITY, OrganisationKind.COUNTY)


@require_safe
@page(BUREAUS)
def board(request: HttpRequest) -> HttpResponse:
    """All tasks of the plan with their lights."""
    pack, today = current_pack(), timezone.localdate()
    rows = queries.board(pack, publication_of(request), desk_for(request.user), today)
    wanted = queries.Wanted(*(request.GET.get(name, "") for name in ("light", "action", "organisation")))
    charged = {o.pk: o for row in rows for o in (row.lead, *row.supporting) if o is not None}
    context = {
        "rows": wanted.of(rows), "counts": queries.counts(rows), "total": len(rows), "wanted": wanted, "today": today,
        "actions": pack.programme.actions, "organisations": charged.values(), "rules": pack.supervision.lights,
    }  # fmt: skip
    return render(request, "supervision/board.html", context)


@require_safe
@page(BUREAUS)
def task(request: HttpRequest, task: str) -> HttpResponse:
    """One task with its targets, milestones, reports, notices and course."""
    found, desk, today = _task(task), desk_for(request.user), timezone.localdate()
    rows = queries.board(current_pack(), publication_of(request), desk, today)
    row = next(row for row in rows if row.task.id == found.id)
    context: dict[str, Any] = {
        "row": row, "desk": desk, "today": today, "may_report": desk.may_report(found.id),
        "milestones": [(m, m.shown_state(today), _may_finish(desk, m.organisation_id)) for m in row.milestones],
        "reports": desk.reports().filter(task=found.id).prefetch_related("attachments"),
        "orders": queries.notices_of(desk, "task", found.id), "course": queries.course(row, desk),
        "bureaus": Organisation.objects.filter(kind__in=BUREAU_KINDS, is_active=True) if desk.manages else (),
        "month": str(Period.last_complete(today, "month")),
        "supporting": {o.pk for o in row.supporting},
    }  # fmt: skip
    return render(request, "supervision/task.html", context)


@page(BUREAUS)
@require_POST
def assign(request: HttpRequest, task: str) -> HttpResponseBase:
    """Charge organisations with the task."""
    found = _task(task)
    _managed(request)
    lead = forms.organisations(request, "lead").first()
    supporting = [o for o in forms.organisations(request, "supporting") if o != lead]
    actor = cast(User, request.user)
    return act(
        request, _url(found), "分工已保存。",
        lambda: services.assign(actor=actor, task=found.id, lead=lead, supporting=supporting),
    )  # fmt: skip


@page(BUREAUS)
@require_POST
def add_milestone(request: HttpRequest, task: str) -> HttpResponseBase:
    """Set a milestone."""
    found = _task(task)
    _managed(request)
    return act(
        request, _url(found), "节点已保存。",
        lambda: services.add_milestone(
            actor=cast(User, request.user), task=found.id, title=request.POST.get("title", ""),
            due=forms.day(request, "due", "应完成日期"), organisation=forms.organisations(request, "organisation").first(),
        ),
    )  # fmt: skip


@page(BUREAUS)
@require_POST
def change_milestone(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Finish a milestone, or give it up."""
    desk = desk_for(request.user)
    found = get_object_or_404(desk.milestones(), pk=pk)
    if not _may_finish(desk, found.organisation_id):
        raise PermissionDenied("这个节点由责任单位或市级主管部门办理。")
    actor, today = cast(User, request.user), timezone.localdate()
    url = reverse("supervision:task", args=[found.task])
    if request.POST.get("act") == "cancel" and desk.manages:
        note = request.POST.get("note", "")
        return act(
            request, url, "节点已取消。", lambda: services.cancel_milestone(actor=actor, milestone=found, note=note)
        )
    return act(
        request, url, "节点已完成。",
        lambda: services.finish_milestone(actor=actor, milestone=found, on=today, today=today),
    )  # fmt: skip


@page(BUREAUS)
@require_POST
def report(request: HttpRequest, task: str) -> HttpResponseBase:
    """Report a month's progress."""
    found = _task(task)
    return act(
        request, _url(found), "进展已报送，待市级确认。",
        lambda: services.submit_report(
            actor=cast(User, request.user), task=found.id, month=request.POST.get("month", ""),
            text=request.POST.get("text", ""), percentage=forms.optional_whole(request, "percentage", "完成比例"),
            files=forms.files(request), today=timezone.localdate(),
        ),
    )  # fmt: skip


@page(BUREAUS)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Confirm a report or return it."""
    found = get_object_or_404(desk_for(request.user).reports(), pk=pk)
    _managed(request)
    confirm = request.POST.get("act") == "confirm"
    return act(
        request, reverse("supervision:task", args=[found.task]), "进展已确认。" if confirm else "进展已退回。",
        lambda: services.decide_report(
            actor=cast(User, request.user), report=found, version=forms.whole(request, "version", "版本"),
            confirm=confirm, reason=request.POST.get("reason", ""),
        ),
    )  # fmt: skip


@require_safe
@page(SIGNED_IN)
def attachment(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Download a file of what the person may see; never shown inside the site."""
    found = get_object_or_404(desk_for(request.user).attachments(), pk=pk)
    return FileResponse(
        found.file.open("rb"), as_attachment=True, filename=found.name, content_type="application/octet-stream"
    )


@require_safe
@page(BUREAUS)
def gantt(request: HttpRequest) -> HttpResponse:
    """Tasks and milestones over the programme, a year or a quarter."""
    pack, today = current_pack(), timezone.localdate()
    rows = queries.board(pack, publication_of(request), desk_for(request.user), today)
    span, wanted = _span(request.GET.get("span", "")), request.GET.get("span", "")
    years = range(pack.programme.from_.year, pack.programme.until.year + 1)
    year = str(span[0].year) if wanted else ""
    context = {
        "gantt": gantt_of(pack, rows, span, today), "span": wanted, "years": years, "year": year,
        "quarters": [(f"{year}Q{n}", f"{n}季度") for n in range(1, 5)] if year else [],
    }  # fmt: skip
    return render(request, "supervision/gantt.html", context)


def _span(text: str) -> tuple[date, date]:
    programme = current_pack().programme
    try:
        period = Period.parse(text)
    except ValueError:
        return programme.from_, programme.until
    return period.start, period.end


def _task(task: str) -> Task:
    found = current_pack().tasks.get(task)
    if found is None:
        raise Http404(f"no task {task}")
    return found


def _url(task: Task) -> str:
    return reverse("supervision:task", args=[task.id])


def _managed(request: HttpRequest) -> None:
    if not desk_for(request.user).manages:
        raise PermissionDenied("只有市级主管部门可以办理。")


def _may_finish(desk: Desk, organisation_id: int | None) -> bool:
    own = organisation_id is not None and organisation_id == desk.organisation_id
    return desk.manages or (desk.may_write and own)
