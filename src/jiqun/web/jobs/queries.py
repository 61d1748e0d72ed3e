"""Reads of jobs."""

from __future__ import annotations

from django.db.models import QuerySet

from jiqun.web.accounts.models import Role, User
from jiqun.web.accounts.scope import SEES_ALL
from jiqun.web.common.access import role_of
from jiqun.web.jobs.models import ENDED, Job, JobState
from jiqun.web.portal.paging import PAGE, Page, page_of

SEE_ALL = SEES_ALL - {Role.CITY}
"""The auditor and the operator see everybody's jobs."""


def jobs_of(user: User) -> QuerySet[Job]:
    """The jobs that a person may see, the latest first."""
    found = Job.objects.select_related("actor", "organisation")
    return found if role_of(user) in SEE_ALL else found.filter(actor=user)


def may_steer(user: User, job: Job) -> bool:
    """Whether the person may cancel or repeat it: who asked for it, and the operator."""
    return job.actor_id == user.pk or role_of(user) == Role.OPERATOR


def active_jobs(*, kind: str) -> QuerySet[Job]:
    """Jobs of a kind that wait or run."""
    return Job.objects.filter(kind=kind).exclude(state__in=list(ENDED))


def job_page(user: User, number: int, *, state: str = "") -> Page:
    """One page of the person's jobs."""
    found = jobs_of(user)
    if state in JobState.values:
        found = found.filter(state=state)
    start = (number - 1) * PAGE
    return page_of(list(found[start : start + PAGE + 1]), number, total=found.count(), noun="项任务")
