"""Organisations and users."""

from jiqun.web.accounts.models.organisation import Organisation, OrganisationKind
from jiqun.web.accounts.models.user import User
from jiqun.web.accounts.roles import Role

__all__ = ["Organisation", "OrganisationKind", "Role", "User"]
