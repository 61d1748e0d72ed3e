"""Samples of the desk for programs for the matrix of pages × roles."""

from __future__ import annotations

from jiqun.web.accounts.models import User
from jiqun.web.api.models import Webhook
from jiqun.web.api.services import create_token
from tests.web.accounts.matrix import Sample


def _token(people: dict[str, User], role: str) -> dict[str, object]:
    return {"pk": create_token(owner=people[role], name="程序", permissions=["registry"], days=1)[0].pk}


def _hook(people: dict[str, User], role: str) -> dict[str, object]:
    hook = Webhook.objects.create(
        organisation=people[role].organisation, url=f"https://{role}.example.com/", secret="s", events=["published"]
    )
    return {"pk": hook.pk}


SAMPLES = [
    Sample("interface:token-revoke", lambda w, p: _token(p, "county"), seen_by=frozenset({"county"})),
    Sample("interface:token-revoke", lambda w, p: _token(p, "enterprise"), seen_by=frozenset({"enterprise"})),
    Sample("interface:webhook-change", lambda w, p: _hook(p, "county"), seen_by=frozenset({"county"})),
    Sample("interface:webhook-change", lambda w, p: _hook(p, "enterprise"), seen_by=frozenset({"enterprise"})),
]
