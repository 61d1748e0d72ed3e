"""Samples of jobs for the matrix of pages × roles."""

from __future__ import annotations

from django.utils import timezone

from jiqun.web.accounts.models import User
from jiqun.web.jobs.models import Job
from tests.web.accounts.matrix import Sample

SEE_ALL = frozenset({"auditor", "operator"})


def _failed(user: User) -> dict[str, int]:
    job = Job.objects.create(
        kind="none", title="示例", actor=user, state="failed", error="示例", finished_at=timezone.now()
    )
    return {"pk": job.pk}


SAMPLES = [
    Sample("jobs:job", lambda w, p: _failed(p["county"]), seen_by=SEE_ALL | {"county"}),
    Sample("jobs:job", lambda w, p: _failed(p["enterprise"]), seen_by=SEE_ALL | {"enterprise"}),
    Sample("jobs:cancel", lambda w, p: _failed(p["county"]), seen_by=frozenset({"county", "operator"})),
    Sample("jobs:cancel", lambda w, p: _failed(p["enterprise"]), seen_by=frozenset({"enterprise", "operator"})),
    Sample("jobs:repeat", lambda w, p: _failed(p["city"]), seen_by=frozenset({"city", "operator"})),
    Sample("jobs:repeat", lambda w, p: _failed(p["provider"]), seen_by=frozenset({"provider", "operator"})),
]
