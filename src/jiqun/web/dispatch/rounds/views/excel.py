"""An assignment by Excel: template, upload with a preview, marked-up copy, and the writing."""

from __future__ import annotations

import io
from typing import Any, cast
from urllib.parse import quote

from django.contrib import messages
from django.core import signing
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from jiqun.base.errors import InputError, Problem
from jiqun.web.accounts.models import User
from jiqun.web.accounts.roles import BUREAUS, FIRMS
from jiqun.web.common.access import page
from jiqun.web.common.pack import current_pack
from jiqun.web.dispatch.rounds import services, workbooks
from jiqun.web.dispatch.rounds.marked import keep_marked, marked_copy
from jiqun.web.dispatch.rounds.models import Assignment
from jiqun.web.dispatch.rounds.permissions import FILLERS
from jiqun.web.dispatch.rounds.services import Edit
from jiqun.web.dispatch.rounds.views.common import assignment_or_404, own_or_404, refuse

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 200
_SALT, _VALID = "rounds.upload", 3600


@require_safe
@page(BUREAUS | FIRMS)
def template(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The assignment as a workbook, with what is filled in already."""
    assignment = assignment_or_404(request, pk)
    out = io.BytesIO()
    workbooks.write_assignment(current_pack(), assignment, out)
    out.seek(0)
    return _download(FileResponse(out, content_type=XLSX), f"{assignment.round.title}-{assignment}")


@require_POST
@page(FILLERS)
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """What a workbook would change; with faults, a marked-up copy instead."""
    assignment = own_or_404(request, pk)
    actor, file = cast(User, request.user), request.FILES.get("file")
    context: dict[str, Any] = {"assignment": assignment, "round": assignment.round, "shown": SHOWN}
    if file is None or file.size is None or file.size > workbooks.LIMITS.size:
        most = workbooks.LIMITS.size >> 20
        context["problems"] = [
            Problem("没有收到文件" if file is None else f"文件超过 {most} MB", mend="请重新选择文件")
        ]
        return render(request, "rounds/upload.html", context, status=422)
    data, name = file.read(), file.name or ""
    try:
        found = workbooks.preview(current_pack(), assignment, actor, data, name)
    except InputError as error:
        return render(request, "rounds/upload.html", context | {"problems": error.problems}, status=422)
    context |= {"preview": found, "problems": found.problems}
    if found.problems:
        token, note = keep_marked(data, name, found.problems, assignment=pk, user=actor.pk)
        return render(request, "rounds/upload.html", context | {"marked": token, "marked_note": note}, status=422)
    edits = [[edit.cell, edit.version, edit.text] for edit in found.edits]
    context["payload"] = signing.dumps([pk, actor.pk, edits], salt=_SALT, compress=True)
    return render(request, "rounds/upload.html", context)


@require_POST
@page(FILLERS)
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Write what the preview showed; cells changed in between are left and named."""
    assignment = own_or_404(request, pk)
    actor = cast(User, request.user)
    edits = _edits(request.POST.get("payload", ""), assignment, actor)
    if edits is None:
        messages.error(request, "预览已失效，请重新上传")
        return redirect("rounds:fill", pk)
    try:
        saved = services.save_cells(actor=actor, pack=current_pack(), assignment=assignment, edits=edits)
    except InputError as error:
        refuse(request, error)
        return redirect("rounds:fill", pk)
    left = {**saved.faults, **saved.conflicts}
    messages.success(request, f"已写入 {len(edits) - len(left)} 个数据")
    if left:
        messages.warning(request, f"有 {len(left)} 个数据在预览之后被改动，没有写入：{next(iter(left.values()))}")
    return redirect("rounds:fill", pk)


@require_safe
@page(FILLERS)
def marked(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The marked-up copy of one's own upload."""
    assignment = own_or_404(request, pk)
    path = marked_copy(request.GET.get("copy", ""), assignment=pk, user=cast(User, request.user).pk)
    if path is None:
        raise Http404("no such copy")
    return _download(FileResponse(path.open("rb"), content_type=XLSX), f"{assignment}-标注副本")


def _edits(payload: str, assignment: Assignment, actor: User) -> list[Edit] | None:
    try:
        of_assignment, of_user, rows = signing.loads(payload, salt=_SALT, max_age=_VALID)
    except (signing.BadSignature, ValueError):
        return None
    if (of_assignment, of_user) != (assignment.pk, actor.pk):
        return None
    return [Edit(cell, version, text) for cell, version, text in rows]


def _download(response: FileResponse, name: str) -> FileResponse:
    response["Content-Disposition"] = f"attachment; filename=\"figures.xlsx\"; filename*=UTF-8''{quote(name)}.xlsx"
    return response
