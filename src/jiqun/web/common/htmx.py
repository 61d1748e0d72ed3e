"""What a request of htmx asks for."""

from __future__ import annotations

from typing import Any


def wants_part(request: Any) -> bool:
    """Whether the browser swaps a part into its page; going back in its history it wants the whole page."""
    return bool(request.htmx) and not request.htmx.history_restore_request
