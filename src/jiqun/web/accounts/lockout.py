"""Too many failed sign-ins: whose they are, and the answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def attempted_name(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str | None:
    """The account that somebody tries to enter, however the caller names the field; upper and lower case are one."""
    given = credentials or {}
    name = given.get("username") or given.get("login") or request.POST.get("login")
    return str(name).strip().lower() if name else None


def locked_out(request: HttpRequest, original_response: Any = None, credentials: Any = None) -> HttpResponse:
    """A page (429) that says how long the account stays locked."""
    minutes = int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)
    return render(request, "accounts/lockout.html", {"minutes": minutes}, status=429)
