"""Lists by key: each page begins after the last row of the one before, so that the millionth is as quick as the first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from ninja.errors import HttpError

M = TypeVar("M", bound=Model)
DEFAULT, MOST = 100, 1000


def page_of(rows: QuerySet[M], after: str | None, limit: int, shown: Callable[[M], dict[str, Any]]) -> dict[str, Any]:
    """The rows after a key, in the order of the key."""
    if after is not None:
        if not (after.isascii() and after.isdigit() and len(after) <= 18):
            raise HttpError(422, "after 应是上一页答复里的 next")
        rows = rows.filter(pk__gt=int(after))
    found = list(rows.order_by("pk")[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    return {"items": [shown(row) for row in found], "next": str(found[-1].pk) if more else None}
