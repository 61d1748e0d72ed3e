"""The one task of the queue: run a job."""

from __future__ import annotations

from functools import cache

from django_tasks import task

from jiqun.web.jobs.identity import WorkerName


@cache
def this_worker() -> WorkerName:
    """Who this process is."""
    return WorkerName.new()


@task()
def run_job(job_id: int) -> None:
    """Run the job of this number."""
    from jiqun.web.jobs.runner import run

    run(job_id, worker=str(this_worker()))
