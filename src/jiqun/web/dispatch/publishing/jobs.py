"""The work of this app in the background."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse

from jiqun.web.accounts.models import User
from jiqun.web.common.pack import current_pack
from jiqun.web.dispatch.publishing import services
from jiqun.web.dispatch.publishing.models import Release
from jiqun.web.jobs.handlers import JobHandle, handler
from jiqun.web.registry.services import refresh


@handler("publishing.draft")
def draft(job: JobHandle, *, as_of: str, note: str) -> dict[str, Any]:
    """Work a draft out; a job that was killed after it kept its draft does not make another."""
    kept = Release.objects.filter(job_id=job.pk).first()
    if kept is None:
        actor = User.objects.filter(pk=job.actor_id).first() if job.actor_id else None
        publication = refresh(
            actor=actor, as_of=date.fromisoformat(as_of), pack=current_pack(), note=note, current=False,
            progress=lambda stage, share: job.progress(int(share * 100), 100, stage),
        )  # fmt: skip
        kept = services.keep_draft(actor=actor, publication=publication, job_id=job.pk)
    return {"url": reverse("publishing:release", args=[kept.pk]), "words": "已算出，请核对后发布"}
