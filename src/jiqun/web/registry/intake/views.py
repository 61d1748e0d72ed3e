"""Pages of the import: choose, template, upload, preview, confirm; and the history."""

from __future__ import annotations

import io
from typing import cast
from urllib.parse import quote

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from jiqun.base.errors import InputError
from jiqun.web.accounts.models import User
from jiqun.web.accounts.roles import SIGNED_IN
from jiqun.web.accounts.scope import scope_for
from jiqun.web.common.access import page
from jiqun.web.common.htmx import wants_part
from jiqun.web.common.pack import current_pack
from jiqun.web.portal.paging import page_number
from jiqun.web.registry.intake import files, queries, services
from jiqun.web.registry.intake.forms import UploadForm
from jiqun.web.registry.intake.kinds import Kind, offered
from jiqun.web.registry.intake.models import Upload
from jiqun.workbook import write_template

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@page(SIGNED_IN)
def index(request: HttpRequest) -> HttpResponse:
    """What may be imported, and what was."""
    user, scope = cast(User, request.user), scope_for(request.user)
    context = {
        "groups": offered(current_pack(), scope),
        "page": queries.history(user, scope, page_number(request.GET.get("page"))),
        "path": request.path,
        "keep_days": files.KEEP.days,
    }
    return render(request, "intake/index.html", context)


@page(SIGNED_IN)
def prepare(request: HttpRequest) -> HttpResponseBase:
    """Download the template of one kind, upload the filled workbook."""
    kind = _kind(request)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.receive(actor=cast(User, request.user), kind=kind, file=form.cleaned_data["file"])
        except InputError as error:
            form.add_error("file", "；".join(str(p) for p in error.problems))
        else:
            return redirect("intake:upload", made.pk)
    scope = scope_for(request.user)
    context = {
        "kind": kind,
        "columns": kind.sheet(scope).columns,
        "key": kind.key if kind.grain is None else kind.key.rsplit("/", 1)[0],
        "period": None if kind.grain is None else kind.key.rsplit("/", 1)[1],
        "periods": queries.periods(kind.grain, timezone.localdate()) if kind.grain else (),  # type: ignore[arg-type]
        "form": form,
        "limits": files.LIMITS,
    }
    return render(request, "intake/prepare.html", context, status=422 if form.errors else 200)


@require_safe
@page(SIGNED_IN)
def template(request: HttpRequest) -> HttpResponseBase:
    """The workbook to fill in."""
    kind = _kind(request)
    made = queries.template(kind, scope_for(request.user), figures=request.GET.get("figures") == "1")
    out = io.BytesIO()
    write_template(out, [made.sheet])
    out.seek(0)
    return FileResponse(out, as_attachment=True, filename=f"{kind.title}.xlsx", content_type=XLSX)


@never_cache
@require_safe
@vary_on_headers("HX-Request")
@page(SIGNED_IN)
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """One upload: how far its check is, what it would change, what is wrong, what was loaded."""
    found = _upload(request, pk)
    tab = queries.tab_of(found, request.GET.get("show"))
    context = {
        "upload": found,
        "job": queries.job_of(found),
        "tab": tab,
        "page": None if found.is_working else queries.preview_page(found, tab, page_number(request.GET.get("page"))),
        "path": request.path,
        "mine": found.actor_id == request.user.pk,
        "has_marked": found.marked_copy.is_file(),
        "has_original": found.original.is_file(),
    }
    return render(request, "intake/_upload.html" if wants_part(request) else "intake/upload.html", context)


@require_POST
@page(SIGNED_IN)
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponseBase:
    """Confirm, drop or check again; only the person who uploaded it."""
    found = _upload(request, pk)
    user = cast(User, request.user)
    if found.actor_id != user.pk:
        raise Http404
    try:
        {"confirm": services.confirm, "drop": services.drop, "resume": services.resume}[verb](actor=user, upload=found)
    except InputError as error:
        messages.error(request, "；".join(str(p) for p in error.problems))
    return redirect("intake:upload", pk)


@require_safe
@page(SIGNED_IN)
def download(request: HttpRequest, pk: int, which: str) -> HttpResponseBase:
    """The file as it came, or with its faults marked."""
    found = _upload(request, pk)
    path = found.marked_copy if which == "marked" else found.original
    if not path.is_file():
        raise Http404
    stem = found.name.rsplit(".", 1)[0]
    name = f"{stem}（已标注）.xlsx" if which == "marked" else found.name
    response = FileResponse(path.open("rb"), content_type="application/octet-stream")
    response["Content-Disposition"] = f"attachment; filename=\"{which}{path.suffix}\"; filename*=UTF-8''{quote(name)}"
    return response


def _kind(request: HttpRequest) -> Kind:
    found = queries.bound_kind(
        current_pack(),
        scope_for(request.user),
        request.GET.get("what", ""),
        request.GET.get("period"),
        timezone.localdate(),
    )
    if found is None:
        raise Http404("没有这项内容，或您的角色不能导入它")
    return found


def _upload(request: HttpRequest, pk: int) -> Upload:
    return get_object_or_404(queries.uploads_of(cast(User, request.user), scope_for(request.user)), pk=pk)
