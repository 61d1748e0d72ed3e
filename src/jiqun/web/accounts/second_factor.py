"""Who must have a second factor, and the middleware that leads them to set it up."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_removed
from django.conf import settings
from django.contrib import messages
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from jiqun.web.accounts.models import User
from jiqun.web.accounts.roles import BUREAUS

HAS_IT = "has_second_factor"
"""In the session: the second factor was seen, so it is not asked for at every page."""
FREE = frozenset({"account_logout", "account_reauthenticate", "account_change_password", "health"})
"""Pages that open without a second factor, beside those on which it is set up."""


def must_have_second_factor(user: object) -> bool:
    """Whether the policy asks this person for one: bureaus, auditors and operators; demonstration accounts only if set."""
    if not isinstance(user, User) or user.role not in BUREAUS or settings.REQUIRE_MFA == "nobody":
        return False
    return settings.REQUIRE_MFA == "all" or not user.is_demo


class SecondFactorMiddleware:
    """Leads those who must have a second factor and have none to the page that sets it up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponseBase | None:
        """A redirect to the set-up; None where nothing is in the way."""
        name = request.resolver_match.url_name if request.resolver_match else None
        if name in FREE or (name or "").startswith("mfa_") or not must_have_second_factor(request.user):
            return None
        if request.session.get(HAS_IT):
            return None
        if Authenticator.objects.filter(user=request.user.pk, type=Authenticator.Type.TOTP).exists():
            request.session[HAS_IT] = True
            return None
        messages.warning(request, "按安全规定，您的账号须先设置两步验证，才能继续使用。")
        return redirect("mfa_activate_totp")


@receiver(authenticator_removed)
def _forget(request: HttpRequest, **_: object) -> None:
    request.session.pop(HAS_IT, None)
