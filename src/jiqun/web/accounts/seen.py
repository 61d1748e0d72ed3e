"""When a session was last seen: noted every few minutes, for a note at each request would make every reader a writer."""

from __future__ import annotations

from hashlib import sha256

from allauth.usersessions.middleware import UserSessionsMiddleware
from django.core.cache import cache
from django.http import HttpRequest, HttpResponseBase

from jiqun.web.common.requests import client_ip

KEPT = 300
"""Seconds."""


class SeenMiddleware(UserSessionsMiddleware):  # type: ignore[misc]
    """Notes a session's activity, at once where it comes from another address or browser."""

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        key = request.session.session_key
        if key is None or not cache.add(_name(request, key), True, KEPT):
            return self.get_response(request)  # type: ignore[no-any-return]
        return super().__call__(request)  # type: ignore[no-any-return]


def _name(request: HttpRequest, key: str) -> str:
    seen = (key, client_ip(request), request.headers.get("User-Agent", ""))
    return "seen:" + sha256(repr(seen).encode()).hexdigest()
