"""The calendar of everything that is due, and its feed."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from jiqun.base.periods import Period
from jiqun.web.accounts.models import User
from jiqun.web.accounts.roles import EVERYONE, SIGNED_IN
from jiqun.web.accounts.scope import scope_for
from jiqun.web.common import agenda
from jiqun.web.common.access import page
from jiqun.web.common.pack import current_pack
from jiqun.web.dispatch.supervision import services
from jiqun.web.dispatch.supervision.ical import icalendar
from jiqun.web.dispatch.supervision.models import CalendarKey
from jiqun.web.dispatch.supervision.month import month_of

BACK, AHEAD = timedelta(days=60), timedelta(days=400)
"""What the feed holds around today."""


@require_safe
@page(SIGNED_IN)
def calendar(request: HttpRequest) -> HttpResponse:
    """A month with everything due."""
    user, today = cast(User, request.user), timezone.localdate()
    period = _month(request.GET.get("month", "")) or Period.containing(today, "month")
    kind = request.GET.get("kind", "")
    start, end = period.start - timedelta(days=6), period.end + timedelta(days=6)
    items = [item for item in agenda.items(user, start, end) if kind in ("", item.kind)]
    key = CalendarKey.objects.filter(user=user).first()
    feed = request.build_absolute_uri(reverse("supervision:feed", args=[key.key])) if key else ""
    context = {"month": month_of(period, items, today), "kinds": agenda.kinds(), "kind": kind, "feed": feed}
    return render(request, "supervision/calendar.html", context)


@page(SIGNED_IN, own_settings=True)
@require_POST
def new_key(request: HttpRequest) -> HttpResponseBase:
    """A new address of the person's feed."""
    services.new_calendar_key(user=cast(User, request.user))
    messages.success(request, "订阅地址已生成，旧地址不再有效。")
    return redirect("supervision:calendar")


@require_safe
@page(EVERYONE)
def feed(request: HttpRequest, key: str) -> HttpResponse:
    """The calendar for a phone or mail program; who knows the secret address reads what its owner may see."""
    found = get_object_or_404(CalendarKey.objects.select_related("user__organisation"), key=key)
    today = timezone.localdate()
    items = agenda.items(found.user, today - BACK, today + AHEAD) if scope_for(found.user).role else []
    programme = current_pack().programme
    host = request.build_absolute_uri("/").rstrip("/")
    text = icalendar(items, name=programme.site_title or programme.title, host=host, now=timezone.now())
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    return response


def _month(text: str) -> Period | None:
    try:
        period = Period.parse(text)
    except ValueError:
        return None
    return period if period.grain == "month" else None
