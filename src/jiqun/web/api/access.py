"""Who calls: the token of a request, what it may read, and the scope of its owner."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.security import HttpBearer

from jiqun.web.accounts.scope import Scope, scope_for
from jiqun.web.api.models import Permission, Token
from jiqun.web.api.services import find_token


class BearerToken(HttpBearer):
    """`Authorization: Bearer jq_…`; `request.auth` is the token."""

    def authenticate(self, request: HttpRequest, token: str) -> Token | None:
        """The token in force; None answers 401."""
        return find_token(token)


def reader(request: HttpRequest, permission: Permission) -> Scope:
    """The scope of the token's owner; 403 where the token lacks the permission."""
    token: Any = getattr(request, "auth", None)
    if permission not in token.permissions:
        raise HttpError(403, f"令牌没有“{permission.label}”权限")
    return scope_for(token.owner)
