"""Samples of the publishing desk for the matrix of pages × roles."""

from __future__ import annotations

from django.utils import timezone

from jiqun.web.dispatch.publishing.models import Release
from jiqun.web.registry.queries import current_publication
from tests.web.accounts.matrix import OF_COUNTY_A, SEES_ALL, Sample

PAGES = ("publishing:release", "publishing:act")


def _release(state: str) -> dict[str, object]:
    publication = current_publication()
    assert publication is not None
    publication.pk, publication.is_current, publication._state.adding = None, False, True
    publication.save()
    numbered = {"number": publication.pk, "published_at": timezone.now()} if state == "published" else {}
    return {"pk": Release.objects.create(publication=publication, state=state, **numbered).pk}


SAMPLES = [
    Sample(PAGES, lambda w, p: _release("draft"), seen_by=SEES_ALL),
    Sample(PAGES, lambda w, p: _release("published"), seen_by=OF_COUNTY_A),
    Sample(
        "publishing:briefing",
        lambda w, p: {**_release("published"), "template": "dispatch", "form": "xlsx"},
        seen_by=SEES_ALL,
    ),
]
