"""Samples of tasks, notices and the calendar for the matrix of pages × roles."""

from __future__ import annotations

from datetime import date

from django.core.files.uploadedfile import SimpleUploadedFile

from jiqun.web.accounts.models import User
from jiqun.web.dispatch.supervision import services
from jiqun.web.dispatch.supervision.models import Attachment, CalendarKey, Notice, Order, Report, SubjectKind
from tests.web.accounts.matrix import EVERYBODY, OF_COUNTY_A, SEES_ALL, Sample

TASK = ("supervision:task", "supervision:task-assign", "supervision:task-milestone-add", "supervision:task-report")
NOTICE = ("supervision:notice", "supervision:notice-print")
DAY = date(2026, 9, 1)


def _notice(people: dict[str, User], role: str) -> Notice:
    organisation = people[role].organisation
    assert organisation is not None
    return services.issue_notice(
        actor=people["city"], prefix="督", kind=SubjectKind.OTHER, subject="", title="事项", text="请办理",
        addressees=[organisation], working_days=5, today=DAY,
    )  # fmt: skip


def _order(people: dict[str, User], role: str) -> dict[str, object]:
    return {"pk": Order.objects.get(notice=_notice(people, role)).pk}


def _report(people: dict[str, User], role: str) -> Report:
    organisation = people[role].organisation
    assert organisation is not None
    services.assign(actor=people["city"], task="t01", lead=organisation, supporting=[])
    file = SimpleUploadedFile("佐证.pdf", b"%PDF-1.4 x")
    return services.submit_report(
        actor=people[role], task="t01", month="2026-08", text="进展", percentage=None, files=[file], today=DAY
    )


def _milestone(people: dict[str, User], role: str) -> dict[str, object]:
    made = services.add_milestone(
        actor=people["city"], task="t01", title="节点", due=DAY, organisation=people[role].organisation
    )
    return {"pk": made.pk}


def _attachment(people: dict[str, User], role: str) -> dict[str, object]:
    return {"pk": Attachment.objects.get(report=_report(people, role)).pk}


def _key(people: dict[str, User]) -> dict[str, object]:
    services.new_calendar_key(user=people["county"])
    return {"key": CalendarKey.objects.get().key}


SAMPLES = [
    Sample(TASK, lambda w, p: {"task": "t01"}, seen_by=EVERYBODY),
    Sample("supervision:task-milestone", lambda w, p: _milestone(p, "county"), seen_by=OF_COUNTY_A),
    Sample("supervision:task-report-decide", lambda w, p: {"pk": _report(p, "county").pk}, seen_by=OF_COUNTY_A),
    Sample("supervision:task-milestone", lambda w, p: _milestone(p, "enterprise"), seen_by=SEES_ALL),
    Sample("supervision:task-report-decide", lambda w, p: {"pk": _report(p, "enterprise").pk}, seen_by=SEES_ALL),
    Sample("supervision:attachment", lambda w, p: _attachment(p, "enterprise"), seen_by=SEES_ALL | {"enterprise"}),
    Sample("supervision:attachment", lambda w, p: _attachment(p, "county"), seen_by=OF_COUNTY_A),
    Sample(NOTICE, lambda w, p: {"pk": _notice(p, "county").pk}, seen_by=OF_COUNTY_A),
    Sample(NOTICE, lambda w, p: {"pk": _notice(p, "enterprise").pk}, seen_by=SEES_ALL | {"enterprise"}),
    Sample("supervision:notice-order", lambda w, p: _order(p, "county"), seen_by=OF_COUNTY_A),
    Sample("supervision:notice-order", lambda w, p: _order(p, "enterprise"), seen_by=SEES_ALL | {"enterprise"}),
    Sample("supervision:feed", lambda w, p: _key(p), seen_by=EVERYBODY),
]
