"""Samples of the inbox for the matrix of pages × roles."""

from __future__ import annotations

from jiqun.web.accounts.models import User
from jiqun.web.inbox.models import Message
from tests.web.accounts.matrix import Sample


def _message_to(user: User) -> dict[str, int]:
    return {"pk": Message.objects.create(recipient=user, text="示例", url="/").pk}


SAMPLES = [
    Sample("inbox:open", lambda w, p: _message_to(p["county"]), seen_by=frozenset({"county"})),
    Sample("inbox:open", lambda w, p: _message_to(p["enterprise"]), seen_by=frozenset({"enterprise"})),
]
