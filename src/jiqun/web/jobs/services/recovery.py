"""Jobs whose worker was killed: taken up again, at most `MOST_ATTEMPTS` times."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from jiqun.web.jobs.identity import WorkerName
from jiqun.web.jobs.models import Job, JobState
from jiqun.web.jobs.services.queue import enqueue
from jiqun.web.jobs.services.running import Run, failed

logger = logging.getLogger(__name__)

MOST_ATTEMPTS = 3
SILENT = timedelta(seconds=60)
"""A worker of another machine that says nothing for so long is dead."""
HUNG = timedelta(minutes=3)
"""A living process of this machine that says nothing for so long does not run the job (its number was given anew)."""
GAVE_UP = f"处理过程 {MOST_ATTEMPTS} 次意外中断，已停止。请联系管理员查看日志，排除原因后重试。"


def recover(*, worker: str) -> int:
    """Take up the jobs of dead workers; how many were found."""
    found = 0
    for job in Job.objects.filter(state=JobState.RUNNING):
        if job.worker != worker and _abandoned(job, WorkerName.of(worker)):
            found += _take_up(job)
    return found + sum(_queue_again(job) for job in _dropped())


def _abandoned(job: Job, us: WorkerName) -> bool:
    """Whether nobody works at it any more."""
    assert job.heartbeat is not None, "a running job has a heartbeat"
    silence, worker = timezone.now() - job.heartbeat, WorkerName.of(job.worker)
    if worker.host != us.host or os.name != "posix":
        return silence > SILENT
    return worker.pid == us.pid or not worker.is_alive() or silence > HUNG


@transaction.atomic
def _take_up(job: Job) -> int:
    """Queue it again or give it up; 0 where its worker was quicker after all."""
    run = Run(job.pk, job.attempts, job.worker)
    if job.attempts >= MOST_ATTEMPTS:
        taken = failed(run=run, error=GAVE_UP)
    else:
        taken = bool(run.rows().update(state=JobState.WAITING, worker="", heartbeat=None, started_at=None))
    if not taken:
        return 0
    logger.warning("job %s (%s): worker %s died in attempt %s", job.pk, job.kind, job.worker, job.attempts)
    DBTaskResult.objects.filter(pk=str(job.task_id), status=TaskResultStatus.RUNNING).update(
        status=TaskResultStatus.FAILED, finished_at=timezone.now()
    )
    if job.attempts < MOST_ATTEMPTS:
        enqueue(Job.objects.get(pk=job.pk))
    return 1


def _dropped() -> Iterable[Job]:
    """Waiting jobs whose place in the queue was taken by a worker that died before it began."""
    taken = DBTaskResult.objects.filter(started_at__lt=timezone.now() - SILENT)
    return Job.objects.filter(state=JobState.WAITING, task_id__in=taken.values("pk"))


@transaction.atomic
def _queue_again(job: Job) -> int:
    waiting = Job.objects.select_for_update().filter(pk=job.pk, state=JobState.WAITING, task_id=job.task_id).first()
    if waiting is None:
        return 0
    enqueue(waiting)
    return 1
