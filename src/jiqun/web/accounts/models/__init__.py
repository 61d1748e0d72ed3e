"""Organisations and users."""

from jiqun.web.accounts.models.organisation import Organisation, OrganisationKind
from jiqun.web.accounts.models.user import Role, User

__all__ = ["Organisation", "OrganisationKind", "Role", "User"]
