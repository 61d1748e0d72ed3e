"""A job's place in the queue of django-tasks; its row commits with the job."""

from __future__ import annotations

import uuid

from jiqun.web.jobs.models import Job


def enqueue(job: Job) -> None:
    """Queue the job and note under which number."""
    from jiqun.web.jobs.tasks import run_job  # here, because the task's module needs these services

    job.task_id = uuid.UUID(run_job.enqueue(job.pk).id)
    job.save(update_fields=["task_id"])
