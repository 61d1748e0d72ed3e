"""Pages of organisations, accounts and invitations: whoever manages them changes them, the auditor looks on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from jiqun.base.errors import InputError
from jiqun.web.accounts.models import OrganisationKind, Role, User
from jiqun.web.accounts.people import queries
from jiqun.web.accounts.people.forms import InvitationForm, JoinForm, OrganisationForm, RoleForm
from jiqun.web.accounts.people.managed import MANAGERS, managed_by
from jiqun.web.accounts.people.queries import PeopleFilter
from jiqun.web.accounts.people.services import accounts as account_services
from jiqun.web.accounts.people.services import invitations as invitation_services
from jiqun.web.accounts.people.services import organisations as organisation_services
from jiqun.web.accounts.roles import BUREAUS, EVERYONE
from jiqun.web.accounts.services import create_organisation
from jiqun.web.common.access import page
from jiqun.web.portal.paging import page_number

get_or_post = require_http_methods(["GET", "HEAD", "POST"])
ACCOUNT_ACTS: dict[str, tuple[Callable[..., None], dict[str, object], str]] = {
    "stop": (account_services.set_active, {"active": False}, "已停用账号并结束其会话。"),
    "start": (account_services.set_active, {"active": True}, "已启用账号。"),
    "unlock": (account_services.unlock, {}, "已解除锁定。"),
    "reset-mfa": (account_services.reset_second_factor, {}, "已重置两步验证，该账号下次登录时重新设置。"),
    "end-sessions": (account_services.end_sessions, {}, "已结束该账号的全部会话。"),
}


@require_safe
@page(BUREAUS)
def accounts(request: HttpRequest) -> HttpResponse:
    """The accounts that the reader manages."""
    managed, wanted = managed_by(request.user), PeopleFilter.of(request.GET)
    context = {
        "filter": wanted, "page": queries.account_page(managed, wanted, page_number(request.GET.get("page"))),
        "roles": [r for r in Role if r in managed.roles or not managed.may_change],
        "sorts": [(key, label) for key, (label, _) in queries.ACCOUNT_SORTS.items()],
        "managed": managed, "path": request.path,
    }  # fmt: skip
    return render(request, "people/accounts.html", context)


@require_safe
@page(BUREAUS)
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One account with what may be done to it."""
    managed = managed_by(request.user)
    found = get_object_or_404(managed.accounts(), pk=pk)
    return _account(request, found, RoleForm(managed, found))


@require_POST
@page(MANAGERS)
def account_role(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give the account another role or organisation."""
    managed = managed_by(request.user)
    found = get_object_or_404(managed.accounts(), pk=pk)
    form = RoleForm(managed, found, request.POST)
    if form.is_valid() and _done(
        form, lambda: account_services.change_role(actor=_person(request), user=found, **form.cleaned_data)
    ):
        messages.success(request, "已修改角色和机构，该账号需重新登录。")
        return redirect("people:account", pk=pk)
    return _account(request, found, form, 400)


@require_POST
@page(MANAGERS)
def account_act(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Stop or start the account, unlock it, reset its second factor, end its sessions."""
    found = get_object_or_404(managed_by(request.user).accounts(), pk=pk)
    act, options, done = ACCOUNT_ACTS.get(request.POST.get("act", ""), (None, {}, ""))
    if act is None:
        messages.error(request, "没有这项操作。")
    else:
        try:
            act(actor=_person(request), user=found, **options)
            messages.success(request, done)
        except InputError as error:
            _tell(request, error)
    return redirect("people:account", pk=pk)


@require_safe
@page(BUREAUS)
def organisations(request: HttpRequest) -> HttpResponse:
    """The organisations that the reader manages."""
    managed, wanted = managed_by(request.user), PeopleFilter.of(request.GET)
    context = {
        "filter": wanted, "page": queries.organisation_page(managed, wanted, page_number(request.GET.get("page"))),
        "kinds": [k for k in OrganisationKind if k in managed.kinds or not managed.may_change],
        "sorts": [(key, label) for key, (label, _) in queries.ORGANISATION_SORTS.items()],
        "managed": managed, "path": request.path,
    }  # fmt: skip
    return render(request, "people/organisations.html", context)


@get_or_post
@page(MANAGERS)
def organisation_new(request: HttpRequest) -> HttpResponseBase:
    """Make an organisation."""
    form = OrganisationForm(managed_by(request.user), None, _sent(request))
    if form.is_bound and form.is_valid():
        made = _done(form, lambda: create_organisation(actor=_person(request), **form.cleaned_data))
        if made:
            messages.success(request, f"已建立机构“{form.cleaned_data['name']}”。")
            return redirect("people:organisations")
    return render(request, "people/organisation.html", {"form": form}, status=400 if form.is_bound else 200)


@get_or_post
@page(MANAGERS)
def organisation(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change an organisation."""
    managed = managed_by(request.user)
    found = get_object_or_404(managed.organisations(), pk=pk)
    form = OrganisationForm(managed, found, _sent(request))
    if form.is_bound and form.is_valid():
        changes = form.cleaned_data
        if _done(
            form,
            lambda: organisation_services.update_organisation(actor=_person(request), organisation=found, **changes),
        ):
            messages.success(request, "已修改机构。")
            return redirect("people:organisations")
    context = {"form": form, "organisation": found}
    return render(request, "people/organisation.html", context, status=400 if form.is_bound else 200)


@require_POST
@page(MANAGERS)
def organisation_state(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Stop or start an organisation."""
    found = get_object_or_404(managed_by(request.user).organisations(), pk=pk)
    active = request.POST.get("active") == "1"
    try:
        organisation_services.set_organisation_active(actor=_person(request), organisation=found, active=active)
        messages.success(request, "已启用机构。" if active else "已停用机构并结束其人员的会话。")
    except InputError as error:
        _tell(request, error)
    return redirect("people:organisation", pk=pk)


@require_safe
@page(BUREAUS)
def invitations(request: HttpRequest) -> HttpResponse:
    """The invitations into the organisations that the reader manages."""
    managed = managed_by(request.user)
    found = queries.invitation_page(managed, page_number(request.GET.get("page")))
    return render(request, "people/invitations.html", {"page": found, "managed": managed, "path": request.path})


@never_cache
@get_or_post
@page(MANAGERS)
def invitation_new(request: HttpRequest) -> HttpResponseBase:
    """Invite a person; the link is shown once."""
    start = {"organisation": request.GET.get("organisation", "")}
    form = InvitationForm(managed_by(request.user), None, _sent(request), initial=start)
    if form.is_bound and form.is_valid():
        invite, site = invitation_services.invite, _site(request)
        made = _done(form, lambda: invite(actor=_person(request), site=site, **form.cleaned_data))
        if made:
            return _link(request, *made)
    return render(request, "people/invite.html", {"form": form}, status=400 if form.is_bound else 200)


@never_cache
@require_POST
@page(MANAGERS)
def invitation_act(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Send an invitation again or revoke it."""
    found = get_object_or_404(managed_by(request.user).invitations(), pk=pk)
    try:
        if request.POST.get("act") == "resend":
            actor = _person(request)
            return _link(request, *invitation_services.resend(actor=actor, invitation=found, site=_site(request)))
        if request.POST.get("act") == "revoke":
            invitation_services.revoke(actor=_person(request), invitation=found)
            messages.success(request, "已撤销邀请，原链接失效。")
    except InputError as error:
        _tell(request, error)
    return redirect("people:invitations")


@never_cache
@get_or_post
@page(EVERYONE, own_settings=True)
def join(request: HttpRequest, token: str) -> HttpResponseBase:
    """The page behind an invitation's link: the person sets name and password."""
    found = queries.invitation_of(token)
    if found is None or not found.is_open or request.user.is_authenticated:
        return render(request, "people/join.html", {"invitation": found, "signed_in": request.user.is_authenticated})
    form = JoinForm(_sent(request), initial={"full_name": found.full_name})
    accept = invitation_services.accept
    if form.is_bound and form.is_valid() and _done(form, lambda: accept(invitation=found, **form.cleaned_data)):
        messages.success(request, "账号已建立，请登录。")
        return redirect("account_login")
    context = {"invitation": found, "form": form}
    return render(request, "people/join.html", context, status=400 if form.is_bound else 200)


def _account(request: HttpRequest, found: User, form: RoleForm, status: int = 200) -> HttpResponse:
    managed = managed_by(request.user)
    context = {
        "account": found, "form": form, "facts": queries.account_facts(found), "managed": managed,
        "own": found.pk == request.user.pk,
    }  # fmt: skip
    return render(request, "people/account.html", context, status=status)


def _link(request: HttpRequest, invitation: object, link: str) -> HttpResponse:
    return render(request, "people/link.html", {"invitation": invitation, "link": link})


def _done(form: forms.Form, act: Callable[[], Any]) -> Any:
    """What the act gives, True where that is nothing; None where it was refused: its faults are then on the form."""
    try:
        made = act()
    except InputError as error:
        for problem in error.problems:
            form.add_error(None, str(problem))
        return None
    return True if made is None else made


def _tell(request: HttpRequest, error: InputError) -> None:
    for problem in error.problems:
        messages.error(request, str(problem))


def _sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)


def _site(request: HttpRequest) -> str:
    """The address in links: the one that is set, else the one that was asked."""
    return settings.SITE_ADDRESS or request.build_absolute_uri("/").rstrip("/")
