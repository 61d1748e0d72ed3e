"""Reads of the inbox."""

from __future__ import annotations

from django.db.models import QuerySet

from jiqun.web.accounts.models import User
from jiqun.web.inbox.models import Message
from jiqun.web.portal.paging import PAGE, Page, page_of

MANY = 99
"""More unread messages than this are not counted."""


def messages_of(user: User) -> QuerySet[Message]:
    """The person's own messages, the latest first."""
    return Message.objects.filter(recipient=user)


def unread_count(user: User) -> int:
    """How many messages are unread, at most one more than `MANY`."""
    return messages_of(user).filter(read_at__isnull=True).order_by()[: MANY + 1].count()


def message_page(user: User, number: int, *, unread_only: bool) -> Page:
    """One page of the person's messages."""
    found = messages_of(user)
    if unread_only:
        found = found.filter(read_at__isnull=True)
    start = (number - 1) * PAGE
    return page_of(list(found[start : start + PAGE + 1]), number, total=found.count(), noun="条消息")
