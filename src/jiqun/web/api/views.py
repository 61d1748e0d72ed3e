"""The desk for programs: a person's tokens, an organisation's webhooks."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from jiqun.base.errors import InputError
from jiqun.web.accounts.models import User
from jiqun.web.accounts.roles import SIGNED_IN, Role
from jiqun.web.api import services
from jiqun.web.api.forms import TokenForm, WebhookForm
from jiqun.web.api.models import Delivery, Token, Webhook
from jiqun.web.api.paths import offered
from jiqun.web.common.access import page

KEEPERS = SIGNED_IN - {Role.AUDITOR}
"""Who may keep webhooks; a token is everybody's own business."""
SHOWN = 30


@require_safe
@page(SIGNED_IN)
def home(request: HttpRequest) -> HttpResponse:
    """Tokens, webhooks and their last deliveries."""
    return _home(request)


@require_POST
@page(SIGNED_IN, own_settings=True)
def create_token(request: HttpRequest) -> HttpResponse:
    """Make a token and show it, this once."""
    form = TokenForm(request.POST)
    if form.is_valid():
        try:
            token, text = services.create_token(owner=_user(request), **form.cleaned_data)
        except InputError as error:
            _blame(form, error)
        else:
            answer = _home(request, made=token, text=text)
            answer["Cache-Control"] = "no-store"
            return answer
    return _home(request, token_form=form, status=422)


@require_POST
@page(SIGNED_IN, own_settings=True)
def revoke_token(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take one's own token back."""
    token = get_object_or_404(Token, pk=pk, owner=_user(request))
    services.revoke_token(actor=_user(request), token=token)
    messages.success(request, f"已收回令牌“{token.name}”。")
    return redirect("interface:home")


@require_POST
@page(KEEPERS)
def create_webhook(request: HttpRequest) -> HttpResponseBase:
    """Register an address of one's organisation."""
    form, user = WebhookForm(request.POST), _user(request)
    if form.is_valid() and user.organisation is not None:
        try:
            hook = services.create_webhook(actor=user, organisation=user.organisation, **form.cleaned_data)
        except InputError as error:
            _blame(form, error)
        else:
            messages.success(request, f"已登记。签名密钥：{hook.secret}（只显示这一次，请妥善保存）")
            return redirect("interface:home")
    return _home(request, hook_form=form, status=422)


@require_POST
@page(KEEPERS)
def change_webhook(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Switch a webhook of one's organisation on or off, or remove it."""
    hook, user = get_object_or_404(_hooks(_user(request)), pk=pk), _user(request)
    act = request.POST.get("act")
    if act == "remove":
        services.remove_webhook(actor=user, webhook=hook)
        messages.success(request, "已删除推送地址。")
    elif act in ("on", "off"):
        services.set_active(actor=user, webhook=hook, active=act == "on")
        messages.success(request, "已启用推送。" if act == "on" else "已停用推送。")
    else:
        messages.error(request, "没有这种操作。")
    return redirect("interface:home")


def _home(
    request: HttpRequest,
    *,
    token_form: Form | None = None,
    hook_form: Form | None = None,
    made: Token | None = None,
    text: str = "",
    status: int = 200,
) -> HttpResponse:
    user = _user(request)
    hooks = _hooks(user)
    context: dict[str, Any] = {
        "tokens": Token.objects.filter(owner=user, revoked_at__isnull=True), "made": made, "text": text,
        "hooks": hooks, "deliveries": Delivery.objects.filter(webhook__in=hooks).select_related("webhook")[:SHOWN],
        "token_form": token_form or TokenForm(), "hook_form": hook_form or WebhookForm(),
        "may_keep": user.role in KEEPERS, "paths": offered(), "origin": request.build_absolute_uri("/").rstrip("/"),
    }  # fmt: skip
    return render(request, "api/home.html", context, status=status)


def _hooks(user: User) -> QuerySet[Webhook]:
    return Webhook.objects.filter(organisation=user.organisation) if user.organisation_id else Webhook.objects.none()


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User), "the pages are for people who are signed in"
    return request.user


def _blame(form: Form, error: InputError) -> None:
    for problem in error.problems:
        form.add_error(None, f"{problem.message}。{problem.mend or ''}")
