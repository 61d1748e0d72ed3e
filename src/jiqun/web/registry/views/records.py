"""Entering, changing and withdrawing records; their files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jiqun.base.errors import InputError
from jiqun.programme.models import RegisterSpec
from jiqun.web.accounts.models import User
from jiqun.web.accounts.roles import SIGNED_IN, WRITERS
from jiqun.web.accounts.scope import Scope, scope_for
from jiqun.web.common.access import page
from jiqun.web.common.pack import current_pack
from jiqun.web.registry.forms.records import RecordForm, initial_of
from jiqun.web.registry.lists.columns import ListSpec
from jiqun.web.registry.models import Attachment, Entry
from jiqun.web.registry.queries import own_code
from jiqun.web.registry.services.attachments import attach, path_of
from jiqun.web.registry.services.records import (
    ChangedMeanwhile,
    change_record,
    create_record,
    delete_record,
    token_of,
)
from jiqun.web.registry.views.lists import list_of
from jiqun.web.registry.writers import may_add, may_change


def _register(key: str) -> RegisterSpec | None:
    return current_pack().register_by_name.get(key)


@require_http_methods(["GET", "HEAD", "POST"])
@page(WRITERS)
def create(request: HttpRequest, key: str) -> HttpResponse:
    """A new record of a list."""
    spec, scope, register = list_of(key), scope_for(request.user), _register(key)
    if not may_add(scope, spec):
        raise Http404("not this person's to add to")
    initial = {"party": request.GET.get("subject", "") or own_code(scope)}
    form = RecordForm(spec, register, scope, request.POST or None, request.FILES or None, new=True, initial=initial)
    if request.method == "POST" and form.is_valid():
        assert isinstance(request.user, User)
        values, model = _fixed(spec, register) | form.values(), spec.rows(scope).model
        try:
            row = create_record(actor=request.user, model=model, values=values, register=register)
            _attach(request.user, row, form)
        except InputError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已保存。")
            return redirect(spec.link(row))
    return _form_page(request, spec, form, None)


@require_http_methods(["GET", "HEAD", "POST"])
@page(WRITERS)
def edit(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """A change; where another changed the record meanwhile, both versions are shown first."""
    spec, scope, register = list_of(key), scope_for(request.user), _register(key)
    row = _changeable(spec, scope, pk)
    form = RecordForm(
        spec,
        register,
        scope,
        request.POST or None,
        request.FILES or None,
        new=False,
        initial=initial_of(spec, register, row),
    )
    differences = None
    if request.method == "POST" and form.is_valid():
        assert isinstance(request.user, User)
        token = request.POST.get("token", "")
        try:
            saved = change_record(actor=request.user, row=row, token=token, values=form.values(), register=register)
            _attach(request.user, saved, form)
        except ChangedMeanwhile as conflict:
            differences = conflict.differences
        except InputError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "已保存。")
            return redirect(spec.link(saved))
    return _form_page(request, spec, form, row, differences)


@require_POST
@page(WRITERS)
def delete(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """Withdraw a record with a reason."""
    spec, scope = list_of(key), scope_for(request.user)
    row = _changeable(spec, scope, pk)
    assert isinstance(request.user, User)
    try:
        delete_record(actor=request.user, row=row, reason=request.POST.get("reason", ""))
    except InputError as error:
        messages.error(request, str(error))
        return redirect(spec.link(row))
    messages.success(request, "已删除，原内容保留在操作记录中。")
    return redirect("registry:list", key=key)


@require_safe
@page(SIGNED_IN)
def attachment(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A file of an entry in scope, always as a download."""
    found = get_object_or_404(Attachment, pk=pk)
    get_object_or_404(scope_for(request.user).entries(), pk=found.entry_id)
    path = path_of(found)
    if not path.is_file():
        raise Http404("the file is gone")
    return FileResponse(
        path.open("rb"), as_attachment=True, filename=found.name, content_type="application/octet-stream"
    )


def _changeable(spec: ListSpec, scope: Scope, pk: int) -> Any:
    row = get_object_or_404(spec.rows(scope).select_related(*spec.related), pk=pk)
    if not may_change(scope, spec, row):
        raise Http404("not this person's to change")
    return row


def _fixed(spec: ListSpec, register: RegisterSpec | None) -> dict[str, Any]:
    """What a new record holds because of the list that it is entered in."""
    if register is not None:
        return {"register": register.name}
    return {"kind": spec.key.removesuffix("s")} if spec.party_path == "pk" else {}


def _attach(actor: User, row: Any, form: RecordForm) -> None:
    files = form.cleaned_data.get("files")
    if isinstance(row, Entry) and files:
        attach(actor=actor, entry=row, files=files)


def _form_page(
    request: HttpRequest, spec: ListSpec, form: RecordForm, row: Any, differences: Any = None
) -> HttpResponse:
    context = {
        "spec": spec, "form": form, "row": row, "differences": differences, "token": token_of(row) if row else "",
        "back": spec.link(row) if row else reverse("registry:list", args=[spec.key]),
    }  # fmt: skip
    return render(request, "registry/form.html", context, status=409 if differences else 200)
