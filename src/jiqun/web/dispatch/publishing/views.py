"""Views of the publishing desk."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from jiqun.base.errors import InputError
from jiqun.document.pdf import write_pdf
from jiqun.document.word import write_word
from jiqun.document.workbook import write_workbook
from jiqun.programme.briefing import Results, annex, write_briefing
from jiqun.web.accounts.models import User
from jiqun.web.accounts.roles import BUREAUS, PUBLISHERS
from jiqun.web.accounts.scope import scope_for
from jiqun.web.common.access import page
from jiqun.web.common.pack import current_pack
from jiqun.web.dispatch.publishing import differences, queries, services
from jiqun.web.dispatch.publishing.forms import DraftForm
from jiqun.web.dispatch.publishing.models import Release, ReleaseState

FORMS = {"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "pdf": "application/pdf",
         "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}  # fmt: skip
LISTED = 100


@require_safe
@page(BUREAUS)
def releases(request: HttpRequest) -> HttpResponse:
    """The history of releases, and the form for a new draft."""
    return _releases(request, DraftForm(initial={"as_of": timezone.localdate()}))


@require_POST
@page(PUBLISHERS)
def draft(request: HttpRequest) -> HttpResponseBase:
    """Have a draft worked out."""
    form = DraftForm(request.POST)
    if form.is_valid():
        try:
            job = services.ask_for_draft(actor=_user(request), today=timezone.localdate(), **form.cleaned_data)
            return redirect("jobs:job", pk=job.pk)
        except InputError as error:
            form.add_error("as_of", str(error.problems[0]))
    return _releases(request, form, status=422)


@require_safe
@page(BUREAUS)
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """One release: what it changes, its briefings, what may be done with it."""
    scope, pack = scope_for(request.user), current_pack()
    found = get_object_or_404(queries.releases(scope), pk=pk)
    before, now = queries.cited_before(found), found.publication.results
    changes = differences.target_changes(pack, before.results if before else None, now)
    rules = differences.rule_changes(pack, before.results, now) if before and scope.sees_all else []
    context = {
        "release": found, "before": before, "changes": changes, "changed": sum(c.changed for c in changes),
        "rules": rules, "subjects": differences.decision_changes(pack, before.results, now) if rules and before else [],
        "briefings": list(pack.briefings.values()), "counties": queries.briefing_counties(scope), "forms": list(FORMS),
        "may_publish": _may_publish(request), "sees_all": scope.sees_all,
    }  # fmt: skip
    return render(request, "publishing/release.html", context)


@require_POST
@page(PUBLISHERS)
def act(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Publish, discard or withdraw a release."""
    found, user = get_object_or_404(queries.releases(scope_for(request.user)), pk=pk), _user(request)
    try:
        match request.POST.get("act"):
            case "publish":
                done = services.publish(actor=user, release=found)
                messages.success(request, f"已发布：{done}，数据截至 {done.publication.as_of}。")
            case "discard":
                services.discard(actor=user, release=found)
                messages.success(request, "已放弃这次试算。")
            case "withdraw":
                services.withdraw(actor=user, release=found, reason=request.POST.get("reason", ""))
                messages.success(request, "已撤回，各页面改用此前发布的数据。")
            case _:
                messages.error(request, "没有这种操作。")
    except InputError as error:
        messages.error(request, f"{error.title}：{error.problems[0]}")
    return redirect("publishing:release", pk=pk)


@require_safe
@page(BUREAUS)
def briefing(request: HttpRequest, pk: int, template: str, form: str) -> HttpResponseBase:
    """A briefing of a release as Word, PDF or its annex; of the county `?county=`, else of the city."""
    scope, pack = scope_for(request.user), current_pack()
    found = get_object_or_404(queries.releases(scope), pk=pk)
    county = request.GET.get("county") or None
    allowed = {place.code for place in queries.briefing_counties(scope)}
    if template not in pack.briefings or form not in FORMS or (county not in allowed if county else not scope.sees_all):
        raise Http404("no such briefing within the scope")
    file, publication = pack.briefings[template], found.publication
    results = Results(pack, publication.results, publication.as_of, publication.snapshot_id, publication.is_demo)
    document = write_briefing(file, results, county)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"briefing.{form}"
        if form == "xlsx":
            write_workbook(annex(file, results, county), path)
        else:
            (write_word if form == "docx" else write_pdf)(document, path)
        handle = path.open("rb")  # still readable when the folder is gone
    draft_mark = "" if found.state == ReleaseState.PUBLISHED else "（未发布）"
    name = f"{document.title}{draft_mark}.{form}"
    return FileResponse(handle, as_attachment=True, filename=name, content_type=FORMS[form])


def _releases(request: HttpRequest, form: DraftForm, status: int = 200) -> HttpResponse:
    found: list[Release] = list(queries.releases(scope_for(request.user))[:LISTED])
    context = {"releases": found, "form": form, "may_publish": _may_publish(request)}
    return render(request, "publishing/releases.html", context, status=status)


def _may_publish(request: HttpRequest) -> bool:
    return _user(request).role in PUBLISHERS


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User), "the pages are for people who are signed in"
    return request.user
