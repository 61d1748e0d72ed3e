"""The long work: checking and loading, run by the worker and again where it was killed."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from jiqun.web import jobs
from jiqun.web.registry.intake import services
from jiqun.web.registry.intake.models import Upload, UploadState


@jobs.handler("intake.check")
def check(job: jobs.JobHandle, *, upload: int) -> dict[str, Any]:
    """Check an upload; nothing is written."""
    services.clean_up(now=timezone.now())
    return _said(services.check(upload=_upload(upload), progress=job.progress))


@jobs.handler("intake.load")
def load(job: jobs.JobHandle, *, upload: int) -> dict[str, Any]:
    """Load a confirmed upload, all or nothing."""
    return _said(services.load(upload=_upload(upload), progress=job.progress))


@jobs.handler("intake.index")
def index(job: jobs.JobHandle, *, upload: int) -> dict[str, Any]:
    """Make the names of a large load findable."""
    found = _upload(upload)
    count = services.index_names(upload=found, progress=job.progress)
    return {"url": reverse("intake:upload", args=[found.pk]), "words": f"已更新 {count:,} 家"}


def _upload(pk: int) -> Upload:
    return Upload.objects.select_related("actor__organisation").get(pk=pk)


def _said(upload: Upload) -> dict[str, Any]:
    return {"url": reverse("intake:upload", args=[upload.pk]), "words": str(UploadState(upload.state).label)}
