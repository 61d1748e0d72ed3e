"""What people do with jobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from jiqun.base.errors import InputError, Problem
from jiqun.web.accounts.models import User
from jiqun.web.common import audit
from jiqun.web.jobs.handlers import handler_of
from jiqun.web.jobs.models import ENDED, Job, JobState
from jiqun.web.jobs.services.queue import enqueue


@transaction.atomic
def start_job(*, kind: str, actor: User | None, title: str, params: Mapping[str, Any]) -> Job:
    """Write the job and its place in the queue; LookupError where no app does this kind."""
    handler_of(kind)
    organisation = actor.organisation if actor is not None else None
    job = Job.objects.create(kind=kind, actor=actor, organisation=organisation, title=title[:200], params=dict(params))
    enqueue(job)
    audit.record(actor=actor, action="提交后台任务", instance=job, after={"kind": kind, "params": dict(params)})
    return job


@transaction.atomic
def cancel_job(*, actor: User, job: Job) -> Job:
    """End a waiting job; ask a running one to stop at its next step. InputError where it has ended."""
    fresh = Job.objects.select_for_update().get(pk=job.pk)
    if fresh.state in ENDED:
        raise InputError([Problem("任务已经结束，不能取消", found=fresh.get_state_display())], "未取消")
    before = audit.state_of(fresh)
    fresh.cancel_requested = True
    if fresh.state == JobState.WAITING:
        fresh.state, fresh.finished_at = JobState.CANCELLED, timezone.now()
    fresh.save(update_fields=["cancel_requested", "state", "finished_at"])
    audit.record(actor=actor, action="取消后台任务", instance=fresh, before=before, after=audit.state_of(fresh))
    return fresh


@transaction.atomic
def repeat_job(*, actor: User, job: Job) -> Job:
    """Put a failed or cancelled job into the queue again; InputError where it did not fail."""
    fresh = Job.objects.select_for_update().get(pk=job.pk)
    if not fresh.can_repeat:
        raise InputError([Problem("只有失败或已取消的任务可以重试", found=fresh.get_state_display())], "未重试")
    before = audit.state_of(fresh)
    fresh.state, fresh.finished_at, fresh.error = JobState.WAITING, None, ""
    fresh.attempts, fresh.done, fresh.total, fresh.words = 0, 0, None, ""
    fresh.cancel_requested, fresh.worker, fresh.started_at, fresh.heartbeat = False, "", None, None
    fresh.save()
    enqueue(fresh)
    audit.record(actor=actor, action="重试后台任务", instance=fresh, before=before, after=audit.state_of(fresh))
    return fresh
