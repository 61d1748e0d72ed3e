"""What other apps call; models are imported when it is called, for apps import this while they are being loaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jiqun.web.accounts.models import User
    from jiqun.web.jobs.models import Job


def start(*, kind: str, actor: User | None, title: str, params: Mapping[str, Any]) -> Job:
    """Ask for a job; it belongs to the caller's transaction and runs after its commit."""
    from jiqun.web.jobs.services import start_job

    return start_job(kind=kind, actor=actor, title=title, params=params)


def run_pending() -> list[Job]:
    """Run every waiting job here and now, in order, also those that they start; for tests and commands."""
    from jiqun.web.jobs.runner import run_pending

    return run_pending()
