"""Whom a person manages: the operator everybody, the city counties and firms, a county the firms in it.

The auditor looks at everything and manages nobody.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from jiqun.web.accounts.models import Organisation, OrganisationKind, Role, User
from jiqun.web.accounts.people.models import Invitation
from jiqun.web.accounts.roles import FIRMS
from jiqun.web.accounts.scope import Scope, scope_for

MANAGERS = frozenset({Role.OPERATOR, Role.CITY, Role.COUNTY})
ROLES: dict[Role, frozenset[Role]] = {
    Role.OPERATOR: frozenset(Role),
    Role.CITY: FIRMS | {Role.COUNTY},
    Role.COUNTY: FIRMS,
}
"""The roles that a manager gives and takes."""


@dataclass(frozen=True)
class Managed:
    """What one person sees of accounts and organisations, and what they may change."""

    role: Role | None
    scope: Scope

    @property
    def roles(self) -> frozenset[Role]:
        """The roles that the person may give."""
        return ROLES.get(self.role, frozenset()) if self.role else frozenset()

    @property
    def may_change(self) -> bool:
        """Whether the person manages anybody."""
        return bool(self.roles)

    @property
    def kinds(self) -> tuple[OrganisationKind, ...]:
        """The kinds of organisations that the person may make."""
        return tuple(kind for kind in OrganisationKind if Role(kind.value) in self.roles)

    def organisations(self) -> QuerySet[Organisation]:
        """The organisations that the person manages (the auditor: sees)."""
        found = Organisation.objects.select_related("place", "party")
        if self.role in (Role.OPERATOR, Role.AUDITOR):
            return found
        found = found.filter(kind__in=[kind.value for kind in self.kinds])
        return found if self.scope.sees_all else found.filter(party__county__in=self.scope.place_ids)

    def accounts(self) -> QuerySet[User]:
        """The accounts of these organisations."""
        found = User.objects.select_related("organisation")
        if self.role in (Role.OPERATOR, Role.AUDITOR):
            return found
        of_roles = Q(role__in=[role.value for role in self.roles])
        return found.filter(of_roles, organisation__in=self.organisations())

    def invitations(self) -> QuerySet[Invitation]:
        """The invitations into these organisations."""
        found = Invitation.objects.select_related("organisation", "invited_by", "user")
        if self.role in (Role.OPERATOR, Role.AUDITOR):
            return found
        return found.filter(organisation__in=self.organisations())


def managed_by(user: object) -> Managed:
    """What this person manages; nothing where the account or its organisation is stopped."""
    scope = scope_for(user)
    return Managed(scope.role, scope)
