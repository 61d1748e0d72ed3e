"""What the worker writes. Every write is fenced: it counts only while the job is still this run's.

A worker that was thought dead and wakes up again finds its run gone (`report` answers None) and stops.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from jiqun.web.jobs.models import Job, JobState


@dataclass(frozen=True)
class Run:
    """One attempt of one worker at a job."""

    job_id: int
    attempt: int
    worker: str

    def rows(self) -> QuerySet[Job]:
        """The job, while it is this run's."""
        return Job.objects.filter(pk=self.job_id, attempts=self.attempt, worker=self.worker, state=JobState.RUNNING)


@transaction.atomic
def claim(*, job_id: int, worker: str) -> Run | None:
    """Take a waiting job; None where somebody else did or it was cancelled."""
    now = timezone.now()
    taken = Job.objects.filter(pk=job_id, state=JobState.WAITING).update(
        state=JobState.RUNNING, worker=worker, attempts=F("attempts") + 1, started_at=now, heartbeat=now,
        done=0, total=None, words="",
    )  # fmt: skip
    return Run(job_id, Job.objects.get(pk=job_id).attempts, worker) if taken else None


def report(*, run: Run, done: int, total: int | None, words: str) -> bool | None:
    """Write progress and the heartbeat; whether the job should stop, None where it is no longer this run's."""
    if not run.rows().update(heartbeat=timezone.now(), done=done, total=total, words=words[:200]):
        return None
    return run.rows().values_list("cancel_requested", flat=True).first()


def finished(*, run: Run, result: dict[str, Any]) -> bool:
    """Write the result; whether it was still this run's to write."""
    rest = dict(result)
    changes: dict[str, Any] = {"result_url": str(rest.pop("url", ""))}
    if words := rest.pop("words", ""):
        changes["words"] = str(words)[:200]
    return _end(run, JobState.DONE, result=rest, **changes)


def failed(*, run: Run, error: str) -> bool:
    """Write what went wrong, for people."""
    return _end(run, JobState.FAILED, error=error)


def cancelled(*, run: Run) -> bool:
    """Write that it stopped because somebody cancelled it."""
    return _end(run, JobState.CANCELLED)


def _end(run: Run, state: JobState, **changes: Any) -> bool:
    return bool(run.rows().update(state=state, finished_at=timezone.now(), **changes))
