"""Reads: who sees which uploads, the history, the preview, templates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from jiqun.base.errors import Problem
from jiqun.base.periods import Grain, Period
from jiqun.programme.pack import Pack
from jiqun.web.accounts.models import User
from jiqun.web.accounts.scope import Scope
from jiqun.web.jobs.models import ENDED, Job
from jiqun.web.portal.paging import PAGE, Page, page_of
from jiqun.web.registry.intake import files
from jiqun.web.registry.intake.kinds import Kind, find
from jiqun.web.registry.intake.models import Upload, UploadState
from jiqun.web.registry.intake.plan import Line, preview
from jiqun.workbook import Sheet

MOST_ROWS = 20_000
"""A template with more known rows would be slow to open: it comes without them."""
_SHOWN_PERIODS: dict[Grain, int] = {"year": 6, "quarter": 9, "month": 14}


def uploads_of(user: User, scope: Scope) -> QuerySet[Upload]:
    """City, auditor and operator see all uploads, others those of their own organisation."""
    found = Upload.objects.select_related("actor", "organisation")
    return found if scope.sees_all else found.filter(organisation=user.organisation)


def history(user: User, scope: Scope, number: int) -> Page:
    """A page of uploads, the latest first."""
    start = (number - 1) * PAGE
    query = uploads_of(user, scope)
    return page_of(list(query[start : start + PAGE + 1]), number, total=query.count())


@dataclass(frozen=True)
class Work:
    """How far the job of an upload is; `stuck` where it ended without an outcome."""

    done: int
    total: int | None
    words: str
    stuck: bool


def job_of(upload: Upload) -> Work | None:
    """The job that is at an upload; None where none is."""
    if not upload.is_working:
        return None
    job = None if upload.job is None else Job.objects.filter(pk=upload.job).first()
    if job is None:
        return Work(0, None, "", True)
    ended = job.state in ENDED
    return Work(job.done, job.total, (job.error or str(job.get_state_display())) if ended else job.words, ended)


def tab_of(upload: Upload, asked: str | None) -> str:
    """The list that the preview shows: the asked one, else the first that has lines."""
    if upload.state == UploadState.WRONG:
        return "problems"
    tabs = ("new", "changed", "unchanged")
    return asked if asked in tabs else next((tab for tab in tabs if upload.counts.get(tab)), "new")


def preview_page(upload: Upload, tab: str, number: int) -> Page | None:
    """A page of the preview; None where there is nothing to show (any more)."""
    start = (number - 1) * PAGE
    if tab == "problems":
        problems = files.read_problems(upload)
        rows: list[Problem] | list[Line] = list(problems[start : start + PAGE + 1])
        return page_of(rows, number, total=len(problems), noun="处") if problems else None
    if not upload.plan.is_file() or not upload.counts.get(tab):
        return None
    return page_of(preview(upload.plan, tab, start, PAGE + 1), number, total=upload.counts[tab])


def periods(grain: Grain, today: date) -> list[Period]:
    """The periods that may be reported: the running one and some before."""
    now = Period.containing(today, grain)
    return [now.shift(-n) for n in range(_SHOWN_PERIODS[grain])]


def bound_kind(pack: Pack, scope: Scope, key: str, period: str | None, today: date) -> Kind | None:
    """The kind of a key with the asked period (the last complete one by default); None where there is none."""
    kind = find(pack, key, role=scope.role)
    if kind is None or kind.grain is None:
        return kind
    grain: Any = kind.grain
    known = {str(p) for p in periods(grain, today)}
    chosen = period if period in known else str(Period.last_complete(today, grain))
    return find(pack, f"{key}/{chosen}", role=scope.role)


@dataclass(frozen=True)
class Template:
    """A sheet to write, and whether it holds the known rows."""

    sheet: Sheet
    complete: bool


def template(kind: Kind, scope: Scope, *, figures: bool) -> Template:
    """The template with the rows in scope, where they are not too many."""
    rows = kind.known_rows(scope, figures=figures, most=MOST_ROWS)
    return Template(kind.sheet(scope, rows=rows or ()), rows is not None)
