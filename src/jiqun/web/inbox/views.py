"""Pages of the inbox: everybody sees their own messages only."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from jiqun.web.accounts.models import User
from jiqun.web.accounts.roles import SIGNED_IN
from jiqun.web.common.access import page
from jiqun.web.inbox import queries, services
from jiqun.web.portal.paging import page_number


@require_safe
@page(SIGNED_IN)
def inbox(request: HttpRequest) -> HttpResponse:
    """The person's messages, all or the unread ones."""
    user = cast(User, request.user)
    unread_only = request.GET.get("show") == "unread"
    found = queries.message_page(user, page_number(request.GET.get("page")), unread_only=unread_only)
    return render(request, "inbox/inbox.html", {"page": found, "unread_only": unread_only, "path": request.path})


@page(SIGNED_IN, own_settings=True)
@require_POST
def open_message(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Note that the message was read and go where it leads."""
    message = get_object_or_404(queries.messages_of(cast(User, request.user)), pk=pk)
    services.mark_read(message=message)
    return redirect(message.url)


@page(SIGNED_IN, own_settings=True)
@require_POST
def read_all(request: HttpRequest) -> HttpResponseBase:
    """Note that all were read."""
    count = services.mark_all_read(user=cast(User, request.user))
    messages.success(request, f"已将 {count} 条消息标为已读。")
    return redirect("inbox:inbox")
