"""Pages of the trail: overseers see all of it, a firm sees who read its figures."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from jiqun.web.accounts.models import User
from jiqun.web.accounts.roles import FIRMS, OVERSEERS
from jiqun.web.common.access import page
from jiqun.web.common.trail import queries
from jiqun.web.common.trail.queries import TrailFilter
from jiqun.web.portal.exports import csv_response
from jiqun.web.portal.paging import page_number

ACT_HEADER = ("时间", "操作人", "登录名", "机构", "操作", "对象类型", "对象", "对象编号", "变化", "说明")
READ_HEADER = ("时间", "查阅人", "登录名", "机构", "企业", "统一社会信用代码", "页面")


@require_safe
@page(OVERSEERS)
def acts(request: HttpRequest) -> HttpResponse:
    """Who did what to which object, when, with before and after."""
    wanted = TrailFilter.of(request.GET)
    actions, types = queries.act_choices()
    found = queries.act_page(wanted, page_number(request.GET.get("page")))
    context = {"filter": wanted, "page": found, "actions": actions, "types": types, "path": request.path}
    return render(request, "trail/acts.html", context)


@require_safe
@page(OVERSEERS)
def acts_file(request: HttpRequest) -> HttpResponseBase:
    """The acts asked for as CSV."""
    lines = queries.act_lines(TrailFilter.of(request.GET))
    return csv_response(f"操作记录_{timezone.localdate()}", ACT_HEADER, lines)


@require_safe
@page(OVERSEERS)
def reads(request: HttpRequest) -> HttpResponse:
    """Who read which firm's figures, and when."""
    wanted = TrailFilter.of(request.GET)
    found = queries.read_page(queries.reads(wanted), page_number(request.GET.get("page")))
    return render(request, "trail/reads.html", {"filter": wanted, "page": found, "path": request.path})


@require_safe
@page(OVERSEERS)
def reads_file(request: HttpRequest) -> HttpResponseBase:
    """The reads asked for as CSV."""
    lines = queries.read_lines(TrailFilter.of(request.GET))
    return csv_response(f"查阅记录_{timezone.localdate()}", READ_HEADER, lines)


@require_safe
@page(FIRMS)
def own(request: HttpRequest) -> HttpResponse:
    """Who outside the firm read its figures."""
    organisation = cast(User, request.user).organisation
    party = organisation.party if organisation else None
    found = queries.read_page(queries.reads_of(party), page_number(request.GET.get("page"))) if party else None
    return render(request, "trail/own.html", {"party": party, "page": found, "path": request.path})
