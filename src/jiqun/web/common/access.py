"""Who may open a page: said once, at the view, and read by the navigation and by the tests of every page × role."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from jiqun.web.accounts.models import User
from jiqun.web.accounts.roles import BUREAUS, Role

P = ParamSpec("P")
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods that change nothing."""
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def role_of(user: object) -> Role | None:
    """The role of a signed-in person; None for a visitor, and for one whose organisation was stopped."""
    if not isinstance(user, User) or user.organisation is None or not user.organisation.is_active:
        return None
    return Role(user.role)


def is_bureau(user: object) -> bool:
    """Whether the person works for the programme."""
    return role_of(user) in BUREAUS


def page(roles: frozenset[Role] | None, *, own_settings: bool = False) -> Callable[[View[P]], View[P]]:
    """Mark a view with the roles that may open it: a visitor is sent to sign in, another role gets 403.

    The auditor changes nothing: an unsafe method of his gets 403 too, unless the page is about the reader's
    `own_settings`. Which objects they may open is the business of their scope. Every view has this mark; a test sees
    to it.
    """

    def mark(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if roles is not None:
                if not request.user.is_authenticated:
                    return redirect_to_login(request.get_full_path())
                if role_of(request.user) not in roles:
                    words = "、".join(role.label for role in Role if role in roles)
                    raise PermissionDenied(f"这一页供以下角色使用：{words}。")
            if request.method not in SAFE and not own_settings and role_of(request.user) == Role.AUDITOR:
                raise PermissionDenied("审计账号只能查看，不能改动任何数据。")
            return view(request, *args, **kwargs)

        guarded.page_roles = roles  # type: ignore[attr-defined]
        guarded.own_settings = own_settings  # type: ignore[attr-defined]
        return guarded

    return mark


def is_for_own_settings(view: Any) -> bool:
    """Whether a marked view changes nothing but the reader's own settings."""
    return bool(view.own_settings)


def roles_of_view(view: Any) -> frozenset[Role] | None:
    """The roles of a marked view; AttributeError where the mark is missing."""
    found: frozenset[Role] | None = view.page_roles
    return found
