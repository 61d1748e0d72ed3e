"""The worker: takes up the jobs of dead workers and runs the queue, until it is told to stop."""

from __future__ import annotations

import logging
import os
import signal
import time
from datetime import timedelta

from django.db import OperationalError, close_old_connections
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult
from django_tasks_db.utils import is_locked_database_exception

from jiqun.web.jobs.services import recover
from jiqun.web.jobs.tasks import this_worker

logger = logging.getLogger(__name__)

INTERVAL = 1.0
"""Seconds between two looks at the queue."""
RECOVER_EVERY = 15.0
"""Seconds between two looks for jobs of dead workers."""
KEPT = timedelta(days=7)
"""How long the queue remembers what was run; jobs themselves are kept."""


def work(*, until_parent_ends: bool = False) -> None:
    """Run until SIGTERM or SIGINT; a job that runs then is finished first, and taken up again where it is killed."""
    name, parent = str(this_worker()), os.getppid()
    worker = Worker(
        queue_names=["default"], interval=0, batch=True, backend_name="default", startup_delay=False, max_tasks=None,
        worker_id=name.replace(" ", "-")[-64:], excluded_queue_names=[],
    )  # fmt: skip
    signal.signal(signal.SIGTERM, worker.shutdown)
    signal.signal(signal.SIGINT, worker.shutdown)
    recovered = float("-inf")
    while worker.running and not (until_parent_ends and os.getppid() != parent):
        try:
            if time.monotonic() - recovered >= RECOVER_EVERY:
                recover(worker=name)
                _forget()
                recovered = time.monotonic()
            if DBTaskResult.objects.ready().exists():  # a look costs no lock
                worker.run()
        except OperationalError as error:
            if not is_locked_database_exception(error):
                raise
            logger.info("the database is busy: %s", error)
        close_old_connections()
        if worker.running:
            time.sleep(INTERVAL)


def _forget() -> None:
    DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - KEPT).delete()
