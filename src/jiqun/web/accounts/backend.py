"""Finding the person behind a session."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from jiqun.web.accounts.models import User


class AccountBackend(AuthenticationBackend):  # type: ignore[misc]
    """allauth's, but the person comes with the organisation, which every page asks for."""

    def get_user(self, user_id: Any) -> User | None:
        """The person with this key; None where there is none or the account is not active."""
        found = User.objects.select_related("organisation").filter(pk=user_id).first()
        return found if found is not None and self.user_can_authenticate(found) else None
