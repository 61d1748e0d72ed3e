"""Facts about a request."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.shortcuts import render

FORM = "application/x-www-form-urlencoded"


def client_ip(request: HttpRequest) -> str:
    """The client's address; behind our one reverse proxy it is the last that the proxy appended."""
    if settings.BEHIND_PROXY:
        hops = request.headers.get("X-Forwarded-For", "").split(",")
        if hops[-1].strip():
            return hops[-1].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


class NullCharacterMiddleware:
    """Refuses a request with a NUL in its address or form: no text has one, and PostgreSQL fails on it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, with 400 (422 to programs) where it has a NUL."""
        if not _has_null(request):
            return self.get_response(request)
        if request.path_info.startswith("/api/"):
            return JsonResponse({"detail": "请求里有空字符（%00），请去掉后重试"}, status=422)
        return render(request, "400.html", status=400)


def _has_null(request: HttpRequest) -> bool:
    if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
        return True
    if request.content_type != FORM:
        return False
    return any("\0" in text for key, values in request.POST.lists() for text in (key, *values))
