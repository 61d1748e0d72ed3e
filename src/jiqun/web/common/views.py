"""Pages that belong to no desk."""

from __future__ import annotations

import logging

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jiqun.web.accounts.roles import EVERYONE
from jiqun.web.common.access import page

logger = logging.getLogger(__name__)


@never_cache
@require_safe
@page(EVERYONE)
def health(request: HttpRequest) -> JsonResponse:
    """200 where the server answers and its database does, 503 otherwise."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        logger.exception("health: the database does not answer")
        return JsonResponse({"status": "error", "database": False}, status=503)
    return JsonResponse({"status": "ok", "database": True})
