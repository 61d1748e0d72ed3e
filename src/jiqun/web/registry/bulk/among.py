"""Many identities as one parameter of a query."""

from __future__ import annotations

import json
from collections.abc import Iterable

from django.db import connection
from django.db.models.expressions import RawSQL


def among(values: Iterable[int | str]) -> RawSQL | list[int | str]:
    """The values as a subquery of one parameter, however many they are; none are an empty list, whose type is free."""
    found = list(dict.fromkeys(values))  # in their order, for neighbours lie together in an index
    if not found:
        return found
    if connection.vendor == "postgresql":
        cast = "::bigint" if isinstance(found[0], int) else ""
        return RawSQL(f"SELECT jsonb_array_elements_text(%s::jsonb){cast}", [json.dumps(found)])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps(found)])
