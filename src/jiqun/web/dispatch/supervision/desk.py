"""Whose view of tasks and notices: the scope of a person over the objects of this app."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from jiqun.web.accounts.models import OrganisationKind, Role, User
from jiqun.web.accounts.scope import scope_for
from jiqun.web.dispatch.supervision.models import Assignment, Attachment, Milestone, Notice, Order, Report


@dataclass(frozen=True)
class Desk:
    """City, auditor and operator see all; others what their organisation has to do, and the city's milestones."""

    organisation_id: int | None
    sees_all: bool
    manages: bool
    """Issues notices, sets milestones, confirms reports."""
    may_write: bool

    def notices(self) -> QuerySet[Notice]:
        """Notices that the person may open."""
        if self.sees_all:
            return Notice.objects.all()
        return Notice.objects.filter(orders__organisation=self.organisation_id).distinct()

    def orders(self) -> QuerySet[Order]:
        """The parts of notices that the person may open."""
        found = Order.objects.select_related("notice", "organisation")
        return found if self.sees_all else found.filter(organisation=self.organisation_id)

    def milestones(self) -> QuerySet[Milestone]:
        """Milestones of the person's organisation, of the city's, and those of nobody."""
        found = Milestone.objects.select_related("organisation")
        if self.sees_all:
            return found
        of_city = Q(organisation__kind=OrganisationKind.CITY) | Q(organisation__isnull=True)
        return found.filter(of_city | Q(organisation=self.organisation_id))

    def reports(self) -> QuerySet[Report]:
        """Reports of the person's organisation."""
        found = Report.objects.select_related("organisation", "author")
        return found if self.sees_all else found.filter(organisation=self.organisation_id)

    def attachments(self) -> QuerySet[Attachment]:
        """Files of what the person may open."""
        if self.sees_all:
            return Attachment.objects.all()
        own = Q(report__organisation=self.organisation_id) | Q(step__order__organisation=self.organisation_id)
        return Attachment.objects.filter(own)

    def acts_for(self, order: Order) -> bool:
        """Whether the person may receive and answer this order."""
        return self.may_write and order.organisation_id == self.organisation_id

    def may_report(self, task: str) -> bool:
        """Whether the person's organisation was charged with the task."""
        own = Assignment.objects.filter(task=task, organisation=self.organisation_id)
        return self.may_write and own.exists()


def desk_for(user: object) -> Desk:
    """The desk of a person; an empty one for anyone without an active account."""
    scope = scope_for(user)
    if scope.role is None or not isinstance(user, User):
        return Desk(-1, sees_all=False, manages=False, may_write=False)
    manages = scope.role in (Role.CITY, Role.OPERATOR)
    return Desk(user.organisation_id, scope.sees_all, manages, scope.may_write)
