"""Pages of jobs: everybody sees their own, the auditor and the operator all."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST, require_safe

from jiqun.base.errors import InputError
from jiqun.web.accounts.models import User
from jiqun.web.accounts.roles import SIGNED_IN
from jiqun.web.common.access import page
from jiqun.web.common.htmx import wants_part
from jiqun.web.jobs import queries, services
from jiqun.web.jobs.models import Job, JobState
from jiqun.web.portal.paging import page_number


@require_safe
@page(SIGNED_IN)
def jobs(request: HttpRequest) -> HttpResponse:
    """The person's jobs."""
    user, state = cast(User, request.user), request.GET.get("state", "")
    found = queries.job_page(user, page_number(request.GET.get("page")), state=state)
    everybody = any(job.actor_id != user.pk for job in found.rows)
    context = {"page": found, "state": state, "states": JobState.choices, "path": request.path, "everybody": everybody}
    return render(request, "jobs/list.html", context)


@require_safe
@page(SIGNED_IN)
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """One job; only its state where htmx asks again."""
    user = cast(User, request.user)
    found = get_object_or_404(queries.jobs_of(user), pk=pk)
    context = {"job": found, "may_steer": queries.may_steer(user, found)}
    answer = render(request, "jobs/_state.html" if wants_part(request) else "jobs/job.html", context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


@page(SIGNED_IN)
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Cancel it."""
    return _steer(request, pk, services.cancel_job)


@page(SIGNED_IN)
@require_POST
def repeat(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Run it again."""
    return _steer(request, pk, services.repeat_job)


def _steer(request: HttpRequest, pk: int, act: Callable[..., Job]) -> HttpResponseBase:
    user = cast(User, request.user)
    found = get_object_or_404(queries.jobs_of(user), pk=pk)
    if not queries.may_steer(user, found):
        raise Http404("not this person's job")
    try:
        act(actor=user, job=found)
    except InputError as error:
        messages.error(request, "；".join(str(problem) for problem in error.problems))
    return redirect(found)
