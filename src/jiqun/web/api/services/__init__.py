"""Making and taking back tokens; keeping webhooks; telling of events."""

from jiqun.web.api.services.tokens import create_token, find_token, revoke_token
from jiqun.web.api.services.webhooks import create_webhook, emit, end_delivery, remove_webhook, set_active

__all__ = [
    "create_token", "create_webhook", "emit", "end_delivery", "find_token", "remove_webhook", "revoke_token", "set_active",
]  # fmt: skip
