"""What happens to jobs: people start, cancel and repeat them; the worker claims and ends them."""

from jiqun.web.jobs.services.people import cancel_job, repeat_job, start_job
from jiqun.web.jobs.services.recovery import recover
from jiqun.web.jobs.services.running import Run, cancelled, claim, failed, finished, report

__all__ = [
    "Run",
    "cancel_job",
    "cancelled",
    "claim",
    "failed",
    "finished",
    "recover",
    "repeat_job",
    "report",
    "start_job",
]
