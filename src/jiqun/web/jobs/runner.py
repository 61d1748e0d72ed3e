"""Running a job: claim it, call its handler, write how it ended."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable

from django.core.serializers.json import DjangoJSONEncoder
from django_tasks_db.models import DBTaskResult

from jiqun.base.errors import InputError
from jiqun.web.jobs.handlers import JobCancelled, handler_of
from jiqun.web.jobs.identity import WorkerName
from jiqun.web.jobs.models import Job
from jiqun.web.jobs.pulse import DirectPulse, JobLost, Pulse, ThreadPulse
from jiqun.web.jobs.services import Run, cancelled, claim, failed, finished, report

logger = logging.getLogger(__name__)

MOST_PROBLEMS = 50
"""Faults of an input that a job's page lists."""


def run(job_id: int, *, worker: str, pulse: Callable[[Run, int | None], Pulse] = ThreadPulse) -> None:
    """Run a waiting job to its end; nothing where it is not waiting any more."""
    taken = claim(job_id=job_id, worker=worker)
    if taken is None:
        return
    job = Job.objects.get(pk=job_id)
    context = pulse(taken, job.actor_id)
    try:
        with context as handle:
            result = handler_of(job.kind)(handle, **job.params)
        json.dumps(result, cls=DjangoJSONEncoder)
        _last_words(taken, handle.said)
        finished(run=taken, result=result)
    except JobCancelled:
        cancelled(run=taken)
    except JobLost:
        logger.warning("job %s: another worker has it", job_id)
    except InputError as error:
        failed(run=taken, error=in_words(error))
    except Exception:  # whatever a handler raises ends its job, not the worker
        logger.exception("job %s (%s) failed", job_id, job.kind)
        failed(run=taken, error=f"程序出错，本次处理已撤销。请稍后重试；若再次失败，请把任务编号 {job_id} 告诉管理员。")


def run_pending() -> list[Job]:
    """Run every waiting job here and now."""
    worker, ran = str(WorkerName.new()), []
    while (task := DBTaskResult.objects.ready().first()) is not None:
        task.claim(worker)
        job_id = task.args_kwargs["args"][0]
        run(job_id, worker=worker, pulse=DirectPulse)
        task.set_successful(None)
        ran.append(Job.objects.get(pk=job_id))
    return ran


def in_words(error: InputError) -> str:
    """The faults of an input, a line each."""
    lines = [f"{error.title}：", *(str(problem) for problem in error.problems[:MOST_PROBLEMS])]
    if len(error.problems) > MOST_PROBLEMS:
        lines.append(f"……共 {len(error.problems)} 处")
    return "\n".join(lines)


def _last_words(taken: Run, said: tuple[int, int | None, str]) -> None:
    """What the thread had no time to write."""
    done, total, words = said
    report(run=taken, done=done, total=total, words=words)
