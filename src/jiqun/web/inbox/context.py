"""What the bell in the header shows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from jiqun.web.accounts.models import User
from jiqun.web.inbox.queries import MANY, unread_count


def unread(request: HttpRequest) -> dict[str, Any]:
    """`unread_messages`: the number as text, empty where there is none; asked for only where it is shown."""
    user = getattr(request, "user", None)
    return {"unread_messages": SimpleLazyObject(lambda: _shown(user))}


def _shown(user: object) -> str:
    count = unread_count(user) if isinstance(user, User) else 0
    return f"{MANY}+" if count > MANY else str(count or "")
