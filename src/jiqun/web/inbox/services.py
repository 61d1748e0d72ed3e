"""Telling people: `notify` is what every desk calls when something concerns somebody."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils import timezone

from jiqun.web.accounts.models import Organisation, User
from jiqun.web.common.pack import current_pack
from jiqun.web.inbox.models import Message

logger = logging.getLogger(__name__)


@transaction.atomic
def notify(
    *,
    text: str,
    url: str,
    users: Iterable[User] = (),
    organisations: Iterable[Organisation] = (),
    key: str = "",
) -> int:
    """Send a line with the path of a page to people and to everybody of organisations; how many got it.

    The messages belong to the caller's transaction; mail to those whose address is known goes out on commit. With a
    `key` a person gets the message once, however often it is sent.
    """
    if not url.startswith("/") or url.startswith("//"):
        raise ValueError(f"a message leads to a path of this site, not to {url!r}")
    people = _active(users, organisations)
    if key:
        told = set(Message.objects.filter(key=key, recipient__in=people).values_list("recipient_id", flat=True))
        people = [person for person in people if person.pk not in told]
    rows = [Message(recipient=person, text=text[:300], url=url, key=key) for person in people]
    Message.objects.bulk_create(rows, ignore_conflicts=bool(key))
    addresses = sorted({person.email for person in people if person.email})
    if addresses:
        transaction.on_commit(lambda: _mail(addresses, text, url))
    return len(people)


@transaction.atomic
def mark_read(*, message: Message) -> None:
    """Note when the message was first opened."""
    Message.objects.filter(pk=message.pk, read_at__isnull=True).update(read_at=timezone.now())


@transaction.atomic
def mark_all_read(*, user: User) -> int:
    """Note that the person has seen all messages; how many were new."""
    return Message.objects.filter(recipient=user, read_at__isnull=True).update(read_at=timezone.now())


def _active(users: Iterable[User], organisations: Iterable[Organisation]) -> list[User]:
    """The people named and those of the organisations, each once, that may sign in."""
    found = {user.pk: user for user in users if user.is_active}
    of_organisations = User.objects.filter(organisation__in=list(organisations), is_active=True)
    found.update({user.pk: user for user in of_organisations})
    return [found[pk] for pk in sorted(found)]


def _mail(addresses: Sequence[str], text: str, url: str) -> None:
    """One mail to each address; a mail server that fails is logged, for the message is in the inbox anyhow."""
    programme = current_pack().programme
    title = programme.site_title or programme.title
    body = f"{text}\n\n{settings.SITE_ADDRESS}{url}\n\n{title}"
    mails = [EmailMessage(f"【{title}】{text}"[:120].replace("\n", " "), body, to=[to]) for to in addresses]
    try:
        get_connection().send_messages(mails)
    except (SMTPException, OSError):
        logger.exception("inbox: %d mails were not sent", len(mails))
