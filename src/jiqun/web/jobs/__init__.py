"""Long work: `handler` declares a kind, `start` asks for it, the worker does it. See web/README.md, "Jobs"."""

from jiqun.web.jobs.handlers import JobCancelled, JobHandle, handler
from jiqun.web.jobs.start import run_pending, start

__all__ = ["JobCancelled", "JobHandle", "handler", "run_pending", "start"]
