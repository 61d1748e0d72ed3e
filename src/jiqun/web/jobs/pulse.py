"""How a running job speaks to the database: written here and now, or by a thread with a connection of its own.

The thread keeps the heartbeat while a handler computes, and shows progress from within a handler's transaction. On
SQLite that transaction holds the only right to write; the thread then leaves its line for the next beat.
"""

from __future__ import annotations

import logging
import threading
import time
from types import TracebackType
from typing import Protocol

from django.db import OperationalError, connection

from jiqun.web.jobs.handlers import JobCancelled
from jiqun.web.jobs.services import Run, report

logger = logging.getLogger(__name__)

TICK = 0.5
"""Seconds between two looks at what the handler said."""
BEAT = 5.0
"""Seconds after which a heartbeat is written though nothing was said."""


class JobLost(Exception):
    """The job was given to another worker."""


class Handle:
    """The handler's side: remembers what it says, and stops it where the job was cancelled or lost."""

    def __init__(self, run: Run, actor_id: int | None) -> None:
        self.pk, self.actor_id, self.run = run.job_id, actor_id, run
        self.said: tuple[int, int | None, str] = (0, None, "")
        self.answer: bool | None = False
        """What the last report brought: True cancelled, None lost."""

    def progress(self, done: int, total: int | None = None, words: str = "") -> None:
        """Say how far it is."""
        self.said = (max(int(done), 0), None if total is None else max(int(total), 0), words or self.said[2])
        self.stop_if_told()

    def stop_if_told(self) -> None:
        """Raise where the job was cancelled or lost."""
        if self.answer is None:
            raise JobLost
        if self.answer:
            raise JobCancelled

    def tell(self) -> None:
        """Write what was said last."""
        done, total, words = self.said
        self.answer = report(run=self.run, done=done, total=total, words=words)


class DirectHandle(Handle):
    """Writes at once in the caller's connection; for tests and commands."""

    def progress(self, done: int, total: int | None = None, words: str = "") -> None:
        """Say how far it is, at once."""
        super().progress(done, total, words)
        self.tell()
        self.stop_if_told()


class Pulse(Protocol):
    """A context in which a handle's words reach the database."""

    def __enter__(self) -> Handle:
        """The handle."""
        ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """The last words are left to the end of the job."""
        ...


class DirectPulse:
    """No thread."""

    def __init__(self, run: Run, actor_id: int | None) -> None:
        self.handle: Handle = DirectHandle(run, actor_id)

    def __enter__(self) -> Handle:
        return self.handle

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Nothing to end."""


class ThreadPulse:
    """A thread that writes what was said twice a second at most, and the heartbeat in between."""

    def __init__(self, run: Run, actor_id: int | None) -> None:
        self.handle = Handle(run, actor_id)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name=f"job-{run.job_id}", daemon=True)

    def __enter__(self) -> Handle:
        self._thread.start()
        return self.handle

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ended.set()
        self._thread.join()

    def _beat(self) -> None:
        try:
            if connection.vendor == "sqlite":
                with connection.cursor() as cursor:
                    cursor.execute("PRAGMA busy_timeout = 200")
            self._report_until_ended()
        finally:
            connection.close()

    def _report_until_ended(self) -> None:
        told, at = self.handle.said, time.monotonic()
        while not self._ended.wait(TICK):
            said, now = self.handle.said, time.monotonic()
            if said == told and now - at < BEAT:
                continue
            try:
                self.handle.tell()
            except OperationalError as error:  # another writer; the next beat tells it
                logger.debug("job %s: heartbeat delayed: %s", self.handle.pk, error)
                connection.close_if_unusable_or_obsolete()
            else:
                told, at = said, now
