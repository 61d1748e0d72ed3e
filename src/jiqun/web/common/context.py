"""What every template knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from jiqun.web.common.pack import current_pack


def site(request: HttpRequest) -> dict[str, Any]:
    """`pack` (title, office …, read when used) and `debug`."""
    return {"pack": SimpleLazyObject(current_pack), "debug": settings.DEBUG}
